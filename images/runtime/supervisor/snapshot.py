"""What is said of a session while it is busy: what its variables were when it was last idle (shared/mrp/introspection.ts)."""

import re

NAME = re.compile(r"[^\W\d]\w*$")
MORE = re.compile(r"\w*")


class Snapshot:
    def __init__(self):
        self._variables = {"variables": [], "count": 0, "truncated": False}

    @property
    def count(self):
        return self._variables["count"]

    def take(self, variables):
        """Keeps what a kernel says of its variables, unless user code has found the channel and says something else."""
        listed = variables.get("variables") if isinstance(variables, dict) else None
        count = variables.get("count") if isinstance(variables, dict) else None
        if isinstance(count, int) and isinstance(listed, list) and all(map(_is_variable, listed)):
            self._variables = {"variables": listed, "count": count, "truncated": bool(variables.get("truncated"))}

    def answer(self, request):
        """The answer, or None if only the kernel could give one."""
        match request["op"]:
            case "variables":
                return {**self._variables, "source": "snapshot"}
            case "variable" if not request["path"]:
                found = self._find(request["name"])
                return found and {**found, "source": "snapshot"}
            case "complete":
                return self._complete(request)
            case "hover" | "inspect":
                return self._describe(request)
            case "is_complete":
                return {"status": "unknown", "indent": ""}
        return None

    def _find(self, name):
        return next((variable for variable in self._variables["variables"] if variable["name"] == name), None)

    def _complete(self, request):
        before = _before(request)
        word = NAME.search(before)
        begun = word.group() if word and not before[: word.start()].endswith((".", "$", ":")) else None
        matches = [
            {
                "label": variable["name"],
                "insertText": variable["name"],
                "kind": "variable",
                "valuePreview": variable["value"],
                "type": variable["type"],
            }
            for variable in self._variables["variables"]
            if begun and variable["name"].startswith(begun)
        ]
        start = request["cursor"] - (len(begun) if matches else 0)
        return {"matches": matches, "cursorStart": start, "cursorEnd": request["cursor"], "source": "snapshot"}

    def _describe(self, request):
        before = _before(request)
        word = NAME.search(before)
        name = (word.group() if word else "") + MORE.match(request["code"], len(before)).group()
        found = self._find(name)
        if not found:
            return {"found": False, "name": name or None, "source": "snapshot"}
        return {
            "found": True,
            "name": name,
            "kind": "variable",
            "type": found["type"],
            "value": found["value"],
            "source": "snapshot",
        }


def _is_variable(value):
    return isinstance(value, dict) and all(isinstance(value.get(key), str) for key in ("name", "type", "value"))


def _before(request):
    """The code in front of the cursor, which counts UTF-16 code units."""
    return request["code"].encode("utf-16-le", "surrogatepass")[: 2 * request["cursor"]].decode("utf-16-le", "replace")
