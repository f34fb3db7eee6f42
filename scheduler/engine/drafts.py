"""What somebody is writing and has not saved: kept below ``var/drafts`` until it is saved or thrown away.

A draft is two files that only this account may read: ``<post>.md`` with the text as it was typed, and ``<post>.base``
with the bytes of the post's file that it started from, so that a change by someone else meanwhile is seen.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from scheduler.ground.borrowed import system
from scheduler.ground.errors import LoaError
from scheduler.ground.files import replace_file, sync_folder
from scheduler.ground.text import _
from scheduler.plan.values import is_id

if TYPE_CHECKING:
    from pathlib import Path

FOLDER = "drafts"
_PRIVATE = 0o600


@dataclass(frozen=True, slots=True)
class Draft:
    """A text that was not saved: what it is of, when it was last written, and the file's bytes that it started from."""

    name: str
    text: str
    base: bytes
    at: datetime


def keep(var: Path, name: str, text: str, base: bytes) -> None:
    """Write a draft, whole and on the disk, in place of the one there was. Raises `LoaError`."""
    try:
        folder = var / FOLDER
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        if _read(_base(var, name)) != base:
            replace_file(_base(var, name), base, mode=_PRIVATE)
        replace_file(_text(var, name), text.encode("utf-8", "replace"), mode=_PRIVATE)
        sync_folder(folder)
    except OSError as error:
        raise LoaError(_("the draft cannot be written: {why}").format(why=system(error))) from None


def find(var: Path, name: str) -> Draft | None:
    """Return the draft of that name. Raises `LoaError` where it is there and cannot be read."""
    try:
        text = _read(_text(var, name))
        if text is None:
            return None
        at = datetime.fromtimestamp(_text(var, name).stat().st_mtime, UTC)
        return Draft(name, text.decode("utf-8", "replace"), _read(_base(var, name)) or b"", at)
    except OSError as error:
        raise LoaError(_("the draft cannot be read: {why}").format(why=system(error))) from None


def discard(var: Path, name: str) -> None:
    """Throw a draft away, if there is one. Raises `LoaError`."""
    try:
        _text(var, name).unlink(missing_ok=True)
        _base(var, name).unlink(missing_ok=True)
    except OSError as error:
        raise LoaError(_("the draft cannot be thrown away: {why}").format(why=system(error))) from None


def names(var: Path) -> list[str]:
    """Return what there are drafts of."""
    return sorted(each.stem for each in (var / FOLDER).glob("*.md") if is_id(each.stem))


def _text(var: Path, name: str) -> Path:
    if not is_id(name):
        raise ValueError(name)
    return var / FOLDER / f"{name}.md"


def _base(var: Path, name: str) -> Path:
    return _text(var, name).with_suffix(".base")


def _read(path: Path) -> bytes | None:
    try:
        return path.read_bytes()
    except FileNotFoundError:
        return None
