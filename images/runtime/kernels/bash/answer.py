"""Answers one question about a Bash session: python3 answer.py OPERATION ID BASE64-OF-REQUEST, with its state on stdin."""

import os
import re
import sys
from base64 import b64decode
from json import dumps, loads

MAX_MATCHES = 200
MAX_VARIABLES = 500
MAX_VALUE = 200
MAX_TEXT = 20_000
DECLARED = re.compile(r"^declare -(\S+) ([A-Za-z_]\w*)(?:=(.*))?$", re.DOTALL)
# Bash's own variables say nothing about the author's work.
OWN = re.compile(
    r"^(BASH.*|COMP_.*|DIRSTACK|EPOCH.*|EUID|FUNCNAME|GROUPS|HISTCMD|HOSTNAME|HOSTTYPE|IFS|LINENO|LINES|COLUMNS|MACHTYPE|"
    r"OLDPWD|OPT(ARG|ERR|IND)|OSTYPE|PIPESTATUS|PPID|PS[0-9]|PWD|RANDOM|REPLY|SECONDS|SHELL|SHELLOPTS|SHLVL|SRANDOM|UID|_|"
    r"MARKCO_.*|markco_.*)$"
)
WORD = re.compile(r"[^\s;|&()<>\"'`=]*$")
NAME = re.compile(r"[\w.-]*$")
ELEMENT = re.compile(r'\[((?:[^\]"\\]|\\.|"(?:[^"\\]|\\.)*")*)\]="((?:[^"\\]|\\.)*)"')


class Shell:
    """What the shell has told: its variables as (flags, value), its functions' source, its other words, its folder."""

    def __init__(self, told):
        variables, functions, words, self.folder = (told.split("\0") + [""] * 4)[:4]
        self.variables = {}
        for text in re.split(r"\n(?=declare -)", variables.strip("\n")):
            match = DECLARED.match(text)
            if match:
                self.variables[match[2]] = (match[1], match[3] or "")
        self.functions = {}
        for text in re.split(r"\n(?=\S+ \(\) ?\n)", functions.strip("\n")):
            name = text.partition(" ()")[0]
            if name and not name.startswith("markco_"):
                self.functions[name] = text
        self.words = sorted(set(words.split()))

    def own(self):
        """Names of what the author made, environment left aside."""
        return sorted(name for name, (flags, _) in self.variables.items() if "x" not in flags and not OWN.match(name))


def complete(shell, request):
    before = _before(request)
    word = WORD.search(before).group()
    earlier = before[: len(before) - len(word)].split("\n")[-1].rstrip()
    first = not earlier or earlier.endswith(("|", ";", "&", "$(", "then", "do", "else"))
    if "$" in word:
        matches, begun = _variables_beginning(shell, word)
    elif "/" in word or not first:
        matches, begun = _files_beginning(shell, word)
    else:
        matches, begun = _commands_beginning(shell, word)
    start = request["cursor"] - _units(begun)
    return {"matches": matches[:MAX_MATCHES], "cursorStart": start, "cursorEnd": request["cursor"], "source": "runtime"}


def inspect(shell, request):
    name = _name_at(request)
    if name in shell.functions:
        source = shell.functions[name][:MAX_TEXT] if request["detail"] >= 2 else None
        return {**_found(name, "function", "function"), "signature": f"{name} ()", "sourceCode": source}
    if name in shell.variables:
        described = describe(shell, name)
        return {**_found(name, "variable", described["type"]), "value": described["value"]}
    path = _which(name)
    if name in shell.words or path:
        documentation = _help(name) if request["detail"] >= 1 else None
        kind = "builtin" if name in shell.words else "command"
        return {**_found(name, "function", kind), "docstring": documentation, "file": path if request["detail"] >= 2 else None}
    return {"found": False, "name": name or None, "source": "runtime"}


def hover(shell, request):
    found = inspect(shell, {**request, "detail": 0})
    return {key: found.get(key) for key in ("found", "name", "type", "value", "signature")}


def variables(shell, _request):
    names = shell.own()
    described = [describe(shell, name) for name in names[:MAX_VARIABLES]]
    return {"variables": described, "count": len(names), "truncated": len(names) > MAX_VARIABLES}


def variable(shell, request):
    name, path, offset, limit = (request[key] for key in ("name", "path", "offset", "limit"))
    if name not in shell.variables:
        raise LookupError(f"no variable {name}")
    flags, value = shell.variables[name]
    elements = _elements(value) if _is_array(flags) else []
    if path:
        found = dict(elements).get(path[0])
        if found is None or len(path) > 1:
            raise LookupError(f"{name} has no element {'/'.join(path)}")
        return {**_row(path[0], "string", found), "fullValue": found[:10_000]}
    page = elements[offset : offset + limit]
    return {
        **describe(shell, name),
        "fullValue": (value if elements else _unquoted(value))[:10_000],
        "children": [_row(key, "string", element) for key, element in page] if elements else None,
        "count": len(elements),
        "truncated": offset + limit < len(elements),
    }


def is_complete(_shell, request):
    checked = _run(["bash", "-n"], request["code"])
    unfinished = "unexpected end of file" in checked.stderr or "unexpected EOF" in checked.stderr
    if unfinished or request["code"].endswith("\\"):
        return {"status": "incomplete", "indent": "  "}
    return {"status": "complete" if checked.returncode == 0 else "invalid", "indent": ""}


def format(_shell, request):
    formatted = _run(["shfmt", "-i", "2"], request["code"])
    if formatted.returncode != 0:
        raise ValueError(formatted.stderr.strip().replace("<standard input>:", "line "))
    # A cell has no line end behind its last line unless its author wrote one.
    text = formatted.stdout if request["code"].endswith("\n") else formatted.stdout.rstrip("\n")
    return {"formatted": text, "changed": text != request["code"]}


def describe(shell, name):
    flags, value = shell.variables[name]
    if not _is_array(flags):
        return _row(name, "integer" if "i" in flags else "string", _unquoted(value))
    elements = _elements(value)
    row = _row(name, "associative array" if "A" in flags else "array", value)
    keys = [key for key, _ in elements[:50]] if "A" in flags else None
    return {**row, "expandable": True, "length": len(elements), "keys": keys}


def _row(name, type, value):
    return {
        "name": name,
        "type": type,
        "value": value if len(value) <= MAX_VALUE else value[:MAX_VALUE] + "…",
        "size": len(value.encode("utf-8", "replace")),
        "expandable": False,
        "shape": None,
        "dtype": None,
        "length": len(value),
        "keys": None,
    }


def _found(name, kind, type):
    return {"found": True, "source": "runtime", "name": name, "kind": kind, "type": type}


def _is_array(flags):
    return "a" in flags or "A" in flags


def _elements(value):
    return [(_unquoted(key), re.sub(r"\\(.)", r"\1", element)) for key, element in ELEMENT.findall(value)]


def _unquoted(value):
    """`declare -p` writes a value in double quotes, or as $'…' when it has control characters."""
    if value.startswith("$'"):
        return re.sub(r"\\(n|t|r|[0-7]{3}|x[0-9a-fA-F]{2}|.)", _control, value[2:-1])
    return re.sub(r"\\(.)", r"\1", value[1:-1]) if value.startswith('"') else value


def _control(match):
    code = match[1]
    if code[0] == "x" or code[0].isdigit():
        return chr(int(code[1:], 16) if code[0] == "x" else int(code, 8))
    return {"n": "\n", "t": "\t", "r": "\r"}.get(code, code)


def _variables_beginning(shell, word):
    lead, _, begun = word.rpartition("$")
    brace = "{" if begun.startswith("{") else ""
    begun = begun.removeprefix("{")
    names = [name for name in shell.variables if name.startswith(begun) and not name.startswith("markco_")]
    return [_match(name, "variable", describe(shell, name)["value"]) for name in sorted(names)], begun


def _files_beginning(shell, word):
    folder, _, begun = word.rpartition("/")
    base = os.path.join(shell.folder, os.path.expanduser(folder + "/" if "/" in word else ""))
    try:
        names = sorted(name for name in os.listdir(base) if name.startswith(begun) and (begun or name[0] != "."))
    except OSError:
        names = []
    return [_match(name + ("/" if os.path.isdir(os.path.join(base, name)) else ""), "value") for name in names], begun


def _commands_beginning(shell, word):
    names = {name: "function" for name in _programs(word)} if word else {}
    names |= {name: "keyword" for name in shell.words if name.startswith(word)}
    names |= {name: "function" for name in shell.functions if name.startswith(word)}
    return [_match(name, kind) for name, kind in sorted(names.items())], word


def _programs(begun):
    for folder in os.environ.get("PATH", "").split(":"):
        try:
            yield from (name for name in os.listdir(folder) if name.startswith(begun))
        except OSError:
            continue


def _match(label, kind, preview=None):
    return {
        "label": label,
        "insertText": label,
        "kind": kind,
        "detail": None,
        "documentation": None,
        "valuePreview": preview,
        "type": None,
    }


def _which(name):
    if not name or "/" in name:
        return None
    paths = (os.path.join(folder, name) for folder in os.environ.get("PATH", "").split(":"))
    return next((path for path in paths if os.access(path, os.X_OK)), None)


def _help(name):
    return _run(["bash", "-c", 'help -m -- "$1"', "bash", name]).stdout[:MAX_TEXT] or None


def _run(command, text=""):
    # Here, because the commonest question (what variables there are) takes half the time without it.
    import subprocess

    return subprocess.run(command, input=text, capture_output=True, text=True, check=False)


def _before(request):
    return request["code"].encode("utf-16-le", "surrogatepass")[: 2 * request["cursor"]].decode("utf-16-le", "replace")


def _name_at(request):
    before = _before(request)
    return NAME.search(before).group() + re.match(r"[\w.-]*", request["code"][len(before) :]).group()


def _units(text):
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


OPERATIONS = {
    "complete": complete,
    "inspect": inspect,
    "hover": hover,
    "variables": variables,
    "variable": variable,
    "is_complete": is_complete,
    "format": format,
}


def main():
    operation, id, word = sys.argv[1:]
    shell = Shell(sys.stdin.buffer.read().decode("utf-8", "replace"))
    try:
        reply = {"ok": True, "result": OPERATIONS[operation](shell, loads(b64decode(word)))}
    except Exception as error:
        reply = {"ok": False, "message": str(error)}
    print(dumps({"type": "reply", "id": id, **reply}))


main()
