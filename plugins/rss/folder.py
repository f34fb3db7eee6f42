"""The public folder: whole files only, none touched that did not change, none removed but our own."""

from __future__ import annotations

import json
import os
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

MANIFEST = ".loa-rss.json"
MARK = b'<meta name="generator" content="Loa">'


class Folder:
    """The folder that a web server shows. Paths are relative to it, with ``/``. Raises `OSError`."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self._ours = self._read()

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

    def _read(self) -> set[str]:
        try:
            listed = json.loads((self.root / MANIFEST).read_bytes())
        except FileNotFoundError:
            return set()
        except ValueError:
            return set()  # damaged: what it named stays, which harms less than a wrong removal
        return {path for path in listed if isinstance(path, str) and _below(path)}

    def _write(self) -> None:
        self.put(MANIFEST, (json.dumps(sorted(self._ours), indent=0) + "\n").encode())


def _below(path: str) -> bool:
    pure = PurePosixPath(path)
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
