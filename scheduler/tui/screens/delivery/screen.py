"""One delivery with all that is known of it: its history, its attempts, its exact payload and its receipt."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from textual.binding import Binding
from textual.containers import VerticalScroll
from textual.content import Content
from textual.widgets import Static

from scheduler.engine.logbook import happened
from scheduler.ground.lifecycle import State
from scheduler.ground.text import _, measures
from scheduler.tui.action import Scope
from scheduler.tui.head import put
from scheduler.tui.screens.delivery.handling import Handling
from scheduler.tui.widgets.pieces import STYLES, fact, section
from scheduler.tui.words import SYMBOLS, TONES, minute, number, reason, second, word

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping
    from zoneinfo import ZoneInfo

    from textual.widget import Widget

    from scheduler.channels.channel import Rendered
    from scheduler.engine.engine import Engine
    from scheduler.ground.delivery import Attempt, Delivery, Entry
    from scheduler.tui.action import Action
    from scheduler.tui.frame import Standing


@dataclass(frozen=True, slots=True)
class Dossier:
    """All that is known of one delivery."""

    delivery: Delivery
    history: tuple[Entry, ...]
    attempts: tuple[Attempt, ...]
    messages: Mapping[State, int]
    payload: Rendered | None
    differs: bool


class DeliveryScreen(Handling[Dossier]):
    """One delivery."""

    scopes: ClassVar[tuple[Scope, ...]] = (Scope.DELIVERY,)
    BINDINGS: ClassVar[list[Binding]] = [Binding("escape,backspace", "back", show=False)]
    DEFAULT_CSS = """
    DeliveryScreen #sheet { padding: 1 2; }
    DeliveryScreen #sheet Static { height: auto; margin: 0 0 1 0; }
    """

    def __init__(self, identity: int) -> None:
        super().__init__()
        self.identity = identity

    def twin(self) -> DeliveryScreen:
        """Return another screen for the same delivery."""
        return type(self)(self.identity)

    def body(self) -> Iterable[Widget]:
        with VerticalScroll(id="sheet"):
            for part in ("facts", "history", "attempts", "receipt", "payload"):
                yield Static(id=part)

    def on_mount(self) -> None:
        self.query_one("#sheet").focus()

    def subject(self) -> Delivery | None:
        """Return the delivery of this screen."""
        return self.standing.found.delivery if self.standing else None

    def why_not(self, action: Action) -> str:
        """Return why an action is not possible; it is open already."""
        return _("it is open already") if action.id == "open" else super().why_not(action)

    def gather(self, engine: Engine) -> Dossier:
        """Read everything about the delivery."""
        look = engine.look
        delivery = look.delivery(str(self.identity))
        return Dossier(
            delivery,
            tuple(look.history(self.identity)),
            tuple(look.attempts(self.identity)),
            look.messages(self.identity),
            look.payload(delivery),
            look.differs(delivery),
        )

    def show(self, standing: Standing[Dossier], before: Standing[Dossier] | None) -> None:
        """Draw every part."""
        found, zone = standing.found, self.zone
        parts = {
            "facts": facts(found, zone),
            "history": section(_("History"), [entry(each, zone, self.loa.name_of) for each in found.history]),
            "attempts": section(_("Every attempt"), [attempt(each, zone) for each in found.attempts]),
            "receipt": section(_("Receipt"), receipt(found.delivery)),
            "payload": section(_("What goes out"), payload(found)),
        }
        for name, content in parts.items():
            widget = self.query_one(f"#{name}", Static)
            put(widget, content)
            widget.display = bool(content.plain)

    def action_back(self) -> None:
        """Go back to where one came from."""
        self.app.pop_screen()


def facts(found: Dossier, zone: ZoneInfo) -> Content:
    """Return the head of the sheet."""
    delivery = found.delivery
    state = f"{SYMBOLS[delivery.state]} {word(delivery.state)}"
    why = reason(delivery.reason, delivery.holds)
    rows = [
        Content.styled(delivery.title, "bold"),
        fact(_("State"), f"{state}: {why}" if why else state, STYLES[TONES[delivery.state]]),
        fact(_("Due"), minute(delivery.due_at, zone)),
        fact(_("Published"), minute(delivery.publish_at, zone)),
        fact(_("Expires"), minute(delivery.expires_at, zone)),
        fact(_("Channel"), f"{delivery.key.channel} · {delivery.key.target}"),
        fact(_("Key"), str(delivery.key), "$quiet"),
    ]
    if delivery.next_at:
        rows.append(fact(_("Next attempt"), second(delivery.next_at, zone)))
    if found.messages:
        counts = ", ".join(f"{number(count)} {word(state)}" for state, count in found.messages.items())
        rows.append(fact(_("Recipients"), counts))
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


def attempt(each: Attempt, zone: ZoneInfo) -> Content:
    """Return one line for an attempt."""
    ended = happened(each.outcome) if each.outcome else _("nobody has heard of its end")
    took = f" ({(each.ended_at - each.started_at).total_seconds():.1f} s)" if each.ended_at else ""
    return Content("").join(
        (
            Content.styled(second(each.started_at, zone), "$quiet"),
            Content(f"  {ended}{took}"),
            Content(f": {_(each.reason)}" if each.reason else ""),
            Content.styled("  " + _("round {n}").format(n=each.round), "$quiet"),
        )
    )


def receipt(delivery: Delivery) -> list[str]:
    """Return the receipt, line by line."""
    return [
        f"{name}: {_plain(value)}" for name, value in (delivery.receipt or {}).items() if value not in ("", None, {})
    ]


def _plain(value: object) -> str:
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def payload(found: Dossier) -> list[Content | str]:
    """Return what goes out, or went out, as a person sees it, with its files and figures."""
    if found.payload is None:
        return []
    rows: list[Content | str] = [found.payload.text]
    figures = " · ".join(measures(found.payload.figures))
    files = [f"{file.name} ({file.media_type}, {number(len(file.data))} B)" for file in found.payload.files]
    return rows + [Content.styled(line, "$quiet") for line in (figures, *files) if line]
