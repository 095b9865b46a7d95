"""What one execution prints: all of it as events while it is little; else its beginning and its end, and the whole in a file."""

import os
from collections import deque

# Characters that become events as they come.
MAX_EVENTS = 4 * 1024 * 1024
# Characters of the end that become events once it has ended.
MAX_TAIL = 64 * 1024
MAX_FILE_BYTES = 1024 * 1024 * 1024


class Printed:
    def __init__(self, asset_dir, name, emit):
        """`asset_dir`: where the file goes, or None for none. `emit(event, data)` sends an event."""
        self._asset_dir = asset_dir
        self._name = name
        self._emit = emit
        self._count = 0
        self._begun = []
        self._tail = deque()
        self._tail_length = 0
        self._file = None
        self._problem = None

    def take(self, stream, content):
        self._count += len(content)
        if self._count <= MAX_EVENTS:
            if self._asset_dir is not None:
                self._begun.append(content)
            self._emit(stream, {"content": content})
            return
        self._keep(content)
        self._tail.append((stream, content))
        self._tail_length += len(content)
        while self._tail_length - len(self._tail[0][1]) >= MAX_TAIL:
            self._tail_length -= len(self._tail.popleft()[1])

    def end(self):
        """Sends what was held back. What is printed afterwards (by a thread that goes on) is sent as long as there is room."""
        self._begun = []
        if not self._tail:
            self._asset_dir = None
            return
        left = self._count - MAX_EVENTS - self._tail_length
        tail, self._tail, self._tail_length = self._tail, deque(), 0
        self._finish_file()
        if left > 0:
            self._emit("stdout", {"content": f"\n… {left:,} characters left out{self._where()} …\n"})
        self._asset_dir = None
        for stream, content in tail:
            self._emit(stream, {"content": content})

    def _keep(self, content):
        if self._asset_dir is None or self._problem:
            return
        try:
            if self._file is None:
                self._file = _Hashed(self._asset_dir, self._name)
                for piece in self._begun:
                    self._file.write(piece)
                self._begun = []
            self._file.write(content)
        except OSError as error:
            self._problem = f"the file holds the first {self._written():,} bytes: {error.strerror}"
        else:
            if self._file.size >= MAX_FILE_BYTES:
                self._problem = f"the file holds the first {self._file.size:,} bytes"

    def _finish_file(self):
        if self._file is None:
            return
        try:
            path, size = self._file.finish()
        except OSError as error:
            self._problem = f"they could not be kept: {error.strerror}"
        else:
            asset = {"path": path, "name": os.path.basename(path), "mime": "text/plain", "size": size}
            self._emit("asset", asset)

    def _written(self):
        return self._file.size if self._file else 0

    def _where(self):
        if self._asset_dir is None:
            return ""
        return f" ({self._problem})" if self._problem else " (all of it is in the file)"


class _Hashed:
    """A file that gets its name from its content."""

    def __init__(self, folder, name):
        # Here, because it takes a third of an idle supervisor's memory.
        from hashlib import sha256

        os.makedirs(folder, exist_ok=True)
        self._folder = folder
        self._part = os.path.join(folder, f".{name}.part")
        self._file = open(self._part, "wb", buffering=0)
        self._hash = sha256()
        self.size = 0

    def write(self, text):
        content = memoryview(text.encode("utf-8", "replace"))
        while content:
            written = self._file.write(content)
            self._hash.update(content[:written])
            self.size += written
            content = content[written:]

    def finish(self):
        try:
            os.fsync(self._file.fileno())
        finally:
            self._file.close()
        path = os.path.join(self._folder, f"{self._hash.hexdigest()[:12]}.txt")
        os.rename(self._part, path)
        return path, self.size
