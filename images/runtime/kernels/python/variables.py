"""What a variable is, in one row: cheap to compute, however large the value is, and without code of the user's own."""

import sys
from collections.abc import Mapping
from reprlib import Repr

MAX_KEYS = 50
# Characters.
MAX_PREVIEW = 200


class _Short(Repr):
    """As Repr, which writes out all of what has no length limit of its own."""

    def repr_bytes(self, value, _level):
        return f"{value[:MAX_PREVIEW]!r}{'…' if len(value) > MAX_PREVIEW else ''}"

    repr_bytearray = repr_bytes

    def repr_instance(self, value, level):
        return super().repr_instance(value, level) if is_quick(value) else object.__repr__(value)


_short = _Short()
_short.maxstring = _short.maxother = _short.maxlong = MAX_PREVIEW
_short.maxlist = _short.maxtuple = _short.maxdict = _short.maxset = _short.maxfrozenset = 10
# An `__repr__` of these is written by people who know that it is called often; one of the user's own may compute for hours.
QUICK = ("builtins", "datetime", "decimal", "fractions", "pathlib", "collections", "numpy", "uuid", "re", "types")


def is_quick(value):
    return type(value).__module__.partition(".")[0] in QUICK


def describe(name, value):
    shape = shape_of(value)
    dtype = _attribute(value, "dtype")
    return {
        "name": name,
        "type": type(value).__name__,
        "value": preview(value),
        # Bytes; of a container, without what it holds.
        "size": _size(value),
        "expandable": is_expandable(value),
        "shape": shape,
        "dtype": None if dtype is None else str(dtype)[:MAX_PREVIEW],
        "length": _length(value),
        "keys": _keys(value),
    }


def preview(value):
    """A short text, with the value's own `repr` only where that is known to be quick."""
    shape = shape_of(value)
    if shape and _count(shape) > 20:
        return f"<{type(value).__name__} of {' × '.join(map(str, shape))}>"
    if not is_quick(value) and not isinstance(value, type):
        return object.__repr__(value) if shape is None else f"<{type(value).__name__} of {' × '.join(map(str, shape))}>"
    try:
        text = _short.repr(value)
    except Exception as error:
        return f"<{type(value).__name__}: repr failed with {type(error).__name__}>"
    return text if len(text) <= MAX_PREVIEW else text[:MAX_PREVIEW] + "…"


def shape_of(value):
    """The sizes of an array's or a table's dimensions, or None."""
    shape = _attribute(value, "shape")
    is_shape = isinstance(shape, tuple) and all(isinstance(size, int) for size in shape)
    return list(shape) if is_shape else None


def is_expandable(value):
    if isinstance(value, (Mapping, list, tuple, set, frozenset)):
        return len(value) > 0
    if shape_of(value):
        return True
    return not isinstance(value, type) and bool(_attribute(value, "__dict__")) and not callable(value)


def _count(shape):
    count = 1
    for size in shape:
        count *= size
    return count


def _keys(value):
    keys = value if isinstance(value, Mapping) else _attribute(value, "columns")
    if keys is None:
        return None
    try:
        return [str(key)[:MAX_PREVIEW] for key, _ in zip(keys, range(MAX_KEYS))]
    except Exception:
        return None


def _attribute(value, name):
    # A class has the attribute as a descriptor, not as a fact about itself.
    try:
        return None if isinstance(value, type) else getattr(value, name, None)
    except Exception:
        return None


def _size(value):
    bytes = _attribute(value, "nbytes")
    try:
        if isinstance(bytes, int):
            return bytes
        # Asked for its size, a data frame of pandas looks at each of its texts.
        if _attribute(value, "iloc") is not None and (usage := _attribute(value, "memory_usage")):
            return int(usage(deep=False).sum())
        return sys.getsizeof(value)
    except Exception:
        return None


def _length(value):
    try:
        return None if isinstance(value, type) else len(value)
    except Exception:
        return None
