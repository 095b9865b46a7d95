"""What a Bash session's programs print on their terminal, and how far it belongs before a message of the kernel."""

import re
from time import monotonic

from stream import Stream

# The kernel prints one, with a rising number, in front of each message: a terminal hands output on in its own time.
MARK = re.compile("\x1b]markco;([0-9]{1,9})\x07")
MARK_START = re.compile("\x1b(?:](?:m(?:a(?:r(?:k(?:c(?:o(?:;[0-9]{0,9})?)?)?)?)?)?)?)?$")


class TerminalStream(Stream):
    def __init__(self, name, fd, emit):
        super().__init__(name, fd, emit)
        # The number of the last mark that was read.
        self.mark = 0
        # What stood in the last line, for whoever is asked to answer it.
        self.last_line = ""
        self.quiet_since = monotonic()
        self._rest = ""

    def _take(self, text):
        text = self._rest + text
        pieces = MARK.split(text)
        cut = MARK_START.search(pieces[-1])
        self._rest = cut.group() if cut else ""
        if cut:
            pieces[-1] = pieces[-1][: cut.start()]
        for number in pieces[1::2]:
            self.mark = int(number)
        printed = "".join(pieces[::2])
        if printed:
            self.quiet_since = monotonic()
            self.last_line = (self.last_line + printed).rpartition("\n")[2][-1000:]
        super()._take(printed)
