# Questions about live objects, by operation (formats.md §4; positions count UTF-16 code units).

MAX_VARIABLES <- 500L
NOT_FOUND <- list(found = FALSE, source = "runtime", name = NULL)

answer <- function(request) {
  # A method of a package may hang: an interrupt ends it.
  found <- interruptibly(tryCatch(questions[[request$op]](request), error = identity))
  reply <- if (inherits(found, "interrupt")) {
    list(ok = FALSE, message = "it took too long")
  } else if (inherits(found, "error")) {
    list(ok = FALSE, message = clean(conditionMessage(found)))
  } else {
    list(ok = TRUE, result = found)
  }
  send(c(list(type = "reply", id = request$id), reply))
}

# The object at the cursor, or the function whose arguments are being written there.
inspect <- function(request) {
  before <- code_before(request)
  called <- utils:::inFunction(before, nchar(before))
  chain <- if (length(called) && nzchar(called)) called else chain_at(clean(request$code), nchar(before))
  found <- if (!is.null(chain)) find_chain(chain)
  if (is.null(found)) return(NOT_FOUND)
  value <- found$value
  is_function <- is.function(value)
  place <- place_of(value)
  list(
    found = TRUE, source = "runtime", name = chain, kind = if (is_function) "function" else "variable",
    type = type_of(value), signature = if (is_function) signature_of(value, chain),
    docstring = if (request$detail >= 1L) help_text(found$name, found$package),
    sourceCode = if (request$detail >= 2L && is_function) source_of(value),
    file = if (request$detail >= 2L) place$file, line = if (request$detail >= 2L) place$line,
    value = preview(value), children = if (is_expandable(value)) members_of(value)$count
  )
}

hover <- function(request) {
  chain <- chain_at(clean(request$code), nchar(code_before(request)))
  found <- if (!is.null(chain)) find_chain(chain)
  if (is.null(found)) return(list(found = FALSE, name = NULL))
  signature <- if (is.function(found$value)) signature_of(found$value, chain)
  list(found = TRUE, name = chain, type = type_of(found$value), value = preview(found$value), signature = signature)
}

variables <- function(request) {
  names <- names_in(globalenv())
  described <- lapply(utils::head(names, MAX_VARIABLES), function(name) describe(name, binding(name, globalenv())))
  list(variables = described, count = length(names), truncated = length(names) > MAX_VARIABLES)
}

variable <- function(request) {
  name <- request$name
  if (!exists(name, envir = globalenv(), inherits = FALSE)) stop(paste("no variable", name), call. = FALSE)
  value <- binding(name, globalenv())
  for (step in request$path) value <- step_into(value, as.character(step))
  last <- if (length(request$path)) as.character(request$path[[length(request$path)]]) else name
  first <- if (is.null(request$column)) 0L else as.integer(request$column)
  detail(last, value, as.integer(request$offset), as.integer(request$limit), first, request$sort)
}

is_complete <- function(request) {
  outcome <- tryCatch(parse(text = clean(request$code), keep.source = FALSE), error = conditionMessage)
  if (!is.character(outcome)) return(list(status = "complete", indent = ""))
  is_open <- grepl("unexpected (end of input|INCOMPLETE_STRING)", outcome)
  if (is_open) list(status = "incomplete", indent = "  ") else list(status = "invalid", indent = "")
}

# Random numbers begin anew, from the system's own.
renew <- function(request) {
  source <- file("/dev/urandom", "rb", raw = TRUE)
  on.exit(close(source))
  set.seed(readBin(source, "integer", 1L))
  list()
}

questions <- list(
  complete = complete, inspect = inspect, hover = hover, variables = variables, variable = variable,
  is_complete = is_complete, renew = renew
)

# What a chain of names stands for: list(value, name, package), or NULL. No code of the user's own runs for it.
find_chain <- function(chain) {
  steps <- unquote_name(steps_of(chain))
  if (length(steps) > 2L && startsWith(steps[2L], ":")) {
    found <- find_exported(steps[1L], steps[3L], internal = steps[2L] == ":::")
    steps <- steps[-(1:2)]
  } else {
    found <- find_name(steps[1L])
  }
  for (step in steps[seq_along(steps) > 1L & seq_along(steps) %% 2L == 1L]) {
    if (is.null(found)) break
    value <- tryCatch(list(step_into(found$value, step)), error = function(condition) NULL)
    found <- if (!is.null(value)) list(value = value[[1L]], name = step, package = NULL)
  }
  found
}

find_name <- function(name) {
  place <- globalenv()
  while (!identical(place, emptyenv())) {
    if (exists(name, envir = place, inherits = FALSE)) {
      package <- sub("^package:", "", environmentName(place))
      return(list(value = binding(name, place), name = name, package = if (!identical(place, globalenv())) package))
    }
    place <- parent.env(place)
  }
  NULL
}

find_exported <- function(package, name, internal) {
  namespace <- tryCatch(asNamespace(package), error = function(condition) NULL)
  if (is.null(namespace)) return(NULL)
  value <- tryCatch(
    list(if (internal) get(name, envir = namespace, inherits = FALSE) else getExportedValue(package, name)),
    error = function(condition) NULL
  )
  if (!is.null(value)) list(value = value[[1L]], name = name, package = package)
}
