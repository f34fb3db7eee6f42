"""Telling someone outside the terminal of a fault: once when it begins, again after a while, and when it is over."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from scheduler.ground.text import _

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from scheduler.cli.health import Finding

AGAIN = timedelta(hours=6)
"""A fault that stays is told again after this long."""
FILE = "alarm.json"


@dataclass(frozen=True, slots=True)
class Told:
    """What was last told: the names of the faults, and when (aware, in UTC)."""

    faults: tuple[str, ...] = ()
    at: datetime | None = None


def text(folder: Path, faults: Sequence[Finding], last: Told, now: datetime) -> str:
    """Return what is to be told now, or "" where nothing is."""
    names = tuple(each.name for each in faults)
    if not names:
        return _("Loa, {folder}: all is well again").format(folder=folder) if last.faults else ""
    if names == last.faults and last.at is not None and now - last.at < AGAIN:
        return ""
    lines = [_("Loa, {folder}: something is at fault").format(folder=folder)]
    lines += [f"- {each.name}: {each.text}" + (f" → {each.todo}" if each.todo else "") for each in faults]
    return "\n".join(lines)


def read(var: Path) -> Told:
    """Return what was last told; nothing where the note of it is missing or torn."""
    try:
        found = json.loads((var / FILE).read_text(encoding="utf-8"))
        return Told(tuple(found["faults"]), datetime.fromisoformat(found["at"]))
    except (OSError, ValueError, KeyError, TypeError):
        return Told()


def write(var: Path, faults: Sequence[Finding], now: datetime) -> None:
    """Note what was told, for the next time. Raises `OSError`."""
    var.mkdir(parents=True, exist_ok=True)
    note = {"faults": [each.name for each in faults], "at": now.isoformat()}
    (var / FILE).write_text(json.dumps(note, ensure_ascii=False), encoding="utf-8")
