# A data frame as an HTML table: its first and last rows, its first and last columns.

MAX_ROWS <- 60L
MAX_COLUMNS <- 30L

html_table <- function(frame) {
  shape <- shape_of(frame)
  part <- as.data.frame(frame)[ends(shape[1L], MAX_ROWS), ends(shape[2L], MAX_COLUMNS), drop = FALSE]
  head <- c("", escape_html(names(part)))
  types <- c("", paste0("&lt;", escape_html(vapply(part, type_of, "")), "&gt;"))
  cells <- lapply(unname(as.list(part)), function(column) escape_html(cell_texts(column)))
  columns <- lapply(cells, function(texts) paste0("<td>", texts, "</td>"))
  body <- do.call(paste0, c(list("<tr><th>", escape_html(row.names(part)), "</th>"), columns, list("</tr>")))
  size <- paste(shape, collapse = " × ")
  paste0(
    "<table class=\"dataframe\">\n<caption>", escape_html(class(frame)[1L]), ": ", size, "</caption>\n<thead>\n",
    header_row(head), "\n", header_row(types), "\n</thead>\n<tbody>\n",
    if (nrow(part)) paste(body, collapse = "\n"), "\n</tbody>\n</table>"
  )
}

# The first and the last of `count` positions, `most` in all.
ends <- function(count, most) {
  if (count <= most) return(seq_len(count))
  half <- most %/% 2L
  c(seq_len(half), seq.int(count - half + 1L, count))
}

header_row <- function(texts) {
  paste0("<tr>", paste0("<th>", texts, "</th>", collapse = ""), "</tr>")
}

cell_texts <- function(column) {
  if (is.list(column)) return(vapply(column, preview, ""))
  if (length(dim(column)) == 2L) return(apply(format(column), 1L, paste, collapse = " "))
  trimws(clean(format(column)))
}

escape_html <- function(text) {
  text <- gsub("&", "&amp;", clean(text), fixed = TRUE)
  gsub(">", "&gt;", gsub("<", "&lt;", text, fixed = TRUE), fixed = TRUE)
}
