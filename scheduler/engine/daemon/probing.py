"""Asking channels whether they would work, and keeping what they say, so that nobody has to call out to know it."""

from __future__ import annotations

import logging
import threading
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import TYPE_CHECKING, Any

from scheduler.channels.channel import Probes
from scheduler.channels.options import Secret
from scheduler.engine.core import ENGINE
from scheduler.engine.delivering.calls import Caller, Outcome, Overtime, Raised
from scheduler.engine.delivering.context import CallContext, Surroundings
from scheduler.ground.delivery import Key
from scheduler.ground.errors import LoaError
from scheduler.ground.model import Health
from scheduler.ground.said import said
from scheduler.ground.text import _
from scheduler.store import health, moves
from scheduler.store.health import Probed, worst

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from scheduler.channels.registry import Configured
    from scheduler.engine.core import Core
    from scheduler.ground.model import Target

log = logging.getLogger("loa.engine")
DAILY = timedelta(days=1)
UNWELL = timedelta(hours=1)
LOOK_EVERY = timedelta(minutes=1)
WARNED = (timedelta(days=7), timedelta(days=1), timedelta())
"""How long before it runs out, at the latest, people are told of a token; each time once."""

JOIN_SECONDS = 2.0


def ask(core: Core, configured: Configured, target: Target, ended: Callable[[], None] = lambda: None) -> Health:
    """Ask a channel whether it would work now for one target; whatever it does, there is an answer.

    ``ended`` is called once it has answered, however late.
    """
    channel = configured.channel
    if lacking := _lacking(configured, target, core):
        ended()
        return Health(ok=False, detail=lacking)
    if not isinstance(channel, Probes):
        return Health(ok=True, detail=_("this channel has nothing to test"))

    def work(context: CallContext) -> Health:
        try:
            return channel.probe(context)
        finally:
            ended()

    return _health(called(core, configured, target, work), configured, core)


def _lacking(configured: Configured, target: Target, core: Core) -> str:
    """Return which secrets of the options in force cannot be had, and why; "" where all are there."""
    wrong = []
    for head, model in (("", configured.options), (f"{target.name}: ", target.settings)):
        for key in type(model).model_fields:
            secret = getattr(model, key, None)
            if isinstance(secret, Secret):
                try:
                    secret.resolve(core.folder)
                except LoaError as error:
                    wrong.append(f"{head}{key}: {error}")
    return "; ".join(wrong)


def called(core: Core, configured: Configured, target: Target, work: Callable[[CallContext], Any]) -> Outcome:
    """Call a channel outside any delivery, within its time limit, and return what came of it."""
    limit, now = configured.config.time_limit, core.clock.now()
    around = Surroundings(core, configured)
    context = CallContext(around, Key("", "", configured.name, target.name), 1, target, now, now + limit)
    caller = Caller(f"loa-probe-{configured.name}")
    try:
        return caller.run([partial(work, context)], limit.total_seconds())[0]
    finally:
        caller.close()
        around.close()


def _health(answer: Any, configured: Configured, core: Core) -> Health:
    clean = core.redactor.text
    if isinstance(answer, Health):
        until = answer.until
        aware = isinstance(until, datetime) and until.tzinfo is not None
        return Health(bool(answer.ok), clean(str(answer.detail)), until.astimezone(UTC) if until and aware else None)
    if isinstance(answer, Overtime):
        return Health(ok=False, detail=_("no answer in time"))
    if isinstance(answer, Raised):
        return Health(ok=False, detail=clean(f"{type(answer.error).__name__}: {said(answer.error)}"))
    return Health(
        ok=False,
        detail=_("plugin {name}: probe returned {kind}").format(name=configured.plugin, kind=type(answer).__name__),
    )


def probe(core: Core, configured: Configured, targets: Iterable[Target]) -> Health:
    """Ask for each target, keep the answers, and return the worst of them."""
    found = []
    for target in targets:
        found.append(Probed(target.name, ask(core, configured, target), core.clock.now()))
        if isinstance(configured.channel, Probes):
            keep(core, configured.name, found[-1])
    return worst(found).health


def keep(core: Core, channel: str, probed: Probed) -> None:
    """Keep an answer; where it is bad news, the journal has it, and by it those outside hear of it."""
    with core.store.write() as connection:
        before = health.every(connection).get(channel, {}).get(probed.target)
        health.put(connection, channel, probed)
        if news := _news(probed, before, core):
            moves.note(connection, probed.at, "unwell", f"{channel}/{probed.target}", ENGINE, news)


def _news(now: Probed, before: Probed | None, core: Core) -> str:
    if not now.health.ok:
        return now.health.detail or _("it does not work") if before is None or before.health.ok else ""
    if now.health.until is None or _stage(now) <= (_stage(before) if before and before.health.ok else 0):
        return ""
    until = now.health.until.astimezone(core.snapshot.config.zone)
    text = _("it runs out on {time}: renew its token") if now.health.until > now.at else _("it ran out on {time}")
    return text.format(time=f"{until:%d/%m/%Y %H:%M}")


def _stage(probed: Probed) -> int:
    until = probed.health.until
    return 0 if until is None else sum(until - probed.at <= each for each in WARNED)


class Probing:
    """Asks every channel at the start, after a change of its options, and each day, in a thread of its own."""

    def __init__(self, core: Core) -> None:
        self._core = core
        self._condition = threading.Condition()
        self._thread = threading.Thread(target=self._run, name="loa-probing", daemon=True)
        self._asked: dict[str, Configured] = {}
        self._under_way: set[tuple[str, str]] = set()

    def start(self) -> None:
        """Begin to ask."""
        self._thread.start()

    def stop(self) -> None:
        """End, once the engine is stopping; a probe that is under way is left behind."""
        with self._condition:
            self._condition.notify()
        if self._thread.is_alive():
            self._thread.join(JOIN_SECONDS)

    def _run(self) -> None:
        while not self._core.stopping.is_set():
            try:
                self.look()
            except LoaError as error:
                log.error(_("the channels could not be asked how they are: %s"), error)
            except Exception:
                log.exception(_("the channels could not be asked how they are"))
            with self._condition:
                if not self._core.stopping.is_set():
                    self._core.clock.wait(self._condition, self._core.clock.now() + LOOK_EVERY)

    def look(self) -> None:
        """Ask the channels whose answers are old, or are of other options; not those that still hang in an answer."""
        known = health.every(self._core.store.read())
        for name, configured in list(self._core.snapshot.registry.channels.items()):
            if not isinstance(configured.channel, Probes):
                continue
            answers = known.get(name, {})
            new = self._asked.get(name) != configured
            self._asked[name] = configured
            for target in configured.targets:
                mark = (name, target.name)
                if mark not in self._under_way and (new or self._old(answers.get(target.name))):
                    self._under_way.add(mark)
                    answer = ask(self._core, configured, target, partial(self._under_way.discard, mark))
                    if self._core.stopping.is_set():
                        return
                    keep(self._core, name, Probed(target.name, answer, self._core.clock.now()))

    def _old(self, probed: Probed | None) -> bool:
        if probed is None:
            return True
        return self._core.clock.now() - probed.at >= (DAILY if probed.health.ok else UNWELL)
