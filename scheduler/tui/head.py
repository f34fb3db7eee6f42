"""The lines around a screen, as text: where one is, the state of the folder, the banner, the keys that work."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, NamedTuple

from rich.cells import cell_len
from textual.content import Content
from textual.style import Style
from textual.widgets import Static

from scheduler.ground.lifecycle import State
from scheduler.ground.text import _
from scheduler.tui.action import Scope
from scheduler.tui.keys import BY_ID, spelled
from scheduler.tui.screens.index import PANELS, PLACES
from scheduler.tui.widgets.lines import fit
from scheduler.tui.words import day, minute, span, weekday

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from datetime import datetime
    from zoneinfo import ZoneInfo

    from textual import events

    from scheduler.engine.looks.status import Status
    from scheduler.tui.action import Action

_LONG_SILENCE = timedelta(seconds=60)
_MARK = "loa"
LEAST_NAME = 5
"""So many cells a screen keeps for its name, the ellipsis included."""
LEAST_CAMPAIGN = 20
"""So many cells of the campaign's name go before the date; the time stands all the same."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where one is. ``name_of`` tells a person's name by id; ``panels`` is whether plugins bring pages."""

    scopes: tuple[Scope, ...]
    campaign: str
    rehearsal: bool
    zone: ZoneInfo
    name_of: Callable[[str], str]
    panels: bool = False


class Clickable(Static):
    """A text whose parts do actions of the table when they are clicked."""

    def on_click(self, event: events.Click) -> None:
        if name := event.style.meta.get(_MARK):
            self.screen.action_do(name)  # type: ignore[attr-defined]


class Sign(NamedTuple):
    """A symbol with its words, and the style of both."""

    text: str
    style: str


def put(widget: Static, content: Content | str) -> None:
    """Draw ``content`` where it differs from what stands there."""
    content = Content(content) if isinstance(content, str) else content
    if widget.content != content:
        widget.update(content)


def lines(place: Place, now: datetime, status: Status, trouble: str, width: int) -> Content:
    """Return the two lines of the head, each of ``width`` cells: the screens, then the campaign, clock and state."""
    signs = [Sign(f"! {trouble}", "$error")] if trouble else [sending(place, status, now), working(place, status, now)]
    clocks = (f"{weekday(now, place.zone)} {minute(now, place.zone)}", minute(now, place.zone)[-5:])
    rights = [_signs((*signs, Sign(clock, "bold"))) for clock in clocks]
    name, inner = 2 + min(LEAST_CAMPAIGN, cell_len(place.campaign)), width - 2
    right = next(
        (each for each in rights if each.cell_length + name <= inner), rights[-1].truncate(inner, ellipsis=True)
    )
    second = Content(" ") + apart(Content.styled(place.campaign, "$quiet"), right, inner)
    return Content("\n").join((tabs(place, status, width), second))


def _signs(signs: Sequence[Sign]) -> Content:
    return Content("   ").join(Content.styled(sign.text, sign.style) for sign in signs if sign.text)


def tabs(place: Place, status: Status, width: int) -> Content:
    """Return the screens with their keys and what waits there, in a line of ``width`` cells.

    Roomy; close; without saying how much waits; then with the pages of plugins as a digit, and names cut to fit, never
    that of the screen one is on.
    """
    names = {entry.name: BY_ID[entry.name].label() for entry in PLACES if entry is not PANELS or place.panels}
    here = next((entry.name for entry in PLACES if entry.scope in place.scopes), "")
    waits = waiting(status)
    roomy = Content.assemble((" Loa", "bold $primary"), "  ", _tabs(names, here, waits, " "))
    for line in (roomy, Content(" ") + _tabs(names, here, waits, ""), _tabs(names, here, waits, "", counted=False)):
        if line.cell_length <= width:
            return line
    if PANELS.name in names and PANELS.name != here:
        names[PANELS.name] = ""
    shorter = sorted(names, key=lambda each: (waits.get(each, 0) > 0, -cell_len(names[each])))
    for least in (LEAST_NAME, 0):
        for name in (each for each in shorter if each != here):
            over = _tabs(names, here, waits, "", counted=False).cell_length - width
            wide = cell_len(names[name])
            if over > 0 and wide > least:
                names[name] = fit(names[name], max(least, wide - over))
    return _tabs(names, here, waits, "", counted=False)


def _tabs(names: Mapping[str, str], here: str, waits: Mapping[str, int], room: str, *, counted: bool = True) -> Content:
    parts = []
    for name, label in names.items():
        key, mark = ("bold", "bold") if name == here else ("bold $primary", "bold $warning")
        wait = f"{room}!{_few(waits[name]) if counted else ''}" if waits.get(name) else ""
        text = Content("").join(
            (
                Content.styled(f"{room}{spelled(BY_ID[name])}{room}", key),
                Content(label),
                Content.styled(wait, mark),
                Content(room),
            )
        )
        parts.append(text.stylize("reverse" if name == here else "").stylize(Style.from_meta({_MARK: name})))
    return Content("" if room else " ").join(parts)


def waiting(status: Status) -> dict[str, int]:
    """Return on which screens how much waits for a person."""
    troubled = status.counts.get(State.UNKNOWN, 0) + status.counts.get(State.FAILED, 0)
    return {"queue": troubled, "approvals": status.unapproved}


def _few(number: int) -> str:
    return str(number) if number < 100 else "99+"


def apart(left: Content, right: Content, width: int) -> Content:
    """Set two texts at the ends of a line; the left one gives way."""
    room = max(0, width - right.cell_length - 2)
    left = left.truncate(room, ellipsis=True)
    return Content("").join((left, Content(" " * max(0, width - left.cell_length - right.cell_length)), right))


def link(text: str, action: str, style: str = "") -> Content:
    """Return a text that does an action when it is clicked."""
    return Content(text).stylize(style).stylize(Style.from_meta({_MARK: action}))


def sending(place: Place, status: Status, now: datetime) -> Sign:
    """Return whether anything may go out."""
    if place.rehearsal or status.stopped_by:
        return Sign("", "")  # a banner says it
    if status.unarmed_because:
        return Sign("○ " + _("not armed: nothing goes out"), "bold $warning")
    return Sign("● " + _("armed"), "$success")


def working(place: Place, status: Status, now: datetime) -> Sign:
    """Return whether an engine is at work."""
    if place.rehearsal:
        return Sign("", "")
    if status.clock_trouble:
        return Sign("! " + status.clock_trouble, "bold $error")
    engine = status.engine
    quiet = now - engine.heartbeat_at if engine is not None and engine.ended_at is None else timedelta()
    if status.running and quiet > _LONG_SILENCE:
        return Sign("● " + _("engine silent for {span}").format(span=span(quiet)), "bold $error")
    if status.running:
        return Sign("● " + _("engine runs"), "$success")
    if engine is None or engine.ended_at is not None:
        return Sign("○ " + _("no engine"), "$warning")
    return Sign("○ " + _("engine died {span} ago").format(span=span(quiet)), "bold $error")


def stopped(place: Place, status: Status) -> str:
    """Return what nobody may overlook while everything is stopped; "" where it is not."""
    if not status.stopped_by:
        return ""
    when = minute(status.stopped_at, place.zone) if status.stopped_at else ""
    text = _("EVERYTHING IS STOPPED — by {who}, {when}").format(who=place.name_of(status.stopped_by), when=when)
    return f"{text}: {status.stop_reason}" if status.stop_reason else text


def rehearsal(place: Place, now: datetime, who: str) -> str:
    """Return what nobody may overlook in a rehearsal, and in whose name one tries things there; "" elsewhere."""
    text = _("REHEARSAL — {date} (simulated time) — you are {who}")
    return text.format(date=day(now, place.zone), who=who) if place.rehearsal else ""


def keys(offers: Sequence[Action], status: Status, width: int) -> Content:
    """Return as many of the actions as fit, each clickable: this screen's at the left, those of all at the right."""
    left: list[Content] = []
    right: list[Content] = []
    used = 0
    for action in offers:
        part = key(action, status)
        if used + part.cell_length + 2 <= width + 2:
            used += part.cell_length + 2
            (right if action.scope is Scope.EVERYWHERE else left).append(part)
    return apart(Content("  ").join(left), Content("  ").join(right), width)


def key(action: Action, status: Status) -> Content:
    """Return one key with its label; the one that stops everything also lifts the stop."""
    stops = action.id == "stop"
    label = _("Lift the stop") if stops and status.stopped_by else action.label()
    style = "bold $error" if stops else "bold $primary"
    return Content("").join((link(spelled(action), action.id, style), link(f" {label}", action.id)))
