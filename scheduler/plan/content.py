"""Opening one text file below ``content/``, and reading an event."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Generic, TypeVar

from scheduler.ground.model import CampaignEvent
from scheduler.ground.text import _
from scheduler.plan.fields import Fields
from scheduler.plan.frontmatter import guess_id, read_matter
from scheduler.plan.source import Report, leads_out, printable, read_source
from scheduler.plan.values import as_flag, as_id, as_line, as_moment

if TYPE_CHECKING:
    from pathlib import Path

    from scheduler.ground.problem import Problem
    from scheduler.plan.frontmatter import Matter
    from scheduler.plan.known import Known

T = TypeVar("T")
EVENT_LENGTH = timedelta(hours=2)
_HEAD = 4096
_NEVER = datetime(1, 1, 1)  # noqa: DTZ001 - local and naive; never leaves this module


@dataclass(frozen=True, slots=True)
class Entry(Generic[T]):
    """What one file gave.

    ``id`` is "" where it could not be told, ``line`` where it stands. ``value`` is ``None`` where the file could
    not be read at all; else it may have defaults where ``failed`` says that something is wrong.
    ``tied`` says that it depends on another file which is broken.
    """

    path: str
    id: str
    line: int | None
    value: T | None
    problems: list[Problem]
    failed: bool
    tied: bool = False


@dataclass(frozen=True, slots=True)
class Opened:
    """A text file that could be taken apart. ``id`` may still be "", with the reason in the report."""

    id: str
    digest: str
    matter: Matter
    fields: Fields


def open_text(folder: Path, path: str, report: Report, data: bytes | None = None) -> Opened | str:
    """Take the file apart, or ``data`` in its place; where that fails, return the id that it seems to have, or ""."""
    if printable(path) != path:
        report.error(_("has a name that is not clean text; rename it"))
        return ""
    source = read_source(folder, path, report, data)
    matter = read_matter(source.text, report) if source else None
    if source is None or matter is None:
        return guess_id(source.text if source else _head(folder, path))
    fields = Fields(matter.values, matter.spans, report)
    return Opened(fields.required("id", as_id, ""), source.digest, matter, fields)


def _head(folder: Path, path: str) -> str:
    full = folder / path
    try:
        if leads_out(folder, path) or not full.is_file():
            return ""
        with full.open("rb") as stream:
            return stream.read(_HEAD).decode("utf-8", "replace")
    except OSError:
        return ""  # why it cannot be read is reported already


def read_event(folder: Path, path: str, known: Known, data: bytes | None = None) -> Entry[CampaignEvent]:
    """Read one event file, or ``data`` as if it stood there. Where its start cannot be told there is no value."""
    report = Report(printable(path))
    opened = open_text(folder, path, report, data)
    if isinstance(opened, str):
        return Entry(path, opened, None, None, report.problems, failed=True)
    fields = opened.fields
    outside = fields.read("outside", as_flag, False)
    title = fields.required("title", as_line, "")
    start = fields.required("start", as_moment, None)
    end = _end(fields, start)
    belongs = fields.read if outside else fields.required
    event = CampaignEvent(
        id=opened.id,
        title=title,
        start=start or _NEVER,
        end=end or _NEVER,
        path=path,
        place=fields.read("place", as_line, ""),
        workstream=belongs("workstream", known.one("workstreams"), ""),
        body=opened.matter.body.strip(),
        areas=fields.each("areas", known.one("areas")),
        audiences=fields.each("audiences", known.one("audiences")),
        languages=fields.each("languages", known.one("languages")),
        unit=fields.read("unit", known.one("units"), ""),
        outside=outside,
    )
    fields.finish()
    value = event if start and end and opened.id else None
    return Entry(path, opened.id, fields.line("id"), value, report.problems, report.failed)


def _end(fields: Fields, start: datetime | None) -> datetime | None:
    end = fields.read("end", as_moment, None)
    if start is None or fields.has("end") is not (end is not None):
        return None
    if end is None:
        return start + EVENT_LENGTH
    if end < start:
        fields.error(
            _("{end:%Y-%m-%d %H:%M} lies before `start`, {start:%Y-%m-%d %H:%M}").format(end=end, start=start), "end"
        )
        return None
    return end
