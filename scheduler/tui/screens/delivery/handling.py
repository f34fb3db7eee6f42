"""What a person can do to deliveries, on every screen that has one under the cursor, or several marked."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, ClassVar, TypeVar

from textual import work

from scheduler.ground.delivery import held_by
from scheduler.ground.errors import LoaError
from scheduler.ground.lifecycle import Event, State
from scheduler.ground.text import _, many
from scheduler.store.deliveries import Query
from scheduler.tui.action import Scope
from scheduler.tui.frame import Frame
from scheduler.tui.keys import BY_ID, bindings
from scheduler.tui.screens.delivery.deeds import DEEDS, concerns, did
from scheduler.tui.widgets.dialogs import Ask, Choice, Question, Reply
from scheduler.tui.words import minute, reason, word

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from textual.binding import Binding

    from scheduler.engine.acts.deliveries import Done
    from scheduler.ground.delivery import Delivery
    from scheduler.tui.action import Action
    from scheduler.tui.screens.delivery.deeds import Deed

F = TypeVar("F")

NAMED = 5
"""So many are named of those that an act on many could not concern."""


class Labour:
    """An act on many that is under way: how far it is, and whether a person wants it to end."""

    def __init__(self, name: str, total: int) -> None:
        self.name = name
        self.total = total
        self.reached = 0
        self.ends = False
        self._began = time.monotonic()

    def told(self, reached: int) -> bool:
        """Hear from the acting thread how far it is, and say whether it shall go on."""
        self.reached = reached
        return not self.ends

    @property
    def takes_long(self) -> bool:
        """Return whether a person should see how far it is."""
        return time.monotonic() - self._began > 1


class Handling(Frame[F]):
    """A screen with a delivery under its cursor, and perhaps some that are marked."""

    BINDINGS: ClassVar[list[Binding]] = bindings(Scope.DELIVERY)

    labour: Labour | None = None

    def subject(self) -> Delivery | None:
        """Return the delivery that an action is about."""
        raise NotImplementedError

    def marked(self) -> Collection[int]:
        """Return the numbers of the deliveries that an action is about in place of the one under the cursor."""
        return ()

    def treated(self, done: Done, refused: Sequence[Delivery]) -> None:
        """Hear what has been done to what was marked, and the first of those that ``refused`` it."""

    def on_unmount(self) -> None:
        if self.labour is not None:
            self.labour.ends = True

    def why_not(self, action: Action) -> str:
        """Return why an action is not possible now: the lifecycle says which state allows it."""
        if action.scope is not Scope.DELIVERY or (why := super().why_not(action)):
            return super().why_not(action)
        if self.labour is not None and action.event is not None:
            return _("the last action is still under way")
        if self.marked() and action.event is not None:
            return ""
        delivery = self.subject()
        if delivery is None:
            return _("no delivery is chosen here")
        if action.id == "withdraw":
            return self._why_no_withdrawal(delivery)
        if action.event is not None and not self.desk.engine.look.possible(delivery, action.event):
            return _why_impossible(delivery, action.event)
        return why

    def _why_no_withdrawal(self, delivery: Delivery) -> str:
        if self.marked():
            return _("take back one at a time, or a post as a whole")
        return self.desk.engine.look.why_no_withdrawal(delivery)

    def described(self, delivery: Delivery) -> list[str]:
        """Return what a question says of the delivery."""
        key = delivery.key
        state = ": ".join(part for part in (word(delivery.state), reason(delivery.reason, delivery.holds)) if part)
        return [delivery.heading, f"{minute(delivery.due_at, self.zone)} · {key.channel} · {key.target}", state]

    def do_open(self) -> None:
        """Open the delivery with all that is known of it."""
        if delivery := self.subject():
            self.loa.open_delivery(delivery.id)

    def do_view_post(self) -> None:
        """Show its post with every preview."""
        if delivery := self.subject():
            self.loa.go("posts", delivery.key.post)

    def do_hold(self) -> None:
        """Keep back until a person releases."""
        self._treat("hold")

    def do_release(self) -> None:
        """Let go."""
        self._treat("release")

    def do_cancel(self) -> None:
        """Take back what has not gone."""
        self._treat("cancel")

    def do_confirm(self) -> None:
        """Say that what was handed over did happen."""
        self._treat("confirm")

    def do_deny(self) -> None:
        """Say that what was handed over did not happen."""
        self._treat("deny")

    def do_settle(self) -> None:
        """Say how a call with an unknown outcome ended."""
        self._treat("settle")

    def do_requeue(self) -> None:
        """Send after all."""
        self._treat("requeue")

    @work
    async def do_withdraw(self) -> None:
        """Take back what has gone out."""
        from scheduler.engine.delivering.withdrawing import OTHERS

        if (delivery := self.subject()) is None:
            return
        lines = [
            *self.described(delivery),
            "",
            _(OTHERS),
            _("What a person must take back waits for their confirmation."),
        ]
        choice = Choice("withdraw", _("Take back"), "error")
        question = Question(_("Take this delivery back?"), lines, [choice], _("Why"), required=True)
        reply = await self.app.push_screen_wait(Ask(question))
        if reply is not None:
            await self.carry_out(lambda engine: engine.act.withdraw_delivery(delivery.id, reply.text), said)

    def _treat(self, name: str) -> None:
        ids = sorted(self.marked())
        if ids:
            self._treat_all(name, ids)
        elif (delivery := self.subject()) is not None:
            self._treat_one(DEEDS[name], delivery)

    @work
    async def _treat_one(self, deed: Deed, delivery: Delivery) -> None:
        reply = await self.app.push_screen_wait(Ask(deed.question(self.described(delivery))))
        if reply is not None:
            zone = self.zone
            await self.carry_out(lambda engine: deed.one(engine.act, delivery.id, reply, zone), said)

    @work
    async def _treat_all(self, name: str, ids: Sequence[int]) -> None:
        event = BY_ID[name].event
        assert event is not None  # noqa: S101 - every deed has its event
        title = f"{BY_ID[name].label()} · " + many("%d marked delivery", "%d marked deliveries", len(ids))
        try:
            found = await self.desk.read(lambda engine: engine.look.concerned(ids, event))
        except LoaError as error:
            self.notify(str(error), severity="error", title=_("Not done"), timeout=10)
            return
        if not found.can:
            self.notify("\n".join(concerns(found)), severity="warning", title=title)
            return
        reply = await self.app.push_screen_wait(Ask(DEEDS[name].question(concerns(found), title)))
        if reply is not None:
            await self._carry_out_all(name, ids, reply)

    async def _carry_out_all(self, name: str, ids: Sequence[int], reply: Reply) -> None:
        """Do it on a thread of its own, so that a stop never waits for it; say how far it is, and what it came to."""
        labour, deed, zone = Labour(BY_ID[name].label(), len(ids)), DEEDS[name], self.zone
        self.labour = labour
        self.loa.opens_no_more()
        try:
            done = await self.desk.labour(lambda engine: deed.all(engine.act, ids, reply, zone, labour.told))
        except LoaError as error:
            self.notify(str(error), severity="error", title=_("Not done"), timeout=10)
        else:
            refused = await self._named(done)
            wrong = bool(done.refused or done.left)
            self.notify(
                did(done, refused, zone),
                severity="warning" if wrong else "information",
                timeout=10 if wrong else None,
            )
            self.treated(done, refused)
        finally:
            self.labour = None
            self.loa.renew_all()

    async def _named(self, done: Done) -> list[Delivery]:
        """Return the first of those that an act could not concern, by due time."""
        if not done.refused:
            return []
        query = Query(ids=[each.id for each in done.refused], limit=NAMED)
        try:
            return await self.desk.read(lambda engine: engine.look.deliveries(query))
        except LoaError:
            return []


def _why_impossible(delivery: Delivery, event: Event) -> str:
    if delivery.state is State.HELD and event in (Event.ADMIT, Event.HOLD):
        return held_by(delivery.holds)
    return _("this delivery is {state}").format(state=word(delivery.state))


def said(delivery: Delivery) -> str:
    """Return one line on how a delivery stands after a change."""
    why = reason("" if delivery.state is not State.HELD else delivery.reason, delivery.holds)
    return f"{delivery.heading} → {word(delivery.state)}" + (f" ({why})" if why else "")
