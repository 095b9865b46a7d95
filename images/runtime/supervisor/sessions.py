"""All sessions of the runtime. A public method is named after each request, and carries it out."""

import os
from collections import OrderedDict

from languages import LANGUAGES
from memory import oom_kills
from session import Session

# The same execution, asked for again under another request id, is known by its own id for this long.
REMEMBERED = 10_000


class Sessions:
    def __init__(self, outgoing):
        self._outgoing = outgoing
        self._sessions = {}
        self._executions = OrderedDict()
        self._oom_kills = oom_kills()

    def execute(self, request):
        id, name, language = request["exec"], request["session"], request["language"]
        if id in self._executions:
            return
        session = self._sessions.get(name)
        self._executions[id] = session
        if len(self._executions) > REMEMBERED:
            self._executions.popitem(last=False)
        if language not in LANGUAGES:
            self._reject(id, "LanguageMissing", f"no {language} in this runtime")
        elif session and session.language != language:
            self._reject(id, "LanguageMismatch", f"{name} is a session of {session.language}, not of {language}")
        else:
            if session is None:
                session = self._sessions[name] = self._executions[id] = Session(name, language, self._outgoing)
            session.enqueue(request)

    def cancel(self, request):
        session = self._executions.get(request["exec"])
        self._outgoing.reply(request["id"], {"cancelled": bool(session and session.cancel(request["exec"]))})

    def interrupt(self, request):
        session = self._sessions.get(request["session"])
        self._outgoing.reply(request["id"], {"interrupted": bool(session and session.interrupt())})

    def reset(self, request):
        session = self._sessions.get(request["session"])
        reset = bool(session and session.end("SessionReset", "the session was reset"))
        self._outgoing.reply(request["id"], {"reset": reset})

    def input(self, request):
        self._answer(request, request["text"])

    def input_cancel(self, request):
        self._answer(request, None)

    def sessions(self, request):
        listed = [session.describe() for session in self._alive()]
        self._outgoing.reply(request["id"], {"sessions": listed})

    def ask(self, request):
        session = self._sessions.get(request["session"])
        if session is None:
            self._outgoing.refuse(request["id"], "not_found", "the session has not started")
        else:
            session.ask(request)

    complete = inspect = hover = variables = is_complete = ask

    # What the main loop needs.

    def interests(self, reading):
        """What to poll for: triples of session, descriptor and mask."""
        for session in self._alive():
            for fd, mask in session.kernel.interests(reading):
                yield session, fd, mask

    def holds_output(self):
        return any(session.kernel.holds_output() for session in self._alive())

    def flush(self, before):
        for session in self._alive():
            session.kernel.flush(before)

    def ended(self, pid, status):
        """A process has ended. Most are orphans that nobody waits for; one may be a kernel."""
        for session in self._alive():
            if session.kernel.pid == pid:
                code = os.waitstatus_to_exitcode(status)
                session.died(code, self._why(code))
                return

    def end_all(self):
        for session in self._alive():
            session.end("RuntimeStopped", "the runtime was stopped")

    def _alive(self):
        return [session for session in self._sessions.values() if session.kernel]

    def _answer(self, request, text):
        session = self._executions.get(request["exec"])
        self._outgoing.reply(request["id"], {"accepted": bool(session and session.answer(request["exec"], text))})

    def _reject(self, id, type, message):
        self._outgoing.error(id, type, message)
        self._outgoing.done(id, "failed", None, None)

    def _why(self, code):
        before, self._oom_kills = self._oom_kills, oom_kills()
        if code == -9 and self._oom_kills > before:
            return "ran out of memory"
        return f"was ended by signal {-code}" if code < 0 else f"ended with exit status {code}"
