# What a value consists of, a page at a time: the step inwards, and never a copy of the whole.

MAX_TABLE_COLUMNS <- 100L
MAX_FULL <- 10000L
MAX_NAMES <- 200L
# To look at a column of a matrix is to copy it: of one with more cells than this, only the table is shown.
MAX_COPIED <- 1e6
# Of more members than this nobody looks for the same name twice: they go by their positions.
MAX_LABELLED <- 10000L

# The value's row, its full text, and the page of its members from `offset` on. Of a table, `first` columns are left out, and
# `sort` is NULL or list(column, descending): the column by its position, counted from 0.
detail <- function(name, value, offset, limit, first, sort) {
  table <- table_page(value, offset, limit, first, sort)
  members <- members_of(value)
  count <- if (is_matrix(value) && length(unclassed(value)) > MAX_COPIED) 0L else members$count
  page <- page_positions(if (is.null(table)) offset else 0L, limit, count)
  children <- lapply(page, function(position) describe(members$steps(position), members$at(position)))
  total <- if (is.null(table)) members$count else shape_of(value)[1L]
  shown <- if (is.null(table)) length(page) else length(table$rows)
  functions <- function_names(value)
  c(describe(name, value), list(
    fullValue = full_text(value), children = if (length(children)) children, count = total,
    truncated = offset + shown < total, table = table, methods = functions,
    attributes = I(as.character(names(attributes(value))))
  ))
}

# The member that a path's step names.
step_into <- function(value, step) {
  members <- members_of(value)
  position <- members$find(step)
  if (is.na(position)) stop(sprintf("there is no %s in it", sQuote(step, FALSE)), call. = FALSE)
  members$at(position)
}

# How many members there are, the step that leads to each, and each of them.
members_of <- function(value) {
  if (inherits(value, "active_binding") || is.function(value)) return(no_members())
  if (is.environment(value)) return(named_members(names_in(value), function(name) binding(name, value)))
  if (isS4(value)) return(named_members(methods::slotNames(value), function(name) methods::slot(value, name)))
  if (is_matrix(value)) return(matrix_columns(value))
  if (is.list(value)) return(list_members(unclassed(value)))
  if (is.atomic(value) && length(unclassed(value)) > 1L) return(vector_elements(value))
  no_members()
}

no_members <- function() list(count = 0L, find = function(step) NA_integer_)

named_members <- function(names, get) {
  list(
    count = length(names), steps = function(position) names[position], find = function(step) match(step, names),
    at = function(position) get(names[position])
  )
}

list_members <- function(members) {
  labelled_members(length(members), attr(members, "names"), function(position) .subset2(members, position))
}

vector_elements <- function(value) {
  labelled_members(length_of(value), attr(value, "names"), function(position) elements(value, position))
}

# Members that have a name or only a position.
labelled_members <- function(count, labels, at) {
  steps <- function(position) {
    label <- if (count <= MAX_LABELLED) labels[position]
    # The same name twice leads to the first only.
    if (is.null(label) || label %in% c("", NA) || match(label, labels) != position) as.character(position) else clean(label)
  }
  list(count = count, steps = steps, find = function(step) find_position(step, labels, count), at = at)
}

matrix_columns <- function(value) {
  labels <- dimnames(value)[[2L]]
  shape <- shape_of(value)
  at <- function(position) elements(value, seq.int((position - 1) * shape[1L] + 1, length.out = shape[1L]))
  list(
    count = shape[2L], steps = function(position) if (is.null(labels)) as.character(position) else labels[position],
    find = function(step) find_position(step, labels, shape[2L]), at = at
  )
}

find_position <- function(step, labels, count) {
  position <- match(step, labels)
  if (is.na(position) && grepl("^[0-9]{1,9}$", step)) position <- as.integer(step)
  if (!is.na(position) && position >= 1L && position <= count) position else NA_integer_
}

is_matrix <- function(value) {
  (is.atomic(value) || is.list(value)) && length(attr(value, "dim", exact = TRUE)) == 2L
}

page_positions <- function(offset, limit, count) {
  if (offset >= count) integer() else seq.int(offset + 1L, min(offset + limit, count))
}

# Rows of a data frame or a matrix, as text; NULL for anything else.
table_page <- function(value, offset, limit, first, sort) {
  if (!is.data.frame(value) && !is_matrix(value)) return(NULL)
  shape <- shape_of(value)
  rows <- page_positions(offset, limit, shape[1L])
  members <- members_of(value)
  if (!is.null(sort)) rows <- order_by(members$at(sort$column + 1L), isTRUE(sort$descending))[rows]
  columns <- page_positions(first, MAX_TABLE_COLUMNS, shape[2L])
  if (is_matrix(value)) {
    texts <- lapply(columns, function(position) texts_of(elements(value, (position - 1) * shape[1L] + rows)))
    types <- rep(type_of(elements(value, integer())), length(columns))
  } else {
    values <- lapply(columns, members$at)
    texts <- lapply(values, column_texts, rows)
    types <- vapply(values, type_of, "")
  }
  list(
    columns = Map(function(position, type) list(name = members$steps(position), dtype = type), columns, types),
    index = I(row_labels(value, rows)),
    rows = lapply(seq_along(rows), function(row) I(vapply(texts, function(column) column[row], ""))),
    firstColumn = first, sort = sort
  )
}

# Positions of all rows, sorted by a column, with missing values last. By what its class stands for: no method compares.
order_by <- function(column, descending) {
  if (!is.atomic(column)) stop("the column's values have no order of their own", call. = FALSE)
  order(unclassed(column), decreasing = descending, na.last = TRUE, method = "radix")
}

column_texts <- function(column, rows) {
  # A matrix or a data frame that is a column of another.
  if (length(shape_of(column)) == 2L) return(rep(preview(column), length(rows)))
  texts_of(elements(column, rows))
}

row_labels <- function(value, rows) {
  labels <- if (is.data.frame(value)) attr(value, "row.names") else dimnames(value)[[1L]]
  if (is.null(labels)) as.character(rows) else clean(labels[rows])
}

full_text <- function(value) {
  if (is.character(value) && length(unclassed(value)) == 1L) return(clean(substr(clean(.subset(value, 1L)), 1L, MAX_FULL)))
  if (is.function(value)) return(substr(source_of(value), 1L, MAX_FULL))
  preview(value)
}

# Names of the functions that an environment or an object of it (R6) holds; those of other values are methods of generics.
function_names <- function(value) {
  if (!is.environment(value)) return(NULL)
  names <- utils::head(names_in(value), MAX_NAMES)
  I(names[vapply(names, function(name) is.function(binding(name, value)), NA)])
}

names_in <- function(environment) ls(environment, sorted = TRUE)

# What a name stands for. An active binding is not asked: it runs a function of the user's own.
binding <- function(name, environment) {
  if (bindingIsActive(name, environment)) return(structure(list(), class = "active_binding"))
  get(name, envir = environment, inherits = FALSE)
}
