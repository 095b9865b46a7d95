# system() and system2() that an interrupt ends. R ignores Ctrl-C while a program runs: the program ends, and the cell would
# go on. So another process of the same group is a witness: it blocks the signal, which then waits there to be found.

witness <- new.env()
witness$pid <- NULL
START_WITNESS <- "env --default-signal=INT --block-signal=INT sleep infinity >/dev/null 2>&1 & echo $!"
# R's own.
run_program <- base::system

replace_programs <- function() {
  replace_function("system", "base", interruptible(base::system))
  replace_function("system2", "base", interruptible(base::system2))
}

# The same function, with the internal that it ends in watched.
interruptible <- function(runner) {
  last <- length(body(runner))
  body(runner)[[last]] <- call("watched", body(runner)[[last]])
  environment(runner) <- list2env(list(watched = watched), parent = .BaseNamespaceEnv)
  runner
}

watched <- function(run) {
  prepare_witness()
  result <- withVisible(run)
  if (has_witnessed()) interrupt()
  if (result$visible) result$value else invisible(result$value)
}

# One that has seen nothing yet: an interrupt may have ended something else meanwhile.
prepare_witness <- function() {
  status <- witness_status()
  if (!is.null(status) && !is_pending(status)) return()
  if (!is.null(status)) tools::pskill(witness$pid, tools::SIGKILL)
  witness$pid <- as.integer(run_program(START_WITNESS, intern = TRUE))
}

has_witnessed <- function() {
  status <- witness_status()
  !is.null(status) && is_pending(status)
}

# What Linux says of the process, or NULL if there is none.
witness_status <- function() {
  path <- sprintf("/proc/%d/status", witness$pid)
  if (length(path) && file.exists(path)) read_lines(path)
}

# SIGINT is the second bit of the set.
is_pending <- function(status) {
  signals <- sub("^ShdPnd:\\s*", "", grep("^ShdPnd:", status, value = TRUE))
  bitwAnd(strtoi(substring(signals, nchar(signals)), 16L), 2L) != 0L
}
