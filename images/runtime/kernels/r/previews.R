# What a value is, in one row: cheap to compute, however large it is, and without methods of the user's own. So everything
# looks at the value without its class, but for the classes that R itself has.

# Characters.
MAX_PREVIEW <- 200L
MAX_ELEMENTS <- 10L
MAX_KEYS <- 50L
# Bytes of an element, and of what R keeps with every vector.
ELEMENT_SIZES <- c(logical = 4, integer = 4, double = 8, complex = 16, character = 8, raw = 1, list = 8, expression = 8)
HEADER_SIZE <- 48
# Classes whose methods for `[` and `format` are R's.
KNOWN_CLASSES <- list("factor", c("ordered", "factor"), "Date", c("POSIXct", "POSIXt"), "difftime", "table", "noquote")

describe <- function(name, value) {
  shape <- shape_of(value)
  list(
    name = name, type = type_of(value), value = preview(value), size = size_of(value), expandable = is_expandable(value),
    shape = if (!is.null(shape)) I(shape), dtype = if (is.atomic(value) && !is.null(value)) typeof(value),
    length = length_of(value), keys = keys_of(value)
  )
}

type_of <- function(value) class(value)[1L]

# A short text.
preview <- function(value) {
  shape <- shape_of(value)
  text <- if (inherits(value, "active_binding")) {
    "<active binding>"
  } else if (isS4(value)) {
    paste0("<", type_of(value), ">")
  } else if (is.function(value)) {
    signature_of(value, "function")
  } else if (is.environment(value)) {
    if (is.object(value)) paste0("<", type_of(value), ">") else "<environment>"
  } else if (!is.null(shape) && (is.list(value) || prod(shape) > 20)) {
    paste0("<", type_of(value), " of ", paste(format(shape, scientific = FALSE, trim = TRUE), collapse = " × "), ">")
  } else if (is.null(value)) {
    "NULL"
  } else if (is.language(value) && !is.expression(value)) {
    one_line(value, MAX_PREVIEW)
  } else if (is.list(value)) {
    preview_list(unclassed(value))
  } else if (is.atomic(value)) {
    preview_elements(value)
  } else {
    paste0("<", typeof(value), ">")
  }
  shorten(clean(text), MAX_PREVIEW)
}

preview_elements <- function(value) {
  count <- length_of(value)
  texts <- texts_of(elements(value, seq_len(min(count, MAX_ELEMENTS))), quote = TRUE)
  if (count == 0L) return(paste0(typeof(value), "(0)"))
  if (count == 1L) return(texts)
  paste0("c(", paste(c(texts, if (count > MAX_ELEMENTS) "…"), collapse = ", "), ")")
}

preview_list <- function(members) {
  shown <- .subset(members, seq_len(min(length(members), MAX_ELEMENTS)))
  texts <- vapply(shown, preview_member, "")
  labels <- attr(shown, "names")
  if (!is.null(labels)) texts <- paste0(ifelse(nzchar(labels), paste0(labels, " = "), ""), texts)
  paste0("list(", paste(c(texts, if (length(members) > MAX_ELEMENTS) "…"), collapse = ", "), ")")
}

preview_member <- function(member) {
  if (is.atomic(member) && is.null(attr(member, "dim"))) return(shorten(preview_elements(member), 60L))
  paste0("<", type_of(member), ">")
}

# Some elements of a vector, with their class if that is R's own.
elements <- function(value, positions) {
  unname(if (is_known(value)) value[positions] else .subset(value, positions))
}

# A text for each, NA for what is missing.
texts_of <- function(elements, quote = FALSE) {
  if (is.list(elements)) return(vapply(elements, preview_member, ""))
  texts <- if (is_known(elements)) format(elements) else as.character(elements)
  if (quote && is.character(elements)) texts <- encodeString(shorten_all(clean(texts)), quote = "\"", na.encode = FALSE)
  texts <- clean(texts)
  if (quote) texts[is.na(texts)] <- "NA" else texts[is.na(elements)] <- NA
  shorten_all(texts)
}

shorten_all <- function(texts) {
  long <- which(nchar(texts) > MAX_PREVIEW)
  texts[long] <- paste0(substr(texts[long], 1L, MAX_PREVIEW - 1L), "…")
  texts
}

is_known <- function(value) {
  is.object(value) && any(vapply(KNOWN_CLASSES, identical, NA, attr(value, "class")))
}

unclassed <- function(value) {
  if (is.object(value) && !is.environment(value)) unclass(value) else value
}

# Rows and columns of a table, the dimensions of an array, or NULL.
shape_of <- function(value) {
  if (is.data.frame(value)) return(c(.row_names_info(value, 2L), length(unclass(value))))
  attr(value, "dim", exact = TRUE)
}

length_of <- function(value) {
  if (is.function(value) || is.language(value) && !is.expression(value)) return(NULL)
  if (is.data.frame(value)) shape_of(value)[1L] else length(unclassed(value))
}

# Bytes of the value itself, not of what it holds.
size_of <- function(value) {
  if (!typeof(value) %in% names(ELEMENT_SIZES)) return(NULL)
  HEADER_SIZE + ELEMENT_SIZES[[typeof(value)]] * length(unclassed(value))
}

is_expandable <- function(value) {
  if (inherits(value, "active_binding") || is.function(value)) return(FALSE)
  if (is.environment(value) || is.list(value)) return(length(unclassed(value)) > 0L)
  isS4(value) || is.atomic(value) && length(unclassed(value)) > 1L
}

keys_of <- function(value) {
  keys <- if (is.environment(value)) names_in(value) else attr(value, "names", exact = TRUE)
  if (!is.character(keys)) return(NULL)
  I(shorten_all(clean(utils::head(keys, MAX_KEYS))))
}

# `name(x, y = 1)`
signature_of <- function(value, name) {
  known <- args(value)
  if (is.null(known)) return(paste0(name, "(…)"))
  # The last line is the body that `args` gives it: NULL.
  lines <- utils::head(deparse(known, width.cutoff = 500L), -1L)
  sub("^function ", name, paste(trimws(lines), collapse = " "))
}
