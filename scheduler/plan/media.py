"""The pictures and recordings of a post: paths below ``content/media``, and digests of their bytes."""

from __future__ import annotations

import hashlib
import os
import stat
import unicodedata
from typing import TYPE_CHECKING

from scheduler.ground.borrowed import system
from scheduler.ground.model import Media
from scheduler.ground.problem import nearest
from scheduler.ground.text import _
from scheduler.plan.source import leads_out
from scheduler.plan.values import Wrong, as_line, as_path, as_table

if TYPE_CHECKING:
    from pathlib import Path

    from scheduler.plan.fields import Fields

FOLDER = "content/media"
_digests: dict[str, tuple[tuple[int, ...], str]] = {}


def read_media(folder: Path, fields: Fields) -> tuple[Media, ...]:
    """Return the media that ``fields`` names; one that is missing or out of bounds is left out."""

    def convert(value: object) -> Media:
        entry = as_table(value) if isinstance(value, dict) else {"file": value}
        unknown = [key for key in entry if key not in ("file", "alt")]
        if unknown:
            raise Wrong(
                _("{key!r} is not a key that Loa knows").format(key=unknown[0]), nearest(unknown[0], ("file", "alt"))
            )
        if "file" not in entry:
            raise Wrong(_("names no `file`"))
        file = _located(folder, as_path(entry["file"]))
        return Media(file, digest_of(folder / FOLDER / file), as_line(entry.get("alt", "")))

    return fields.each("media", convert)


def _located(folder: Path, path: str) -> str:
    """Return ``path`` as the disk spells it. Raises `Wrong` where there is no such regular file in the folder."""
    if leads_out(folder, f"{FOLDER}/{path}"):
        raise Wrong(_("{path!r} is a link that leads out of the campaign folder").format(path=path))
    try:
        status = (folder / FOLDER / path).stat()
    except FileNotFoundError:
        return _spelt_otherwise(folder, path)
    except OSError as error:
        raise Wrong(_("{path!r} cannot be read: {why}").format(path=path, why=system(error).lower())) from None
    if not stat.S_ISREG(status.st_mode):
        raise Wrong(_("{path!r} is not a file").format(path=path))
    return path


def _spelt_otherwise(folder: Path, path: str) -> str:
    root = folder / FOLDER
    there = [str(each.relative_to(root)) for each in root.rglob("*")]
    for each in there:
        if unicodedata.normalize("NFC", each) == path and each != path:
            return _located(folder, each)
    prefix = f"{FOLDER}/"
    hint = _("write {text}").format(text=path.removeprefix(prefix)) if path.startswith(prefix) else nearest(path, there)
    raise Wrong(_("there is no file {path!r} below {folder}").format(path=path, folder=FOLDER), hint)


def digest_of(path: Path) -> str:
    """Return the SHA-256 of a file's bytes, in hex; counted anew only where size, time or inode changed.

    Raises `Wrong` where it cannot be read.
    """
    try:
        status = path.stat()
        mark = (status.st_size, status.st_mtime_ns, status.st_ino)
        kept = _digests.get(os.fspath(path))
        if kept and kept[0] == mark:
            return kept[1]
        with path.open("rb") as stream:
            digest = hashlib.file_digest(stream, "sha256").hexdigest()
    except OSError as error:
        raise Wrong(_("{path!r} cannot be read: {why}").format(path=path.name, why=system(error).lower())) from None
    _digests[os.fspath(path)] = (mark, digest)
    return digest
