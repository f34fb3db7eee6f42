"""The campaign on a simulated clock: the same planner, executor, gate and store, with nothing leaving the machine."""

from __future__ import annotations

from datetime import datetime, time, timedelta
from functools import partial
from typing import TYPE_CHECKING

from scheduler.channels.channel import Forecast
from scheduler.engine.delivering.executor import Executor
from scheduler.engine.delivering.lane import Lane
from scheduler.engine.delivering.prepare import attempted, forecast, render
from scheduler.engine.engine import Engine
from scheduler.engine.lock import EngineLock
from scheduler.engine.planning.checking import in_order, placed
from scheduler.engine.planning.planner import Planner
from scheduler.engine.rehearsing.summary import Row, Summary
from scheduler.ground.clock import SimulatedClock
from scheduler.ground.delivery import held_by
from scheduler.ground.errors import EngineRunning, LoaError
from scheduler.ground.lifecycle import State
from scheduler.ground.problem import Problem
from scheduler.ground.text import _
from scheduler.plan.config import FILE as CONFIG
from scheduler.store import deliveries, settings
from scheduler.store.deliveries import Query

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path
    from zoneinfo import ZoneInfo

    from scheduler.ground.delivery import Delivery, Key
    from scheduler.ground.model import Plan

MARK = ".rehearsal"
COPY = "campaign"
"""Below ``out``: the campaign's files, where the rehearsal may change them."""


class Rehearsal:
    """A rehearsal under way. ``out`` becomes its ``var``: database, scripts, feed, spool and packages lie below it.

    With ``copy`` it plays on a copy of the campaign, ``out/campaign``, in which a person may then try everything.
    """

    def __init__(
        self, folder: Path, start: datetime, end: datetime, out: Path, *, copy: bool = False, person: str | None = None
    ) -> None:
        """Prepare to play what is published from ``start`` (included) to ``end`` (excluded), both aware.

        Raises `LoaError` where ``out`` holds anything but an earlier rehearsal, or one that is under way.
        """
        self.start, self.end, self.out = start, end, out
        self.lock = _cleared(out)
        self.clock = SimulatedClock(start)
        try:
            folder = _copy(folder, out / COPY) if copy else folder
            self.engine = Engine.open(folder, person=person, clock=self.clock, var=out, rehearsal=True)
        except BaseException:
            self.lock.release()
            raise
        leads = [each.lead for each in self.engine.registry.channels.values()]
        self.clock = SimulatedClock(start - max(leads, default=timedelta()) - timedelta(minutes=1))
        self.engine.core.clock = self.clock
        self.engine.core.found = self._found
        self._problems: list[Problem] = []
        self._begin()

    def _begin(self) -> None:
        core = self.engine.core
        with core.store.write() as connection:
            core.epoch = settings.new_epoch(connection, self.clock.now())
        self.engine.act.arm()
        self._executors = [Executor(Lane(core, each)) for _, each in sorted(self.engine.registry.channels.items())]

    def play(
        self,
        until: datetime,
        progress: Callable[[datetime, int], None] | None = None,
        cancelled: Callable[[], bool] | None = None,
    ) -> None:
        """Step everything in due order up to ``until`` (aware, included), or to where it is broken off."""
        done = 0
        planned = self.clock.now().date()
        while True:
            if cancelled and cancelled():
                return
            moment = self._next()
            if moment is None or moment > until:
                break
            self.clock.advance(moment)
            if self.clock.now().date() != planned:
                planned = self.clock.now().date()
                Planner(self.engine.store, self.engine.snapshot, self.clock.now()).run()
            for executor in self._executors:
                while executor.step() <= self.clock.now():
                    done += 1
            if progress:
                progress(self.clock.now(), done)
        self.clock.advance(until)

    def _found(self, key: Key, problems: Sequence[Problem]) -> None:
        post = self.engine.campaign.posts.get(key.post)
        self._problems += [placed(each, post.path if post else "", key) for each in problems]

    def _next(self) -> datetime | None:
        """Return when the next thing is due in any channel, never before now."""
        connection, now = self.engine.store.read(), self.clock.now()
        wakes = [
            (deliveries.next_wake(connection, each.lane.name, each.lane.skip(now)), each.lane)
            for each in self._executors
        ]
        moments = [
            max(wake, lane.limiter.ready_at(now), lane.breaker.open_until or now) for wake, lane in wakes if wake
        ]
        moments += [until for _, lane in wakes for until in lane.deferred.values()]
        return max(now, min(moments)) if moments else None

    def summary(self) -> Summary:
        """Return what it came to so far: its end is where it was broken off, if it was."""
        engine, end = self.engine, max(self.start, min(self.end, self.clock.now()))
        rows = [
            self._row(row)
            for row in engine.look.deliveries(Query())
            if self.start <= row.publish_at < self.end and row.due_at <= self.clock.now()
        ]
        by_channel: dict[str, dict[State, int]] = {}
        for each in rows:
            counts = by_channel.setdefault(each.channel, {})
            counts[each.state] = counts.get(each.state, 0) + 1
        title = engine.campaign.plan.title
        problems = in_order([*engine.snapshot.problems, *self._problems])
        return Summary(title, self.start, end, engine.config.zone, tuple(rows), tuple(problems), by_channel)

    def _row(self, row: Delivery) -> Row:
        cost, text = self._forecast(row)
        receipt = str((row.receipt or {}).get("id", ""))
        return Row(
            row.due_at, row.publish_at, str(row.key), row.key.channel, row.key.target, row.title, row.state, _why(row),
            cost.cost, cost.units, cost.unit, cost.people, text, receipt,
        )  # fmt: skip

    def _forecast(self, row: Delivery) -> tuple[Forecast, str]:
        engine = self.engine
        configured = engine.registry.channels.get(row.key.channel)
        rendered = engine.look.payload(row)
        if configured is None:
            return Forecast(), ""
        try:
            if rendered is None:
                work = partial(render, engine.snapshot, configured, row.key, row.publish_at)
                rendered, problems = attempted(configured, work)
                self._found(row.key, problems)
            return attempted(configured, partial(forecast, engine.snapshot, configured, rendered)), rendered.text
        except (LoaError, ValueError) as error:
            self._found(row.key, [Problem(str(error))])
            return Forecast(), "" if rendered is None else rendered.text

    def close(self) -> None:
        """End the rehearsal; what it wrote stays, and another may have the folder."""
        for executor in self._executors:
            executor.close()
            executor.lane.around.close()
        self.engine.close()
        self.lock.release()


def _why(row: Delivery) -> str:
    """Return the reason of the row's last move; for one that is held without any, for what it waits."""
    if row.reason or row.state is not State.HELD:
        return row.reason
    return held_by(row.holds)


def dates(plan: Plan, zone: ZoneInfo, now: datetime) -> tuple[datetime, datetime]:
    """Return when the campaign begins and ends, or thirty days from ``now`` where its plan names no workstream."""
    parts = plan.workstreams.values()
    if not parts:
        return now, now + timedelta(days=30)
    start, end = min(each.start for each in parts), max(each.end for each in parts) + timedelta(days=1)
    return datetime.combine(start, time(), zone), datetime.combine(end, time(), zone)


def rehearse(
    folder: Path,
    start: datetime,
    end: datetime,
    out: Path,
    progress: Callable[[datetime, int], None] | None = None,
    cancelled: Callable[[], bool] | None = None,
) -> Summary:
    """Play the campaign from ``start`` to ``end`` below ``out``; return the summary, left there in two files."""
    rehearsal = Rehearsal(folder, start, end, out)
    try:
        rehearsal.play(end, progress, cancelled)
        summary = rehearsal.summary()
        (out / "summary.json").write_text(summary.to_json(), encoding="utf-8")
        (out / "summary.html").write_text(summary.to_html(), encoding="utf-8")
    finally:
        rehearsal.close()
    return summary


def stand_at(
    folder: Path,
    out: Path,
    start: datetime,
    moment: datetime,
    progress: Callable[[datetime, int], None] | None = None,
    *,
    person: str | None = None,
) -> Engine:
    """Return an engine on the campaign as it would stand at ``moment``, had it run since ``start`` (both aware).

    Its folder is a copy, ``out/campaign``: whatever is done there, the campaign itself stays as it is.
    """
    rehearsal = Rehearsal(folder, start, moment, out, copy=True, person=person)
    rehearsal.play(moment, progress)
    for executor in rehearsal._executors:
        executor.close()
    rehearsal.lock.release()  # whoever stands there keeps the folder by a lock around it
    return rehearsal.engine


def _cleared(out: Path) -> EngineLock:
    """Make ``out`` an empty folder of a rehearsal, and return the lock that keeps it.

    Anything else in it is left alone and refused, and so is a rehearsal that is under way there.
    """
    import shutil

    if out.exists() and any(out.iterdir()) and not (out / MARK).exists():
        raise LoaError(_("{out} holds something else: name an empty folder for the rehearsal").format(out=out))
    try:
        lock = EngineLock(out, MARK)
    except EngineRunning:
        text = _("a rehearsal into {out} is under way: wait until it is over, or name another folder (--out)")
        raise LoaError(text.format(out=out)) from None
    for each in out.iterdir():
        if each.is_dir() and not each.is_symlink():
            shutil.rmtree(each)
        elif each.name != MARK:
            each.unlink()
    return lock


def _copy(folder: Path, place: Path) -> Path:
    """Copy what a campaign is made of: config.toml, content and plugins of its own."""
    import shutil

    from scheduler.channels.finding import shipped_folder

    place.mkdir()
    shutil.copyfile(folder / CONFIG, place / CONFIG)
    for part in (folder / "content", folder / "plugins"):
        if part.is_dir() and part.resolve() != shipped_folder().resolve():
            skipped = shutil.ignore_patterns("__pycache__")
            shutil.copytree(part, place / part.name, ignore=skipped, copy_function=shutil.copyfile)
    return place
