"""The engine's log as a file below ``var/log``: one JSON object a line, without secrets, of bounded size.

It is written beside what goes to standard error, so that surfaces can show it however the engine was started.
"""

from __future__ import annotations

import json
import logging
import os
from dataclasses import dataclass
from datetime import UTC, datetime
from logging.handlers import RotatingFileHandler
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator
    from io import TextIOWrapper
    from pathlib import Path

FOLDER, NAME = "log", "loa.jsonl"
LARGEST = 1_000_000
"""Bytes of a file, after which a new one is begun."""
KEPT = 4
_MODE = 0o600


@dataclass(frozen=True, slots=True)
class Record:
    """One line of the file; ``level`` is debug, info, warning or error, ``source`` the logger's name."""

    at: datetime
    level: str
    source: str
    text: str


class _Lines(logging.Formatter):
    def format(self, record: logging.LogRecord) -> str:
        text = record.getMessage()
        trace = (
            getattr(record, "trace", "")
            or record.exc_text
            or (self.formatException(record.exc_info) if record.exc_info else "")
        )
        level = "error" if record.levelno >= logging.ERROR else record.levelname.lower()
        at = datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds")
        whole = "\n".join(part for part in (text, trace) if part)
        return json.dumps({"at": at, "level": level, "source": record.name, "text": whole}, ensure_ascii=False)


class _Own(RotatingFileHandler):
    """A file that nobody else may read: it names posts, people and errors."""

    def _open(self) -> TextIOWrapper:
        descriptor = os.open(self.baseFilename, os.O_WRONLY | os.O_CREAT | os.O_APPEND | os.O_CLOEXEC, _MODE)
        return os.fdopen(descriptor, "a", encoding="utf-8")


def handler(var: Path, redactor: logging.Filter) -> logging.Handler:
    """Return a handler that writes below ``var``, with every known secret masked."""
    folder = var / FOLDER
    folder.mkdir(parents=True, exist_ok=True)
    made = _Own(folder / NAME, maxBytes=LARGEST, backupCount=KEPT, encoding="utf-8")
    made.setFormatter(_Lines())
    made.addFilter(redactor)
    return made


def newest(var: Path) -> Iterator[Record]:
    """Yield the records, newest first, as far as they are asked for; a line that is torn is left out."""
    for path in _files(var):
        for line in reversed(_lines(path)):
            try:
                each = json.loads(line)
                yield Record(datetime.fromisoformat(each["at"]), each["level"], each["source"], each["text"])
            except (ValueError, KeyError, TypeError):
                continue


def _lines(path: Path) -> list[str]:
    try:
        return path.read_text(encoding="utf-8", errors="replace").splitlines()
    except FileNotFoundError:  # it makes room for a new one at this moment
        return []


def _files(var: Path) -> list[Path]:
    """Return the files that are there, the newest first."""
    first = var / FOLDER / NAME
    return [path for path in (first, *(first.with_name(f"{NAME}.{n}") for n in range(1, KEPT + 1))) if path.is_file()]
