# Runs a cell: one top-level expression after the other, as R's own prompt does.

# The running cell.
cell <- new.env()
cell$count <- 0L
cell$source <- NULL
# Where the expression begins that runs.
cell$line <- NULL
# How many frames on the stack are the kernel's; those behind them are user code's.
cell$frames <- 0L
cell$warnings <- 0L

execute <- function(request) {
  if (!request$silent) cell$count <- cell$count + 1L
  bundles$asset_dir <- request$assetDir
  cell$warnings <- 0L
  cell$line <- NULL
  send(list(type = "start", count = if (!request$silent) cell$count, waits = TRUE))
  success <- run_code(clean(request$code), request$silent)
  send(list(type = "done", success = success))
}

# TRUE if all of it ran. What goes wrong has been said by then.
run_code <- function(code, silent) {
  expressions <- tryCatch(parse_cell(code), error = identity)
  if (inherits(expressions, "error")) {
    send_parse_error(expressions)
    return(FALSE)
  }
  calls <- list()
  outcome <- attempt(withCallingHandlers(
    run_expressions(expressions, silent),
    message = hear_message,
    warning = hear_warning,
    error = function(condition) calls <<- user_calls(sys.calls())
  ))
  # What was drawn before an error may explain it.
  drawn <- attempt(finish_figures())
  if (isTRUE(outcome)) outcome <- drawn
  if (inherits(outcome, "error")) send_error(outcome, calls)
  if (inherits(outcome, "interrupt")) send_interrupted()
  isTRUE(outcome)
}

# TRUE when the work has been done, or the error or interrupt that ended it.
attempt <- function(work) {
  interruptibly(tryCatch({
    work
    TRUE
  }, error = identity))
}

parse_cell <- function(code) {
  cell$source <- srcfilecopy("cell", strsplit(code, "\n", fixed = TRUE)[[1L]])
  parse(text = code, srcfile = cell$source, keep.source = TRUE, encoding = "UTF-8")
}

run_expressions <- function(expressions, silent) {
  references <- attr(expressions, "srcref")
  count <- length(expressions)
  for (i in seq_len(count)) {
    cell$line <- references[[i]][1L]
    outcome <- evaluate(located(expressions[[i]], references[[i]]))
    is_last <- i == count
    if (outcome$visible && !(is_last && silent)) show_value(outcome$value, is_last)
    if (!is_figure_open(expressions[-seq_len(i)])) show_figure()
  }
}

# The expression with its place on it: R's compiler keeps the lines of a loop only then.
located <- function(expression, reference) {
  if (is.call(expression) && is.null(attr(expression, "srcref"))) attr(expression, "srcref") <- reference
  expression
}

EVALUATION <- quote(eval(expression, globalenv()))

evaluate <- function(expression) {
  # withVisible, and eval twice: R gives it a frame for the call and one for the context.
  cell$frames <- sys.nframe() + 3L
  withVisible(eval(expression, globalenv()))
}
