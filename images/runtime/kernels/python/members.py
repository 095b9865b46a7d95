"""What a value consists of, a page at a time: the step inwards, and never a copy of the whole."""

from collections.abc import Mapping
from itertools import islice
from typing import NamedTuple

from variables import describe, preview, shape_of

# Characters of one cell of a table.
MAX_CELL = 200
# Whose `__str__` is known to be quick, and of what is builtin, what may be large.
PLAIN = ("builtins", "datetime", "decimal", "fractions", "uuid", "numpy", "pandas")
HOLDERS = (Mapping, list, tuple, set, frozenset, bytes, bytearray)
MAX_COLUMNS = 100
MAX_NAMES = 200
MAX_FULL = 10_000
# Rows: to compare more texts takes too long.
MAX_SORTED_TEXTS = 200_000


class Page(NamedTuple):
    offset: int
    limit: int
    # Of a table: position of the first column, and {"column": position, "descending": bool} or None.
    column: int
    sort: dict | None


def detail(name, value, page):
    """The value's row, its full text, and the page of its members."""
    offset, limit = page.offset, page.limit
    table = _table(value, page)
    count, members = _members(value)
    # Of a table the page is one of rows.
    start = 0 if table else offset
    shown_members = [describe(step, member) for step, member in members(start, max(start, min(count, start + limit)))]
    shown = len(table["rows"] if table else shown_members)
    total = shape_of(value)[0] if table else count
    return {
        **describe(name, value),
        "fullValue": _full(value),
        "children": shown_members or None,
        "count": total,
        "truncated": offset + shown < total,
        "table": table,
        "methods": _names(value, callable),
        "attributes": _names(value, lambda member: not callable(member)),
    }


def step_into(value, step):
    """The member that a path's step names. Throws LookupError."""
    if isinstance(value, Mapping):
        for key in value:
            if str(key) == step:
                return value[key]
    elif _columns(value) is not None:
        for position, column in enumerate(value.columns):
            if str(column) == step:
                return value.iloc[:, position]
    elif isinstance(value, (set, frozenset)):
        return _nth(value, step)
    elif shape_of(value) or isinstance(value, (list, tuple)):
        return _at(value, step)
    elif step in vars(value):
        return vars(value)[step]
    raise LookupError(f"there is no {step!r} in it")


def _members(value):
    """How many there are, and a function from a first and a last position to pairs of step and member."""
    if isinstance(value, Mapping):
        return len(value), lambda start, stop: ((str(key), value[key]) for key in islice(value, start, stop))
    if (columns := _columns(value)) is not None:
        return len(columns), lambda start, stop: ((str(columns[i]), value.iloc[:, i]) for i in range(start, stop))
    if isinstance(value, (set, frozenset)):
        return len(value), lambda start, stop: ((str(i), member) for i, member in islice(enumerate(value), start, stop))
    if isinstance(value, (list, tuple)):
        return len(value), lambda start, stop: ((str(i), value[i]) for i in range(start, stop))
    if shape := shape_of(value):
        return shape[0], lambda start, stop: ((str(i), _at(value, str(i))) for i in range(start, stop))
    own = getattr(value, "__dict__", None)
    if not isinstance(own, dict) or isinstance(value, type):
        return 0, lambda start, stop: ()
    return len(own), lambda start, stop: islice(own.items(), start, stop)


def _table(value, page):
    """Rows of a data frame or of an array with two dimensions, as text."""
    columns, shape = _columns(value), shape_of(value)
    if columns is None and (shape is None or len(shape) != 2 or hasattr(value, "iloc")):
        return None
    count, width = shape
    positions = range(page.offset, min(count, page.offset + page.limit))
    if page.sort is not None:
        positions = _order(value, page.sort)[page.offset : page.offset + page.limit]
    shown = range(page.column, min(width, page.column + MAX_COLUMNS))
    if columns is not None:
        part = value.iloc[list(positions), shown.start : shown.stop]
        named = [{"name": str(name), "dtype": str(dtype)} for name, dtype in zip(part.columns, part.dtypes)]
        rows = [[_cell(part.iat[row, column]) for column in range(part.shape[1])] for row in range(part.shape[0])]
        index = [str(label) for label in part.index]
    else:
        named = [{"name": str(i), "dtype": str(getattr(value, "dtype", ""))} for i in shown]
        rows = [[_cell(value[row, column]) for column in shown] for row in positions]
        index = [str(row) for row in positions]
    return {"columns": named, "index": index, "rows": rows, "firstColumn": page.column, "sort": page.sort}


def _order(value, sort):
    """Positions of all rows, sorted by a column, with missing values last. Throws ValueError: no code of the user's own compares."""
    if _columns(value) is not None:
        column = value.iloc[:, sort["column"]]
        if str(column.dtype) in ("object", "str", "string"):
            if len(column) > MAX_SORTED_TEXTS:
                raise ValueError(f"more than {MAX_SORTED_TEXTS:,} texts are not sorted here")
            if not column.map(type).isin([str, float, type(None)]).all():
                raise ValueError("the column's values have no order of their own")
        return column.array.argsort(ascending=not sort["descending"], kind="stable", na_position="last")
    if type(value).__module__ != "numpy" or value.dtype.hasobject:
        raise ValueError(f"a {type(value).__name__} is not sorted here")
    column = value[:, sort["column"]]
    order = column.argsort(kind="stable")
    if not sort["descending"]:
        return order
    # What is no number stands last either way.
    present = len(column) - int((column != column).sum())
    return [*order[:present][::-1], *order[present:]]


def _columns(value):
    """The columns of what is used like pandas' data frame, or None."""
    return value.columns if not isinstance(value, type) and hasattr(value, "iloc") and hasattr(value, "columns") else None


def _cell(value):
    """A value as its type writes it. One that holds others is cut, and one of the user's own is not asked."""
    if value is None:
        return None
    is_plain = type(value).__module__.partition(".")[0] in PLAIN and not isinstance(value, HOLDERS)
    if not is_plain or shape_of(value):
        return preview(value)[:MAX_CELL]
    try:
        return str(value)[:MAX_CELL]
    except Exception:
        return "?"


def _at(value, step):
    if not step.isdigit():
        raise LookupError(f"there is no {step!r} in it")
    try:
        return value.iloc[int(step)] if hasattr(value, "iloc") else value[int(step)]
    except IndexError:
        raise LookupError(f"it has no element {step}") from None


def _nth(members, step):
    for member in islice(members, int(step) if step.isdigit() else 0, None):
        return member
    raise LookupError(f"it has no element {step}")


def _full(value):
    if isinstance(value, str):
        return value[:MAX_FULL]
    if type(value).__module__ == "builtins" and isinstance(value, (int, float, complex, bool, bytes)):
        return repr(value)[:MAX_FULL] if not isinstance(value, bytes) else repr(value[:MAX_FULL])
    return preview(value)


def _names(value, wanted):
    """Of public members that the class has, without asking the object for their values."""
    names = (name for name in dir(type(value)) if not name.startswith("_"))
    found = (name for name in names if wanted(getattr(type(value), name, None)))
    return list(islice(found, MAX_NAMES))
