"""The boards' protocol: frames of a length, words and a checksum, one answer to each. The README describes it."""

from __future__ import annotations

import socket
import struct
import zlib

LONGEST = 65536
"""Bytes of words that a frame may have."""


class BadFrame(ValueError):
    """What came is no frame: cut short, too long, or with a wrong checksum."""


def packed(words: str) -> bytes:
    """Return a frame."""
    body = words.encode()
    return struct.pack(">I", len(body)) + body + struct.pack(">I", zlib.crc32(body))


def read(connection: socket.socket) -> str:
    """Return the words of the next frame; "" where the other end closes before it. Raises `OSError`, `BadFrame`."""
    head = _exactly(connection, 4, may_end=True)
    if not head:
        return ""
    (length,) = struct.unpack(">I", head)
    if not 0 < length <= LONGEST:
        raise BadFrame(f"a frame of {length} bytes")
    body = _exactly(connection, length)
    (checksum,) = struct.unpack(">I", _exactly(connection, 4))
    if checksum != zlib.crc32(body):
        raise BadFrame("a frame with a wrong checksum")
    try:
        return body.decode()
    except UnicodeDecodeError:
        raise BadFrame("a frame that is no UTF-8") from None


def _exactly(connection: socket.socket, size: int, *, may_end: bool = False) -> bytes:
    found = b""
    while len(found) < size:
        part = connection.recv(size - len(found))
        if not part:
            if may_end and not found:
                return b""
            raise BadFrame("the connection ended within a frame")
        found += part
    return found
