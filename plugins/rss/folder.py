"""The public folder: whole files only, none touched that did not change, none removed but our own and needless."""

from __future__ import annotations

from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING

from scheduler.api import replace_file, sync_folder

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from .entry import Row
    from .manifest import Manifest

MANIFEST = ".loa-rss.json"
MARK = b'<meta name="generator" content="Loa">'


class NotOurs(Exception):
    """The folder holds the feed of the target that this names."""


class Folder:
    """The folder that a web server shows. Paths are relative to it, with ``/``. Raises `OSError`.

    It has one ``owner``, a target: two that share a folder would remove each other's pages.
    """

    def __init__(self, root: Path, owner: str) -> None:
        """Open it. Raises `NotOurs` where it is another target's.

        ``rows`` are the entries that it shows; of a ``damaged`` manifest none is known, and nothing counts as ours.
        """
        self.root, self._owner = root, owner
        kept, self.damaged = self._read()
        if kept and kept.target != owner:
            raise NotOurs(kept.target)
        self.rows: Sequence[Row] = kept.rows() if kept else ()
        self._ours = {path for path in kept.files if _below(path)} if kept else set()

    def foreign(self, path: str) -> bool:
        """Whether a page stands there that somebody else made."""
        file = self.root / path
        return path not in self._ours and file.is_file() and MARK not in file.read_bytes()

    def claim(self, paths: Iterable[str]) -> None:
        """Note what will be ours, before it is written, so that a crash leaves nothing unknown."""
        self._ours |= set(paths)
        self._write()

    def put(self, path: str, data: bytes) -> bool:
        """Write a file whole: beside it, synced, then renamed. Return whether it changed.

        A file that has these bytes keeps its time, so that a web server may answer 304.
        """
        target = self.root / path
        if _same(target, data):
            return False
        target.parent.mkdir(parents=True, exist_ok=True)
        replace_file(target, data)
        sync_folder(target.parent)
        return True

    def holding(self, mark: bytes, pages: str = "posts/") -> set[str]:
        """Return which of our pages have ``mark`` in them."""
        paths = (path for path in self._ours if path.startswith(pages) and (self.root / path).is_file())
        return {path for path in paths if mark in (self.root / path).read_bytes()}

    def settle(self, rows: Sequence[Row], paths: Iterable[str]) -> None:
        """Note what the folder shows now, and remove what is ours and neither shown nor in ``paths``.

        That is the media of what was withdrawn, and what a crash left that never was in the feed. A medium stays where
        a page still names it, be it one that no manifest knows any more.
        """
        wanted = {*paths, *(medium.path for row in rows for medium in row.entry.media)}
        for path in sorted(self._ours - wanted, reverse=True):
            if not path.startswith("media/") or not self._named(path):
                self._remove(path)
        self._ours, self.rows = wanted, rows
        self._write()

    def _named(self, path: str) -> bool:
        return any(path.encode() in page.read_bytes() for page in (self.root / "posts").glob("*.html"))

    def _remove(self, path: str) -> None:
        """Remove a file, and folders that this empties."""
        file = self.root / path
        file.unlink(missing_ok=True)
        for parent in file.relative_to(self.root).parents[:-1]:
            try:
                (self.root / parent).rmdir()
            except OSError:  # not there, or somebody's files are in it
                break

    def _read(self) -> tuple[Manifest | None, bool]:
        """Return the manifest and whether it is damaged: a file that stays harms less than a wrong removal."""
        from .manifest import read

        try:
            kept = read((self.root / MANIFEST).read_bytes())
        except FileNotFoundError:
            return None, False
        return kept, kept is None

    def _write(self) -> None:
        from .manifest import written

        self.put(MANIFEST, written(self._owner, self._ours, self.rows))


def _below(path: object) -> bool:
    pure = PurePosixPath(path if isinstance(path, str) else "")
    return bool(pure.parts) and not pure.is_absolute() and ".." not in pure.parts


def _same(file: Path, data: bytes) -> bool:
    try:
        return file.stat().st_size == len(data) and file.read_bytes() == data
    except FileNotFoundError:
        return False
