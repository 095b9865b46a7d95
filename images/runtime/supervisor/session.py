"""A session: one kernel, started when it is first used, and the executions that wait for it."""

from collections import deque
from time import monotonic

from asking import is_asked, is_secret
from kernel import Kernel
from languages import LANGUAGES
from printed import Printed
from snapshot import Snapshot

KERNEL_EVENTS = {"display", "clear", "asset", "result", "error", "stdin_request"}
# The session asks its own kernel for its variables under this id.
SNAPSHOT = "snapshot"
# Nobody waits for the answer to this one.
RENEWAL = "renewal"
# Seconds.
QUESTION_PATIENCE = 2.0
INTERRUPT_PATIENCE = 5.0
# Bash hears a signal that came just before it started a program only when that has ended: once more reaches the program.
INTERRUPT_AGAIN = 0.5
# Between looks at who waits for a key, from the first to the rarest.
FIRST_LOOK, RAREST_LOOK = 0.1, 2.0


class Execution:
    def __init__(self, request, outgoing):
        self.id = request["exec"]
        self.request = request
        # Monotonic seconds; None while it waits in the queue.
        self.sent = None
        self.begun = False
        self.count = None
        self.waits_for_input = False
        # When somebody interrupted it (monotonic seconds), and whether its kernel was there to hear it.
        self.interrupted = None
        self.interrupted_again = False
        self._outgoing = outgoing
        self.printed = Printed(request["assetDir"], self.id, self.event)

    def event(self, event, data):
        self._outgoing.event(self.id, event, data)

    def error(self, type, message):
        """An error that is not of the cell's making."""
        self.printed.end()
        traceback = f"{type}: {message}".split("\n")
        self.event("error", {"type": type, "message": message, "traceback": traceback, "line": None, "column": None})

    def done(self, status, imports=()):
        self.printed.end()
        duration_ms = 0 if self.sent is None else round((monotonic() - self.sent) * 1000)
        data = {
            "success": status == "completed",
            "status": status,
            "executionCount": self.count,
            "duration": duration_ms,
            "imports": list(imports),
        }
        self.event("done", data)


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
        self._count = 0
        self._snapshot = Snapshot()
        # Questions that the kernel has not answered, in order: whether somebody still waits for the answer.
        self._asked = {}
        # When the kernel came to the first of them (monotonic seconds).
        self._asked_since = 0.0
        self._look_at = None
        self._look_again = FIRST_LOOK

    def describe(self):
        state = "busy" if self._running else "idle"
        return {
            "id": self.name,
            "language": self.language,
            "state": state,
            "queued": len(self._queue),
            "executionCount": self._count,
            "variableCount": self._snapshot.count,
        }

    # What the agent asks.

    def start(self, place):
        """Starts the kernel if there is none. `place` is a request that says where. Throws OSError."""
        if self.kernel is None:
            self._say("starting")
            environment = {"MARKCO_SESSION": self.name, "MARKCO_VENV": place["venv"] or ""}
            self.kernel = Kernel(LANGUAGES[self.language], place["cwd"], environment, self._print)

    def become(self, name, cwd):
        """Gives a session that was loaded ahead its name, and its kernel its folder."""
        self.name = name
        self.kernel.send({"op": "become", "session": name, "cwd": cwd})

    def enqueue(self, request):
        self._queue.append(Execution(request, self._outgoing))
        self._next()

    def cancel(self, id):
        """Takes an execution out of the queue, or interrupts it if it runs. False if it does neither."""
        if self._running and self._running.id == id:
            return self.interrupt()
        for execution in self._queue:
            if execution.id == id:
                self._queue.remove(execution)
                execution.done("cancelled")
                return True
        return False

    def interrupt(self):
        """False if nothing runs."""
        if not self._running:
            return False
        self._running.interrupted = monotonic()
        self._running.interrupted_again = False
        if self._running.begun:
            self.kernel.interrupt()
        return True

    def end(self, type, message):
        """Kills the kernel. False if there is none."""
        if not self.kernel:
            return False
        self._close(type, message, None)
        return True

    def answer(self, id, text):
        """Gives the running cell what it waits for; None means that nobody will answer. False if it waits for nothing."""
        running = self._running
        if not running or running.id != id:
            return False
        if self.kernel.terminal:
            # A program at a terminal may be typed to at any time.
            self._look_soon()
            self.kernel.type(text)
        elif running.waits_for_input:
            self.kernel.send({"op": "input", "text": text})
        else:
            return False
        running.waits_for_input = False
        return True

    def ask(self, request):
        """Hands a question about live objects to the kernel, which replies itself; or answers for it while it is busy."""
        id, op = request["id"], request["op"]
        if self.kernel is None:
            self._outgoing.refuse(id, "not_found", "the session has not started")
        elif not self.kernel.knows(op):
            self._outgoing.refuse(id, "unsupported", f"{self.language} can't answer {op}")
        elif self._running:
            answer = self._snapshot.answer(request)
            if answer is None:
                self._outgoing.refuse(id, "busy", "the session is busy; ask again when its cell has ended")
            else:
                self._outgoing.reply(id, answer)
        else:
            self._ask_kernel(request)

    def renew(self):
        """The kernel begins its random numbers anew, at the latest before its next cell."""
        if self.kernel.knows("renew"):
            self.kernel.send({"op": "renew", "id": RENEWAL})

    # What time brings.

    @property
    def ticks(self):
        """Whether `tick` has anything to wait for."""
        running = self._running
        return bool(self._asked) or (running is not None and (running.interrupted is not None or self._look_at is not None))

    def tick(self, now):
        if self._asked and self._asked_since + QUESTION_PATIENCE <= now:
            self._give_up_question()
        if self._running and self._running.interrupted is not None:
            self._press_interrupt(self._running, now)
        if self._running and self._look_at is not None and self._look_at <= now:
            self._look_who_waits(now)

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
            self._last = execution
            try:
                self.start(execution.request)
            except OSError as error:
                self._fail_all("KernelNotStarted", f"the {self.language} session could not start: {error.strerror}")
                return
        self._say("busy")
        if self.kernel.terminal:
            self._look_soon()
        self.kernel.execute(execution.request)

    def _print(self, stream, content):
        if self._last is not None:
            self._last.printed.take(stream, content)

    def _hear(self, message):
        kind, execution = message.get("type"), self._running
        if kind == "event" and message.get("event") in KERNEL_EVENTS:
            self._hear_event(message["event"], message.get("data"))
        elif kind == "reply":
            self._hear_reply(message)
        elif kind == "start" and execution and not execution.begun:
            self._begin(execution, message.get("count"))
        elif kind == "done" and execution and execution.begun:
            self._running = None
            execution.done("completed" if message.get("success") else "failed", message.get("imports") or ())
            self.kernel.reset_terminal()
            self._say("idle")
            self._next()
            if not self._running and self.kernel and self.kernel.knows("variables"):
                self._ask_kernel({"op": "variables", "id": SNAPSHOT})

    def _hear_event(self, event, data):
        # Without an execution: a thread that shows something after its cell has ended.
        if self._running:
            self._running.waits_for_input |= event == "stdin_request"
        if self._last:
            if event in ("error", "result"):
                self._last.printed.end()
            self._last.event(event, data)

    def _hear_reply(self, message):
        id, result = message.get("id"), message.get("result")
        awaited = self._asked.pop(id, False)
        self._asked_since = monotonic()
        if not awaited:
            # Too late, or user code that found the channel.
            return
        if not message.get("ok"):
            self._refuse(id, str(message.get("message")))
        elif id == SNAPSHOT:
            self._snapshot.take(result)
        else:
            self._outgoing.reply(id, result)

    def _ask_kernel(self, question):
        if not self._asked:
            self._asked_since = monotonic()
        self._asked[question["id"]] = True
        self.kernel.send(question)

    def _give_up_question(self):
        """Interrupts the kernel at the first question. It answers all the same, or is interrupted again."""
        id = next(iter(self._asked))
        if self._asked[id]:
            self._refuse(id, "the session took too long to answer")
        self._asked[id] = False
        self._asked_since = monotonic()
        self.kernel.interrupt()

    def _refuse(self, id, message):
        if id != SNAPSHOT:
            self._outgoing.refuse(id, "failed", message)

    def _begin(self, execution, count):
        execution.begun = True
        execution.count = count
        if count is not None:
            self._count = count
        self._last = execution
        execution.event("start", {"session": self.name, "executionCount": count})
        if execution.interrupted is not None:
            self.kernel.interrupt()

    def _press_interrupt(self, execution, now):
        if not execution.interrupted_again and execution.interrupted + INTERRUPT_AGAIN <= now and self.kernel.terminal:
            execution.interrupted_again = True
            self.kernel.interrupt()
        if execution.interrupted + INTERRUPT_PATIENCE <= now:
            execution.interrupted = None
            self._print("stderr", "the cell goes on in spite of the interrupt; to end it, restart the session\n")

    def _look_soon(self):
        self._look_again = FIRST_LOOK
        self._look_at = monotonic() + FIRST_LOOK

    def _look_who_waits(self, now):
        """Asks for input when a program at the terminal reads from it and what it has printed so far has come to rest."""
        terminal = self.kernel.terminal
        if terminal.quiet_since + FIRST_LOOK > now:
            self._look_soon()
        elif is_asked(terminal.fd):
            self._look_at = None
            self._running.waits_for_input = True
            self.kernel.drain()
            prompt = terminal.last_line or self.kernel.error_line
            self._running.event("stdin_request", {"prompt": prompt, "password": is_secret(terminal.fd)})
        else:
            self._look_at = now + self._look_again
            self._look_again = min(2 * self._look_again, RAREST_LOOK)

    def _close(self, type, message, code):
        """The kernel is gone, and so is what it has started."""
        self.kernel.kill()
        self.kernel.drain()
        self.kernel.close()
        self.kernel = None
        self._count = 0
        self._snapshot = Snapshot()
        for id, awaited in self._asked.items():
            if awaited:
                self._refuse(id, message)
        self._asked = {}
        self._fail_all(type, message)
        exit = {
            "code": code if code is not None and code >= 0 else None,
            "signal": -code if code is not None and code < 0 else None,
        }
        self._say("exited", exit)

    def _fail_all(self, type, message):
        """What runs has failed, and what waits is cancelled."""
        ended, self._running = self._running, None
        if ended:
            ended.error(type, message)
            ended.done("failed")
        while self._queue:
            execution = self._queue.popleft()
            execution.error(type, message)
            execution.done("cancelled")

    def _say(self, state, exit=None):
        self._outgoing.say("session", session=self.name, language=self.language, state=state, exit=exit)
