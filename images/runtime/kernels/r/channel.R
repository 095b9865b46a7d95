# Lines of JSON between kernel and supervisor (supervisor/kernel.py says what stands on which descriptor).

channel <- new.env()
# R's own: user code gets another one (input.R).
read_lines <- base::readLines

# An empty list that becomes an object, not an array.
EMPTY_OBJECT <- structure(list(), names = character())

open_channel <- function() {
  channel$owner <- Sys.getpid()
  channel$requests <- file("/dev/fd/3", "rb", raw = TRUE)
  channel$messages <- file("/dev/fd/4", "wb", raw = TRUE)
  channel$taken <- file("/dev/fd/5", "rb", raw = TRUE)
  replace_function("closeAllConnections", "base", close_user_connections)
}

# The next request. When there will be none, the process ends.
receive <- function() {
  line <- read_lines(channel$requests, 1L, warn = FALSE, encoding = "UTF-8")
  if (length(line) == 0L) quit("no", runLast = FALSE)
  read_json(line)
}

send_event <- function(event, data) {
  send(list(type = "event", event = event, data = data, waits = TRUE))
}

# A message of a type that says nothing: what has been printed so far reaches the author before what is printed from here
# on, though the two streams are two pipes.
send_order <- function() {
  send_line("{\"type\":\"order\",\"waits\":true}", waits = TRUE)
}

send <- function(message) send_line(write_json(message), isTRUE(message$waits))

send_line <- function(line, waits) {
  # A forked child of user code (parallel) has a copy of the channel and must not speak for the kernel.
  if (Sys.getpid() != channel$owner) return(invisible())
  suspendInterrupts({
    flush(stdout())
    writeLines(line, channel$messages, useBytes = TRUE)
    flush(channel$messages)
    if (waits) readBin(channel$taken, "raw", 1L)
  })
  invisible()
}

# What the person types, or NULL if they cancel. Reads on a connection of its own that does not block: R can be interrupted
# while it sleeps, but not while it reads. The supervisor sends nothing else while a cell runs, so no other request is lost.
ask_input <- function(prompt, password = FALSE) {
  answers <- fifo("/dev/fd/3", "r", blocking = FALSE)
  on.exit(close(answers))
  send_event("stdin_request", list(prompt = clean(substr(prompt, 1L, 10000L)), password = password))
  repeat {
    line <- read_lines(answers, 1L, warn = FALSE, encoding = "UTF-8")
    request <- if (length(line)) read_json(line)
    if (identical(request$op, "input")) return(request$text)
    Sys.sleep(0.05)
  }
}

read_json <- function(line) jsonlite::parse_json(line)

# Lists become arrays or objects, a vector of one element stands for itself unless it is wrapped in `I`.
write_json <- function(message) {
  jsonlite::toJSON(message, auto_unbox = TRUE, null = "null", na = "null", digits = NA)
}

# In the place of closeAllConnections: all but the kernel's.
close_user_connections <- function() {
  if (sink.number(type = "message") > 0L) sink(type = "message")
  while (sink.number() > 0L) sink()
  own <- c(channel$requests, channel$messages, channel$taken)
  for (number in setdiff(getAllConnections(), c(0:2, own))) close(getConnection(number))
  invisible()
}

# Puts `replacement` where everyone finds `name` of a package, its own namespace included.
replace_function <- function(name, package, replacement) {
  places <- list(asNamespace(package), as.environment(paste0("package:", package)))
  for (place in places) {
    if (bindingIsLocked(name, place)) unlockBinding(name, place)
    assign(name, replacement, envir = place)
    lockBinding(name, place)
  }
}
