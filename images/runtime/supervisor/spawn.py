"""Starts a kernel's process with the pipes that it expects."""

import os
import signal
from fcntl import F_DUPFD_CLOEXEC, fcntl


def spawn(argv, cwd, environment, pipes):
    """Returns the pid. `pipes` are the descriptors to stand at 1, 2, 3, …; the process leads a group of its own."""
    pid = os.fork()
    if pid == 0:
        try:
            _become(argv, cwd, environment, pipes)
        except BaseException as error:
            # Standard error is the kernel's by now: what stands there is part of the message that it has died.
            os.write(2, f"{type(error).__name__}: {error}\n".encode("utf-8", "replace"))
        finally:
            os._exit(127)
    return pid


def _become(argv, cwd, environment, pipes):
    os.setsid()
    # Out of the way first: a pipe may have come to stand on one of the numbers that are given out here.
    pipes = [fcntl(fd, F_DUPFD_CLOEXEC, 20) for fd in pipes]
    null = os.open("/dev/null", os.O_RDONLY)
    for number, fd in enumerate([null, *pipes]):
        os.dup2(fd, number)
    os.closerange(len(pipes) + 1, 20)
    # Bash can't trap what was ignored when it began. (No SIGINT is sent before the kernel has said that a cell starts.)
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGCHLD, signal.SIGPIPE):
        signal.signal(number, signal.SIG_DFL)
    os.makedirs(cwd, exist_ok=True)
    os.chdir(cwd)
    os.execve(argv[0], argv, environment)
