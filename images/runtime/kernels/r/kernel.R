# The R kernel: one request after the other (kernels/README.md). Its functions live in an environment of their own, which
# user code neither sees nor clears. Behind base stands the global environment, where methods that a cell defines are found.

local({
  arguments <- commandArgs()
  here <- dirname(sub("^--file=", "", grep("^--file=", arguments, value = TRUE)[1L]))
  kernel <- new.env(parent = .BaseNamespaceEnv)
  files <- c(
    "channel", "interrupts", "text", "bundle", "pages", "tables", "values", "figures", "conditions", "cells", "input",
    "programs", "positions", "previews", "members", "documentation", "completion", "questions", "main"
  )
  for (file in files) sys.source(file.path(here, paste0(file, ".R")), kernel, keep.source = FALSE)
  kernel$main()
})
