"""The cell's stdout and stderr, as the session began with them, whatever an earlier cell has done to them."""

import os
import sys
from fcntl import F_DUPFD_CLOEXEC, fcntl
from io import TextIOWrapper


class Streams:
    def __init__(self):
        # Copies that user code does not find by accident.
        self._kept = {fd: fcntl(fd, F_DUPFD_CLOEXEC, 210) for fd in (1, 2)}
        for stream in (sys.stdout, sys.stderr):
            # Python runs unbuffered (-u): prints arrive while the cell runs, in order with what libraries and children write.
            stream.reconfigure(encoding="utf-8", errors="backslashreplace")

    def restore(self):
        """Opens again what was closed. A stream that user code has put in the place of ours stays there while it works."""
        for fd, kept in self._kept.items():
            if not _same_file(fd, kept):
                os.dup2(kept, fd)
        for name, fd in (("stdout", 1), ("stderr", 2)):
            if getattr(getattr(sys, name), "closed", True):
                raw = open(fd, "wb", buffering=0, closefd=False)
                stream = TextIOWrapper(raw, "utf-8", "backslashreplace", write_through=True)
                setattr(sys, name, stream)


def _same_file(fd, other):
    try:
        return os.path.sameopenfile(fd, other)
    except OSError:
        return False
