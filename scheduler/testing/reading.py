"""What went out as words, however it was wrapped: packed documents, mail, forms and JSON."""

from __future__ import annotations

import io
import quopri
import zipfile
from base64 import b64decode
from re import compile as pattern
from urllib.parse import unquote_plus

_ESCAPE = pattern(r"\\u([0-9a-fA-F]{4})")
_BASE64 = pattern(rb"(?:[A-Za-z0-9+/]{60,76}\r?\n)*[A-Za-z0-9+/]{16,}={0,2}")
_PACKED = b"PK\x03\x04"


def words(data: bytes) -> str:
    """Return the words in ``data``: as they stand, and unwrapped in each way that is usual."""
    if data.startswith(_PACKED):
        return "\n".join(words(each) for each in _unpacked(data))
    text = data.decode("utf-8", "replace")
    found = [text, unquote_plus(text), _ESCAPE.sub(lambda match: chr(int(match[1], 16)), text)]
    found.append(quopri.decodestring(data).decode("utf-8", "replace"))
    found.extend(_decoded(each.group()) for each in _BASE64.finditer(data))
    return "\n".join(found)


def _unpacked(data: bytes) -> list[bytes]:
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as packed:
            return [packed.read(name) for name in packed.namelist()]
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError):
        return [data[4:]]


def _decoded(data: bytes) -> str:
    try:
        return b64decode(data).decode("utf-8", "replace")
    except ValueError:
        return ""
