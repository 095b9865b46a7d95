"""A pipe of user output, held for a moment so that many small writes become one event."""

import os
from codecs import getincrementaldecoder
from time import monotonic

# Linux gives a pipe this much unless asked for more: one read takes all that stood in it.
PIPE_BYTES = 65536
# A writer that is read at each of its small writes runs at half its speed. So a pipe is let be for this long (seconds) after a
# read, unless there was so much (bytes) that it may fill up.
REST, MUCH = 0.005, PIPE_BYTES // 2
# Characters of output in one event.
MAX_CONTENT = 65536


class Stream:
    def __init__(self, name, fd, emit):
        self.name = name
        self.fd = fd
        # A cell may close it (`exec >file`); a poll would then report its end for ever.
        self.open = True
        self.since = None
        self.rests_until = 0.0
        self._emit = emit
        self._held = ""
        # Characters that a read cuts in two are put together again.
        self._decoder = getincrementaldecoder("utf-8")("replace")

    def read(self):
        """Takes what stands in the pipe. False when that is nothing."""
        try:
            chunk = os.read(self.fd, PIPE_BYTES)
        except BlockingIOError:
            return False
        except OSError:
            # A terminal that nobody has open any more.
            chunk = b""
        if not chunk:
            self.open = False
            return False
        self._take(self._decoder.decode(chunk))
        self.rests_until = 0.0 if len(chunk) > MUCH else monotonic() + REST
        return True

    def _take(self, text):
        self._held += text
        if self.since is None and self._held:
            self.since = monotonic()
        if len(self._held) >= MAX_CONTENT:
            self.flush()

    def flush(self):
        content, self._held, self.since = self._held, "", None
        for start in range(0, len(content), MAX_CONTENT):
            self._emit(self.name, content[start : start + MAX_CONTENT])
