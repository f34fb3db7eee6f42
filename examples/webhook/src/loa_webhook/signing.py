"""The signature of Standard Webhooks: HMAC-SHA256 over id, time and body, so that a receiver knows who it was."""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac

PREFIX = "whsec_"


def key_of(secret: str) -> bytes:
    """Return the key that a secret stands for. Raises `ValueError` where it is none.

    What begins with ``whsec_`` is base64; any other secret is taken as it is written.
    """
    if not secret.startswith(PREFIX):
        return secret.encode()
    try:
        key = base64.b64decode(secret.removeprefix(PREFIX), validate=True)
    except binascii.Error:
        key = b""
    if not key:
        raise ValueError("the secret begins with whsec_, and the rest of it is no base64")
    return key


def sign(key: bytes, message: str, seconds: int, body: bytes) -> str:
    """Return the value of ``webhook-signature``."""
    signed = f"{message}.{seconds}.".encode() + body
    return "v1," + base64.b64encode(hmac.digest(key, signed, hashlib.sha256)).decode()
