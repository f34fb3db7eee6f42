"""What somebody is writing and has not saved: kept below ``var/drafts`` until it is saved or thrown away.

Each person has a folder of their own there, so that two who write in one post keep both their texts. A draft is two
files that only this account may read: ``<post>.md`` with the text as it was typed, and ``<post>.base`` with the bytes
of the post's file that it started from, so that a change by someone else meanwhile is seen. What an earlier version
left beside those folders is nobody's, and offered to whoever comes first.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING
from urllib.parse import quote

from scheduler.ground.borrowed import system
from scheduler.ground.errors import LoaError
from scheduler.ground.files import replace_file, sync_folder
from scheduler.ground.text import _
from scheduler.plan.values import is_id

if TYPE_CHECKING:
    from pathlib import Path

FOLDER = "drafts"
NEW_POST = "new-post-form"
"""The name under which a form for a new post is kept until the post is written."""
_PRIVATE = 0o600


@dataclass(frozen=True, slots=True)
class Draft:
    """A text that was not saved: what it is of, when it was last written, and the file's bytes that it started from."""

    name: str
    text: str
    base: bytes
    at: datetime


def keep(var: Path, person: str, name: str, text: str, base: bytes) -> None:
    """Write a person's draft, whole and on the disk, in place of the one there was. Raises `LoaError`."""
    own = _text(var, person, name)
    try:
        for folder in (var / FOLDER, own.parent):
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        if _read(_base(own)) != base:
            replace_file(_base(own), base, mode=_PRIVATE)
        replace_file(own, text.encode("utf-8", "replace"), mode=_PRIVATE)
        sync_folder(own.parent)
        _remove(_text(var, "", name))
    except OSError as error:
        raise LoaError(_("the draft cannot be written: {why}").format(why=system(error))) from None


def find(var: Path, person: str, name: str) -> Draft | None:
    """Return a person's draft of that name, or nobody's. Raises `LoaError` where it is there and cannot be read."""
    try:
        for file in (_text(var, person, name), _text(var, "", name)):
            text = _read(file)
            if text is not None:
                at = datetime.fromtimestamp(file.stat().st_mtime, UTC)
                return Draft(name, text.decode("utf-8", "replace"), _read(_base(file)) or b"", at)
    except OSError as error:
        raise LoaError(_("the draft cannot be read: {why}").format(why=system(error))) from None
    return None


def discard(var: Path, person: str, name: str) -> None:
    """Throw a person's draft away, if there is one, and nobody's of that name. Raises `LoaError`."""
    try:
        _remove(_text(var, person, name))
        _remove(_text(var, "", name))
    except OSError as error:
        raise LoaError(_("the draft cannot be thrown away: {why}").format(why=system(error))) from None


def names(var: Path, person: str) -> list[str]:
    """Return what a person has drafts of, nobody's among them."""
    files = (each for whose in (person, "") for each in _folder(var, whose).glob("*.md"))
    return sorted({each.stem for each in files if is_id(each.stem)})


def _folder(var: Path, person: str) -> Path:
    return var / FOLDER / quote(person, safe="").replace(".", "%2E") if person else var / FOLDER


def _text(var: Path, person: str, name: str) -> Path:
    if not is_id(name):
        raise ValueError(name)
    return _folder(var, person) / f"{name}.md"


def _base(text: Path) -> Path:
    return text.with_suffix(".base")


def _remove(text: Path) -> None:
    text.unlink(missing_ok=True)
    _base(text).unlink(missing_ok=True)


def _read(path: Path) -> bytes | None:
    try:
        return path.read_bytes()
    except FileNotFoundError:
        return None
