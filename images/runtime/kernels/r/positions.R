# Places in code. The protocol counts UTF-16 code units, R counts characters.

NAME <- "(?:[\\p{L}.][\\p{L}\\p{N}._]*|`[^`\n]+`)"
# `a$b@c` and `package::name`.
CHAIN <- paste0("(*UCP)", NAME, "(?:(?::::?|\\$|@)", NAME, ")*")
CHAIN_STEPS <- paste0("(*UCP):::?|\\$|@|", NAME)

# How many characters of `text` its first `units` code units are.
characters_of <- function(text, units) {
  if (units <= 0L) return(0L)
  sum(cumsum(units_of_characters(text)) <= units)
}

units_of <- function(text) sum(units_of_characters(text))

units_of_characters <- function(text) {
  ifelse(utf8ToInt(text) > 0xFFFF, 2L, 1L)
}

code_before <- function(request) {
  code <- clean(request$code)
  substr(code, 1L, characters_of(code, request$cursor))
}

# The chain of names that the cursor touches, up to the name that it touches; NULL if it touches none.
chain_at <- function(code, cursor) {
  found <- gregexpr(CHAIN, code, perl = TRUE)[[1L]]
  ends <- found + attr(found, "match.length") - 1L
  touched <- which(found <= cursor + 1L & ends >= cursor & found > 0L)
  if (length(touched) == 0L) return(NULL)
  steps <- steps_of(substr(code, found[touched[1L]], ends[touched[1L]]))
  places <- found[touched[1L]] + cumsum(c(0L, nchar(steps)))[seq_along(steps)]
  names <- seq.int(1L, length(steps), 2L)
  last <- max(names[places[names] <= max(cursor, places[1L])])
  paste(steps[seq_len(last)], collapse = "")
}

# `a$b` as c("a", "$", "b").
steps_of <- function(chain) {
  regmatches(chain, gregexpr(CHAIN_STEPS, chain, perl = TRUE))[[1L]]
}

unquote_name <- function(name) gsub("`", "", name, fixed = TRUE)

quote_name <- function(name) {
  if (make.names(name) == name) name else paste0("`", name, "`")
}
