"""What a person can do to one delivery, on every screen that has one under the cursor."""

from __future__ import annotations

from datetime import UTC, datetime
from functools import partial
from typing import TYPE_CHECKING, Any, ClassVar, TypeVar

from textual import work

from scheduler.ground.errors import LoaError
from scheduler.ground.lifecycle import Hold, State
from scheduler.ground.text import _
from scheduler.tui.action import Scope
from scheduler.tui.frame import Frame
from scheduler.tui.keys import bindings
from scheduler.tui.widgets.dialogs import Ask, Choice, Question, Reply
from scheduler.tui.words import minute, reason, why_held, word

if TYPE_CHECKING:
    from collections.abc import Callable
    from zoneinfo import ZoneInfo

    from textual.binding import Binding

    from scheduler.engine.engine import Engine
    from scheduler.ground.delivery import Delivery
    from scheduler.tui.action import Action

F = TypeVar("F")
_FORMS = ("%d/%m/%Y %H:%M", "%Y-%m-%d %H:%M")


def moment(typed: str, zone: ZoneInfo) -> datetime:
    """Return the aware UTC time that a person wrote in the campaign's zone. Raises `LoaError`."""
    for form in _FORMS:
        try:
            return datetime.strptime(" ".join(typed.split()), form).replace(tzinfo=zone).astimezone(UTC)
        except ValueError:
            continue
    raise LoaError(_("{text!r} is no time; write 10/05/2021 17:30").format(text=typed))


class Handling(Frame[F]):
    """A screen with a delivery under its cursor."""

    BINDINGS: ClassVar[list[Binding]] = bindings(Scope.DELIVERY)

    def subject(self) -> Delivery | None:
        """Return the delivery that an action is about."""
        raise NotImplementedError

    def why_not(self, action: Action) -> str:
        """Return why an action is not possible now: the lifecycle says which state allows it."""
        if action.scope is not Scope.DELIVERY or (why := super().why_not(action)):
            return super().why_not(action)
        delivery = self.subject()
        if delivery is None:
            return _("no delivery is chosen here")
        if not action.possible(delivery.state):
            return _("this delivery is {state}").format(state=word(delivery.state))
        operator = {Hold.OPERATOR, Hold.LATE}
        if action.id == "release" and not delivery.holds & operator:
            return why_held(delivery.holds)
        if action.id == "hold" and Hold.OPERATOR in delivery.holds:
            return why_held(delivery.holds)
        return why

    def described(self, delivery: Delivery) -> list[str]:
        """Return what a question says of the delivery."""
        key = delivery.key
        state = ": ".join(part for part in (word(delivery.state), reason(delivery.reason, delivery.holds)) if part)
        return [delivery.title, f"{minute(delivery.due_at, self.zone)} · {key.channel} · {key.target}", state]

    async def ask(self, delivery: Delivery, title: str, *more: str, **how: Any) -> Reply | None:
        """Ask about a delivery; no answer is ``None``."""
        question = Question(title, [*self.described(delivery), *(("", *more) if more else ())], **how)
        return await self.app.push_screen_wait(Ask(question))

    def do_open(self) -> None:
        """Open the delivery with all that is known of it."""
        if delivery := self.subject():
            self.loa.open_delivery(delivery.id)

    def do_view_post(self) -> None:
        """Show its post with every preview."""
        if delivery := self.subject():
            self.loa.go("posts", delivery.key.post)

    def do_hold(self) -> None:
        """Keep it back until a person releases it."""
        choice = Choice("hold", _("Hold"), "primary")
        self._simple(
            _("Hold this delivery?"), choice, _("Why"), lambda engine, id_, text: engine.act.hold_delivery(id_, text)
        )

    def do_release(self) -> None:
        """Let it go."""
        choice = Choice("release", _("Release"), "primary")
        self._simple(
            _("Release this delivery?"), choice, "", lambda engine, id_, _text: engine.act.release_delivery(id_)
        )

    def do_cancel(self) -> None:
        """Take it back."""
        choice = Choice("cancel", _("Cancel it"), "error")
        self._simple(
            _("Cancel this delivery?"), choice, _("Why"), lambda engine, id_, text: engine.act.cancel(id_, text)
        )

    def do_confirm(self) -> None:
        """Say that what was handed over did happen."""
        choice = Choice("confirm", _("It happened"), "primary")
        self._simple(
            _("Did it happen?"),
            choice,
            _("Evidence: who saw or heard it, when, where"),
            lambda engine, id_, text: engine.act.confirm(id_, text),
            required=True,
        )

    def do_deny(self) -> None:
        """Say that what was handed over did not happen."""
        choice = Choice("deny", _("It did not happen"), "error")
        self._simple(
            _("It did not happen?"),
            choice,
            _("Why"),
            lambda engine, id_, text: engine.act.deny(id_, text),
            required=True,
        )

    @work
    async def _simple(
        self,
        title: str,
        choice: Choice,
        field: str,
        job: Callable[[Engine, int, str], Delivery],
        *,
        required: bool = False,
    ) -> None:
        delivery = self.subject()
        if delivery is None:
            return
        reply = await self.ask(delivery, title, choices=[choice], field=field, required=required)
        if reply is not None:
            await self.change(partial(_call, job, delivery.id, reply.text))

    @work
    async def do_settle(self) -> None:
        """Say how a call with an unknown outcome ended."""
        delivery = self.subject()
        if delivery is None:
            return
        reply = await self.ask(
            delivery,
            _("Did it go out?"),
            _("Look at the receiving side first. “Not sent” lets it go out again."),
            choices=[
                Choice("sent", _("It was sent"), "primary"),
                Choice("not-sent", _("Not sent")),
                Choice("abandon", _("Give it up"), "error"),
            ],
            field=_("Evidence: where you looked, what you saw"),
            required=True,
        )
        if reply is not None:
            outcome, evidence = reply
            await self.change(lambda engine: engine.act.settle(delivery.id, outcome, evidence))  # type: ignore[arg-type]

    @work
    async def do_requeue(self) -> None:
        """Send it after all."""
        delivery = self.subject()
        if delivery is None:
            return
        reply = await self.ask(
            delivery,
            _("Send it after all?"),
            choices=[Choice("requeue", _("Requeue"), "primary")],
            field=_("When (dd/mm/yyyy hh:mm); empty: now"),
        )
        if reply is not None:
            await self.change(
                lambda engine: engine.act.requeue(delivery.id, moment(reply.text, self.zone) if reply.text else None)
            )

    async def change(self, job: Callable[[Engine], Delivery]) -> None:
        """Carry a change out and say what came of it."""
        await self.carry_out(job, said)


def _call(job: Callable[[Engine, int, str], Delivery], identity: int, text: str, engine: Engine) -> Delivery:
    return job(engine, identity, text)


def said(delivery: Delivery) -> str:
    """Return one line on how a delivery stands after a change."""
    why = reason("" if delivery.state is not State.HELD else delivery.reason, delivery.holds)
    return f"{delivery.title} → {word(delivery.state)}" + (f" ({why})" if why else "")
