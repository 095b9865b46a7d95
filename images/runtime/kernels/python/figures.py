"""Shows the figures that a cell has drawn and not shown. Costs nothing while matplotlib is not in use."""

import sys

_configured = False


def show_figures(shell):
    global _configured
    backend = sys.modules.get("matplotlib_inline.backend_inline")
    if backend is None:
        return
    if not _configured:
        _configured = True
        backend.configure_inline_support(shell, "inline")
        # It shows figures in a hook of its own, which would come before this one, and twice.
        if backend.flush_figures in shell.events.callbacks.get("post_execute", []):
            shell.events.unregister("post_execute", backend.flush_figures)
    backend.flush_figures()
