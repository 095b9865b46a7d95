# What a session begins with, and its loop.

main <- function() {
  suspendInterrupts({
    open_channel()
    set_options()
    hook_figures()
    replace_input()
    replace_programs()
    attach_helpers()
    # Packages that are installed are completed in library().
    utils::rc.settings(ipck = TRUE)
    repeat handle(receive())
  })
}

handle <- function(request) {
  forget_interrupts()
  if (request$op == "execute") {
    execute(request)
  } else if (!is.null(questions[[request$op]])) {
    answer(request)
  }
}

set_options <- function() {
  options(
    device = open_device,
    # A function's text, its comments and the lines of its calls are kept.
    keep.source = TRUE,
    # There is no terminal to page in, and no browser to open.
    pager = function(files, header, title, delete.file) {
      for (file in files) writeLines(gsub("_\b", "", readLines(file)))
      if (delete.file) unlink(files)
    },
    browser = function(url) message("A page to open: ", url),
    help_type = "text",
    menu.graphics = FALSE
  )
}

# What user code may call to show something itself.
attach_helpers <- function() {
  helpers <- list(
    display = function(x) invisible(show_value(x, last = FALSE, always = TRUE)),
    clear_output = function(wait = FALSE) send_event("clear", list(wait = isTRUE(wait)))
  )
  attach(helpers, name = "markco", warn.conflicts = FALSE)
}
