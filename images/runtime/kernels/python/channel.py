"""Lines of JSON between kernel and supervisor (supervisor/kernel.py says what stands on which descriptor)."""

import json
import os
import sys
import threading
from fcntl import F_DUPFD_CLOEXEC, fcntl


class Channel:
    def __init__(self, interrupts):
        # Away from the low numbers, which user code takes and closes, and out of the programs that it starts.
        requests, self._messages, self._taken = (_move(fd) for fd in (3, 4, 5))
        self._requests = os.fdopen(requests, "rb")
        self._interrupts = interrupts
        self._lock = threading.Lock()
        self._owner = os.getpid()

    def receive(self):
        line = self._requests.readline()
        if not line:
            raise SystemExit
        return json.loads(line)

    def event(self, event, data):
        self.send({"type": "event", "event": event, "data": data, "waits": True})

    def send(self, message):
        # A forked child of user code has a copy of this object and must not speak for the kernel.
        if os.getpid() != self._owner:
            return
        for stream in (sys.stdout, sys.stderr):
            try:
                stream.flush()
            except Exception:
                pass  # User code closed it, or put something else in its place.
        line = json.dumps(message, ensure_ascii=False, default=str).encode("utf-8", "replace") + b"\n"
        self._interrupts.hold(lambda: self._write(line, message.get("waits")))

    def ask_input(self, prompt, password):
        """What the person types, or None if they cancel."""
        self.event("stdin_request", {"prompt": str(prompt)[:10_000], "password": password})
        while True:
            request = self.receive()
            if request["op"] == "input":
                return request["text"]

    def _write(self, line, waits):
        with self._lock:
            while line:
                line = line[os.write(self._messages, line) :]
            if waits:
                os.read(self._taken, 1)


def _move(fd):
    moved = fcntl(fd, F_DUPFD_CLOEXEC, 200)
    os.close(fd)
    return moved
