"""Questions about live objects, by operation (formats.md §4; positions count UTF-16 code units)."""

import os
import random
import re
import sys

from IPython.core.completer import provisionalcompleter, rectify_completions
from IPython.utils.tokenutil import token_at_cursor
from members import Page, detail, step_into
from variables import describe, is_expandable, preview

MAX_MATCHES = 200
# Signatures take a moment each: a long list is read by name.
MAX_SIGNATURES = 40
MAX_VARIABLES = 500
# Characters of documentation or source in an answer.
MAX_TEXT = 20_000
DOTTED_NAME = re.compile(r"[^\W\d]\w*(?:\.[^\W\d]\w*)*")
# What IPython calls a completion's type, in MRP's words.
KINDS = {
    "function": "function",
    "method": "method",
    "class": "class",
    "module": "module",
    "keyword": "keyword",
    "instance": "variable",
    "statement": "variable",
    "param": "field",
    "path": "value",
    "dict key": "value",
    "magic": "function",
}


def complete(shell, request):
    code, cursor = request["code"], _index(request["code"], request["cursor"])
    with provisionalcompleter():
        found = list(rectify_completions(code, shell.Completer.completions(code, cursor)))[:MAX_MATCHES]
    start, end = (found[0].start, found[0].end) if found else (cursor, cursor)
    # IPython completes members with their dot.
    dot = 1 if found and all(match.text.startswith(".") for match in found) else 0
    start += dot
    # What stands in front of the last dot is looked up once; its members are not computed, only read.
    owner = _owner(shell, code[:end])
    signed = len(found) <= MAX_SIGNATURES
    matches = [_match(shell, match, match.text[dot:], owner, signed) for match in found]
    return {"matches": matches, "cursorStart": _units(code[:start]), "cursorEnd": _units(code[:end]), "source": "runtime"}


def inspect(shell, request):
    """The object at the cursor, or the function whose arguments are being written there."""
    name = token_at_cursor(request["code"], _index(request["code"], request["cursor"]))
    wanted = request["detail"]
    info = shell.object_inspect(name, detail_level=1 if wanted == 2 else 0) if name else {"found": False}
    if not info["found"]:
        return {"found": False, "source": "runtime", "name": name or None}
    value = shell._ofind(name).obj
    return {
        "found": True,
        "source": "runtime",
        "name": name,
        "kind": _kind(value),
        "type": info["type_name"],
        "signature": info["definition"] or info["init_definition"],
        "docstring": _cut(info["docstring"]) if wanted >= 1 else None,
        "sourceCode": _cut(info["source"]) if wanted >= 2 else None,
        "file": info["file"] if wanted >= 2 else None,
        "line": _first_line(value) if wanted >= 2 else None,
        "value": preview(value),
        "children": len(value) if is_expandable(value) and hasattr(type(value), "__len__") else None,
    }


def hover(shell, request):
    """The object whose name the cursor touches, up to the part that it touches: `a` or `a.b` of `a.b`."""
    code, cursor = request["code"], _index(request["code"], request["cursor"])
    for match in DOTTED_NAME.finditer(code):
        if match.start() <= cursor <= match.end():
            end = re.compile(r"\w*").match(code, cursor).end()
            name = code[match.start() : end].rstrip(".")
            found = shell._ofind(name)
            if found.found:
                value = found.obj
                signature = shell.inspector._getdef(value, name) if callable(value) else None
                return {
                    "found": True,
                    "name": name,
                    "type": type(value).__name__,
                    "value": preview(value),
                    "signature": signature,
                }
    return {"found": False, "name": None}


def variables(shell, _request):
    names = sorted(name for name in shell.user_ns if not name.startswith("_") and name not in shell.user_ns_hidden)
    described = [describe(name, shell.user_ns[name]) for name in names[:MAX_VARIABLES]]
    return {"variables": described, "count": len(names), "truncated": len(names) > MAX_VARIABLES}


def variable(shell, request):
    name, path = request["name"], request["path"]
    if name not in shell.user_ns:
        raise LookupError(f"no variable {name}")
    value = shell.user_ns[name]
    for step in path:
        value = step_into(value, str(step))
    page = Page(request["offset"], request["limit"], request.get("column", 0), request.get("sort"))
    return detail(str(path[-1]) if path else name, value, page)


def is_complete(shell, request):
    status, indent = shell.check_complete(request["code"])
    return {"status": status, "indent": indent}


def format(_shell, request):
    # Here, because most sessions format nothing.
    import subprocess

    command = ["ruff", "format", "--isolated", "--stdin-filename", "cell.ipynb.py", "-"]
    done = subprocess.run(command, input=request["code"], capture_output=True, text=True, check=False)
    if done.returncode != 0:
        raise ValueError(done.stderr.strip().removeprefix("error: "))
    # A cell has no line end behind its last line unless its author wrote one.
    formatted = done.stdout if request["code"].endswith("\n") else done.stdout.rstrip("\n")
    return {"formatted": formatted, "changed": formatted != request["code"]}


def renew(shell, request):
    """Random numbers begin anew: those of Python, of NumPy if it is there, and those that keys are made of."""
    random.seed()
    if numpy := sys.modules.get("numpy"):
        numpy.random.seed()
    if ssl := sys.modules.get("ssl"):
        ssl.RAND_add(os.urandom(64), 64)
    return {}


QUESTIONS = {
    "complete": complete,
    "inspect": inspect,
    "hover": hover,
    "variables": variables,
    "variable": variable,
    "is_complete": is_complete,
    "format": format,
    "renew": renew,
}


def _match(shell, match, text, owner, signed):
    value = _value_of(shell, text, owner)
    shown = value is not None and not callable(value)
    return {
        "label": text,
        "insertText": text,
        "kind": KINDS.get(match.type, "variable") if value is None else _kind(value),
        "detail": match.signature or (_signature(shell, value, text) if signed and callable(value) else None),
        "documentation": None,
        "valuePreview": preview(value) if shown else None,
        "type": type(value).__name__ if value is not None else None,
    }


def _signature(shell, value, name):
    definition = shell.inspector._getdef(value, name)
    return definition.removeprefix(name) if definition else None


def _owner(shell, before):
    """The object in front of the last dot, or None if that is no plain name."""
    found = re.search(r"([^\W\d]\w*(?:\.[^\W\d]\w*)*)\.\w*$", before)
    info = shell._ofind(found[1]) if found else None
    return info.obj if info and info.found else None


def _value_of(shell, text, owner):
    name = text.rpartition(".")[2]
    if owner is None:
        return shell.user_ns.get(name)
    own = getattr(owner, "__dict__", None)
    value = own.get(name) if isinstance(own, dict) else None
    if value is not None:
        return value
    member = getattr(type(owner), name, None)
    return member if callable(member) else None


def _kind(value):
    if isinstance(value, type):
        return "class"
    if type(value).__name__ == "module":
        return "module"
    if type(value).__name__ in ("method", "builtin_function_or_method", "method_descriptor"):
        return "method"
    return "function" if callable(value) else "variable"


def _first_line(value):
    code = getattr(value, "__code__", None)
    return code.co_firstlineno if code else None


def _cut(text):
    return text[:MAX_TEXT] if text else None


def _index(text, units):
    """The place in `text` that is `units` UTF-16 code units from its start."""
    return len(text.encode("utf-16-le", "surrogatepass")[: 2 * units].decode("utf-16-le", "replace"))


def _units(text):
    return len(text.encode("utf-16-le", "surrogatepass")) // 2
