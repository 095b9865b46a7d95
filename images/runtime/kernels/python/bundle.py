"""Images of a display become files named by their content; what is left is the bundle that travels as JSON."""

import os
from base64 import b64decode, b64encode
from hashlib import sha256

IMAGES = {"image/png": "png", "image/jpeg": "jpg", "image/svg+xml": "svg", "image/gif": "gif", "image/webp": "webp"}
# Larger texts are cut out of the bundle: the plain form tells what it was.
MAX_TEXT = 256 * 1024


def bundle_with_assets(channel, data):
    """Writes the bundle's first image to the asset folder and says so, or returns the bundle with images inline."""
    if channel.asset_dir is not None:
        for mime, extension in IMAGES.items():
            if mime in data:
                _write(channel, _bytes(data[mime]), mime, extension)
                return None
    bundle = {}
    for mime, value in data.items():
        if isinstance(value, bytes):
            value = b64encode(value).decode("ascii")
        if mime != "text/plain" and isinstance(value, str) and len(value) > MAX_TEXT and mime not in IMAGES:
            continue
        bundle[mime] = value
    return bundle


def _bytes(value):
    if isinstance(value, bytes):
        return value
    return value.encode("utf-8") if value.lstrip().startswith("<") else b64decode(value)


def _write(channel, content, mime, extension):
    name = f"{sha256(content).hexdigest()[:12]}.{extension}"
    path = os.path.join(channel.asset_dir, name)
    if not os.path.exists(path):
        os.makedirs(channel.asset_dir, exist_ok=True)
        temporary = os.path.join(channel.asset_dir, f".{name}.{os.getpid()}")
        with open(temporary, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        os.rename(temporary, path)
    channel.event("asset", {"path": path, "name": name, "mime": mime, "size": len(content)})
