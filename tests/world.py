"""The world outside, for tests of the promises: what really went out, and how each kind of channel behaves."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable
    from contextlib import AbstractContextManager
    from datetime import datetime
    from pathlib import Path

from scheduler.store.store import Store

PLUGIN = '''\
"""The channels of the promises. They do what `world` tells them, and tell it what they did."""

from datetime import timedelta

from scheduler.api import *

world = None


class Steady(BaseChannel[Options]):
    name = "steady"
    options = Options
    grace = timedelta(hours=2)
    sure = True

    def render(self, item, context):
        return Rendered({"text": item.text.strip(), "post": item.key.post}, item.text.strip())

    def idempotent(self, rendered, context):
        return self.sure

    def deliver(self, rendered, context):
        return world.deliver(self, rendered, context)

    @property
    def withdraws_again(self):
        return self.sure

    def withdraw(self, sent, context):
        return world.withdraw(self, sent, context)


class Once(Steady):
    """Not idempotent, and nobody can look up what became of a call."""

    name = "once"
    sure = False
    late = Late.SKIP


class Asks(Once):
    """Not idempotent, with a look-up that shows an effect a little late."""

    name = "asks"
    late = Late.ASK
    settle_after = timedelta(minutes=2)

    def look_up(self, call, context):
        return world.look_up(call)


class Staged(Asks):
    name = "staged"
    staged = True
    late = Late.SEND


class Many(Asks):
    """Five recipients, two at a time."""

    name = "many"
    late = Late.SEND
    batch_size = 2

    def recipients(self, rendered, target, context):
        for number in range(5):
            yield Recipient(f"+8490000000{number}")

    def deliver_batch(self, rendered, messages, context):
        return world.deliver_batch(self, rendered, messages, context)


class Picture(Steady):
    name = "picture"

    def project(self, published, context):
        return world.project(published, context)


@hookimpl
def register_channels():
    return [Steady(), Once(), Asks(), Staged(), Many(), Picture()]
'''

NAMES = ("steady", "once", "asks", "staged", "many", "picture")
SURE = frozenset({"steady", "picture"})
SHOWS_AFTER = timedelta(minutes=1)


class Death(BaseException):
    """The process dies here: nothing after this line happens in it."""


@dataclass
class Effect:
    """Something that the public has met."""

    key: str
    round: int
    text: str
    at: datetime
    spent: bool = False


@dataclass
class World:
    """The ledger of what went out, the conduct of the outside, and what a person has said since.

    ``permits`` is asked before each call; what it answers is a broken promise. ``conduct`` is what the next calls of
    each channel meet, by name; where it is empty, all is well.
    """

    now: Callable[[], datetime]
    permits: Callable[[str, str, str], str]
    effects: list[Effect] = field(default_factory=list)
    conduct: dict[str, list[str]] = field(default_factory=dict)
    doubts: set[str] = field(default_factory=set)
    pictures: dict[str, str] = field(default_factory=dict)
    broken: list[str] = field(default_factory=list)
    calls: int = 0
    met: list[str] = field(default_factory=list)
    person: Callable[[str], None] = lambda act: None
    taken_back: Callable[[str], bool] = lambda key: False

    # --- what channels call ------------------------------------------------------------------------------------------

    def deliver(self, channel: Any, rendered: Any, context: Any) -> Any:
        from scheduler.api import Receipt

        key = str(context.key)
        self._begin(channel.name, key, rendered.text)
        conduct = self._next(channel.name)
        self._before(conduct, channel, key, context)
        self._effect(channel, key, context.round, rendered.text)
        self._after(conduct, channel, key)
        return None if conduct == "nonsense" else Receipt(f"{key}#{context.round}", handed=conduct == "handed")

    def withdraw(self, channel: Any, sent: Any, context: Any) -> Any:
        if sent.receipt.id and not any(each.key == str(sent.key) for each in self.effects):
            self.broken.append(f"{sent.key} was withdrawn and had never gone out")
        return self.deliver(channel, sent, context)

    def deliver_batch(self, channel: Any, rendered: Any, messages: Any, context: Any) -> Any:
        from scheduler.api import OutcomeUnknown, PermanentFailure, Receipt, TemporaryFailure

        keys = [each.key for each in messages]
        for key in keys:
            self._begin(channel.name, key, rendered.text)
        conduct = self._next(channel.name)
        if conduct in ("dies early", "dies before"):
            self.doubts |= set(keys)
            raise Death
        answers: list[Any] = []
        for number, each in enumerate(messages):
            verdict = conduct if number == 0 else ""
            if verdict == "temporary":
                answers.append(TemporaryFailure("bận"))
            elif verdict == "permanent":
                answers.append(PermanentFailure("số không có"))
            elif verdict in ("unknown before", "raises before", "nonsense"):
                self.doubts.add(each.key)
                answers.append(None if verdict == "nonsense" else OutcomeUnknown("không rõ"))
            else:
                self._effect(channel, each.key, each.round, rendered.text)
                unheard = verdict in ("unknown after", "raises after")
                self.doubts |= {each.key} if unheard else set()
                answers.append(OutcomeUnknown("không rõ") if unheard else Receipt(f"{each.key}#{each.round}"))
        if conduct == "dies after":
            self.doubts |= set(keys)
            raise Death
        return answers

    def project(self, published: Any, context: Any) -> Any:
        from scheduler.api import Receipt

        channel = type("Drawn", (), {"name": "picture", "staged": False})
        fresh = [each for each in published if not each.withdrawn and str(each.key) not in self.pictures]
        gone = [each for each in published if each.withdrawn and str(each.key) in self.pictures]
        public = {each.key for each in self.effects}
        for each in fresh:
            if str(each.key) not in public:  # else its withdrawal was called off, and it stands again
                self._begin("picture", str(each.key), each.rendered.text)
            if self.taken_back(str(each.key)):
                self.broken.append(f"{each.key} came back after it was withdrawn")
        for each in gone:
            self._begin("picture", str(each.key.withdrawal), each.rendered.text)
        conduct = self._next("picture")
        self._before(conduct, channel, str(context.key), context)
        for key, each in (*((each.key, each) for each in fresh), *((each.key.withdrawal, each) for each in gone)):
            self.effects.append(Effect(str(key), 1, each.rendered.text, self.now()))
        self.pictures = {str(each.key): each.rendered.text for each in published if not each.withdrawn}
        self._after(conduct, channel, str(context.key))
        return Receipt("picture")

    def look_up(self, call: Any) -> Any:
        from scheduler.api import Absent, CannotTell, Receipt

        key = call.message.key if call.message else str(call.key)
        number = call.message.round if call.message else call.round
        if self._next(f"{call.key.channel} look") == "cannot tell":
            return CannotTell("bận")
        for each in self.effects:
            if (each.key, each.round) == (key, number) and self.now() - each.at >= SHOWS_AFTER:
                return Receipt(f"{key}#{number}")
        counts = self.now() - call.started_at >= timedelta(minutes=2)
        if counts and not any(each.key == key and not each.spent for each in self.effects):
            self.doubts.discard(key)
        return Absent()

    # --- what a person says ------------------------------------------------------------------------------------------

    def forgive(self, key: str) -> None:
        """A person has said that it may go (again): what was sent before no longer counts against it."""
        for each in self.effects:
            if self._of(each.key, key):
                each.spent = True
        self.doubts = {each for each in self.doubts if not self._of(each, key)}

    @staticmethod
    def _of(one: str, delivery: str) -> bool:
        post, recurrence, channel, _target, action = one.split("/")
        return one == delivery or (
            channel == "many"
            and [post, recurrence, channel, action] == [*delivery.split("/")[:3], delivery.split("/")[4]]
        )

    # --- how it is done ----------------------------------------------------------------------------------------------

    def _next(self, channel: str) -> str:
        self.calls += 1
        waiting = self.conduct.get(channel)
        conduct = waiting.pop(0) if waiting else ""
        self.met.append(f"{channel}: {conduct or 'well'}")
        if conduct.startswith("person "):
            self.person(conduct.removeprefix("person "))
            conduct = waiting.pop(0) if waiting else ""
        return conduct

    def _begin(self, channel: str, key: str, text: str) -> None:
        why = self.permits(channel, key, text)
        if why:
            self.broken.append(f"{key} was called although {why}")
        if channel not in SURE and key in self.doubts:
            self.broken.append(f"{key} was called again while its outcome was unknown")

    def _before(self, conduct: str, channel: Any, key: str, context: Any) -> None:
        from scheduler.api import OutcomeUnknown, PermanentFailure, TemporaryFailure

        if conduct == "temporary":
            raise TemporaryFailure("bận", retry_after=timedelta(minutes=3))
        if conduct == "permanent":
            raise PermanentFailure("không nhận")
        if conduct == "dies early":
            if not channel.staged:
                self.doubts.add(key)
            raise Death
        if channel.staged:
            context.checkpoint({"round": context.round})
            context.no_return()
        if conduct in ("unknown before", "raises before", "dies before"):
            self.doubts.add(key)
            if conduct == "dies before":
                raise Death
            raise OutcomeUnknown("không rõ") if conduct == "unknown before" else RuntimeError("lỗi lạ")

    def _effect(self, channel: Any, key: str, number: int, text: str) -> None:
        if channel.name not in SURE and any(each.key == key and not each.spent for each in self.effects):
            self.broken.append(f"{key} went out twice")
        if channel.name in SURE and any((each.key, each.round) == (key, number) for each in self.effects):
            return
        self.effects.append(Effect(key, number, text, self.now()))

    def _after(self, conduct: str, channel: Any, key: str) -> None:
        from scheduler.api import OutcomeUnknown

        if conduct in ("unknown after", "raises after", "dies after", "nonsense"):
            self.doubts.add(key)
        if conduct == "unknown after":
            raise OutcomeUnknown("không rõ")
        if conduct == "raises after":
            raise RuntimeError("lỗi lạ")
        if conduct == "dies after":
            raise Death


class Clock:
    """A clock whose wall time can be set wrong, while the one that never steps goes on."""

    def __init__(self, start: datetime) -> None:
        self.true = start
        self.start = start
        self.wrong = timedelta()

    def now(self) -> datetime:
        return self.true + self.wrong

    def elapsed(self) -> float:
        return (self.true - self.start).total_seconds()

    def advance(self, to: datetime) -> None:
        self.true = max(self.true, to - self.wrong)

    def wait(self, condition: Any, until: datetime) -> None:
        self.advance(until)

    def sleep(self, duration: timedelta) -> None:
        self.true += max(duration, timedelta())


class MortalStore(Store):
    """A real store of a process that dies at a given write: before it, or after its commit and before anything else."""

    def __init__(self, path: Path) -> None:
        self.left: int | None = None
        self.committed = False
        super().__init__(path)

    def write(self) -> AbstractContextManager[Any]:
        if self.left is None:
            return super().write()
        self.left -= 1
        if self.left > 0:
            return super().write()
        self.left = None
        return _Fatal(super().write() if self.committed else None)


class _Fatal:
    """A write after whose commit, or before which, the process is gone."""

    def __init__(self, inner: AbstractContextManager[Any] | None) -> None:
        self._inner = inner

    def __enter__(self) -> Any:
        if self._inner is None:
            raise Death
        return self._inner.__enter__()

    def __exit__(self, *problem: Any) -> None:
        assert self._inner is not None
        self._inner.__exit__(*problem)
        raise Death


class Inline:
    """Calls in this thread, so that a death in a call is the death of the engine that made it."""

    def run(self, calls: Any, seconds: float, late: Any = None, hindrance: Any = None) -> list[Any]:
        return [self._outcome(call, hindrance() if hindrance else "") for call in calls]

    def _outcome(self, call: Any, hindrance: str) -> Any:
        from scheduler.engine.delivering.calls import NotCalled, Raised

        if hindrance:
            return NotCalled(hindrance)
        try:
            return call()
        except Death:
            raise
        except BaseException as error:  # noqa: BLE001 - as the real one
            return Raised(error)

    def close(self) -> None:
        """Nothing to end."""
