# What travels of a display: images and pages become files named by their content, and nothing is longer than a reader takes.

bundles <- new.env()
# Where images of the running cell go; NULL: they travel in the bundle.
bundles$asset_dir <- NULL

# Bytes of an image, in base64, that travels in a bundle.
MAX_IMAGE <- 2L * 1024L * 1024L
# All that an object's plain text says is its class.
ONLY_CLASS <- "^<[[:alnum:]_.]+( object)?>$"

# Sends a display or a result. `data` is named by MIME type: images are raw vectors, all else is text.
show_bundle <- function(event, data, fields) {
  if (!is.null(bundles$asset_dir)) {
    if (!is.null(data[["image/png"]])) return(send_asset(data[["image/png"]], "image/png", "png", fields))
    if (!is.null(data[["text/html"]])) {
      send_asset(charToRaw(clean(data[["text/html"]])), "text/html", "html", fields)
      data[["text/html"]] <- NULL
      if (grepl(ONLY_CLASS, data[["text/plain"]])) return(invisible())
    }
  }
  fitted <- Filter(Negate(is.null), Map(fit, names(data), data))
  send_event(event, c(list(data = fitted), fields))
}

display_fields <- function(id = NULL, update = FALSE) {
  list(metadata = EMPTY_OBJECT, displayId = id, update = update)
}

# The content as it travels, or NULL if it is too long to.
fit <- function(mime, content) {
  if (is.raw(content)) {
    encoded <- base64(content)
    return(if (nchar(encoded) <= MAX_IMAGE) encoded)
  }
  content <- clean(content)
  if (mime == "text/plain") return(cut_text(content))
  if (nchar(content) <= MAX_TEXT) content
}

# On one line.
base64 <- function(content) gsub("\n", "", jsonlite::base64_enc(content), fixed = TRUE)

send_asset <- function(content, mime, extension, fields) {
  name <- paste0(substr(tools::sha256sum(bytes = content), 1L, 12L), ".", extension)
  path <- file.path(bundles$asset_dir, name)
  if (!file.exists(path)) save_asset(content, path)
  asset <- list(path = path, name = name, mime = mime, size = length(content))
  send_event("asset", c(asset, list(displayId = fields$displayId, update = isTRUE(fields$update))))
}

save_asset <- function(content, path) {
  dir.create(dirname(path), showWarnings = FALSE, recursive = TRUE)
  temporary <- file.path(dirname(path), paste0(".", basename(path), ".", Sys.getpid()))
  on.exit(unlink(temporary))
  writeBin(content, temporary)
  # R has no fsync. Unlike system(), a pipe loses no interrupt.
  close(pipe(paste("sync", shQuote(temporary)), "w"))
  file.rename(temporary, path)
}
