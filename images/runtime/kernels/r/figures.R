# Figures: what is drawn on the kernel's own device is recorded, and shown when it is finished.
#
# A page is finished when the next one begins, when the cell ends, and after an expression unless the rest of the cell adds
# to it. What is added all the same, unforeseen, shows the figure again in its place (an update).

figures <- new.env()
# Of the page on the kernel's device: how many recorded calls have been shown, and the id of its display.
figures$shown <- 0L
figures$count <- 0L

# Where the device writes what nobody reads; its name tells the device from those that user code opens.
OWN_FILE <- "/dev/./null"
# Recorded calls that leave a page empty.
SETTINGS <- c("C_par", "C_layout", "C_clip", "C_strWidth", "C_strHeight", "palette", "palette2")
# Functions that add to a page, and those that begin one or close it.
ADDS <- c(
  "abline", "arrows", "axis", "Axis", "box", "grid", "legend", "lines", "matlines", "matpoints", "mtext", "points",
  "polygon", "polypath", "qqline", "rasterImage", "rect", "rug", "segments", "symbols", "text", "title", "xspline",
  "grid.text", "grid.rect", "grid.lines", "grid.points", "grid.segments", "grid.draw", "upViewport", "popViewport"
)
BEGINS <- c(
  "plot", "plot.new", "plot.default", "hist", "barplot", "boxplot", "pie", "image", "contour", "persp", "pairs", "matplot",
  "coplot", "dotchart", "stripchart", "mosaicplot", "sunflowerplot", "smoothScatter", "filled.contour", "qqnorm",
  "ggplot", "qplot", "xyplot", "grid.newpage", "dev.off", "dev.new", "graphics.off"
)

hook_figures <- function() {
  setHook("before.plot.new", function() if (is_own_device() && graphics::par("page")) end_page())
  setHook("before.grid.newpage", function() if (is_own_device()) end_page())
}

# What `options(device)` opens when something is drawn and no device is open, and what `dev.new()` opens.
open_device <- function(width = NULL, height = NULL, ...) {
  if (is_own_device()) end_page()
  close_own_devices()
  if (is.null(width)) width <- getOption("repr.plot.width", 7)
  if (is.null(height)) height <- getOption("repr.plot.height", 5)
  grDevices::png(OWN_FILE, width, height, "in", res = resolution(), type = "cairo")
  grDevices::dev.control("enable")
  begin_page()
}

# Shows the page of the current device, unless that is not the kernel's, or nothing is new on it. TRUE if it did.
show_figure <- function() {
  if (!is_own_device()) return(FALSE)
  page <- grDevices::recordPlot()
  calls <- length(page[[1L]])
  if (calls == figures$shown || is_empty(page)) return(FALSE)
  data <- list("image/png" = render(page), "text/plain" = "<figure>")
  show_bundle("display", data, display_fields(paste0("figure-", figures$count), figures$shown > 0L))
  figures$shown <- calls
  TRUE
}

# Whether one of these expressions adds to the current page, before another begins a new one.
is_figure_open <- function(expressions) {
  if (!is_own_device()) return(FALSE)
  # With several plots on a page the next one may belong to it.
  begins <- if (graphics::par("page")) BEGINS
  for (expression in expressions) {
    names <- all.names(expression)
    if (any(names %in% begins)) return(FALSE)
    if (any(names %in% c(ADDS, BEGINS))) return(TRUE)
  }
  FALSE
}

# At the end of a cell: the next one begins without a page.
finish_figures <- function() {
  for (device in own_devices()) {
    grDevices::dev.set(device)
    show_figure()
  }
  close_own_devices()
}

close_own_devices <- function() {
  for (device in own_devices()) grDevices::dev.off(device)
}

end_page <- function() {
  show_figure()
  begin_page()
}

begin_page <- function() {
  figures$shown <- 0L
  figures$count <- figures$count + 1L
}

is_own_device <- function() grDevices::dev.cur() %in% own_devices()

own_devices <- function() {
  open <- grDevices::dev.list()
  is_own <- vapply(open, function(device) identical(attr(.Devices[[device]], "filepath"), OWN_FILE), NA)
  open[as.logical(is_own)]
}

is_empty <- function(page) {
  all(vapply(page[[1L]], function(call) any(call[[2L]][[1L]]$name %in% SETTINGS), NA))
}

render <- function(page) {
  path <- tempfile(fileext = ".png")
  on.exit(unlink(path))
  drawing <- grDevices::dev.cur()
  size <- grDevices::dev.size("in")
  grDevices::png(path, size[1L], size[2L], "in", res = resolution(), type = "cairo")
  copy <- grDevices::dev.cur()
  tryCatch(grDevices::replayPlot(page), finally = {
    grDevices::dev.off(copy)
    grDevices::dev.set(drawing)
  })
  readBin(path, "raw", file.size(path))
}

# Dots per inch.
resolution <- function() getOption("repr.plot.res", 144)
