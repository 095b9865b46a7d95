"""How each language's kernel is started and spoken to."""

from base64 import b64encode
from json import dumps
from os import X_OK, access
from os.path import abspath, dirname, join

KERNELS = join(dirname(dirname(abspath(__file__))), "kernels")


class Language:
    """`operations` are the questions about live objects that its kernel answers."""

    def __init__(self, argv, operations, encode=None, terminal=False, told_of_interrupts=False):
        self.argv = argv
        self.operations = operations
        # Turns a message into a line for the kernel.
        self.encode = encode or _json
        # Its user code has a terminal instead of pipes.
        self.terminal = terminal
        # It can't hear a signal while a cell computes, but reads requests all the same.
        self.told_of_interrupts = told_of_interrupts


def _json(message):
    return dumps(message).encode("ascii") + b"\n"


def _bash(message):
    """Bash has no JSON: it gets an operation, an id, and in base64 what it decodes itself (a cell) or passes on (a question)."""
    content = message["code"] if message["op"] == "execute" else dumps(message)
    words = (message["op"], message.get("id") or "-", b64encode(content.encode("utf-8", "replace")).decode("ascii"))
    return " ".join(words).encode("ascii") + b"\n"


QUESTIONS = frozenset({"complete", "inspect", "hover", "variables", "variable", "is_complete"})
# Those whose random numbers the runtime can begin anew. V8 has no door to its own.
RENEWS = frozenset({"renew"})
KNOWN = {
    "python": Language(
        ["/bin/sh", join(KERNELS, "python", "launch.sh")],
        QUESTIONS | RENEWS | {"format"},
    ),
    "r": Language(
        ["/usr/bin/Rscript", "--no-init-file", "--no-save", "--no-restore", join(KERNELS, "r", "kernel.R")],
        QUESTIONS | RENEWS,
    ),
    "julia": Language(
        ["/usr/bin/julia", "--startup-file=no", "--color=no", join(KERNELS, "julia", "kernel.jl")],
        QUESTIONS | RENEWS,
    ),
    "bash": Language(
        ["/bin/bash", "--norc", "--noprofile", join(KERNELS, "bash", "kernel.sh")],
        QUESTIONS | RENEWS | {"format"},
        encode=_bash,
        terminal=True,
    ),
    "javascript": Language(
        [
            "/usr/bin/node",
            "--disable-warning=ExperimentalWarning",
            "--experimental-import-meta-resolve",
            join(KERNELS, "javascript", "kernel.mjs"),
        ],
        QUESTIONS,
        told_of_interrupts=True,
    ),
}
# An image is built with the languages that it is asked for; the others are said to be missing.
LANGUAGES = {name: language for name, language in KNOWN.items() if access(language.argv[0], X_OK)}
