"""All sessions of the runtime. A public method is named after each request, and carries it out."""

import os
from collections import OrderedDict

from languages import LANGUAGES
from memory import oom_kills
from session import Execution, Session

# The same execution, asked for again under another request id, is known by its own id for this long.
REMEMBERED = 10_000
# The language whose kernel is loaded ahead.
SPARE = "python"


class Sessions:
    def __init__(self, outgoing):
        self._outgoing = outgoing
        self._sessions = {}
        self._executions = OrderedDict()
        # A session without a name, with a kernel that has loaded: the first one that wants such a kernel becomes it.
        self._spare = None
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
            self._reject(request, "LanguageMissing", f"no {language} in this runtime")
        elif session and session.language != language:
            self._reject(request, "LanguageMismatch", f"{name} is a session of {session.language}, not of {language}")
        else:
            if session is None:
                session = self._executions[id] = self._new(request)
            session.enqueue(request)

    def start(self, request):
        name, language = request["session"], request["language"]
        session = self._sessions.get(name)
        if language not in LANGUAGES:
            self._outgoing.refuse(request["id"], "unsupported", f"no {language} in this runtime")
        elif session and session.language != language:
            message = f"{name} is a session of {session.language}, not of {language}"
            self._outgoing.refuse(request["id"], "conflict", message)
        else:
            session = session or self._new(request)
            try:
                session.start(request)
            except OSError as error:
                self._outgoing.refuse(request["id"], "failed", f"the session could not start: {error.strerror}")
            else:
                self._outgoing.reply(request["id"], session.describe())

    def cancel(self, request):
        session = self._executions.get(request["exec"])
        self._outgoing.reply(request["id"], {"cancelled": bool(session and session.cancel(request["exec"]))})

    def interrupt(self, request):
        session = self._sessions.get(request["session"])
        self._outgoing.reply(request["id"], {"interrupted": bool(session and session.interrupt())})

    def end(self, request):
        """Ends the session for good; another one may have its name."""
        session = self._sessions.pop(request["session"], None)
        if session:
            session.end("SessionEnded", "the session was ended")
        self._outgoing.reply(request["id"], {"ended": session is not None})

    def reset(self, request):
        session = self._sessions.get(request["session"])
        reset = bool(session and session.end("SessionReset", "the session was reset"))
        self._outgoing.reply(request["id"], {"reset": reset})

    def input(self, request):
        self._answer(request, request["text"])

    def input_cancel(self, request):
        self._answer(request, None)

    def sessions(self, request):
        listed = [session.describe() for session in self._alive() if session is not self._spare]
        self._outgoing.reply(request["id"], {"sessions": listed, "languages": [*LANGUAGES]})

    def warm(self, request):
        """Loads a kernel before anybody has asked for one; the answer comes when it has."""
        self._spare = Session("", SPARE, self._outgoing)
        try:
            self._spare.start({"cwd": os.getcwd(), "venv": None})
        except OSError as error:
            self._outgoing.refuse(request["id"], "failed", f"it could not start: {error.strerror}")
        else:
            self._spare.ask({"op": "variables", "id": request["id"]})

    def renew(self, request):
        """A copy of all this goes on elsewhere: what is drawn at random is another from here on."""
        for session in self._alive():
            session.renew()
        self._outgoing.reply(request["id"], {})

    def ask(self, request):
        session = self._sessions.get(request["session"])
        if session is None:
            self._outgoing.refuse(request["id"], "not_found", "the session has not started")
        else:
            session.ask(request)

    complete = inspect = hover = variables = variable = is_complete = format = ask

    # What the main loop needs.

    def interests(self, reading):
        """What to poll for: triples of session, descriptor and mask."""
        for session in self._alive():
            for fd, mask in session.kernel.interests(reading):
                yield session, fd, mask

    def rests(self):
        return any(session.kernel.rests() for session in self._alive())

    def holds_output(self):
        return any(session.kernel.holds_output() for session in self._alive())

    def flush(self, before):
        for session in self._alive():
            session.kernel.flush(before)

    @property
    def ticks(self):
        return any(session.ticks for session in self._alive())

    def tick(self, now):
        for session in self._alive():
            session.tick(now)

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
        spare = [] if self._spare is None else [self._spare]
        return [session for session in (*self._sessions.values(), *spare) if session.kernel]

    def _answer(self, request, text):
        session = self._executions.get(request["exec"])
        self._outgoing.reply(request["id"], {"accepted": bool(session and session.answer(request["exec"], text))})

    def _new(self, request):
        name, language = request["session"], request["language"]
        if language == SPARE and request["venv"] is None and self._spare and self._spare.kernel:
            session, self._spare = self._spare, None
            session.become(name, request["cwd"])
        else:
            session = Session(name, language, self._outgoing)
        self._sessions[name] = session
        return session

    def _reject(self, request, type, message):
        execution = Execution(request, self._outgoing)
        execution.error(type, message)
        execution.done("failed")

    def _why(self, code):
        before, self._oom_kills = self._oom_kills, oom_kills()
        if code == -9 and self._oom_kills > before:
            return "ran out of memory"
        return f"was ended by signal {-code}" if code < 0 else f"ended with exit status {code}"
