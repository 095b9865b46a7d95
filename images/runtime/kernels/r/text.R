# Texts as they travel: valid UTF-8, and no longer than a reader takes.

# Characters.
MAX_TEXT <- 256L * 1024L

# Valid UTF-8, whatever bytes stood in it.
clean <- function(text) {
  text <- as.character(text)
  wrong <- Encoding(text) == "bytes" | !validEnc(text)
  text[wrong] <- vapply(text[wrong], replace_invalid, "")
  enc2utf8(text)
}

replace_invalid <- function(text) {
  bytes <- charToRaw(text)
  iconv(list(bytes), "UTF-8", "UTF-8", sub = "\ufffd")
}

cut_text <- function(text, length = MAX_TEXT) {
  size <- nchar(text)
  if (size <= length) return(text)
  note <- sprintf("\n… %s characters left out …", format(size - length, big.mark = ",", scientific = FALSE))
  paste0(substr(text, 1L, length), note)
}

# One line of code for a call or another expression, however large the values are that stand in it.
one_line <- function(expression, width = 200L) {
  lines <- deparse(expression, width.cutoff = min(width, 500L), nlines = 2L)
  line <- if (length(lines) > 1L) paste(lines[1L], "…") else lines
  shorten(clean(line), width)
}

shorten <- function(text, width) {
  if (nchar(text) > width) paste0(substr(text, 1L, width - 1L), "…") else text
}
