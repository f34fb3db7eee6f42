"""What a channel gave back, as people read it: its values line by line, and the files that it names."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from scheduler.ground.text import N_, _

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from scheduler.engine.core import Core
    from scheduler.ground.delivery import Delivery

LABELS = (
    N_("entries"),
    N_("evidence"),
    N_("found"),
    N_("gone before"),
    N_("id"),
    N_("left out"),
    N_("link"),
    N_("posting since"),
    N_("read back"),
    N_("removed"),
    N_("staged"),
)
"""Names of values that shipped channels and people leave; one of an outsider's shows as it is."""
_STEP = "  "


@dataclass(frozen=True, slots=True)
class Kept:
    """A file that a receipt names, and its size in bytes; ``None`` where it does not lie there any more."""

    name: str
    size: int | None


@dataclass(frozen=True, slots=True)
class Proof:
    """A receipt: its values as lines, what is within another indented; its files, and the folder that they lie in.

    The folder is named from where ``var`` lies, which is the campaign folder but for a rehearsal.
    """

    lines: tuple[str, ...] = ()
    files: tuple[Kept, ...] = ()
    folder: str = ""


NOTHING = Proof()


def read(core: Core, delivery: Delivery) -> Proof:
    """Return the receipt of a delivery, without secrets."""
    kept = core.redactor.value(dict(delivery.receipt or {}))
    found = core.redactor.value(dict(kept.pop("detail", None) or {}))
    folder, files = _files(core.var / "out" / delivery.key.channel, kept.get("id"), found.get("files"))
    if files:
        found.pop("files", None)
    if kept.get("id") in {*(each.name for each in files), folder.name}:
        del kept["id"]
    return Proof(tuple(lines(kept | found)), files, str(folder.relative_to(core.var.parent)) if files else "")


def lines(values: Mapping[str, object]) -> Iterator[str]:
    """Yield names and values, one a line; what says nothing is left out."""
    for name, value in values.items():
        label = _(str(name).replace("_", " "))
        if isinstance(value, dict | list) and value:
            yield f"{label}:"
            yield from (f"{_STEP}{line}" for line in _within(value))
        elif value not in (None, "", {}, []):
            yield f"{label}: {_plain(value)}"


def _within(value: object) -> Iterator[str]:
    if isinstance(value, dict):
        yield from lines(value)
    elif isinstance(value, list):
        for each in value:
            first, *more = _within(each) if each not in ({}, []) else ("",)
            yield f"- {first}"
            yield from (f"{_STEP}{line}" for line in more)
    else:
        yield _plain(value)


def _plain(value: object) -> str:
    return (_("yes") if value else _("no")) if isinstance(value, bool) else str(value)


def _files(out: Path, identity: object, named: object) -> tuple[Path, tuple[Kept, ...]]:
    """Return the files that a receipt names below the channel's folder, or below its own there, and which folder.

    Nothing where one of them would lie elsewhere.
    """
    own = out / identity if isinstance(identity, str) and identity else out
    names = [each for each in named if isinstance(each, str)] if isinstance(named, list) else []
    if not names and own != out and own.is_file():
        names = [str(identity)]
    folder = own if own.is_dir() else out
    if not all((folder / name).resolve().is_relative_to(out.resolve()) for name in names):
        return folder, ()
    return folder, tuple(Kept(name, _size(folder / name)) for name in names)


def _size(file: Path) -> int | None:
    try:
        return file.stat().st_size
    except OSError:
        return None
