"""What a variable is, in one row: cheap to compute, however large the value is."""

import sys
from collections.abc import Mapping
from reprlib import Repr

MAX_KEYS = 50
# Characters.
MAX_PREVIEW = 200

_short = Repr()
_short.maxstring = _short.maxother = _short.maxlong = MAX_PREVIEW
_short.maxlist = _short.maxtuple = _short.maxdict = _short.maxset = _short.maxfrozenset = 10


def describe(name, value):
    shape = _attribute(value, "shape")
    dtype = _attribute(value, "dtype")
    return {
        "name": name,
        "type": type(value).__name__,
        "value": preview(value),
        # Bytes; of a container, without what it holds.
        "size": _size(value),
        "expandable": isinstance(value, (Mapping, list, tuple, set, frozenset)) or hasattr(type(value), "columns"),
        "shape": list(shape) if isinstance(shape, tuple) else None,
        "dtype": None if dtype is None else str(dtype),
        "length": _length(value),
        "keys": [str(key) for key, _ in zip(value, range(MAX_KEYS))] if isinstance(value, Mapping) else None,
    }


def preview(value):
    try:
        return _short.repr(value)[: MAX_PREVIEW * 2]
    except Exception as error:
        return f"<{type(value).__name__}: repr failed with {type(error).__name__}>"


def _attribute(value, name):
    # A class has the attribute as a descriptor, not as a fact about itself.
    try:
        return None if isinstance(value, type) else getattr(value, name, None)
    except Exception:
        return None


def _size(value):
    try:
        bytes = _attribute(value, "nbytes")
        return bytes if isinstance(bytes, int) else sys.getsizeof(value)
    except Exception:
        return None


def _length(value):
    try:
        return len(value)
    except Exception:
        return None
