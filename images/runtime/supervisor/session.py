"""A session: one kernel, started when it is first used, and the executions that wait for it."""

import os
from collections import deque
from time import monotonic

from kernel import Kernel
from languages import LANGUAGES

KERNEL_EVENTS = {"display", "clear", "asset", "result", "error", "stdin_request"}


class Execution:
    def __init__(self, request):
        self.id = request["exec"]
        self.request = request
        # Monotonic seconds; None while it waits in the queue.
        self.sent = None
        self.begun = False
        self.count = None
        self.waits_for_input = False
        # Somebody interrupted it before its kernel was there to hear it.
        self.interrupted = False


class Session:
    def __init__(self, name, language, outgoing):
        self.name = name
        self.language = language
        self.kernel = None
        self._outgoing = outgoing
        self._queue = deque()
        self._running = None
        # Output between cells belongs to the cell that ran last.
        self._last = None

    def describe(self):
        state = "busy" if self._running else "idle"
        return {"id": self.name, "language": self.language, "state": state, "queued": len(self._queue)}

    # What the agent asks.

    def enqueue(self, request):
        self._queue.append(Execution(request))
        self._next()

    def cancel(self, id):
        """Takes an execution out of the queue, or interrupts it if it runs. False if it does neither."""
        if self._running and self._running.id == id:
            return self.interrupt()
        for execution in self._queue:
            if execution.id == id:
                self._queue.remove(execution)
                self._done(execution, "cancelled")
                return True
        return False

    def interrupt(self):
        if not self._running:
            return False
        if self._running.begun:
            self.kernel.interrupt()
        else:
            self._running.interrupted = True
        return True

    def end(self, type, message):
        """Kills the kernel. False if there is none."""
        if not self.kernel:
            return False
        self.kernel.kill()
        self._close(type, message, None)
        return True

    def answer(self, id, text):
        """Gives the running cell what it waits for; None means that nobody will answer. False if it waits for nothing."""
        running = self._running
        if not running or running.id != id or not running.waits_for_input:
            return False
        running.waits_for_input = False
        self.kernel.send({"op": "input", "text": text})
        return True

    def ask(self, request):
        """Hands a question about live objects to the kernel, which replies itself."""
        if self.kernel is None:
            self._outgoing.refuse(request["id"], "not_found", "the session has not started")
        elif self._running:
            self._outgoing.refuse(request["id"], "busy", "the session is busy")
        elif not self.kernel.knows(request["op"]):
            self._outgoing.refuse(request["id"], "unsupported", f"{self.language} can't answer {request['op']}")
        else:
            self.kernel.send(request)

    # What the kernel does.

    def ready(self, fd):
        for message in self.kernel.ready(fd):
            self._hear(message)

    def died(self, code, why):
        """`code` is the exit status, or minus the signal; `why` says it in words."""
        for message in self.kernel.messages():
            self._hear(message)
        self.kernel.drain()
        tail = self.kernel.last_words()
        message = f"the {self.language} session {why}; its variables are gone" + (f"\n{tail}" if tail else "")
        self._close("KernelDied", message, code)

    def _next(self):
        """Hands the next execution to the kernel if that is free, and starts one if there is none."""
        if self._running or not self._queue:
            return
        execution = self._running = self._queue.popleft()
        execution.sent = monotonic()
        if self.kernel is None:
            self._say("starting")
            self._last = execution
            self.kernel = Kernel(LANGUAGES[self.language], execution.request["cwd"], self.name, self._print)
        self._say("busy")
        self.kernel.execute(execution.request)

    def _print(self, stream, content):
        self._outgoing.event(self._last.id, stream, {"content": content})

    def _hear(self, message):
        kind, execution = message.get("type"), self._running
        if kind == "event" and message.get("event") in KERNEL_EVENTS:
            # Without an execution: a thread that shows something after its cell has ended.
            if execution:
                execution.waits_for_input |= message["event"] == "stdin_request"
            self._outgoing.event(self._last.id, message["event"], message.get("data"))
        elif kind == "reply":
            if message.get("ok"):
                self._outgoing.reply(message.get("id"), message.get("result"))
            else:
                self._outgoing.refuse(message.get("id"), "failed", str(message.get("message")))
        elif kind == "start" and execution and not execution.begun:
            self._begin(execution, message.get("count"))
        elif kind == "done" and execution and execution.begun:
            self._running = None
            self._done(execution, "completed" if message.get("success") else "failed")
            self._say("idle")
            self._next()

    def _begin(self, execution, count):
        execution.begun = True
        execution.count = count
        self._last = execution
        self._outgoing.event(execution.id, "start", {"session": self.name, "executionCount": count})
        if execution.interrupted:
            self.kernel.interrupt()

    def _close(self, type, message, code):
        """The kernel is gone: what ran has failed, and what waited for its variables is cancelled."""
        self.kernel.drain()
        self.kernel.close()
        self.kernel = None
        ended, self._running = self._running, None
        if ended:
            self._outgoing.error(ended.id, type, message)
            self._done(ended, "failed")
        while self._queue:
            execution = self._queue.popleft()
            self._outgoing.error(execution.id, type, message)
            self._done(execution, "cancelled")
        exit = {
            "code": code if code is not None and code >= 0 else None,
            "signal": -code if code is not None and code < 0 else None,
        }
        self._say("exited", exit)

    def _done(self, execution, status):
        self._outgoing.done(execution.id, status, execution.count, execution.sent)

    def _say(self, state, exit=None):
        self._outgoing.say("session", session=self.name, language=self.language, state=state, exit=exit)
