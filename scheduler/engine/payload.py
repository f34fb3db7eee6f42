"""The exact payload as bytes: what a channel rendered, to the database and back."""

from __future__ import annotations

import hashlib
import json
from typing import TYPE_CHECKING, Any

from scheduler.channels.channel import File, Rendered
from scheduler.store import attempts
from scheduler.store.attempts import Payload

if TYPE_CHECKING:
    import sqlite3

_encode = json.JSONEncoder(ensure_ascii=False, sort_keys=True, separators=(",", ":"), allow_nan=False).encode


def pack(rendered: Rendered) -> Payload:
    """Return a payload under its digest. Raises `TypeError` or `ValueError` where the body is not of JSON values."""
    document: dict[str, Any] = {"body": dict(rendered.body), "text": rendered.text}
    if rendered.figures:
        document["figures"] = dict(rendered.figures)
    files: tuple[tuple[str, bytes], ...] = ()
    if rendered.files:
        files = tuple((hashlib.sha256(file.data).hexdigest(), file.data) for file in rendered.files)
        document["files"] = [
            {"name": file.name, "type": file.media_type, "digest": digest}
            for file, (digest, _) in zip(rendered.files, files, strict=True)
        ]
    body = _encode(document)
    return Payload(hashlib.sha256(body.encode()).hexdigest(), body, files)


def unpack(connection: sqlite3.Connection, delivery: int, digest: str) -> Rendered:
    """Return the payload that was kept under ``digest`` with an attempt of ``delivery``."""
    document = json.loads(attempts.body(connection, delivery, digest))
    files = tuple(
        File(file["name"], file["type"], attempts.blob(connection, file["digest"]))
        for file in document.get("files", ())
    )
    return Rendered(document["body"], document["text"], files, document.get("figures", {}))
