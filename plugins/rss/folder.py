"""The public folder: whole files only, none touched that did not change, none removed but our own."""

from __future__ import annotations

import json
import os
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable

MANIFEST = ".loa-rss.json"
MARK = b'<meta name="generator" content="Loa">'


class NotOurs(Exception):
    """The folder holds the feed of the target that this names."""


class Folder:
    """The folder that a web server shows. Paths are relative to it, with ``/``. Raises `OSError`.

    It has one ``owner``, a target: two that share a folder would remove each other's pages.
    """

    def __init__(self, root: Path, owner: str) -> None:
        """Open it. Raises `NotOurs` where it is another target's."""
        self.root, self._owner = root, owner
        kept = self._read()
        if kept and kept["target"] != owner:
            raise NotOurs(kept["target"])
        self._ours = {path for path in kept.get("files", ()) if _below(path)}

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
        partial = target.with_name(f".{target.name}.partial")
        try:
            with partial.open("wb") as file:
                file.write(data)
                file.flush()
                os.fsync(file.fileno())
            partial.replace(target)
        except OSError:
            partial.unlink(missing_ok=True)
            raise
        _sync(target.parent)
        return True

    def keep_only(self, paths: Iterable[str]) -> None:
        """Remove what is ours and no longer wanted, and folders that this empties."""
        wanted = set(paths)
        for path in sorted(self._ours - wanted):
            file = self.root / path
            file.unlink(missing_ok=True)
            for parent in file.relative_to(self.root).parents[:-1]:
                try:
                    (self.root / parent).rmdir()
                except OSError:  # not there, or somebody's files are in it
                    break
        self._ours = wanted
        self._write()

    def _read(self) -> dict[str, Any]:
        """Return the manifest; of a damaged one nothing, since a file that stays harms less than a wrong removal."""
        try:
            kept = json.loads((self.root / MANIFEST).read_bytes())
        except (FileNotFoundError, ValueError):
            return {}
        whole = isinstance(kept, dict) and isinstance(kept.get("files"), list) and kept.get("target")
        return kept if whole else {}

    def _write(self) -> None:
        kept = {"target": self._owner, "files": sorted(self._ours)}
        self.put(MANIFEST, (json.dumps(kept, indent=1) + "\n").encode())


def _below(path: object) -> bool:
    pure = PurePosixPath(path if isinstance(path, str) else "")
    return bool(pure.parts) and not pure.is_absolute() and ".." not in pure.parts


def _same(file: Path, data: bytes) -> bool:
    try:
        return file.stat().st_size == len(data) and file.read_bytes() == data
    except FileNotFoundError:
        return False


def _sync(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
