"""What the supervisor says: numbered lines of JSON on its stdout."""

import os
import select
from json import dumps

from languages import LANGUAGES

# Above this many bytes that nobody has taken yet, kernels are not read.
FULL = 1024 * 1024


class Outgoing:
    def __init__(self, fd):
        self.fd = fd
        self.pending = bytearray()
        self._seq = 0
        os.set_blocking(fd, False)

    @property
    def full(self):
        return len(self.pending) > FULL

    def say(self, type, **fields):
        self._seq += 1
        # ASCII only: the log that this goes to is cut at any byte.
        self.pending += dumps({"seq": self._seq, "type": type, **fields}, separators=(",", ":")).encode("ascii")
        self.pending += b"\n"

    def ready(self):
        self.say("ready", boot=os.urandom(8).hex(), languages=[*LANGUAGES])

    def event(self, exec, event, data):
        self.say("event", exec=exec, event=event, data=data)

    def reply(self, id, result):
        self.say("reply", id=id, ok=True, result=result)

    def refuse(self, id, code, message):
        self.say("reply", id=id, ok=False, error={"code": code, "message": message})

    def write(self):
        """Writes what the reader takes now."""
        while self.pending:
            try:
                written = os.write(self.fd, self.pending[:65536])
            except BlockingIOError:
                return
            del self.pending[:written]

    def drain(self):
        """Writes all, waiting for the reader."""
        while self.pending:
            poller = select.poll()
            poller.register(self.fd, select.POLLOUT)
            poller.poll()
            self.write()
