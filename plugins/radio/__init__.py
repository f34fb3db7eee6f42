"""Script sheets for radio and loudspeakers: text to be read aloud, its length, its slot."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from scheduler.api import (
    N_,
    BaseChannel,
    Block,
    Channel,
    DeliverContext,
    Forecast,
    Item,
    Key,
    Kind,
    Late,
    Measure,
    Options,
    Passage,
    Problem,
    Receipt,
    RenderContext,
    Rendered,
    Sent,
    Severity,
    TemporaryFailure,
    _,
    hookimpl,
    replace_file,
    sync_folder,
    system,
)

from .options import RadioOptions, RadioTarget
from .remarks import Remark

if TYPE_CHECKING:
    from .script import Script

loa_contract = "1.0"
LONG_SENTENCE = 35
"""Syllables that a speaker can still say on one breath."""


class Radio(BaseChannel[RadioOptions]):
    """The channel.

    A delivery is one script, as text and as DOCX, in the channel's output folder. Both are made of the stored payload
    when they are delivered: whoever only looks at a script does not pay for a document.
    """

    name = "radio"
    title = N_("Radio")
    kind = Kind.BROADCAST
    options = RadioOptions
    target_options: type[Options] = RadioTarget
    uses: tuple[str, ...] = ("languages", "message", "title")
    lead = timedelta(days=2)
    late = Late.ASK
    withdraws_again = True
    speaks = True

    def render(self, item: Item, context: RenderContext[RadioOptions]) -> Rendered:
        """Write the sheet."""
        from .script import write
        from .sheet import plain, text

        script = write(item, context.options, context.zone, context.spoken(item.language))
        sheet = script.sheet
        over = max(0, sheet.planned - sheet.slot) if sheet.slot else 0
        body = {
            "name": _stem(item.key, item.publish_at.astimezone(context.zone)),
            "sheet": plain(sheet),
            "problems": [each.kept() for each in script.problems],
            "remarks": [each.kept() for each in _remarks(script)],
            "confirm": item.target.settings.confirm,
            "over": over,
        }
        figures = {"seconds": sheet.planned, "slot": sheet.slot, "over": over}
        return Rendered(body, text(sheet), figures=figures)

    def check(self, rendered: Rendered, context: RenderContext[RadioOptions]) -> Iterable[Problem]:
        """Yield what cannot be read aloud (errors), and what does not fit (warnings)."""
        from .document import unwritable
        from .frame import frame

        body = rendered.body
        if not body["sheet"]["lines"]:
            yield Problem(_("there is no text"), part="text")
        if character := unwritable(rendered.text):
            said = _("the sheet holds the character U+{code:04X}, which no document can show")
            yield Problem(said.format(code=ord(character)), part="text")
        for kept in body["problems"]:
            yield Problem(str(Remark(*kept)), part="text")
        if body["over"]:
            slot = frame(body["sheet"].get("language", "")).spell(body["sheet"]["slot"])
            said = _("it runs {over} s over the slot of {slot}").format(over=body["over"], slot=slot)
            yield Problem(said, severity=Severity.WARNING, part="time")
        for kept in body["remarks"]:
            yield Problem(str(Remark(*kept)), severity=Severity.WARNING, part="text")

    def show(self, item: Item, rendered: Rendered, context: RenderContext[RadioOptions]) -> Iterable[Block]:
        """Show the reading time against the slot, and the sheet: its head, and what is said."""
        from .sheet import head, restored, spoken

        sheet = restored(rendered.body["sheet"])
        yield Measure(_("Reading time"), sheet.planned, sheet.slot, "s", part="time")
        yield Passage("\n".join(head(sheet)), own=True)
        yield Passage("\n".join(spoken(sheet)), part="text")

    def forecast(self, rendered: Rendered, context: RenderContext[RadioOptions]) -> Forecast:
        """Count the seconds on air; a script costs nothing."""
        return Forecast(units=rendered.body["sheet"]["planned"], unit="seconds")

    def idempotent(self, rendered: Rendered, context: RenderContext[RadioOptions]) -> bool:
        """Say yes: the same files are written to the same names again."""
        return True

    def deliver(self, rendered: Rendered, context: DeliverContext[RadioOptions]) -> Receipt:
        """Write both files into the output folder; each is whole, or is not there."""
        from .document import docx
        from .sheet import restored

        body = rendered.body
        files = {
            f"{body['name']}.txt": rendered.text.encode("utf-8"),
            f"{body['name']}.docx": docx(restored(body["sheet"])),
        }
        _write(files, context)
        return Receipt(f"{body['name']}.docx", detail={"files": [*files]}, handed=bool(body["confirm"]))

    def withdraw(self, sent: Sent, context: DeliverContext[RadioOptions]) -> Receipt:
        """Write a notice for the station, beside the script; that it is heeded, a person must confirm."""
        from .withdrawal import notice

        name = f"{_stem(context.key, sent.published_at.astimezone(context.zone))}.txt"
        _write({name: notice(sent, context.target, context.zone).encode("utf-8")}, context)
        return Receipt(name, detail={"files": [name]}, handed=True)


def _write(files: Mapping[str, bytes], context: DeliverContext[RadioOptions]) -> None:
    try:
        context.out.mkdir(parents=True, exist_ok=True)
        for name, data in files.items():
            replace_file(context.out / name, data)
        sync_folder(context.out)
    except OSError as error:
        raise TemporaryFailure(_("the script cannot be written: {why}").format(why=system(error))) from error


def _remarks(script: Script) -> Iterator[Remark]:
    from .speech import syllables

    yield from script.remarks
    for line in script.sheet.lines:
        if line.spoken and (count := syllables(line.text)) > LONG_SENTENCE:
            yield Remark(N_("a sentence of {0} syllables is long for one breath: {1}…"), (count, line.text[:40]))


def _stem(key: Key, local: datetime) -> str:
    """Return a file name of date, time, target and post; ids hold no underscore, so none clash."""
    parts = [f"{local:%Y-%m-%d}", f"{local:%H%M}", key.target, key.post]
    if key.recurrence != f"{local:%Y%m%d}":
        parts.append(key.recurrence)
    if key.action != "publish":
        parts.append(key.action)
    return "_".join("".join(each if each.isalnum() else "-" for each in part) for part in parts)


@hookimpl
def register_channels() -> Iterable[Channel[Any]]:
    """Bring the channel."""
    return [Radio()]
