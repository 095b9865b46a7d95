"""Starts a kernel's process with the descriptors that it expects."""

import os
import signal
import termios
from fcntl import F_DUPFD_CLOEXEC, fcntl, ioctl


def spawn(argv, cwd, environment, fds, terminal):
    """Returns the pid. `fds` are the descriptors to stand at 0, 1, 2, …; the process leads a session and a group of its own.

    terminal: descriptor 0 is a terminal, and becomes the session's.
    """
    pid = os.fork()
    if pid == 0:
        try:
            _become(argv, cwd, environment, fds, terminal)
        except BaseException as error:
            # Standard error is the kernel's by now: what stands there is part of the message that it has died.
            os.write(2, f"{type(error).__name__}: {error}\n".encode("utf-8", "replace"))
        finally:
            os._exit(127)
    return pid


def _become(argv, cwd, environment, fds, terminal):
    os.setsid()
    # Out of the way first: one may have come to stand on one of the numbers that are given out here.
    fds = [fcntl(fd, F_DUPFD_CLOEXEC, 20) for fd in fds]
    for number, fd in enumerate(fds):
        os.dup2(fd, number)
    os.closerange(len(fds), 20)
    if terminal:
        ioctl(0, termios.TIOCSCTTY, 0)
    # Bash can't trap what was ignored when it began. (No SIGINT is sent before the kernel has said that a cell starts.)
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGCHLD, signal.SIGPIPE):
        signal.signal(number, signal.SIG_DFL)
    os.makedirs(cwd, exist_ok=True)
    os.chdir(cwd)
    os.execve(argv[0], argv, environment)
