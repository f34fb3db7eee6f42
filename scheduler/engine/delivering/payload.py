"""The exact payload as bytes: what a channel rendered, to the database and back."""

from __future__ import annotations

import hashlib
import json
from typing import TYPE_CHECKING, Any

from scheduler.channels.channel import File, Rendered
from scheduler.ground.errors import LoaError
from scheduler.ground.text import _
from scheduler.store import attempts
from scheduler.store.attempts import Payload

if TYPE_CHECKING:
    import sqlite3

LIMIT = 64 * 1024 * 1024
"""Bytes of one payload, files and all: each is kept with its attempt, so more would choke the database."""

_encode = json.JSONEncoder(ensure_ascii=False, sort_keys=True, separators=(",", ":"), allow_nan=False).encode


class TooLarge(LoaError):
    """A payload is beyond `LIMIT`."""


def pack(rendered: Rendered) -> Payload:
    """Return a payload under its digest.

    Raises `TooLarge`, and `TypeError` or `ValueError` where the body is not of JSON values.
    """
    document: dict[str, Any] = {"body": dict(rendered.body), "text": rendered.text}
    if rendered.figures:
        document["figures"] = dict(rendered.figures)
    files: tuple[tuple[str, bytes], ...] = ()
    if rendered.files:
        files = tuple((hashlib.sha256(file.data).hexdigest(), file.data) for file in rendered.files)
        document["files"] = [
            {"name": file.name, "type": file.media_type, "digest": digest}
            for file, (digest, _data) in zip(rendered.files, files, strict=True)
        ]
    body = _encode(document)
    raw = body.encode()
    size = len(raw) + sum(len(data) for _digest, data in files)
    if size > LIMIT:
        raise TooLarge(_too_large(rendered, size))
    return Payload(hashlib.sha256(raw).hexdigest(), body, files)


def _too_large(rendered: Rendered, size: int) -> str:
    sizes = sorted(((len(file.data), file.name) for file in rendered.files), reverse=True)
    largest = ", ".join(f"{name} {_megabytes(number)}" for number, name in sizes[:3]) or _megabytes(size)
    return _("more than {limit} to be sent at once: {largest}").format(limit=_megabytes(LIMIT), largest=largest)


def _megabytes(number: int) -> str:
    return f"{number / 1024 / 1024:.3g} MB"


def unpack(connection: sqlite3.Connection, delivery: int, digest: str) -> Rendered:
    """Return the payload that was kept under ``digest`` with an attempt of ``delivery``."""
    document = json.loads(attempts.body(connection, delivery, digest))
    files = tuple(
        File(file["name"], file["type"], attempts.blob(connection, file["digest"]))
        for file in document.get("files", ())
    )
    return Rendered(document["body"], document["text"], files, document.get("figures", {}))
