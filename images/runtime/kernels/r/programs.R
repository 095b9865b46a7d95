# system() and system2() that an interrupt ends. R ignores Ctrl-C while a program runs: the program ends, and the cell would
# go on. So a shell stands over the program, and its exit status tells.

INTERRUPTED_STATUS <- 130L
TRAP <- "trap 'exit 130' INT\n"

# R's own.
run_program <- base::system

replace_programs <- function() {
  replace_function("system", "base", interruptible(base::system))
  replace_function("system2", "base", interruptible(base::system2))
}

# The function with `run_shell` in the place of the internal that it ends in.
interruptible <- function(runner) {
  body(runner) <- replace_internal(body(runner))
  environment(runner) <- list2env(list(run_shell = run_shell), parent = baseenv())
  runner
}

replace_internal <- function(code) {
  if (!is.call(code)) return(code)
  if (identical(code[[1L]], quote(.Internal)) && identical(code[[2L]][[1L]], quote(system))) {
    code <- code[[2L]]
    code[[1L]] <- quote(run_shell)
    return(code)
  }
  for (i in seq_along(code)) if (is.call(code[[i]])) code[[i]] <- replace_internal(code[[i]])
  code
}

run_shell <- function(command, intern = FALSE, timeout = 0, receive_signals = TRUE) {
  result <- withCallingHandlers(
    run_program(paste0(TRAP, command), intern, timeout = timeout, receive.console.signals = receive_signals),
    warning = function(condition) {
      # It quotes the command.
      warning(sub(TRAP, "", conditionMessage(condition), fixed = TRUE), call. = FALSE)
      invokeRestart("muffleWarning")
    }
  )
  status <- if (intern) attr(result, "status") else result
  if (identical(as.integer(status), INTERRUPTED_STATUS)) interrupt()
  if (intern) result else invisible(result)
}
