# What is known of a function or a data set: its help page and its source.

MAX_DOCUMENTATION <- 20000L

# Its help page as text, or NULL. `package` is where it was found, NULL for the user's own.
help_text <- function(topic, package) {
  if (is.null(package)) return(NULL)
  pages <- utils::help((topic), package = (package), help_type = "text")
  if (length(pages) == 0L) return(NULL)
  path <- tempfile()
  on.exit(unlink(path))
  page <- utils:::.getHelpFile(as.character(pages)[1L])
  tools::Rd2txt(page, out = path, package = package, options = list(underline_titles = FALSE))
  substr(clean(read_text(path)), 1L, MAX_DOCUMENTATION)
}

# The code as it was written, or as R writes it.
source_of <- function(value) {
  reference <- attr(value, "srcref")
  lines <- if (is.null(reference)) deparse(value, nlines = 1000L) else as.character(reference)
  substr(clean(paste(lines, collapse = "\n")), 1L, MAX_DOCUMENTATION)
}

# File and line where a function begins; NULL for what is not known.
place_of <- function(value) {
  reference <- attr(value, "srcref")
  if (is.null(reference)) return(list(file = NULL, line = NULL))
  file <- attr(reference, "srcfile")
  is_file <- !inherits(file, "srcfilecopy") || isTRUE(file$isFile)
  list(file = if (is_file) file.path(file$wd, file$filename), line = reference[1L])
}
