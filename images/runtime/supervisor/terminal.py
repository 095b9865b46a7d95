"""Pseudo-terminals: one pair for a Bash session (what its programs read and print, and their stderr), one for a terminal."""

import os
import termios
from fcntl import ioctl
from struct import pack

COLUMNS, ROWS = 100, 30


def open_terminal():
    """Returns both ends: ours and the programs'."""
    ours, theirs = os.openpty()
    set_size(ours, COLUMNS, ROWS)
    return ours, theirs


def set_size(fd, columns, rows):
    ioctl(fd, termios.TIOCSWINSZ, pack("HHHH", rows, columns, 0, 0))


def make_plain(fd):
    """As a fresh terminal is, whatever a cell has left; but line ends stay as they were printed."""
    state = termios.tcgetattr(fd)
    state[0] |= termios.ICRNL | termios.IXON
    state[1] &= ~termios.OPOST
    state[3] |= termios.ICANON | termios.ECHO | termios.ECHOE | termios.ECHOK | termios.ISIG | termios.IEXTEN
    termios.tcsetattr(fd, termios.TCSANOW, state)
