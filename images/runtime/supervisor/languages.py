"""How each language's kernel is started and spoken to."""

from base64 import b64encode
from json import dumps
from os.path import abspath, dirname, join

KERNELS = join(dirname(dirname(abspath(__file__))), "kernels")


def _json(message):
    return dumps(message).encode("ascii") + b"\n"


def _bash(message):
    """Bash has no JSON: a cell comes as one word that it can decode by itself."""
    if message["op"] != "execute":
        return None
    return b64encode(message["code"].encode("utf-8", "replace")) + b"\n"


class Language:
    """`operations` are the questions about live objects that its kernel answers."""

    def __init__(self, argv, encode, operations):
        self.argv = argv
        # Turns a message into a line for the kernel, or None if the kernel does not know it.
        self.encode = encode
        self.operations = operations


QUESTIONS = {"complete", "inspect", "hover", "variables", "is_complete"}
LANGUAGES = {
    "python": Language(["/usr/bin/python3", "-u", join(KERNELS, "python")], _json, QUESTIONS),
    "bash": Language(["/bin/bash", "--norc", "--noprofile", join(KERNELS, "bash", "kernel.sh")], _bash, frozenset()),
}
