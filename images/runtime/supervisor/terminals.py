"""Terminals: shells that people type in. A public method is named after each `terminal_` request, and carries it out."""

import os
import select
import signal
from codecs import getincrementaldecoder
from contextlib import suppress

from processes import processes_of_session
from spawn import spawn
from terminal import open_terminal, set_size

SHELL = ["/bin/bash", "--login"]
MAX_TERMINALS = 20
# Characters of what was shown last, for whoever comes or comes back.
MAX_SCREEN = 256 * 1024
# Characters that nobody has taken yet; with more, the programs wait.
WINDOW = 256 * 1024
CHUNK = 65536


class Terminal:
    def __init__(self, name, cwd, columns, rows, say):
        """Starts a shell. Throws OSError."""
        self.name = name
        # Characters that were ever shown; of those, how many the viewer has taken, or None without a viewer.
        self.position = 0
        self.taken = None
        self._screen = ""
        self._unsent = b""
        self._say = say
        self._decoder = getincrementaldecoder("utf-8")("replace")
        self.fd, theirs = open_terminal()
        set_size(self.fd, columns, rows)
        environment = {**os.environ, "TERM": "xterm-256color", "MARKCO_TERMINAL": name}
        try:
            self.pid = spawn(SHELL, cwd, environment, [theirs, theirs, theirs], True)
        except OSError:
            os.close(self.fd)
            raise
        finally:
            os.close(theirs)
        os.set_blocking(self.fd, False)

    def attach(self):
        """What stands on the screen; from here on, output is sent as fast as it is taken."""
        self.taken = self.position
        return {"screen": self._screen, "position": self.position}

    def interests(self, reading):
        mask = select.POLLOUT if self._unsent else 0
        if self.taken is None or (reading and self.position - self.taken < WINDOW):
            mask |= select.POLLIN
        if mask:
            yield self, self.fd, mask

    def ready(self, _fd):
        self._write()
        # A terminal gives 4 KiB at a time; what stands there goes in one line.
        content = b""
        while len(content) < CHUNK and (chunk := _read(self.fd)):
            content += chunk
        self._show(self._decoder.decode(content))

    def type(self, data):
        self._unsent += data.encode("utf-8", "replace")
        self._write()

    def resize(self, columns, rows):
        set_size(self.fd, columns, rows)

    def end(self):
        for pid in processes_of_session(self.pid):
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)

    def close(self):
        self.ready(self.fd)
        os.close(self.fd)

    def _write(self):
        with suppress(OSError):
            while self._unsent:
                written = os.write(self.fd, self._unsent[:4096])
                self._unsent = self._unsent[written:]

    def _show(self, text):
        if not text:
            return
        self.position += len(text)
        self._screen = (self._screen + text)[-MAX_SCREEN:]
        if self.taken is not None:
            self._say("terminal", terminal=self.name, position=self.position, data=text)


class Terminals:
    def __init__(self, outgoing):
        self._outgoing = outgoing
        self._terminals = {}

    def open(self, request):
        """Attaches to the terminal of that name, which is started if there is none."""
        name, size = request["terminal"], (request["columns"], request["rows"])
        terminal = self._terminals.get(name)
        if terminal is None:
            if len(self._terminals) >= MAX_TERMINALS:
                self._outgoing.refuse(request["id"], "conflict", f"there are {MAX_TERMINALS} terminals; close one first")
                return
            try:
                terminal = Terminal(name, request["cwd"], *size, self._outgoing.say)
            except OSError as error:
                self._outgoing.refuse(request["id"], "failed", f"the terminal could not start: {error.strerror}")
                return
            self._terminals[name] = terminal
        else:
            terminal.resize(*size)
        self._outgoing.reply(request["id"], terminal.attach())

    def list(self, request):
        self._outgoing.reply(request["id"], {"terminals": sorted(self._terminals)})

    def input(self, request):
        if terminal := self._terminals.get(request["terminal"]):
            terminal.type(request["data"])

    def resize(self, request):
        if terminal := self._terminals.get(request["terminal"]):
            terminal.resize(request["columns"], request["rows"])

    def take(self, request):
        terminal = self._terminals.get(request["terminal"])
        if terminal and terminal.taken is not None:
            terminal.taken = max(terminal.taken, min(request["position"], terminal.position))

    def detach(self, request):
        """Nobody looks any more: its programs go on, and what they show is kept as far as a screen reaches."""
        if terminal := self._terminals.get(request["terminal"]):
            terminal.taken = None

    def close(self, request):
        terminal = self._terminals.get(request["terminal"])
        if terminal:
            terminal.end()
        self._outgoing.reply(request["id"], {"closed": terminal is not None})

    # What the main loop needs.

    def interests(self, reading):
        for terminal in self._terminals.values():
            yield from terminal.interests(reading)

    def ended(self, pid, status):
        for terminal in list(self._terminals.values()):
            if terminal.pid == pid:
                del self._terminals[terminal.name]
                terminal.close()
                self._outgoing.say("terminal_end", terminal=terminal.name, code=os.waitstatus_to_exitcode(status))

    def end_all(self):
        for terminal in self._terminals.values():
            terminal.end()


def _read(fd):
    try:
        return os.read(fd, 4096)
    except OSError:
        # Nothing there, or nobody at the other end any more.
        return b""
