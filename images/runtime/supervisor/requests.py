"""What the agent asks: lines of JSON on stdin. A request is acknowledged each time it comes and acted on once."""

import os
from collections import OrderedDict
from json import loads

# The agent resends within seconds; this many ids cover hours of typing.
REMEMBERED = 10_000
# A request carries a cell's code; longer lines are no requests.
MAX_LINE = 8 * 1024 * 1024

TEXT = (str,)
NUMBER = (int,)
# Where a session starts, for the request that starts it.
PLACE = {"cwd": TEXT, "venv": (str, type(None))}
SIZE = {"columns": NUMBER, "rows": NUMBER}
POSITION = {"session": TEXT, "language": TEXT, "code": TEXT, "cursor": NUMBER}
FIELDS = {
    "execute": {
        "exec": TEXT,
        "session": TEXT,
        "language": TEXT,
        "code": TEXT,
        "silent": (bool,),
        "storeHistory": (bool,),
        "assetDir": (str, type(None)),
        **PLACE,
    },
    "input": {"exec": TEXT, "text": TEXT},
    "input_cancel": {"exec": TEXT},
    "interrupt": {"session": TEXT},
    "cancel": {"exec": TEXT},
    "start": {"session": TEXT, "language": TEXT, **PLACE},
    "end": {"session": TEXT},
    "reset": {"session": TEXT},
    "sessions": {},
    "renew": {},
    "warm": {},
    "terminal_open": {"terminal": TEXT, "cwd": TEXT, **SIZE},
    "terminal_list": {},
    "terminal_input": {"terminal": TEXT, "data": TEXT},
    "terminal_resize": {"terminal": TEXT, **SIZE},
    "terminal_take": {"terminal": TEXT, "position": NUMBER},
    "terminal_detach": {"terminal": TEXT},
    "terminal_close": {"terminal": TEXT},
    "complete": POSITION,
    "inspect": {**POSITION, "detail": NUMBER},
    "hover": POSITION,
    "variables": {"session": TEXT, "language": TEXT},
    "variable": {"session": TEXT, "language": TEXT, "name": TEXT, "path": (list,), "offset": NUMBER, "limit": NUMBER},
    "is_complete": {"session": TEXT, "language": TEXT, "code": TEXT},
    "format": {"session": TEXT, "language": TEXT, "code": TEXT},
}


class RequestReader:
    def __init__(self, fd, outgoing, sessions, terminals):
        self.fd = fd
        self.open = True
        self._outgoing = outgoing
        self._sessions = sessions
        self._terminals = terminals
        self._buffer = bytearray()
        self._seen = OrderedDict()
        os.set_blocking(fd, False)

    def read(self):
        try:
            chunk = os.read(self.fd, 1 << 16)
        except BlockingIOError:
            return
        if not chunk:
            # The other end was closed for good. Cells go on; there is just nobody left to ask for more.
            self.open = False
            return
        self._buffer += chunk
        *lines, rest = self._buffer.split(b"\n")
        self._buffer = rest
        if len(rest) > MAX_LINE:
            self._buffer = bytearray()
            self._outgoing.say("refused", id=None, message="a line is too long to be a request")
        for line in lines:
            if line.strip():
                self._take(line)

    def _take(self, line):
        try:
            request = loads(line)
        except (ValueError, RecursionError):
            self._outgoing.say("refused", id=None, message="a line is not JSON")
            return
        id = request.get("id") if isinstance(request, dict) else None
        problem = problem_of(request)
        if problem:
            self._outgoing.say("refused", id=id if isinstance(id, str) else None, message=problem)
            return
        if not self._is_known(id):
            self._carry_out(request)
        self._outgoing.say("ack", id=id)

    def _carry_out(self, request):
        operation = request["op"]
        if operation.startswith("terminal_"):
            getattr(self._terminals, operation.removeprefix("terminal_"))(request)
        else:
            getattr(self._sessions, operation)(request)

    def _is_known(self, id):
        known = id in self._seen
        self._seen[id] = None
        self._seen.move_to_end(id)
        if len(self._seen) > REMEMBERED:
            self._seen.popitem(last=False)
        return known


def problem_of(request):
    if not isinstance(request, dict) or not isinstance(request.get("id"), str):
        return "a request is an object with an id"
    fields = FIELDS.get(request.get("op")) if isinstance(request.get("op"), str) else None
    if fields is None:
        return f"no operation {str(request.get('op'))[:40]!r}"
    for name, types in fields.items():
        if name not in request or not isinstance(request[name], types):
            return f"{request['op']}: {name} is missing or of the wrong type"
    return None
