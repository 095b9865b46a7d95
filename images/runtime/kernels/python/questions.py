"""Questions about live objects, by operation (formats.md §4; positions count UTF-16 code units)."""

import re

from IPython.core.completer import provisionalcompleter, rectify_completions
from IPython.utils.tokenutil import token_at_cursor
from variables import describe, preview

MAX_MATCHES = 200
MAX_VARIABLES = 500
# Characters of documentation or source in an answer.
MAX_TEXT = 20_000
DOTTED_NAME = re.compile(r"[^\W\d]\w*(?:\.[^\W\d]\w*)*")


def complete(shell, request):
    code, cursor = request["code"], _index(request["code"], request["cursor"])
    with provisionalcompleter():
        found = list(rectify_completions(code, shell.Completer.completions(code, cursor)))[:MAX_MATCHES]
    start, end = (found[0].start, found[0].end) if found else (cursor, cursor)
    matches = [_match(match) for match in found]
    return {"matches": matches, "cursorStart": _units(code[:start]), "cursorEnd": _units(code[:end]), "source": "runtime"}


def inspect(shell, request):
    """The object at the cursor, or the function whose arguments are being written there."""
    name = token_at_cursor(request["code"], _index(request["code"], request["cursor"]))
    detail = request["detail"]
    info = shell.object_inspect(name, detail_level=1 if detail == 2 else 0) if name else {"found": False}
    if not info["found"]:
        return {"found": False, "name": name}
    return {
        "found": True,
        "name": name,
        "type": info["type_name"],
        "signature": info["definition"] or info["init_definition"],
        "documentation": _cut(info["docstring"]) if detail >= 1 else None,
        "source": _cut(info["source"]) if detail >= 2 else None,
        "file": info["file"] if detail >= 2 else None,
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


def is_complete(shell, request):
    status, indent = shell.check_complete(request["code"])
    return {"status": status, "indent": indent}


QUESTIONS = {
    "complete": complete,
    "inspect": inspect,
    "hover": hover,
    "variables": variables,
    "is_complete": is_complete,
}


def _match(match):
    kind = None if match.type == "<unknown>" else match.type or None
    return {
        "label": match.text,
        "insertText": match.text,
        "kind": kind or "",
        "detail": match.signature or "",
        "documentation": None,
        "valuePreview": None,
        "type": kind,
    }


def _index(text, units):
    return len(text.encode("utf-16-le", "surrogatepass")[: units * 2].decode("utf-16-le", "ignore"))


def _units(text):
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


def _cut(text):
    return None if text is None else text[:MAX_TEXT]
