"""One kernel process: pipes for what user code prints, a channel of its own (fds 3 and 4) for everything else."""

import os
import signal
from codecs import getincrementaldecoder
from fcntl import F_DUPFD_CLOEXEC, fcntl
from json import loads
from time import monotonic

CHUNK = 65536
# Linux gives a pipe this much unless asked for more.
PIPE_BYTES = 65536
# Characters of output in one event.
MAX_CONTENT = 65536
LAST_WORDS = 2000


class Stream:
    """A pipe of user output. Holds what has arrived until it is flushed as an event."""

    def __init__(self, name, fd):
        self.name = name
        self.fd = fd
        self.since = None
        self._decoder = getincrementaldecoder("utf-8")("replace")
        self.held = ""

    def read(self):
        """Takes one chunk; False when there is none now."""
        try:
            chunk = os.read(self.fd, CHUNK)
        except BlockingIOError:
            return False
        if not chunk:
            return False
        self.held += self._decoder.decode(chunk)
        if self.since is None:
            self.since = monotonic()
        return True

    def take(self):
        held, self.held, self.since = self.held, "", None
        return held


class Kernel:
    def __init__(self, language, cwd, session, emit):
        """Starts the kernel. `emit(stream, content)` is called with what user code prints."""
        self._language = language
        self._emit = emit
        self._buffer = bytearray()
        self._stderr_tail = ""
        out_read, out_write = os.pipe()
        err_read, err_write = os.pipe()
        request_read, self._requests = os.pipe()
        self._messages, message_write = os.pipe()
        self.pid = os.fork()
        if self.pid == 0:
            try:
                _become(language.argv, cwd, session, out_write, err_write, request_read, message_write)
            finally:
                os._exit(127)
        for fd in (out_write, err_write, request_read, message_write):
            os.close(fd)
        self._streams = (Stream("stdout", out_read), Stream("stderr", err_read))
        for fd in self.fds():
            os.set_blocking(fd, False)

    def fds(self):
        return [stream.fd for stream in self._streams] + [self._messages]

    def execute(self, request):
        self._stderr_tail = ""
        self.send(request)

    def ask(self, request):
        """Sends a request that is answered with a reply. False if this language does not know it."""
        if request["op"] not in self._language.operations:
            return False
        self.send(request)
        return True

    def send(self, message):
        line = self._language.encode(message)
        if line is None:
            return
        try:
            # The kernel reads between cells only; a cell's code fits what it is waited for here, as it is idle then.
            while line:
                line = line[os.write(self._requests, line) :]
        except BrokenPipeError:
            pass  # It has ended; its exit status tells the rest.

    def read(self, fd):
        """Takes what is there and yields the kernel's messages, each behind the output that was printed before it."""
        for message in self._read_messages():
            # What a cell prints comes behind its start, even if both have arrived by now.
            if message.get("type") != "start":
                self._drain()
            yield message
        for stream in self._streams:
            if stream.fd == fd and stream.read() and len(stream.held) >= MAX_CONTENT:
                self._flush(stream)

    def _drain(self):
        for stream in self._streams:
            # What stood in the pipe when the message was sent fits the pipe. A thread that goes on printing
            # would otherwise keep this loop for ever.
            for _ in range(PIPE_BYTES // CHUNK + 1):
                if not stream.read():
                    break
            self._flush(stream)

    def holds_output(self):
        return any(stream.since is not None for stream in self._streams)

    def flush(self, now, after):
        for stream in self._streams:
            if stream.since is not None and now - stream.since >= after:
                self._flush(stream)

    def interrupt(self):
        """As Ctrl-C: the cell and what it has started."""
        self._signal(signal.SIGINT)

    def kill(self):
        self._signal(signal.SIGKILL)

    def last_words(self):
        return self._stderr_tail.strip()

    def close(self):
        for fd in (*self.fds(), self._requests):
            os.close(fd)

    def _signal(self, number):
        try:
            os.killpg(self.pid, number)
        except ProcessLookupError:
            pass

    def _flush(self, stream):
        content = stream.take()
        if stream.name == "stderr":
            self._stderr_tail = (self._stderr_tail + content)[-LAST_WORDS:]
        for start in range(0, len(content), MAX_CONTENT):
            self._emit(stream.name, content[start : start + MAX_CONTENT])

    def _read_messages(self):
        while True:
            try:
                chunk = os.read(self._messages, CHUNK)
            except BlockingIOError:
                break
            if not chunk:
                break
            self._buffer += chunk
        *lines, self._buffer = self._buffer.split(b"\n")
        messages = []
        for line in lines:
            try:
                message = loads(line)
            except (ValueError, RecursionError):
                continue  # User code found the channel and wrote on it.
            if isinstance(message, dict):
                messages.append(message)
        return messages


def _become(argv, cwd, session, out, err, requests, messages):
    """In the child: the descriptors that a kernel expects, its own process group, and no others of ours."""
    os.setsid()
    # Out of the way first: a pipe may have come to stand on one of the numbers that are given out here.
    out, err, requests, messages = (fcntl(fd, F_DUPFD_CLOEXEC, 20) for fd in (out, err, requests, messages))
    null = os.open("/dev/null", os.O_RDONLY)
    for fd, number in ((null, 0), (out, 1), (err, 2), (requests, 3), (messages, 4)):
        os.dup2(fd, number)
    os.closerange(5, 20)
    for number in (signal.SIGTERM, signal.SIGINT, signal.SIGCHLD):
        signal.signal(number, signal.SIG_DFL)
    signal.signal(signal.SIGPIPE, signal.SIG_DFL)
    os.makedirs(cwd, exist_ok=True)
    os.chdir(cwd)
    os.execve(argv[0], argv, {**os.environ, "MARKCO_SESSION": session})
