"""Completion from live objects (formats.md §4: offsets count UTF-16 code units)."""

from IPython.core.completer import provisionalcompleter, rectify_completions

MAX_MATCHES = 200


def complete(shell, code, cursor):
    at = len(code.encode("utf-16-le")[: cursor * 2].decode("utf-16-le", "ignore"))
    with provisionalcompleter():
        found = list(rectify_completions(code, shell.Completer.completions(code, at)))[:MAX_MATCHES]
    start, end = (found[0].start, found[0].end) if found else (at, at)
    matches = [
        {
            "label": match.text,
            "insertText": match.text,
            "kind": match.type or "",
            "detail": match.signature or "",
            "documentation": None,
            "valuePreview": None,
            "type": match.type or None,
        }
        for match in found
    ]
    return {"matches": matches, "cursorStart": _units(code[:start]), "cursorEnd": _units(code[:end]), "source": "runtime"}


def _units(text):
    return len(text.encode("utf-16-le")) // 2
