"""Ctrl-C reaches the cell that runs, and nothing else: not an idle kernel, and not a line half written."""

import signal
import threading


class Interrupts:
    def __init__(self):
        self._running = False
        self._held = False
        self._pending = False
        signal.signal(signal.SIGINT, signal.SIG_IGN)

    def run(self, work):
        """Calls `work` so that it can be interrupted. False if the interrupt came through it, True if it returned."""
        self._pending = False
        self._running = True
        # Anew for each cell: the last one may have set its own.
        signal.signal(signal.SIGINT, self._hear)
        try:
            try:
                work()
            finally:
                self._running = False
                signal.signal(signal.SIGINT, signal.SIG_IGN)
        except KeyboardInterrupt:
            self._running = False
            signal.signal(signal.SIGINT, signal.SIG_IGN)
            return False
        return True

    def hold(self, work):
        """Calls `work` to its end; an interrupt that comes meanwhile is raised behind it."""
        # Handlers run in the main thread: the others are never interrupted.
        if self._held or threading.current_thread() is not threading.main_thread():
            return work()
        self._held = True
        try:
            work()
        finally:
            self._held = False
        if self._pending:
            self._pending = False
            raise KeyboardInterrupt

    def _hear(self, *_):
        if self._held:
            self._pending = True
        elif self._running:
            raise KeyboardInterrupt
