"""Script sheets for radio and loudspeakers: text to be read aloud, its length, its slot."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from dataclasses import asdict
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from scheduler.api import (
    BaseChannel,
    Channel,
    DeliverContext,
    File,
    Forecast,
    Item,
    Key,
    Kind,
    Late,
    Options,
    Problem,
    Receipt,
    RenderContext,
    Rendered,
    Severity,
    TemporaryFailure,
    hookimpl,
)

from .document import MEDIA_TYPE, docx
from .options import RadioOptions, RadioTarget
from .script import Script, write
from .sheet import Sheet, spell, text
from .speech import syllables

LONG_SENTENCE = 35
"""Syllables that a speaker can still say on one breath."""


class Radio(BaseChannel[RadioOptions]):
    """The channel.

    A delivery is one script, as text and as DOCX, in the channel's output folder.
    """

    name = "radio"
    title = "Phát thanh"
    kind = Kind.BROADCAST
    options = RadioOptions
    target_options: type[Options] = RadioTarget
    lead = timedelta(days=2)
    late = Late.ASK

    def render(self, item: Item, context: RenderContext[RadioOptions]) -> Rendered:
        """Write the sheet, and both of its files."""
        script = write(item, context.options, context.zone)
        sheet, shown = script.sheet, text(script.sheet)
        stem = _stem(item.key, item.publish_at.astimezone(context.zone))
        files = (
            File(f"{stem}.txt", "text/plain; charset=utf-8", shown.encode("utf-8")),
            File(f"{stem}.docx", MEDIA_TYPE, docx(sheet, item.publish_at)),
        )
        over = max(0, sheet.planned - sheet.slot) if sheet.slot else 0
        body = {
            "sheet": _plain(sheet),
            "problems": [*script.problems],
            "remarks": [*_remarks(script)],
            "confirm": item.target.settings.confirm,
            "over": over,
        }
        figures = {"seconds": sheet.planned, "slot": sheet.slot, "over": over}
        return Rendered(body, shown, files, figures)

    def check(self, rendered: Rendered, context: RenderContext[RadioOptions]) -> Iterable[Problem]:
        """Yield what cannot be read aloud (errors), and what does not fit (warnings)."""
        body = rendered.body
        if not body["sheet"]["lines"]:
            yield Problem("there is no text")
        for message in body["problems"]:
            yield Problem(message)
        if body["over"]:
            slot = spell(body["sheet"]["slot"])
            yield Problem(f"it runs {body['over']} s over the slot of {slot}", severity=Severity.WARNING)
        for message in body["remarks"]:
            yield Problem(message, severity=Severity.WARNING)

    def forecast(self, rendered: Rendered, context: RenderContext[RadioOptions]) -> Forecast:
        """Count the seconds on air; a script costs nothing."""
        return Forecast(units=rendered.body["sheet"]["planned"], unit="seconds")

    def idempotent(self, rendered: Rendered, context: RenderContext[RadioOptions]) -> bool:
        """Say yes: the same files are written to the same names again."""
        return True

    def deliver(self, rendered: Rendered, context: DeliverContext[RadioOptions]) -> Receipt:
        """Write both files into the output folder; each is whole, or is not there."""
        try:
            context.out.mkdir(parents=True, exist_ok=True)
            for file in rendered.files:
                _replace(context.out / file.name, file.data)
            _sync(context.out)
        except OSError as error:
            raise TemporaryFailure(f"the script cannot be written: {error.strerror}") from error
        names = [file.name for file in rendered.files]
        return Receipt(names[-1], detail={"files": names}, handed=bool(rendered.body["confirm"]))


def _plain(sheet: Sheet) -> dict[str, Any]:
    values = asdict(sheet)
    return {name: [*each] if isinstance(each, tuple) else each for name, each in values.items()}


def _remarks(script: Script) -> Iterator[str]:
    yield from script.remarks
    for line in script.sheet.lines:
        if (count := syllables([line])) > LONG_SENTENCE:
            yield f"a sentence of {count} syllables is long for one breath: {line[:40]}…"


def _stem(key: Key, local: datetime) -> str:
    """Return a file name of date, time, target and post; ids hold no underscore, so none clash."""
    parts = [f"{local:%Y-%m-%d}", f"{local:%H%M}", key.target, key.post]
    if key.recurrence != f"{local:%Y%m%d}":
        parts.append(key.recurrence)
    if key.action != "publish":
        parts.append(key.action)
    return "_".join("".join(each if each.isalnum() else "-" for each in part) for part in parts)


def _replace(path: Path, data: bytes) -> None:
    draft = path.with_name(f".{path.name}.part")
    try:
        with draft.open("wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        draft.replace(path)
    except OSError:
        draft.unlink(missing_ok=True)
        raise


def _sync(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


@hookimpl
def register_channels() -> Iterable[Channel[Any]]:
    """Bring the channel."""
    return [Radio()]
