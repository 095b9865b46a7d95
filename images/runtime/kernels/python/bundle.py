"""What travels of a display: images and pages become files named by their content, and nothing is longer than a reader takes."""

import json
import os
import re
from base64 import b64decode, b64encode
from hashlib import sha256

IMAGES = {"image/png": "png", "image/jpeg": "jpg", "image/svg+xml": "svg", "image/gif": "gif", "image/webp": "webp"}
# Characters. The plain form is cut here; of the others a part is worth nothing, so they are left out when longer.
MAX_TEXT = 256 * 1024
MAX_IMAGE = 2 * 1024 * 1024
# All that an object's default text says is its class.
ONLY_CLASS = re.compile(r"<[\w.]+(?: object)?(?: at 0x[0-9a-f]+)?>")


class Bundles:
    def __init__(self, channel):
        self._channel = channel
        # Where images of the running cell go; None: they travel in the bundle.
        self.asset_dir = None

    def show(self, event, data, fields):
        """Sends a display or result; with a folder for assets, its image or page as one."""
        if self.asset_dir is not None:
            for mime, extension in IMAGES.items():
                if mime in data:
                    self._save(_bytes(data[mime]), mime, extension, fields)
                    return
            if "text/html" in data:
                self._save(str(data["text/html"]).encode("utf-8", "replace"), "text/html", "html", fields)
                data = {mime: value for mime, value in data.items() if mime != "text/html"}
                if ONLY_CLASS.fullmatch(str(data.get("text/plain", ""))):
                    return
        bundle = {mime: fitted for mime, value in data.items() if (fitted := _fit(mime, value)) is not None}
        if data and not bundle:
            bundle = {"text/plain": f"<{next(iter(data))}, too large to be shown>"}
        if bundle:
            self._channel.event(event, {"data": bundle, **fields})

    def _save(self, content, mime, extension, fields):
        name = f"{sha256(content).hexdigest()[:12]}.{extension}"
        path = os.path.join(self.asset_dir, name)
        if not os.path.exists(path):
            os.makedirs(self.asset_dir, exist_ok=True)
            temporary = os.path.join(self.asset_dir, f".{name}.{os.getpid()}")
            with open(temporary, "wb") as file:
                file.write(content)
                file.flush()
                os.fsync(file.fileno())
            os.rename(temporary, path)
        asset = {"path": path, "name": name, "mime": mime, "size": len(content)}
        display = {"displayId": fields.get("displayId"), "update": fields.get("update", False)}
        self._channel.event("asset", {**asset, **display})


def cut(text, length=MAX_TEXT):
    if len(text) <= length:
        return text
    return f"{text[:length]}\n… {len(text) - length} characters left out …"


def _fit(mime, value):
    """The value as it travels, or None if it is too long to."""
    if isinstance(value, bytes):
        value = b64encode(value).decode("ascii")
    if mime == "text/plain":
        return cut(str(value))
    size = len(value) if isinstance(value, str) else len(json.dumps(value, default=str))
    return value if size <= (MAX_IMAGE if mime in IMAGES else MAX_TEXT) else None


def _bytes(image):
    if isinstance(image, bytes):
        return image
    return image.encode("utf-8") if image.lstrip().startswith("<") else b64decode(image)
