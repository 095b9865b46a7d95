# Shows the visible values of a cell: as R prints them, or richer where a value has more to show.

# `last`: it is the cell's result. `always`: as a display even if it is only text.
show_value <- function(value, last, always = FALSE) {
  # A method of the user's own may fail where R's print does not.
  rich <- tryCatch(rich_form(value), error = function(condition) NULL)
  if (!last && !always && is.null(rich)) {
    print_value(value)
    return(invisible())
  }
  text <- if (is.null(rich$plain)) printed(value) else rich$plain
  # What draws itself (ggplot, lattice) has been shown when its figure is.
  if (show_figure() && text == "") return(invisible())
  data <- c(list("text/plain" = text), rich$data)
  if (last) {
    show_bundle("result", data, list(metadata = EMPTY_OBJECT, executionCount = cell$count))
  } else {
    show_bundle("display", data, display_fields())
  }
}

# Its HTML, and its plain text where that is not what R prints; NULL if there is no more to it than that.
rich_form <- function(value) {
  if (inherits(value, "data.frame")) {
    list(data = list("text/html" = html_table(value)))
  } else if (inherits(value, c("htmlwidget", "shiny.tag", "shiny.tag.list"))) {
    list(data = list("text/html" = page_of(value)), plain = paste0("<", class(value)[1L], ">"))
  }
}

# As R does at its prompt.
print_value <- function(value) {
  # The kernel's frames end with this one's call.
  cell$frames <- sys.nframe() + 1L
  if (isS4(value)) methods::show(value) else print(value)
}

# What R prints of it: in a file first, for it may be very long.
printed <- function(value) {
  target <- file("", "w+b")
  sinks <- sink.number()
  on.exit({
    while (sink.number() > sinks) sink()
    close(target)
  })
  sink(target)
  print_value(value)
  sink()
  read_printed(target)
}

read_printed <- function(target) {
  size <- seek(target, 0L, "start", "write")
  # A character is four bytes at most. Read as bytes: what R prints may be no valid text, and one may be cut in two.
  content <- readBin(target, "raw", min(size, 4L * MAX_TEXT + 4L))
  text <- clean(rawToChar(content[content != 0L]))
  if (size > length(content)) {
    # How many characters there are is not known without reading it all.
    return(paste0(substr(text, 1L, MAX_TEXT - 100L), sprintf("\n… about %.0f characters left out …", size - MAX_TEXT)))
  }
  sub("\n+$", "", text)
}
