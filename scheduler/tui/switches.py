"""What every screen can do to the folder as a whole: stop and lift, arm, start an engine, and leave."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from textual import work

from scheduler.ground.errors import LoaError
from scheduler.ground.lifecycle import READY
from scheduler.ground.text import _, many
from scheduler.store.deliveries import Query
from scheduler.tui import child
from scheduler.tui.frame import Frame
from scheduler.tui.keys import BY_ID, spelled, written
from scheduler.tui.typeahead import LEAVES, InOrder
from scheduler.tui.widgets.dialogs import Ask, Choice, Question
from scheduler.tui.words import short

if TYPE_CHECKING:
    from zoneinfo import ZoneInfo

    from scheduler.engine.acts.folder import ArmReport
    from scheduler.engine.engine import Engine
    from scheduler.ground.delivery import Delivery
    from scheduler.tui.desk import Desk
    from scheduler.tui.habits import Habits

SOON = timedelta(hours=24)
NAMED = 5


class Switches(InOrder):
    """The part of the app that switches the folder. One question about stopping at a time."""

    desk: Desk
    habits: Habits
    _stopping = False

    @property
    def zone(self) -> ZoneInfo:
        """The campaign's zone."""
        return self.desk.engine.config.zone

    @property
    def frame(self) -> Frame[object] | None:
        """The screen on top, where it is one of ours and no question."""
        return self.screen if isinstance(self.screen, Frame) else None

    @property
    def topmost(self) -> Frame[object] | None:
        """The uppermost of our screens, below whatever question stands there."""
        return next((screen for screen in reversed(self.screen_stack) if isinstance(screen, Frame)), None)

    def renew_all(self) -> None:
        """Read again, after a change."""
        if self.topmost is not None:
            self.topmost.renew()

    def action_stop_all(self) -> None:
        """Stop everything, or lift the stop; from any screen, from within any question."""
        self.do_stop()

    def do_stop(self) -> None:
        """Stop everything that goes out, first of all, then ask why; or ask whether to lift the stop.

        Waits for nothing else that is under way. Pressed again while it asks, the key does nothing more.
        """
        if not self._stopping:
            self._stop()

    @work
    async def _stop(self) -> None:
        self._stopping = True
        try:
            if await self.desk.at_once(stop_now):
                self.notify(_("Everything is stopped."), severity="warning")
                self.renew_all()
                await self._say_why()
            else:
                await self._lift()
        except LoaError as error:
            self.notify(str(error), severity="error", title=_("Not done"), timeout=10)
        finally:
            self._stopping = False
            self.renew_all()

    async def _say_why(self) -> None:
        key = spelled(BY_ID["stop"])
        question = Question(
            _("Everything is stopped."),
            [
                _("Nothing more goes out, on any channel, until a person lifts the stop. Restarts do not lift it."),
                _("Esc goes back without a reason; {key} lifts the stop then.").format(key=key),
            ],
            [Choice("why", _("Note the reason"), "primary")],
            _("Why (may be empty)"),
        )
        reply = await self.push_screen_wait(Ask(question))
        if reply is not None and reply.text:
            await self.desk.at_once(lambda engine: engine.act.say_why_stopped(reply.text))

    async def _lift(self) -> None:
        question = Question(
            _("Lift the stop?"),
            [_("What is due goes out again at once; what is too late follows its channel's rule.")],
            [Choice("lift", _("Lift the stop"), "primary")],
        )
        if await self.push_screen_wait(Ask(question)) is not None:
            await self.desk.at_once(lambda engine: engine.act.lift())
            self.notify(_("The stop is lifted."))

    @work
    async def do_arm(self) -> None:
        """Ask, then let this folder send from now on."""
        frame = self.frame
        question = Question(
            _("Arm this folder?"),
            [_("From now on it sends for real. What was due before this moment stays unsent.")],
            [Choice("arm", _("Arm"), "primary")],
        )
        if frame is not None and await self.push_screen_wait(Ask(question)) is not None:
            await frame.carry_out(
                lambda engine: engine.act.arm(),
                armed,
            )

    @work
    async def do_start_engine(self) -> None:
        """Start an engine that outlives this screen."""
        await self._start_engine()

    async def _start_engine(self) -> bool:
        try:
            await self.desk.act(child.start)
        except LoaError as error:
            self.notify(str(error), severity="error", title=_("Not done"), timeout=10)
            return False
        self.notify(_("An engine runs in the background."))
        self.renew_all()
        return True

    def action_help_quit(self) -> None:
        """Say which key leaves from everywhere, where ctrl+c has nothing to copy."""
        self.notify(_("{key} leaves Loa.").format(key=written(LEAVES)))

    async def action_quit(self) -> None:
        """Leave, as ``q`` does."""
        self.do_leave()

    @work(exclusive=True, group="leave")
    async def do_leave(self) -> None:
        """Leave; where no engine runs, name first what will not go out."""
        try:
            soon = await self.desk.read(due_soon)
        except LoaError:
            soon = []
        if soon and not await self._may_leave(soon):
            return
        if self.topmost is None or await self.topmost.may_leave():
            self.habits.note()
            self.exit()

    async def _may_leave(self, soon: list[Delivery]) -> bool:
        rows = [f"{short(d.due_at, self.zone)}  {d.key.channel}  {d.title}" for d in soon[:NAMED]]
        if len(soon) > NAMED:
            rows.append(many("and %d more", "and %d more", len(soon) - NAMED))
        question = Question(
            _("No engine runs"),
            [_("In the next 24 hours these will not go out:"), "", *rows],
            [
                Choice("start", _("Start an engine, leave"), "primary"),
                Choice("leave", _("Leave all the same"), "error"),
            ],
        )
        reply = await self.push_screen_wait(Ask(question))
        if reply is None:
            return False
        return reply.choice == "leave" or await self._start_engine()


def stop_now(engine: Engine) -> bool:
    """Stop everything; return ``False``, and change nothing, where it is stopped already."""
    if engine.look.status().stopped_by:
        return False
    engine.act.stop()
    return True


def due_soon(engine: Engine) -> list[Delivery]:
    """Return what would go out within a day, were an engine at work; nothing where it would not anyway."""
    status = engine.look.status()
    if engine.rehearsal or status.running or status.unarmed_because or status.stopped_by:
        return []
    return list(engine.look.deliveries(Query(states=tuple(READY), end=engine.clock.now() + SOON, limit=1000)))


def armed(report: ArmReport) -> str:
    """Say what arming did."""
    words = _("Armed: {scheduled} scheduled, {held} held, {missed} missed, {unknown} unknown.")
    return words.format(scheduled=report.scheduled, held=report.held, missed=report.missed, unknown=report.unknown)
