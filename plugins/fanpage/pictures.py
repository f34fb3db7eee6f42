"""Which bytes Facebook takes as a photo."""

from __future__ import annotations

LARGEST = 4 * 2**20
"""Bytes of one photo (subcode 1366046 refuses more)."""

_SIGNATURES = (
    (b"\xff\xd8\xff", "image/jpeg"),
    (b"\x89PNG\r\n\x1a\n", "image/png"),
    (b"GIF87a", "image/gif"),
    (b"GIF89a", "image/gif"),
    (b"BM", "image/bmp"),
    (b"II*\x00", "image/tiff"),
    (b"MM\x00*", "image/tiff"),
)


def picture_type(data: bytes) -> str | None:
    """Return the media type that the first bytes show, or ``None``; a file's name proves nothing."""
    return next((kind for mark, kind in _SIGNATURES if data.startswith(mark)), None)
