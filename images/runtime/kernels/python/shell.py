"""IPython's shell, with its display, results, errors and prompts on the channel."""

import builtins
import getpass
import re
import sys
import warnings

from assets import bundle_with_assets
from IPython.core.displayhook import DisplayHook
from IPython.core.displaypub import DisplayPublisher
from IPython.core.interactiveshell import InteractiveShell
from traitlets.config import Config

# The count of a cell is no part of its result: a run that fails alike must read alike.
CELL_NUMBER = re.compile(r"Cell In\s?\[\d+\]")


class ChannelHook(DisplayHook):
    def write_output_prompt(self):
        pass

    def write_format_data(self, format_dict, md_dict=None):
        data = bundle_with_assets(self.shell.channel, format_dict)
        if data:
            self.shell.channel.event("result", {"data": data, "metadata": md_dict or {}, "executionCount": self.prompt_count})

    def finish_displayhook(self):
        pass


class ChannelPublisher(DisplayPublisher):
    def publish(self, data, metadata=None, *, transient=None, update=False, **_):
        channel = self.shell.channel
        data = bundle_with_assets(channel, data)
        if data:
            display_id = (transient or {}).get("display_id")
            channel.event("display", {"data": data, "metadata": metadata or {}, "displayId": display_id, "update": update})

    def clear_output(self, wait=False):
        self.shell.channel.event("clear", {"wait": wait})


class KernelShell(InteractiveShell):
    displayhook_class = ChannelHook
    display_pub_class = ChannelPublisher
    channel = None
    error_said = False

    def _showtraceback(self, etype, evalue, stb):
        lines = [CELL_NUMBER.sub("Cell", line) for line in stb]
        line, column = self._place(evalue)
        self.error_said = True
        self.channel.event(
            "error",
            {"type": etype.__name__, "message": evalue.msg if isinstance(evalue, SyntaxError) else str(evalue), "traceback": "\n".join(lines).split("\n"), "line": line, "column": column},
        )

    def _place(self, error):
        """Line and column in the cell, counted from 1 and 0, of the innermost frame that is the cell's own."""
        cells = self.compile._filename_map
        if isinstance(error, SyntaxError) and error.filename in cells:
            return error.lineno, None if error.offset is None else error.offset - 1
        line, frame = None, error.__traceback__
        while frame is not None:
            if frame.tb_frame.f_code.co_filename in cells:
                line = frame.tb_lineno
            frame = frame.tb_next
        return line, None

    def ask_exit(self):
        """`exit` in a cell ends nothing: the session belongs to everyone who has the document open."""

    def init_create_namespaces(self, user_module=None, user_ns=None):
        super().init_create_namespaces(user_module, user_ns)
        # Scripts, pickles and multiprocessing look for __main__: it is what the cells define.
        sys.modules["__main__"] = self.user_module


def make_shell(channel):
    config = Config()
    # A history file would tie sessions together; each has its own in memory.
    config.HistoryManager.enabled = False
    config.InteractiveShell.colors = "nocolor"
    config.InteractiveShell.xmode = "Context"
    shell = KernelShell.instance(config=config)
    shell.channel = channel

    def ask(prompt="", password=False):
        answer = channel.ask_input(prompt, password)
        if answer is None:
            raise KeyboardInterrupt
        return answer

    builtins.input = lambda prompt="": ask(prompt)
    getpass.getpass = lambda prompt="Password: ", stream=None: ask(prompt, password=True)
    # sys.exit in a cell is said as an error; how to leave a terminal is no advice here.
    warnings.filterwarnings("ignore", message="To exit: use")
    shell.events.register("post_run_cell", lambda result: show_figures(shell))
    return shell


def show_figures(shell):
    """Shows the figures that the cell has drawn and not shown. Costs nothing while matplotlib is not in use."""
    backend = sys.modules.get("matplotlib_inline.backend_inline")
    if backend is None:
        return
    if not getattr(shell, "figures_configured", False):
        shell.figures_configured = True
        backend.configure_inline_support(shell, "inline")
        # It shows figures in a hook of its own, which would come before this one, and twice.
        if backend.flush_figures in shell.events.callbacks.get("post_execute", []):
            shell.events.unregister("post_execute", backend.flush_figures)
    backend.flush_figures()
