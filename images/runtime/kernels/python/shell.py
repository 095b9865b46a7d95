"""IPython's shell, with its display, results, errors and prompts on the channel."""

import builtins
import getpass
import os
import subprocess
import sys
import warnings
from asyncio import CancelledError
from functools import partial

from blank_lines import keep_blank_lines
from bundle import Bundles, cut
from coroutines import run_coroutine
from figures import show_figures
from imports import Imports
from IPython.core.displayhook import DisplayHook
from IPython.core.displaypub import DisplayPublisher
from IPython.core.interactiveshell import InteractiveShell
from tracebacks import place, uncounted, without_kernel
from traitlets.config import Config

# Characters of an error's message.
MAX_MESSAGE = 20_000


class ChannelHook(DisplayHook):
    def write_output_prompt(self):
        pass

    def write_format_data(self, format_dict, md_dict=None):
        fields = {"metadata": md_dict or {}, "executionCount": self.prompt_count}
        self.shell.bundles.show("result", format_dict, fields)

    def finish_displayhook(self):
        pass


class ChannelPublisher(DisplayPublisher):
    def publish(self, data, metadata=None, *, transient=None, update=False, **_):
        display_id = (transient or {}).get("display_id")
        fields = {"metadata": metadata or {}, "displayId": display_id, "update": update}
        self.shell.bundles.show("display", data, fields)

    def clear_output(self, wait=False):
        self.shell.channel.event("clear", {"wait": wait})


class KernelShell(InteractiveShell):
    displayhook_class = ChannelHook
    display_pub_class = ChannelPublisher
    channel = None
    bundles = None
    imports = None
    # Of the running cell: whether its error has been said, and whether an interrupt has cancelled its coroutine.
    error_said = False
    cancelled = False

    def system(self, command):
        """`!command`, with our own pipes as its output: streams are told apart, and an interrupt ends the cell.

        IPython's choice, a pseudo terminal, merges the streams, ends lines with \\r\\n and goes on after Ctrl-C.
        """
        status = subprocess.call(self.var_expand(command, depth=1), shell=True, executable=os.environ.get("SHELL"))
        self.user_ns["_exit_code"] = status

    def showtraceback(self, exc_tuple=None, **options):
        kind, error, traceback = sys.exc_info() if exc_tuple is None else exc_tuple
        if kind is CancelledError and self.cancelled:
            kind, error = KeyboardInterrupt, KeyboardInterrupt()
        if error is not None:
            error = error.with_traceback(without_kernel(traceback))
            traceback = error.__traceback__
        super().showtraceback((kind, error, traceback), **options)

    def _showtraceback(self, etype, evalue, stb):
        message = evalue.msg if isinstance(evalue, SyntaxError) else str(evalue)
        line, column = place(evalue, self.compile._filename_map)
        traceback = cut("\n".join(uncounted(stb))).split("\n")
        self.error_said = True
        data = {"type": etype.__name__, "message": cut(message, MAX_MESSAGE), "traceback": traceback}
        self.channel.event("error", {**data, "line": line, "column": column})

    def enable_gui(self, gui=None):
        """No window is ever opened here: `%matplotlib inline` asks for none, and the others have no screen."""

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
    # Live objects answer; jedi is not loaded (lean_ipython.py).
    config.Completer.use_jedi = False
    shell = KernelShell.instance(config=config)
    shell.channel = channel
    shell.bundles = Bundles(channel)
    shell.imports = Imports()
    shell.ast_transformers.append(shell.imports)
    shell.loop_runner = partial(run_coroutine, shell)
    keep_blank_lines(shell)

    def ask(prompt="", password=False):
        answer = channel.ask_input(prompt, password)
        if answer is None:
            raise KeyboardInterrupt
        return answer

    builtins.input = lambda prompt="": ask(prompt)
    getpass.getpass = lambda prompt="Password: ", stream=None: ask(prompt, password=True)
    # sys.exit in a cell is said as an error; how to leave a terminal is no advice here.
    warnings.filterwarnings("ignore", message="To exit: use")
    shell.events.register("post_run_cell", lambda _result: show_figures(shell))
    return shell
