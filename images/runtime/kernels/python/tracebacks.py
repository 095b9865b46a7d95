"""What an author reads of an error, and where in the cell it points."""

import os
import re
from types import TracebackType

HERE = os.path.dirname(os.path.abspath(__file__))
# The count of a cell is no part of its result: a run that fails alike must read alike. The second form is how IPython
# names a cell beside very long files.
CELL_NAME = re.compile(r"Cell In\s?\[\d+\]|<ipython-input-\d+-[0-9a-f]+>")


def without_kernel(traceback):
    """The traceback up to where the kernel's own code begins: what `input` does inside is no news to the author."""
    frames = []
    while traceback is not None and os.path.dirname(traceback.tb_frame.f_code.co_filename) != HERE:
        frames.append(traceback)
        traceback = traceback.tb_next
    kept = None
    for frame in reversed(frames):
        kept = TracebackType(kept, frame.tb_frame, frame.tb_lasti, frame.tb_lineno)
    return kept


def uncounted(lines):
    return [CELL_NAME.sub("Cell", line) for line in lines]


def place(error, cells):
    """Line and column, from 1 and 0, of the innermost frame that is the running cell's. `cells`: file names of all."""
    if isinstance(error, SyntaxError) and error.filename in cells:
        return error.lineno, None if error.offset is None else error.offset - 1
    cell, line, traceback = None, None, error.__traceback__
    while traceback is not None:
        file = traceback.tb_frame.f_code.co_filename
        if cell is None and file in cells:
            # The running cell is outermost; functions of earlier ones have lines of their own.
            cell = file
        if cell == file:
            line = traceback.tb_lineno
        traceback = traceback.tb_next
    return line, None
