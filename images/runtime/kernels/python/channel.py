"""Lines of JSON between kernel and supervisor."""

import json
import os
import sys


class Channel:
    def __init__(self, requests, messages):
        # Programs that user code starts must not hold the channel.
        os.set_inheritable(requests, False)
        os.set_inheritable(messages, False)
        self._requests = os.fdopen(requests, "rb", buffering=1 << 16)
        self._messages = messages
        self._owner = os.getpid()
        # Where figures of the running cell go, or None.
        self.asset_dir = None

    def receive(self):
        line = self._requests.readline()
        if not line:
            raise SystemExit
        return json.loads(line)

    def send(self, message):
        # A forked child of user code has a copy of this object and must not speak for the kernel.
        if os.getpid() != self._owner:
            return
        for stream in (sys.stdout, sys.stderr):
            try:
                stream.flush()
            except (ValueError, OSError):
                pass  # User code closed it.
        line = json.dumps(message, ensure_ascii=False, default=str).encode("utf-8", "replace") + b"\n"
        while line:
            line = line[os.write(self._messages, line) :]

    def event(self, event, data):
        self.send({"type": "event", "event": event, "data": data})

    def ask_input(self, prompt, password):
        """What the person types, or None if they cancel."""
        self.event("stdin_request", {"prompt": str(prompt), "password": password})
        while True:
            request = self.receive()
            if request["op"] == "input":
                return request["text"]
