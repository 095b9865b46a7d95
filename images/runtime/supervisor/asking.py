"""Whether a program waits for somebody to type: nothing tells, but the kernel knows in which call each process sleeps."""

import os
import termios
from fcntl import ioctl
from struct import unpack

from processes import all_processes, stat_of

# Asks a terminal for its number (Python has no name for it).
TIOCGPTN = 0x80045430
# /dev/tty, which is each process's own terminal.
CONTROLLING = os.makedev(5, 0)

# System calls that read, and that wait until something can be read.
_READ, _WAIT = {
    "x86_64": ({0, 17, 19}, {7, 23, 270, 271, 232, 281}),
    "aarch64": ({63, 65, 67}, {72, 73, 22}),
}.get(os.uname().machine, (set(), set()))


def is_asked(fd):
    """True if a process in front of the terminal (`fd` is our end of it) reads from it."""
    try:
        front = os.tcgetpgrp(fd)
        keys = not termios.tcgetattr(fd)[3] & termios.ICANON
        devices = {CONTROLLING, os.makedev(136, unpack("I", ioctl(fd, TIOCGPTN, bytes(4)))[0])}
    except OSError:
        return False
    return any(_reads(pid, devices, keys) for pid in _members(front))


def is_secret(fd):
    """True if what is typed is not shown: a password."""
    flags = termios.tcgetattr(fd)[3]
    return bool(flags & termios.ICANON) and not flags & termios.ECHO


def _members(group):
    for pid in all_processes():
        stat = stat_of(pid)
        if len(stat) > 2 and int(stat[2]) == group and stat[0] == "S":
            yield pid


def _reads(pid, devices, keys):
    """`keys`: a program has switched the terminal to single keys, and waits for those in many ways."""
    call = _read(f"/proc/{pid}/syscall").split()
    if len(call) < 2 or not call[0].isdigit():
        return False
    number = int(call[0])
    if number in _READ:
        return _device(pid, int(call[1], 16)) in devices
    return keys and number in _WAIT and _device(pid, 0) in devices


def _device(pid, fd):
    try:
        return os.stat(f"/proc/{pid}/fd/{fd}").st_rdev
    except OSError:
        return None


def _read(path):
    try:
        with open(path) as file:
            return file.read()
    except OSError:
        return ""
