"""The Python kernel: IPython's shell in a process of its own, one request after the other."""

import os
import sys

# User code finds its own modules first and ours never by accident: names are looked up before the path changes.
sys.path[0] = os.path.dirname(os.path.abspath(__file__))
from channel import Channel  # noqa: E402
from interrupts import Interrupts  # noqa: E402
from lean_ipython import lean_ipython  # noqa: E402

with lean_ipython():
    from questions import QUESTIONS  # noqa: E402
    from shell import make_shell  # noqa: E402
    from streams import Streams  # noqa: E402

    streams = Streams()
    interrupts = Interrupts()
    channel = Channel(interrupts)
    shell = make_shell(channel)

sys.path[0] = os.getcwd()


def main():
    while True:
        request = channel.receive()
        if request["op"] == "execute":
            execute(request)
        elif request["op"] == "become":
            become(request)
        elif request["op"] in QUESTIONS:
            answer(request)


def become(request):
    """It was loaded before anybody wanted it, and is now a session's."""
    os.environ["MARKCO_SESSION"] = request["session"]
    os.makedirs(request["cwd"], exist_ok=True)
    os.chdir(request["cwd"])
    sys.path[0] = os.getcwd()
    shell.user_ns["_dh"][:] = [os.getcwd()]


def execute(request):
    streams.restore()
    shell.bundles.asset_dir = request["assetDir"]
    shell.error_said = shell.cancelled = False
    # JSON may carry half of a surrogate pair, which no source file can.
    code = request["code"].encode("utf-8", "replace").decode("utf-8")
    result = None

    def run():
        nonlocal result
        count = None if request["silent"] else shell.execution_count
        channel.send({"type": "start", "count": count, "waits": True})
        result = shell.run_cell(code, store_history=request["storeHistory"], silent=request["silent"])

    finished = interrupts.run(run)
    if not finished and not shell.error_said:
        # It came outside the cell's own code, while results were shown.
        error = {"type": "KeyboardInterrupt", "message": "", "traceback": ["KeyboardInterrupt"]}
        channel.event("error", {**error, "line": None, "column": None})
    channel.send({"type": "done", "success": finished and result.success, "imports": shell.imports.take()})


def answer(request):
    reply = {"ok": False, "message": "it took too long"}

    def find():
        nonlocal reply
        try:
            reply = {"ok": True, "result": QUESTIONS[request["op"]](shell, request)}
        except Exception as error:
            reply = {"ok": False, "message": str(error) or type(error).__name__}

    # Looking at an object may run code of its class, which may hang: an interrupt ends it.
    interrupts.run(find)
    channel.send({"type": "reply", "id": request["id"], **reply})


main()
