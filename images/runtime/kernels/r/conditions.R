# Warnings, messages and errors of a cell, as their author reads them.

# R itself keeps no more warnings of one call.
MAX_WARNINGS <- 50L
# Functions of R that stand on the stack between the call that fails and the kernel's handler.
SIGNALLING <- list(quote(.handleSimpleError), quote(.signalSimpleWarning))
# Calls of a traceback from its start, and as many from its end.
MAX_HALF_CALLS <- 25L
# Characters.
MAX_MESSAGE <- 20000L
MAX_CALL <- 200L
# R breaks the line behind a warning's call if it would become longer.
LONG_WARNING <- 77L

# Writes to stderr so that it stands between what is printed before and after it.
say <- function(text) {
  send_order()
  cat(text, file = stderr())
  send_order()
}

hear_message <- function(condition) {
  say(conditionMessage(condition))
  invokeRestart("muffleMessage")
}

# With a negative `warn` R itself ignores it, with one above 1 it makes it an error.
hear_warning <- function(condition) {
  if (!getOption("warn") %in% 0:1) return()
  cell$warnings <- cell$warnings + 1L
  if (cell$warnings <= MAX_WARNINGS) say(warning_text(condition))
  if (cell$warnings == MAX_WARNINGS + 1L) say("More warnings of this cell are not shown.\n")
  tryInvokeRestart("muffleWarning")
}

warning_text <- function(condition) {
  message <- clean(message_of(condition))
  call <- user_call(condition)
  if (is.null(call)) return(paste0("Warning message:\n", message, "\n"))
  code <- one_line(call, MAX_CALL)
  is_long <- nchar(code) + nchar(message, "width") + 6L > LONG_WARNING
  paste0("Warning message:\nIn ", code, " :", if (is_long) "\n  " else " ", message, "\n")
}

send_error <- function(condition, calls) {
  message <- cut_text(clean(message_of(condition)), MAX_MESSAGE)
  call <- user_call(condition)
  head <- if (is.null(call)) paste0("Error: ", message) else paste0("Error in ", one_line(call, MAX_CALL), " : ", message)
  data <- list(
    type = error_type(condition), message = message, traceback = c(list(head), traceback_lines(calls)),
    line = error_line(calls), column = NULL
  )
  send_event("error", data)
}

send_interrupted <- function() {
  data <- list(type = "Interrupt", message = "", traceback = list("Interrupt"), line = cell$line, column = NULL)
  send_event("error", data)
}

# Says what does not parse, and where.
send_parse_error <- function(condition) {
  text <- conditionMessage(condition)
  place <- regmatches(text, regexec(":([0-9]+):([0-9]+): ([^\n]*)", text))[[1L]]
  is_placed <- length(place) == 4L
  message <- if (is_placed) place[4L] else text
  data <- list(
    type = "ParseError", message = clean(message), traceback = as.list(strsplit(clean(paste("Error:", text)), "\n")[[1L]]),
    line = if (is_placed) as.integer(place[2L]), column = if (is_placed) max(as.integer(place[3L]) - 1L, 0L)
  )
  send_event("error", data)
}

error_type <- function(condition) {
  type <- class(condition)[1L]
  if (type == "simpleError") "Error" else type
}

# A class of the user's own may have a method that fails.
message_of <- function(condition) {
  tryCatch(paste(conditionMessage(condition), collapse = "\n"), error = function(inner) "(its message can't be shown)")
}

# The call that a condition names, unless it is the kernel's own.
user_call <- function(condition) {
  call <- tryCatch(conditionCall(condition), error = function(inner) NULL)
  if (!is.null(call) && !identical(call, EVALUATION)) call
}

# The calls of user code, from the outermost, when an error is signalled: those of the kernel stand before and behind them.
user_calls <- function(calls) {
  calls <- calls[seq_along(calls) > cell$frames]
  ends <- which(vapply(calls, function(call) any(vapply(SIGNALLING, identical, NA, call[[1L]])), NA))
  if (length(ends)) utils::head(calls, ends[1L] - 1L) else utils::head(calls, -1L)
}

traceback_lines <- function(calls) {
  count <- length(calls)
  shown <- ends(count, 2L * MAX_HALF_CALLS)
  lines <- lapply(calls[shown], function(call) paste0("  ", one_line(as_plain_call(call), MAX_CALL), place_text(call)))
  # Nothing but the cell itself has made the first.
  if (count && is.null(attr(calls[[1L]], "srcref"))) lines[[1L]] <- paste0(lines[[1L]], " #", cell$line)
  left_out <- count - length(shown)
  if (left_out == 0L) return(unname(lines))
  c(lines[seq_len(MAX_HALF_CALLS)], list(sprintf("  … %d calls left out …", left_out)), lines[-seq_len(MAX_HALF_CALLS)])
}

as_plain_call <- function(call) {
  attributes(call) <- NULL
  call
}

place_text <- function(call) {
  reference <- attr(call, "srcref")
  if (is.null(reference)) return("")
  file <- attr(reference, "srcfile")
  if (identical(file, cell$source)) return(paste0(" #", reference[1L]))
  if (inherits(file, "srcfilecopy") && !isTRUE(file$isFile)) return(paste0(" #", reference[1L], " of another cell"))
  paste0(" #", reference[1L], " of ", basename(file$filename))
}

# The line of the innermost call that stands in the running cell.
error_line <- function(calls) {
  references <- lapply(calls, attr, "srcref")
  own <- Filter(function(reference) identical(attr(reference, "srcfile"), cell$source), references)
  if (length(own)) own[[length(own)]][1L] else cell$line
}
