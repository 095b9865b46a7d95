# Ctrl-C reaches the cell that runs, and nothing else: not an idle kernel, and not a line half written. The kernel runs with
# interrupts suspended (main.R) and allows them for what may be interrupted.

# The value of `work`, or the interrupt that came through it.
interruptibly <- function(work) {
  tryCatch(allowInterrupts(work), interrupt = identity)
}

# One that came when the last cell had just ended is not meant for the next request. Once a cell has said that it starts,
# each that comes is meant for it.
forget_interrupts <- function() {
  tryCatch(allowInterrupts(Sys.sleep(0)), interrupt = function(condition) NULL)
}

# As if Ctrl-C had been pressed.
interrupt <- function() {
  signalCondition(structure(list(message = "", call = NULL), class = c("interrupt", "condition")))
}
