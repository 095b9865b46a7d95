# Completion: members of a value are looked up without running any code; for all else R's own completion knows best.

MAX_MATCHES <- 200L
OWNED <- paste0("(*UCP)(", sub("(*UCP)", "", CHAIN, fixed = TRUE), ")?([$@])((?:", NAME, ")?)$")

complete <- function(request) {
  before <- code_before(request)
  found <- complete_member(before)
  if (is.null(found)) found <- complete_word(before)
  list(
    matches = utils::head(found$matches, MAX_MATCHES), cursorStart = units_of(before) - units_of(found$begun),
    cursorEnd = units_of(before), source = "runtime"
  )
}

# Behind `$` and `@`; what is no chain of names in front of them is not evaluated. NULL if there is no member to complete.
complete_member <- function(before) {
  parts <- regmatches(before, regexec(OWNED, before, perl = TRUE))[[1L]]
  if (length(parts) == 0L) return(NULL)
  owner <- if (nzchar(parts[2L])) find_chain(parts[2L])
  begun <- parts[4L]
  if (is.null(owner)) return(list(matches = list(), begun = begun))
  names <- member_names(owner$value, parts[3L])
  names <- names[startsWith(names, unquote_name(begun))]
  list(matches = lapply(utils::head(names, MAX_MATCHES), match_member, owner$value), begun = begun)
}

member_names <- function(value, operator) {
  if (operator == "@") return(if (isS4(value)) methods::slotNames(value) else names(attributes(value)))
  names <- if (is.environment(value)) names_in(value) else if (is.list(value)) attr(value, "names")
  unique(clean(names[nzchar(names)]))
}

match_member <- function(name, owner) {
  member <- tryCatch(step_into(owner, name), error = function(condition) NULL)
  kind <- if (is.function(member)) "method" else "property"
  make_match(name, quote_name(name), kind, member)
}

complete_word <- function(before) {
  lines <- strsplit(before, "\n", fixed = TRUE)[[1L]]
  if (length(lines) == 0L || endsWith(before, "\n")) lines <- c(lines, "")
  # A quote in a comment opens no string.
  earlier <- sub("#.*", "", utils::head(lines, -1L))
  line <- paste(c(earlier, utils::tail(lines, 1L)), collapse = "\n")
  utils:::.assignLinebuffer(line)
  utils:::.assignEnd(nchar(line))
  token <- utils:::.guessTokenFromLine()
  suppressWarnings(utils:::.completeToken())
  words <- clean(utils:::.retrieveCompletions())
  package <- regmatches(token, regexpr("^[[:alnum:].]+:::?", token))
  # R leaves a package's names as its tables have them.
  if (length(package)) words <- sort(words)
  begun <- if (length(package)) substring(token, nchar(package) + 1L) else token
  matches <- lapply(utils::head(words, MAX_MATCHES), match_word, package = if (length(package)) package else "")
  list(matches = matches, begun = begun)
}

# A word as R's completion says it: an argument ends with `=`, a function with `(`, a package with `::`.
match_word <- function(word, package) {
  word <- substring(word, nchar(package) + 1L)
  label <- sub("( ?= ?|\\(|::)$", "", word)
  if (grepl("=\\s*$", word)) return(make_match(label, paste(label, "= "), "field", NULL))
  if (endsWith(word, "::")) return(make_match(label, word, "module", NULL))
  if (grepl("/", label, fixed = TRUE)) return(match_path(gsub("//", "/", label, fixed = TRUE)))
  if (label %in% KEYWORDS) return(make_match(label, label, "keyword", NULL))
  found <- find_chain(paste0(package, quote_name(label)))
  kind <- if (is.null(found)) "value" else if (is.function(found$value)) "function" else "variable"
  make_match(label, label, kind, found$value)
}

match_path <- function(path) make_match(path, path, "value", NULL)

KEYWORDS <- c(
  "if", "else", "for", "while", "repeat", "function", "break", "next", "in", "TRUE", "FALSE", "NULL", "NA", "NaN", "Inf",
  "NA_integer_", "NA_real_", "NA_character_", "NA_complex_"
)

make_match <- function(label, insert, kind, value) {
  list(
    label = label, insertText = insert, kind = kind, detail = if (is.function(value)) signature_of(value, label),
    documentation = NULL, valuePreview = if (!is.null(value) && !is.function(value)) preview(value),
    type = if (!is.null(value)) type_of(value)
  )
}
