"""Sessions: each has one kernel, started when it is first used, and a queue of executions."""

import os
from collections import OrderedDict, deque
from time import monotonic

from kernel import Kernel
from languages import LANGUAGES
from memory import oom_kills

REMEMBERED = 10_000


class Execution:
    def __init__(self, request):
        self.id = request["exec"]
        self.request = request
        self.started = None
        self.count = None
        self.waits_for_input = False


class Session:
    def __init__(self, name, language):
        self.name = name
        self.language = language
        self.kernel = None
        self.queue = deque()
        self.running = None
        # Output between cells belongs to the cell that ran last.
        self.last = None


class Sessions:
    def __init__(self, outgoing):
        self._outgoing = outgoing
        self._sessions = {}
        self._by_fd = {}
        self._executions = OrderedDict()
        self._oom_kills = oom_kills()

    # Requests: each is named after its operation.

    def execute(self, request):
        id = request["exec"]
        if id in self._executions:
            return
        if request["language"] not in LANGUAGES:
            self._finish_unstarted(id, "failed", "LanguageMissing", f"no {request['language']} in this runtime")
            return
        session = self._sessions.get(request["session"])
        if session is None:
            session = self._sessions[request["session"]] = Session(request["session"], request["language"])
        self._executions[id] = session
        if len(self._executions) > REMEMBERED:
            self._executions.popitem(last=False)
        session.queue.append(Execution(request))
        self._next(session)

    def cancel(self, request):
        session = self._executions.get(request["exec"])
        cancelled = False
        if session and session.running and session.running.id == request["exec"]:
            session.kernel.interrupt()
            cancelled = True
        elif session:
            for execution in list(session.queue):
                if execution.id == request["exec"]:
                    session.queue.remove(execution)
                    self._done(execution, "cancelled")
                    cancelled = True
        self._outgoing.reply(request["id"], {"cancelled": cancelled})

    def interrupt(self, request):
        session = self._sessions.get(request["session"])
        running = bool(session and session.running)
        if running:
            session.kernel.interrupt()
        self._outgoing.reply(request["id"], {"interrupted": running})

    def reset(self, request):
        session = self._sessions.get(request["session"])
        if session and session.kernel:
            session.kernel.kill()
            self._close(session, "SessionReset", "the session was reset", None)
        self._outgoing.reply(request["id"], {"reset": session is not None})

    def input(self, request):
        self._answer_input(request, {"op": "input", "text": request["text"]})

    def input_cancel(self, request):
        self._answer_input(request, {"op": "input", "text": None})

    def sessions(self, request):
        listed = [
            {"id": session.name, "language": session.language, "state": "busy" if session.running else "idle", "queued": len(session.queue)}
            for session in self._sessions.values()
            if session.kernel
        ]
        self._outgoing.reply(request["id"], {"sessions": listed})

    def complete(self, request):
        session = self._sessions.get(request["session"])
        if session is None or session.kernel is None:
            self._outgoing.refuse(request["id"], "not_found", "the session has not started")
        elif session.running:
            self._outgoing.refuse(request["id"], "busy", "the session is busy")
        elif not session.kernel.ask(request):
            self._outgoing.refuse(request["id"], "unsupported", f"{session.language} can't complete")

    # Kernels.

    def fds(self):
        return self._by_fd.keys()

    def read(self, fd):
        session = self._by_fd.get(fd)
        if session is None:
            return
        for message in session.kernel.read(fd):
            self._hear(session, message)

    def holds_output(self):
        return any(session.kernel and session.kernel.holds_output() for session in self._sessions.values())

    def flush(self, now, after):
        for session in self._sessions.values():
            if session.kernel:
                session.kernel.flush(now, after)

    def ended(self, pid, status):
        for session in self._sessions.values():
            if session.kernel and session.kernel.pid == pid:
                for fd in session.kernel.fds():
                    self.read(fd)
                session.kernel.flush(float("inf"), 0)
                code = os.waitstatus_to_exitcode(status)
                self._close(session, "KernelDied", self._why(session, code), code)
                self._next(session)
                return

    def end_all(self):
        for session in self._sessions.values():
            if session.kernel:
                session.kernel.kill()

    def _next(self, session):
        """Starts the next execution of the queue if the session is free, and its kernel if there is none."""
        if session.running or not session.queue:
            return
        execution = session.running = session.last = session.queue.popleft()
        if session.kernel is None:
            self._outgoing.say("session", session=session.name, language=session.language, state="starting", exit=None)
            session.kernel = Kernel(LANGUAGES[session.language], execution.request["cwd"], session.name, self._emitter(session))
            for fd in session.kernel.fds():
                self._by_fd[fd] = session
        execution.started = monotonic()
        self._outgoing.say("session", session=session.name, language=session.language, state="busy", exit=None)
        session.kernel.execute(execution.request)

    def _emitter(self, session):
        def emit(stream, content):
            if session.last:
                self._outgoing.event(session.last.id, stream, {"content": content})

        return emit

    def _hear(self, session, message):
        kind = message.get("type")
        execution = session.running
        if kind == "reply":
            if message.get("ok"):
                self._outgoing.reply(message["id"], message.get("result"))
            else:
                self._outgoing.refuse(message["id"], "failed", str(message.get("message")))
        elif execution is None:
            # A thread that displays something after its cell has ended.
            if kind == "event" and session.last:
                self._outgoing.event(session.last.id, message["event"], message["data"])
        elif kind == "start":
            execution.count = message.get("count")
            self._outgoing.event(execution.id, "start", {"session": session.name, "executionCount": execution.count})
        elif kind == "event":
            execution.waits_for_input = message["event"] == "stdin_request"
            self._outgoing.event(execution.id, message["event"], message["data"])
        elif kind == "done":
            session.running = None
            self._done(execution, "completed" if message.get("success") else "failed")
            self._outgoing.say("session", session=session.name, language=session.language, state="idle", exit=None)
            self._next(session)

    def _answer_input(self, request, message):
        session = self._executions.get(request["exec"])
        waiting = bool(session and session.running and session.running.id == request["exec"] and session.running.waits_for_input)
        if waiting:
            session.running.waits_for_input = False
            session.kernel.send(message)
        self._outgoing.reply(request["id"], {"accepted": waiting})

    def _done(self, execution, status):
        duration = 0 if execution.started is None else round((monotonic() - execution.started) * 1000)
        self._outgoing.event(
            execution.id,
            "done",
            {"success": status == "completed", "status": status, "executionCount": execution.count, "duration": duration},
        )

    def _error(self, id, type, message):
        self._outgoing.event(id, "error", {"type": type, "message": message, "traceback": [f"{type}: {message}"], "line": None, "column": None})

    def _finish_unstarted(self, id, status, type, message):
        self._error(id, type, message)
        self._outgoing.event(id, "done", {"success": False, "status": status, "executionCount": None, "duration": 0})

    def _close(self, session, type, message, code):
        """The session's kernel is gone: what ran has failed, and what waited for its variables is cancelled."""
        session.kernel.flush(float("inf"), 0)
        for fd in session.kernel.fds():
            del self._by_fd[fd]
        session.kernel.close()
        session.kernel = None
        if session.running:
            self._error(session.running.id, type, message)
            self._done(session.running, "failed")
            session.running = None
            while session.queue:
                self._done(session.queue.popleft(), "cancelled")
        exit = {"code": code if code is not None and code >= 0 else None, "signal": -code if code is not None and code < 0 else None}
        self._outgoing.say("session", session=session.name, language=session.language, state="exited", exit=exit)

    def _why(self, session, code):
        kills = oom_kills()
        if code == -9 and kills > self._oom_kills:
            why = "out of memory"
        elif code < 0:
            why = f"ended by signal {-code}"
        else:
            why = f"ended with exit status {code}"
        self._oom_kills = kills
        tail = session.kernel.last_words()
        return f"the {session.language} session {why}; its variables are gone" + (f"\n{tail}" if tail else "")
