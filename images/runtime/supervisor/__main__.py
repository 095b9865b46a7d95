"""The first process of a runtime: starts kernels and speaks for them on stdin and stdout (see shared/runtime/wire.ts).

It may be frozen and moved to another machine between any two instructions, so it holds nothing but pipes, files and
children: no sockets, no threads, no clock but the monotonic one.
"""

import os
import select
import signal
import time

from gpu import link_devices
from outgoing import Outgoing
from requests import RequestReader
from sessions import Sessions
from stream import REST
from terminals import Terminals

# Nobody waits longer than this for output that has arrived (seconds).
FLUSH_AFTER = 0.02
# What only time brings is looked at this often (seconds).
TICK = 0.1


def main():
    outgoing = Outgoing(1)
    sessions = Sessions(outgoing)
    terminals = Terminals(outgoing)
    reader = RequestReader(0, outgoing, sessions, terminals)
    wake_read, wake_write = os.pipe()
    for fd in (wake_read, wake_write):
        os.set_blocking(fd, False)
    signal.set_wakeup_fd(wake_write, warn_on_full_buffer=False)
    ending = []
    signal.signal(signal.SIGCHLD, lambda *_: None)
    signal.signal(signal.SIGTERM, lambda *_: ending.append(True))
    signal.signal(signal.SIGINT, signal.SIG_IGN)

    link_devices()
    outgoing.ready()
    while not ending:
        poller = select.poll()
        poller.register(wake_read, select.POLLIN)
        if reader.open:
            poller.register(reader.fd, select.POLLIN)
        if outgoing.pending:
            poller.register(outgoing.fd, select.POLLOUT)
        owners = {}
        # While nobody takes what is there, kernels wait in their own write calls: memory stays bounded.
        reading = not outgoing.full
        for owner, fd, mask in (*sessions.interests(reading), *terminals.interests(reading)):
            owners[fd] = owner
            poller.register(fd, mask)
        ready = {fd for fd, _ in poller.poll(patience_ms(sessions))}

        if wake_read in ready:
            os.read(wake_read, 4096)
        for fd in ready & owners.keys():
            owners[fd].ready(fd)
        now = time.monotonic()
        sessions.flush(now - FLUSH_AFTER)
        sessions.tick(now)
        # After the kernels: a descriptor that a request closes here would be another's by the time it is read.
        if reader.fd in ready:
            reader.read()
        # Last: what a kernel wrote before it ended has been read by then.
        reap(sessions, terminals)
        outgoing.write()
    terminals.end_all()
    sessions.end_all()
    outgoing.drain()


def patience_ms(sessions):
    """How long there is nothing to do unless something comes; None: for ever."""
    if sessions.rests():
        return REST * 1000
    if sessions.holds_output():
        return FLUSH_AFTER * 1000
    return TICK * 1000 if sessions.ticks else None


def reap(sessions, terminals):
    """Collects ended kernels, and the orphans that a first process inherits."""
    while True:
        try:
            pid, status = os.waitpid(-1, os.WNOHANG)
        except ChildProcessError:
            return
        if pid == 0:
            return
        sessions.ended(pid, status)
        terminals.ended(pid, status)


main()
