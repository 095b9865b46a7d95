"""What a value consists of, a page at a time: the step inwards, and never a copy of the whole."""

from collections.abc import Mapping
from itertools import islice

from variables import describe, preview, shape_of

# Characters of one cell of a table.
MAX_CELL = 200
MAX_COLUMNS = 100
MAX_NAMES = 200
MAX_FULL = 10_000


def detail(name, value, offset, limit):
    """The value's row, its full text, and the page of its members from `offset` on."""
    table = _table(value, offset, limit)
    count, members = _members(value)
    # Of a table the page is one of rows.
    start = 0 if table else offset
    page = [describe(step, member) for step, member in members(start, max(start, min(count, start + limit)))]
    shown = len(table["rows"]) if table else len(page)
    total = shape_of(value)[0] if table else count
    return {
        **describe(name, value),
        "fullValue": _full(value),
        "children": page or None,
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


def _table(value, offset, limit):
    """Rows of a data frame, of a series or of an array with two dimensions, as text."""
    if (columns := _columns(value)) is not None:
        part = value.iloc[offset : offset + limit, :MAX_COLUMNS]
        named = [{"name": str(name), "dtype": str(dtype)} for name, dtype in zip(columns, part.dtypes)]
        rows = [[_cell(part.iat[row, column]) for column in range(part.shape[1])] for row in range(part.shape[0])]
        return {"columns": named, "index": [str(label) for label in part.index], "rows": rows}
    shape = shape_of(value)
    if shape is None or len(shape) != 2 or hasattr(value, "iloc"):
        return None
    named = [{"name": str(i), "dtype": str(getattr(value, "dtype", ""))} for i in range(min(shape[1], MAX_COLUMNS))]
    stop = min(shape[0], offset + limit)
    rows = [[_cell(value[row, column]) for column in range(len(named))] for row in range(offset, stop)]
    return {"columns": named, "index": [str(row) for row in range(offset, stop)], "rows": rows}


def _columns(value):
    """The columns of what is used like pandas' data frame, or None."""
    return value.columns if not isinstance(value, type) and hasattr(value, "iloc") and hasattr(value, "columns") else None


def _cell(value):
    if value is None:
        return None
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
