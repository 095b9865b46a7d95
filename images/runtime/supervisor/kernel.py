"""One kernel process. What user code prints comes over stdout and stderr; everything else is lines of JSON.

    fd 3   to the kernel: requests
    fd 4   from it: messages
    fd 5   to it: a line end for each message that said `waits`

Output and messages are different pipes, and only the kernel knows their order. So it waits after a message that has
something printed before or behind it: what stands in the output pipes when the message arrives came before it. A terminal
takes its time; there the kernel prints a mark before the message, and the message carries its number.
"""

import os
import select
import signal
from contextlib import suppress
from json import loads
from time import monotonic, sleep

from processes import processes_of_session
from spawn import spawn
from stream import Stream
from terminal import make_plain, open_terminal
from terminal_stream import TerminalStream

CHUNK = 65536
# A display is cut to less than this by the kernel; what is longer was written by user code that found the channel.
MAX_MESSAGE = 8 * 1024 * 1024
# Characters of stderr that explain a kernel's death.
LAST_WORDS = 2000
# Seconds that a mark may take through a terminal.
MARK_PATIENCE = 1.0
# Seconds between looks for processes that live on, and how many of them.
KILL_ROUND, KILL_ROUNDS = 0.005, 60


class Kernel:
    def __init__(self, language, cwd, environment, emit):
        """Starts the kernel. `emit(stream, content)` is called with what user code prints. Throws OSError."""
        self._language = language
        self._emit = emit
        self._buffer = bytearray()
        self._unsent = bytearray()
        self._last_words = ""
        self._hears = True
        if language.terminal:
            output, error = open_terminal(), open_terminal()
            make_plain(output[0])
            make_plain(error[0])
            user_fds = [output[1], output[1], error[1]]
            streams = TerminalStream
        else:
            output, error = os.pipe(), os.pipe()
            user_fds = [os.open("/dev/null", os.O_RDONLY), output[1], error[1]]
            streams = Stream
        requests, messages, taken = (os.pipe() for _ in range(3))
        fds = [*user_fds, requests[0], messages[1], taken[0]]
        self._requests, self._messages, self._taken = requests[1], messages[0], taken[1]
        self._streams = (streams("stdout", output[0], self._heard), streams("stderr", error[0], self._heard))
        for fd in self._fds():
            os.set_blocking(fd, False)
        try:
            self.pid = spawn(language.argv, cwd, {**os.environ, **environment}, fds, language.terminal)
        except OSError:
            self.close()
            raise
        finally:
            for fd in set(fds):
                os.close(fd)

    def execute(self, request):
        self._last_words = ""
        self.send(request)

    def knows(self, operation):
        return operation in self._language.operations

    def send(self, message):
        line = self._language.encode(message)
        if line is not None:
            self._unsent += line
            self.write()

    def write(self):
        """Writes what the kernel takes now. It reads between cells, so a long cell may take it several turns."""
        while self._unsent:
            try:
                written = os.write(self._requests, self._unsent[:CHUNK])
            except BlockingIOError:
                return
            except BrokenPipeError:
                # It has ended; its exit status tells the rest.
                self._unsent.clear()
                return
            del self._unsent[:written]

    def interests(self, reading):
        """What to poll for: pairs of descriptor and mask."""
        if self._unsent:
            yield self._requests, select.POLLOUT
        if reading:
            now = monotonic()
            for stream in self._streams:
                if stream.open and stream.rests_until <= now:
                    yield stream.fd, select.POLLIN
            if self._hears:
                yield self._messages, select.POLLIN

    def ready(self, fd):
        """Does what the poll says can be done, and yields messages, each behind the output printed before it."""
        if fd == self._requests:
            self.write()
        elif fd == self._messages:
            yield from self.messages()
        for stream in self._streams:
            if stream.fd == fd:
                stream.read()

    def messages(self):
        for message in self._read_messages():
            self._await_mark(message.pop("mark", 0))
            self.drain()
            yield message
            if message.get("waits"):
                try:
                    os.write(self._taken, b"\n")
                except (BlockingIOError, BrokenPipeError):
                    pass  # It has ended, or user code sends messages and waits for none.

    def _await_mark(self, number):
        """Takes output up to that mark. A program may have taken the terminal away, so nobody waits for it for ever."""
        if not self._language.terminal or not isinstance(number, int):
            return
        until = monotonic() + MARK_PATIENCE
        while monotonic() < until:
            late = [stream for stream in self._streams if stream.open and stream.mark < number]
            if not late:
                return
            poller = select.poll()
            for stream in late:
                poller.register(stream.fd, select.POLLIN)
            poller.poll(50)
            for stream in late:
                stream.read()

    def drain(self):
        """Takes all output that has been printed by now."""
        for stream in self._streams:
            # Twice the pipe at most: a thread that goes on printing would otherwise keep this loop for ever.
            if stream.open and stream.read():
                stream.read()
            stream.flush()

    def rests(self):
        now = monotonic()
        return any(stream.open and stream.rests_until > now for stream in self._streams)

    def holds_output(self):
        return any(stream.since is not None for stream in self._streams)

    def flush(self, before):
        """Lets go of output that has been held since `before` (monotonic seconds) or longer."""
        for stream in self._streams:
            if stream.since is not None and stream.since <= before:
                stream.flush()

    def interrupt(self):
        """As Ctrl-C: the cell and what it has started."""
        self._signal(signal.SIGINT)
        if self._language.told_of_interrupts:
            self.send({"op": "interrupt"})
        if self._language.terminal:
            # A program that keeps jobs has put the one in front into a group of its own.
            with suppress(OSError):
                front = os.tcgetpgrp(self._streams[0].fd)
                if front not in (0, self.pid):
                    os.killpg(front, signal.SIGINT)

    @property
    def terminal(self):
        """The terminal's stream, or None where user code has pipes."""
        return self._streams[0] if self._language.terminal else None

    @property
    def error_line(self):
        """What stands in the last line of stderr: many programs prompt there."""
        return self._streams[1].last_line

    def type(self, text):
        """Gives the program at the terminal a line; None ends its input, as Ctrl-D does."""
        keys = "\x04" if text is None else text if text.endswith(("\n", "\r")) else text + "\n"
        with suppress(OSError):
            os.write(self._streams[0].fd, keys.encode("utf-8", "replace"))

    def reset_terminal(self):
        """What the last cell did to the terminal is undone."""
        if self._language.terminal:
            for stream in self._streams:
                with suppress(OSError):
                    make_plain(stream.fd)

    def kill(self):
        """Ends the kernel and all that its cells have started, but for what has begun a session of its own."""
        with suppress(ProcessLookupError):
            self._signal(signal.SIGKILL)
        for _ in range(KILL_ROUNDS):
            members = processes_of_session(self.pid)
            # What is forked meanwhile is found the next time.
            if not members:
                return
            for pid in members:
                with suppress(ProcessLookupError, ChildProcessError):
                    os.kill(pid, signal.SIGKILL)
                    # The places of the dead are free for others only now.
                    os.waitpid(pid, os.WNOHANG)
            sleep(KILL_ROUND)

    def last_words(self):
        return self._last_words.strip()

    def close(self):
        for fd in self._fds():
            os.close(fd)

    def _fds(self):
        return (*(stream.fd for stream in self._streams), self._requests, self._messages, self._taken)

    def _signal(self, number):
        try:
            os.killpg(self.pid, number)
        except ProcessLookupError:
            # It was started a moment ago and leads no group yet. It is not reaped, so the pid is still its own.
            os.kill(self.pid, number)

    def _heard(self, stream, content):
        if stream == "stderr":
            self._last_words = (self._last_words + content)[-LAST_WORDS:]
        self._emit(stream, content)

    def _read_messages(self):
        """The complete lines among what stands in the channel: one read, so that nobody can keep us here."""
        try:
            chunk = os.read(self._messages, CHUNK)
        except BlockingIOError:
            return []
        self._hears = bool(chunk)
        self._buffer += chunk
        *lines, self._buffer = self._buffer.split(b"\n")
        if len(self._buffer) > MAX_MESSAGE:
            self._buffer = bytearray()
        return [message for line in lines if (message := _parse(line)) is not None]


def _parse(line):
    """A message, or None for what user code has written on the channel. JSON has no NaN, but Python writes it."""
    try:
        message = loads(line, parse_constant=lambda _: None)
    except (ValueError, RecursionError):
        return None
    return message if isinstance(message, dict) else None
