"""Loads IPython without what a kernel never uses: an idle one is 44 MB instead of 62 (IPython 9, Python 3.14).

- `IPython.terminal.embed` draws in prompt_toolkit for a terminal that is not there.
- jedi guesses statically what completion knows from live objects.
- astroid comes with asttokens, which reads programs without it too.
"""

import sys
from contextlib import contextmanager
from types import ModuleType


@contextmanager
def lean_ipython():
    """Hides those modules from what is imported inside. User code can import each of them afterwards as ever."""
    stub = ModuleType("IPython.terminal.embed")
    stub.embed = _embed
    hidden = {"jedi": None, "astroid": None, "IPython.terminal.embed": stub}
    sys.modules.update(hidden)
    try:
        yield
    finally:
        for name in hidden:
            del sys.modules[name]


def _embed(*_, **__):
    raise RuntimeError("embed() needs a terminal")
