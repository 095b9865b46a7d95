"""The usual names of a GPU's devices, in a container that may get one long after its start.

What stands behind them is the machine's (compute/agent/gpu/shelf.ts), and changes with it. Where there is no GPU they lead
nowhere, and a program that looks for one finds that there is none.
"""

import os
from contextlib import suppress

SHELF = "/usr/local/markco-gpu/dev"
# As many as a machine has of them at most.
GPUS = 8
NAMES = ("nvidiactl", "nvidia-uvm", "nvidia-uvm-tools", "nvidia-modeset", *(f"nvidia{number}" for number in range(GPUS)))


def link_devices():
    # /dev is a file system of the container's own. A test runs the supervisor on a machine's, where nothing is to be changed.
    if not os.path.isdir(SHELF):
        return
    for name in NAMES:
        with suppress(OSError):
            os.symlink(f"{SHELF}/{name}", f"/dev/{name}")
