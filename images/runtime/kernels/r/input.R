# Questions of user code to the person: R's own ways to ask, without a terminal.

replace_input <- function() {
  replace_function("readline", "base", ask_line)
  replace_function("readLines", "base", read_lines_or_ask)
  replace_function("menu", "utils", ask_choice)
  # What the packages askpass and getPass look for.
  options(askpass = ask_password)
  setHook(packageEvent("getPass", "onLoad"), function(...) {
    utils::assignInNamespace("getPass", function(msg = "PASSWORD: ", ...) ask_password(msg), "getPass")
  })
}

ask_line <- function(prompt = "") {
  answer <- ask_input(prompt)
  if (is.null(answer)) interrupt()
  answer
}

ask_password <- function(prompt = "Please enter your password: ") {
  ask_input(prompt, password = TRUE)
}

ask_choice <- function(choices, graphics = FALSE, title = NULL) {
  if (length(title)) cat(title[1L], "\n")
  cat("", paste0(format(seq_along(choices)), ": ", choices), "", sep = "\n")
  repeat {
    answer <- trimws(ask_line("Selection: "))
    choice <- if (answer %in% choices) match(answer, choices) else suppressWarnings(as.integer(answer))
    if (!is.na(choice) && choice >= 0L && choice <= length(choices)) return(choice)
    cat("Enter an item from the menu, or 0 to exit\n")
  }
}

# readLines, whose standard input is the person.
read_lines_or_ask <- function(con = stdin(), n = -1L, ok = TRUE, warn = TRUE, encoding = "unknown", skipNul = FALSE) {
  if (is_standard_input(con)) ask_lines(n) else read_lines(con, n, ok, warn, encoding, skipNul)
}

is_standard_input <- function(connection) {
  identical(connection, "stdin") || inherits(connection, "connection") && summary(connection)$description == "stdin"
}

# So many lines, or with a negative number all until the question is cancelled.
ask_lines <- function(count) {
  lines <- character()
  while (count < 0L || length(lines) < count) {
    line <- ask_input("")
    if (is.null(line)) break
    lines <- c(lines, line)
  }
  lines
}
