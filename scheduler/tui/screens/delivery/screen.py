"""One delivery with all that is known of it: its history, attempts, recipients, exact payload and receipt."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from textual.binding import Binding
from textual.containers import VerticalScroll
from textual.widgets import Static

from scheduler.engine.looks.receipts import NOTHING, Proof
from scheduler.engine.views import Planned
from scheduler.ground.errors import LoaError
from scheduler.ground.lifecycle import State
from scheduler.ground.text import _
from scheduler.tui.action import Scope
from scheduler.tui.head import put
from scheduler.tui.keys import bindings
from scheduler.tui.screens.delivery import sheet
from scheduler.tui.screens.delivery.handling import Handling
from scheduler.tui.widgets.pieces import section

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from textual.widget import Widget

    from scheduler.channels.channel import Rendered
    from scheduler.engine.engine import Engine
    from scheduler.engine.views import Views
    from scheduler.ground.delivery import Attempt, Delivery, Entry
    from scheduler.store.messages import MessageRow
    from scheduler.tui.action import Action
    from scheduler.tui.standing import Standing

PAGE = 50
"""How many recipients stand on the sheet at once."""


@dataclass(frozen=True, slots=True)
class Dossier:
    """All that is known of one delivery, with a page of its recipients.

    ``now`` is what its post says by now, where that may differ from the ``payload``.
    """

    delivery: Delivery
    history: tuple[Entry, ...]
    attempts: tuple[Attempt, ...]
    messages: Mapping[State, int]
    recipients: tuple[MessageRow, ...]
    payload: Rendered | None
    differs: bool
    now: str | None
    withdrawal: Delivery | None = None
    fault: str = ""
    proof: Proof = NOTHING


class DeliveryScreen(Handling[Dossier]):
    """One delivery."""

    scopes: ClassVar[tuple[Scope, ...]] = (Scope.DELIVERY, Scope.SHEET)
    BINDINGS: ClassVar[list[Binding]] = [
        *bindings(Scope.SHEET),
        Binding("escape,backspace", "back", show=False),
    ]
    DEFAULT_CSS = """
    DeliveryScreen #sheet { padding: 1 2; }
    DeliveryScreen #sheet Static { height: auto; margin: 0 0 1 0; }
    """

    def __init__(self, identity: int) -> None:
        super().__init__()
        self.identity = identity
        self._which: State | None = None
        self._first = 0

    def twin(self) -> DeliveryScreen:
        """Return another screen for the same delivery."""
        return type(self)(self.identity)

    def body(self) -> Iterable[Widget]:
        with VerticalScroll(id="sheet"):
            for part in ("facts", "history", "attempts", "recipients", "receipt", "payload", "since"):
                yield Static(id=part)

    def on_mount(self) -> None:
        self.query_one("#sheet").focus()

    def subject(self) -> Delivery | None:
        """Return the delivery of this screen."""
        return self.standing.found.delivery if self.standing else None

    def why_not(self, action: Action) -> str:
        """Return why an action is not possible; it is open already."""
        if action.id == "open":
            return _("it is open already")
        if action.scope is Scope.SHEET and self.standing is not None:
            return self._why_no_page(action.id)
        return super().why_not(action)

    def _why_no_page(self, action: str) -> str:
        assert self.standing is not None  # noqa: S101 - asked before
        found = self.standing.found
        if not found.messages:
            return _("it has no recipients of its own")
        total = sum(found.messages.values()) if self._which is None else found.messages.get(self._which, 0)
        if action == "more" and self._first + PAGE >= total:
            return _("these are the last")
        return _("these are the first") if action == "fewer" and not self._first else ""

    def gather(self, engine: Engine) -> Dossier:
        """Read everything about the delivery."""
        look = engine.look
        delivery = look.delivery(str(self.identity))
        payload, differs = look.payload(delivery), look.differs(delivery)
        return Dossier(
            delivery,
            tuple(look.history(self.identity)),
            tuple(look.attempts(self.identity)),
            look.messages(self.identity),
            tuple(look.recipients(self.identity, self._which, PAGE, self._first)),
            payload,
            differs,
            says_now(look, delivery) if differs and payload is not None else None,
            look.withdrawal_of(delivery),
            look.fault(delivery),
            look.proof(delivery),
        )

    def show(self, standing: Standing[Dossier], before: Standing[Dossier] | None) -> None:
        """Draw every part."""
        found, zone, name_of = standing.found, self.zone, self.loa.name_of
        about = _("What is taken back") if found.delivery.key.withdraws else _("What goes out")
        parts = {
            "facts": sheet.facts(found, zone, name_of),
            "history": section(_("History"), [sheet.entry(each, zone, name_of) for each in found.history]),
            "attempts": section(_("Every attempt"), sheet.numbered(found.attempts, zone)),
            "recipients": sheet.recipients(found.messages, self._which, found.recipients, self._first),
            "receipt": section(_("Receipt"), sheet.receipt(found.proof)),
            "payload": section(about, sheet.payload(found)),
            "since": sheet.since(found),
        }
        for name, content in parts.items():
            widget = self.query_one(f"#{name}", Static)
            put(widget, content)
            widget.display = bool(content.plain)

    def do_which(self) -> None:
        """Show the recipients in the next state; after the last state, all."""
        if self.standing is not None:
            states = [None, *self.standing.found.messages]
            place = states.index(self._which) if self._which in states else 0
            self._turn(0, states[(place + 1) % len(states)])

    def do_more(self) -> None:
        """Show the next page of recipients."""
        self._turn(self._first + PAGE, self._which)

    def do_fewer(self) -> None:
        """Show the page before."""
        self._turn(max(0, self._first - PAGE), self._which)

    def _turn(self, first: int, which: State | None) -> None:
        self._first, self._which = first, which
        self.renew()

    def action_back(self) -> None:
        """Go back to where one came from."""
        self.app.pop_screen()


def says_now(look: Views, delivery: Delivery) -> str | None:
    """Return what would go out by what the post says now; ``None`` where nothing can be made of it."""
    want = Planned(
        delivery.key,
        delivery.due_at,
        delivery.publish_at,
        delivery.expires_at,
        delivery.late,
        delivery.title,
        delivery.digest,
        delivery.variant,
    )
    try:
        rendered = look.preview_of(want).rendered
    except (LookupError, LoaError):
        return None
    return rendered.text if rendered is not None else None
