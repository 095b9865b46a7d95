"""The Python kernel: IPython's shell in a process of its own, spoken to over fds 3 (requests) and 4 (messages)."""

import os
import signal
import sys

# User code finds its own modules first and ours never by accident: names are looked up before the path changes.
HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[0] = HERE
from channel import Channel  # noqa: E402
from completion import complete  # noqa: E402
from shell import make_shell  # noqa: E402

sys.path[0] = os.getcwd()


def main():
    # Python runs unbuffered (-u): prints arrive while the cell runs, in order with what libraries and children write.
    for stream in (sys.stdout, sys.stderr):
        stream.reconfigure(encoding="utf-8", errors="backslashreplace")
    channel = Channel(3, 4)
    shell = make_shell(channel)
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    while True:
        request = channel.receive()
        if request["op"] == "execute":
            execute(shell, channel, request)
        elif request["op"] == "complete":
            answer(shell, channel, request)


def execute(shell, channel, request):
    count = None if request["silent"] else shell.execution_count
    channel.send({"type": "start", "count": count})
    channel.asset_dir = request["assetDir"]
    shell.error_said = False
    # Only a running cell can be interrupted; between cells Ctrl-C has nothing to hit.
    signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        result = shell.run_cell(request["code"], store_history=request["storeHistory"], silent=request["silent"])
        success = result.success
    except KeyboardInterrupt:
        # It came after the cell's own code, while results were shown.
        success = False
    finally:
        signal.signal(signal.SIGINT, signal.SIG_IGN)
    if not success and not shell.error_said:
        channel.event("error", {"type": "KeyboardInterrupt", "message": "", "traceback": ["KeyboardInterrupt"], "line": None, "column": None})
    channel.send({"type": "done", "success": success})


def answer(shell, channel, request):
    try:
        channel.send({"type": "reply", "id": request["id"], "ok": True, "result": complete(shell, request["code"], request["cursor"])})
    except Exception as error:
        channel.send({"type": "reply", "id": request["id"], "ok": False, "message": f"{type(error).__name__}: {error}"})


main()
