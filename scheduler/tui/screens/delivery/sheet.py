"""What stands on a delivery's sheet, part by part."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.cells import cell_len
from textual.content import Content

from scheduler.engine.looks.logbook import happened
from scheduler.engine.looks.receipts import lines
from scheduler.ground.lifecycle import State
from scheduler.ground.text import _, many, measures, size
from scheduler.tui.widgets.difference import difference
from scheduler.tui.widgets.pieces import STYLES, fact, section
from scheduler.tui.words import SYMBOLS, TONES, minute, number, reason, second, word

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from zoneinfo import ZoneInfo

    from scheduler.engine.looks.receipts import Kept, Proof
    from scheduler.ground.delivery import Attempt, Entry
    from scheduler.store.messages import MessageRow
    from scheduler.tui.screens.delivery.screen import Dossier

SHORT = 12
"""How many letters of a digest are shown."""


def facts(found: Dossier, zone: ZoneInfo, name_of: Callable[[str], str]) -> Content:
    """Return the head of the sheet."""
    delivery = found.delivery
    state = f"{SYMBOLS[delivery.state]} {word(delivery.state)}"
    why = reason(delivery.reason, delivery.holds, found.fault)
    when = {
        _("Due"): delivery.due_at,
        _("Published"): delivery.publish_at,
        _("Expires"): delivery.expires_at,
        _("Sent"): delivery.done_at,
    }
    rows = [
        Content.styled(delivery.heading, "bold"),
        fact(_("State"), f"{state}: {why}" if why else state, STYLES[TONES[delivery.state]]),
        *(fact(name, minute(moment, zone)) for name, moment in when.items() if moment),
        fact(_("Channel"), f"{delivery.key.channel} · {delivery.key.target}"),
        fact(_("By"), name_of(delivery.actor)),
        fact(_("Key"), str(delivery.key), "$quiet"),
    ]
    if delivery.next_at and delivery.next_at != delivery.due_at:
        rows.append(fact(_("Next attempt"), second(delivery.next_at, zone)))
    if back := found.withdrawal:
        rows.append(fact(_("Taken back"), f"{SYMBOLS[back.state]} {word(back.state)}", STYLES[TONES[back.state]]))
    if found.differs:
        rows.append(
            Content.styled("! " + _("Its post has changed since; this is what was planned or sent."), "$warning")
        )
    return Content("\n").join(rows)


def entry(each: Entry, zone: ZoneInfo, name_of: Callable[[str], str]) -> Content:
    """Return one line of the history."""
    state = State(each.state) if each.state else None
    sign = f"{SYMBOLS[state]} {word(state)}" if state else ""
    return Content("").join(
        (
            Content.styled(second(each.at, zone), "$quiet"),
            Content.styled(f"  {sign:<15}", STYLES[TONES[state]] if state else ""),
            Content(happened(each.event)),
            Content(f": {_(each.reason)}" if each.reason else ""),
            Content.styled(f"  {name_of(each.actor)}" if each.actor else "", "$quiet"),
        )
    )


def attempt(each: Attempt, place: int, zone: ZoneInfo) -> Content:
    """Return an attempt: when it began and ended and how, in which round, with what payload, and what it left."""
    ended = happened(each.outcome) if each.outcome else _("how it ended is not known")
    until = f" – {each.ended_at.astimezone(zone):%H:%M:%S}" if each.ended_at else " –"
    took = f" ({(each.ended_at - each.started_at).total_seconds():.1f} s)" if each.ended_at else ""
    head = Content("").join(
        (
            Content.styled(f"{place}. ", "bold"),
            Content.styled(f"{second(each.started_at, zone)}{until}{took}", "$quiet"),
            Content(f"  {ended}"),
            Content(f": {_(each.reason)}" if each.reason else ""),
        )
    )
    marks = [_("round {n}").format(n=each.round), _("payload {digest}").format(digest=each.payload[:SHORT])]
    marks += [_("past the point of no return")] if each.no_return else []
    rows = [head, Content.styled("   " + " · ".join(marks), "$quiet")]
    if each.checkpoint:
        rows.append(Content.styled("   " + _("left behind:"), "$quiet"))
        rows += [Content.styled(f"     {line}", "$quiet") for line in lines(each.checkpoint)]
    return Content("\n").join(rows)


def receipt(proof: Proof) -> list[str | Content]:
    """Return the receipt: what the channel gave back, line by line, then its files with sizes and place."""
    if not proof.files:
        return list(proof.lines)
    head = _("{count} in {folder}:").format(count=many("%d file", "%d files", len(proof.files)), folder=proof.folder)
    widest = max(cell_len(each.name) for each in proof.files)
    return [*proof.lines, Content(head), *(_file(each, widest) for each in proof.files)]


def _file(kept: Kept, width: int) -> Content:
    name = f"  {kept.name}{' ' * (width - cell_len(kept.name))}  "
    if kept.size is None:
        return Content(name) + Content.styled(_("not there any more"), "$warning")
    return Content(name) + Content.styled(f"{size(kept.size):>7}", "$quiet")


def payload(found: Dossier) -> list[Content | str]:
    """Return what goes out, or went out, as a person sees it, with its files and figures."""
    if found.payload is None:
        return []
    rows: list[Content | str] = [found.payload.text]
    figures = " · ".join(measures(found.payload.figures))
    files = [f"{file.name} ({file.media_type}, {size(len(file.data))})" for file in found.payload.files]
    return rows + [Content.styled(line, "$quiet") for line in (figures, *files) if line]


def since(found: Dossier) -> Content:
    """Return how what its post says now differs from what went out."""
    if found.payload is None or found.now is None:
        return Content("")
    if found.now == found.payload.text:
        words = Content.styled(_("The text is the same; something else in the post has changed."), "$quiet")
    else:
        words = difference(found.payload.text, found.now)
    return section(_("What went out (-) and what its post says now (+)"), [words])


def recipients(counts: Mapping[State, int], state: State | None, rows: tuple[MessageRow, ...], first: int) -> Content:
    """Return how many recipients are in each state, and a page of those in one of them, or in any."""
    if not counts:
        return Content("")
    total = sum(counts.values()) if state is None else counts.get(state, 0)
    every = _tally(_("all"), sum(counts.values()), "reverse" if state is None else "")
    tallies = [
        _tally(f"{SYMBOLS[each]} {word(each)}", count, "reverse" if each is state else STYLES[TONES[each]])
        for each, count in counts.items()
    ]
    pages = _("{first}–{last} of {total}").format(
        first=number(first + 1 if rows else 0), last=number(first + len(rows)), total=number(total)
    )
    lines = [Content(" ").join([every, *tallies]), Content.styled(pages, "$quiet"), *map(message, rows)]
    return section(_("Recipients"), lines)


def _tally(name: str, count: int, style: str) -> Content:
    return Content.styled(f" {name} {number(count)} ", style)


def message(row: MessageRow) -> Content:
    """Return one recipient: the address as it is kept, the name, how it stands, and why."""
    tries = many("%d attempt", "%d attempts", row.attempts) if row.attempts > 1 else ""
    proof = str((row.receipt or {}).get("id") or "")
    more = " · ".join(part for part in (_(row.reason) if row.reason else "", proof, tries) if part)
    return Content("").join(
        (
            Content.styled(f"{SYMBOLS[row.state]} {word(row.state):<12}", STYLES[TONES[row.state]]),
            Content(f" {row.address:<16}  {row.name}"),
            Content.styled(f"  {more}" if more else "", "$quiet"),
        )
    )


def numbered(attempts: tuple[Attempt, ...], zone: ZoneInfo) -> Iterator[Content]:
    """Yield every attempt with its place."""
    for place, each in enumerate(attempts, 1):
        yield attempt(each, place, zone)
