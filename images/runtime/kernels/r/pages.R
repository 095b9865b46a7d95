# HTML widgets and tags as one page that needs no other file: what they depend on stands in it.

FILE_TYPES <- c(
  woff = "font/woff", woff2 = "font/woff2", ttf = "font/ttf", otf = "font/otf", eot = "application/vnd.ms-fontobject",
  png = "image/png", gif = "image/gif", jpg = "image/jpeg", jpeg = "image/jpeg", svg = "image/svg+xml"
)

page_of <- function(value) {
  tags <- if (inherits(value, "htmlwidget")) htmltools::as.tags(value, standalone = TRUE) else value
  rendered <- htmltools::renderTags(tags)
  heads <- vapply(htmltools::resolveDependencies(rendered$dependencies), inline_dependency, "")
  paste0(
    "<!DOCTYPE html>\n<html>\n<head>\n<meta charset=\"utf-8\"/>\n", paste(heads, collapse = "\n"), "\n", rendered$head,
    "\n</head>\n<body style=\"margin: 0\">\n", rendered$html, "\n</body>\n</html>\n"
  )
}

# The elements of a page's head that stand for a dependency.
inline_dependency <- function(dependency) {
  folder <- dependency_folder(dependency)
  # It lies on a server: htmltools writes its links.
  if (is.null(folder)) return(as.character(htmltools::renderDependencies(list(dependency), "href")))
  styles <- vapply(names_of_files(dependency$stylesheet, "href"), inline_style, "", folder = folder)
  scripts <- vapply(names_of_files(dependency$script, "src"), inline_script, "", folder = folder)
  paste(c(styles, scripts, dependency$head), collapse = "\n")
}

dependency_folder <- function(dependency) {
  folder <- dependency$src$file
  if (is.null(folder) || is.null(dependency$package)) folder else system.file(folder, package = dependency$package)
}

# A dependency names a file by its name, or by a list of the attributes of its element.
names_of_files <- function(files, attribute) {
  if (!is.null(names(files))) files <- list(files)
  vapply(files, function(file) if (is.character(file) && is.null(names(file))) file else file[[attribute]], "")
}

inline_script <- function(name, folder) {
  code <- gsub("</(script)", "<\\\\/\\1", read_text(file.path(folder, name)), ignore.case = TRUE)
  paste0("<script>\n", code, "\n</script>")
}

inline_style <- function(name, folder) {
  path <- file.path(folder, name)
  paste0("<style>\n", inline_urls(read_text(path), dirname(path)), "\n</style>")
}

# A style sheet with the fonts and images in it that it names.
inline_urls <- function(style, folder) {
  found <- gregexpr("url\\([^)]*\\)", style)
  urls <- regmatches(style, found)[[1L]]
  regmatches(style, found) <- list(vapply(urls, inline_url, "", folder = folder))
  style
}

inline_url <- function(url, folder) {
  target <- gsub("^url\\([\"' ]*|[\"' ]*\\)$", "", url)
  path <- file.path(folder, sub("[?#].*", "", target))
  type <- FILE_TYPES[tolower(tools::file_ext(path))]
  if (grepl("^(data:|https?:|//|#)", target) || is.na(type) || !file.exists(path)) return(url)
  sprintf("url(data:%s;base64,%s)", type, base64(readBin(path, "raw", file.size(path))))
}

read_text <- function(path) {
  clean(readChar(path, file.size(path), useBytes = TRUE))
}
