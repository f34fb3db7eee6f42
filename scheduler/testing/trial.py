"""A campaign folder of its own, with a real database and a clock that is stepped, in which one channel is called."""

from __future__ import annotations

import re
import shutil
import tempfile
from contextlib import ExitStack
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from functools import partial
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any

from scheduler.channels.channel import Bulk, Message, Projection, Published, StandsIn
from scheduler.channels.loader import Plugins, PluginStatus
from scheduler.engine.core import Core
from scheduler.engine.delivering.calls import Caller, Outcome, Raised
from scheduler.engine.delivering.context import CallContext
from scheduler.engine.delivering.payload import pack, unpack
from scheduler.engine.delivering.prepare import Prepared, prepare
from scheduler.engine.delivering.replies import each as for_each
from scheduler.engine.engine import DATABASE, Engine
from scheduler.engine.planning.planner import Planner
from scheduler.engine.snapshot import read_snapshot
from scheduler.ground.clock import SimulatedClock
from scheduler.ground.delivery import Key
from scheduler.ground.errors import LoaError
from scheduler.ground.problem import Severity
from scheduler.ground.text import _
from scheduler.plan.config import FILE as CONFIG
from scheduler.store import attempts, settings
from scheduler.store.attempts import Intent
from scheduler.store.store import Store
from scheduler.testing.campaign import write_campaign
from scheduler.testing.hearing import Around, Heard
from scheduler.testing.outside import Outside
from scheduler.testing.secrets import exported
from scheduler.testing.setting import devices
from scheduler.testing.surroundings import kept
from scheduler.testing.watch import Watch, watching
from scheduler.testing.wire import Wire

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from scheduler.channels.hooks import Hooks
    from scheduler.ground.clock import Clock
    from scheduler.ground.delivery import Delivery
    from scheduler.testing.outside import Asked
    from scheduler.testing.setting import Setting, World

MORNING = datetime(2021, 5, 3, 1, 0, tzinfo=UTC)
"""Eight in the morning of 3 May 2021 in Viet Nam, when every trial begins."""
SECONDS = 5.0
_OF_THE_CLIENT = frozenset(("user-agent", "accept", "accept-encoding", "connection", "content-length", "host"))
_BOUNDARY = re.compile(rb"boundary=([0-9a-f]{16,})")


@dataclass
class Answer:
    """What one call came to: an outcome, or one for each message, and what it left."""

    outcomes: list[Outcome]
    context: Heard
    asked: list[Asked]
    messages: list[Message] = field(default_factory=list)

    @property
    def outcome(self) -> Outcome:
        """The outcome, or that of the first message."""
        return self.outcomes[0] if self.outcomes else None


class Trial:
    """One channel at work in a folder that is removed afterwards. ``limit`` is its time limit, in seconds.

    ``hooks`` are those of a plugin that is tried beside it.
    """

    def __init__(
        self,
        setting: Setting,
        *,
        outside: Outside | None = None,
        wire: Wire | None = None,
        clock: Clock | None = None,
        limit: float = SECONDS,
        rehearsal: bool = False,
        hooks: Hooks | None = None,
    ) -> None:
        self.setting, self.limit = setting, limit
        self._hooks = hooks
        self.channel: Any = setting.channel
        self.folder = Path(tempfile.mkdtemp(prefix="loa-kit-")).resolve()
        self._left = ExitStack()
        self._left.callback(shutil.rmtree, self.folder, ignore_errors=True)
        try:
            self._open(outside or Outside(), wire or Wire(), clock, rehearsal)
        except BaseException:
            self._left.close()
            raise

    def _open(self, outside: Outside, wire: Wire, clock: Clock | None, rehearsal: bool) -> None:
        self.world: World | None = self.setting.world() if self.setting.world else None
        if self.world is not None:
            self._left.callback(self.world.close)
        environment = write_campaign(self.folder, self.setting, self.world, max(1, round(self.limit)))
        self.canaries = tuple(environment.values())
        self._left.enter_context(exported(environment))
        self.changed = self._left.enter_context(kept())
        self.clock: Any = clock or SimulatedClock(MORNING)
        name, plugin = self.channel.name, self.setting.plugin
        self.plugins = Plugins([PluginStatus(plugin, "kit", (name,))], {name: (self.channel, plugin)})
        if self._hooks is not None:
            self.plugins.hooks = self._hooks
        snapshot = read_snapshot(self.folder, self.plugins)
        wrong = [str(self.setting.located(each)) for each in snapshot.problems if each.severity is Severity.ERROR]
        if wrong and self._hooks is None:  # what they say wrong is what is looked for
            raise LoaError(_("{channel} cannot be tried: {why}").format(channel=name, why="; ".join(wrong)))
        store = Store(self.folder / "var" / DATABASE)
        self._left.callback(store.close)
        self.core = Core(self.folder, self.folder / "var", store, self.clock, snapshot, rehearsal)
        with store.write() as connection:
            self.core.epoch = settings.new_epoch(connection, self.clock.now())
        self.engine = Engine(self.core, "giam-doc")
        self.engine.act.arm()
        self.configured = snapshot.registry.channels[name]
        self.outside, self.wire = outside, wire
        self._left.callback(wire.close)
        if outside.default is None and isinstance(self.channel, StandsIn):
            outside.default = self.channel.stand_in()
        self.around = Around(self.core, self.configured, outside, wire, in_world=self.world is not None)
        self._left.callback(self.around.close)
        self._left.callback(outside.released.set)
        self.around.devices = devices(self.world)
        self.watch = Watch(self.folder, loopback=self.world is not None, devices=self.around.devices)
        self._begun = self._files()
        self._left.callback(setattr, tempfile, "tempdir", tempfile.tempdir)
        tempfile.tempdir = str(self.folder / "tmp")
        (self.folder / "tmp").mkdir()

    def __enter__(self) -> Trial:
        return self

    def __exit__(self, *problem: object) -> None:
        self._left.close()

    # --- what is sent ------------------------------------------------------------------------------------------------

    def post(self, name: str = "tin", text: str = "Bà con nhớ mang theo sổ.", title: str = "") -> list[Delivery]:
        """Write a post and plan it; return its deliveries, one for each target, whose time has come."""
        at = MORNING + self.configured.lead + timedelta(hours=1)
        keys = {"id": name, "title": title or f"Bài {name}", "workstream": "chung", "at": self._spelled(at)}
        keys |= {"channels": f"[{self.channel.name}]"}
        head = "\n".join(f"{key}: {value}" for key, value in keys.items())
        path = self.folder / "content" / "posts" / f"{name}.md"
        path.write_text(f"---\n{head}\n---\n{text}\n", encoding="utf-8")
        self.core.snapshot = read_snapshot(self.folder, self.plugins)
        Planner(self.core.store, self.core.snapshot, MORNING).run()
        self._begun = {each: data for each, data in self._files().items() if each.startswith("content/")} | self._begun
        rows = [row for row in self.engine.look.deliveries() if row.key.post == name]
        if isinstance(self.clock, SimulatedClock):
            self.clock.advance(at - self.configured.lead)
        return sorted(rows, key=lambda row: row.key.target)

    def _spelled(self, moment: datetime) -> str:
        return moment.astimezone(self.core.snapshot.config.zone).strftime("%Y-%m-%d %H:%M")

    def prepared(self, row: Delivery) -> Prepared:
        """Render and check a delivery, as the host does. Raises `LoaError` where it is refused, or hangs."""
        found = self.guarded(partial(prepare, self.core, self.configured, row))
        if isinstance(found, Prepared):
            return found
        why = getattr(found, "reason", None) or getattr(found, "error", None)
        raise LoaError(
            str(why) if why is not None else _("no answer within {limit:g} seconds").format(limit=self.limit)
        )

    def ready(self, name: str = "tin", text: str = "Bà con nhớ mang theo sổ.", title: str = "") -> Prepared:
        """Write a post, and return its first delivery with its payload."""
        return self.prepared(self.post(name, text, title)[0])

    def guarded(self, work: Callable[[], Any], seconds: float | None = None) -> Outcome:
        """Run the plugin's code in a thread, watched and with a time limit."""
        caller = Caller("loa-kit")
        with watching(self.watch):
            try:
                return caller.run([work], seconds or max(self.limit, SECONDS))[0]
            finally:
                caller.close()

    # --- calls -------------------------------------------------------------------------------------------------------

    def context(self, prepared: Prepared, round: int = 1, previous: Any = None, *, recorded: bool = True) -> Heard:
        """Return the context of a call whose intent is on disk; of a look-up where it is not ``recorded``."""
        row, attempt, now = prepared.delivery, 0, self.clock.now()
        if recorded:
            intent = Intent(row.id, round, prepared.payload, prepared.idempotent, prepared.staged)
            with self.core.store.write() as connection:
                (attempt,) = attempts.begin(connection, [intent], self.core.epoch, now)
        deadline = now + timedelta(seconds=self.limit)
        given = (self.around, row.key, round, prepared.target, row.publish_at, deadline, row.id, attempt, previous)
        return Heard(*given)

    def aside(self) -> CallContext:
        """Return the context of a call outside any delivery, as for a probe."""
        target, now = self.configured.targets[0], self.clock.now()
        key = Key("", "", self.channel.name, target.name)
        return CallContext(self.around, key, 1, target, now, now + timedelta(seconds=self.limit))

    def call(
        self,
        prepared: Prepared,
        *,
        round: int = 1,
        given_up: bool = False,
        again: bool = False,
        published: Iterable[Published] | None = None,
    ) -> Answer:
        """Call the channel with a payload; ``again`` with the payload as the database gives it back."""
        context = self.context(prepared, round)
        if given_up:
            context.give_up()
        return self.called(prepared, context, again=again, published=published)

    def called(
        self,
        prepared: Prepared,
        context: Heard,
        *,
        again: bool = False,
        published: Iterable[Published] | None = None,
        watched: bool = True,
    ) -> Answer:
        """Call the channel in a context."""
        rendered = prepared.rendered
        if again:
            rendered = unpack(self.core.store.read(), prepared.delivery.id, prepared.payload.digest)
        before = len(self.outside.asked)
        self.outside.revocable = lambda: prepared.staged and context.returnable
        messages: list[Message] = []
        if isinstance(self.channel, Bulk):
            messages = self.messages(prepared, context.round)
            work: Any = partial(self.channel.deliver_batch, rendered, messages, context)
        elif isinstance(self.channel, Projection):
            shown = [Published(prepared.delivery.key, rendered, prepared.delivery.publish_at)]
            work = partial(self.channel.project, list(shown if published is None else published), context)
        else:
            work = partial(self.channel.deliver, rendered, context)
        outcome = self.guarded(work, self.limit) if watched else _outcome(work)
        outcomes = list(for_each(self.setting.plugin, outcome, len(messages))) if messages else [outcome]
        return Answer(outcomes, context, self.outside.asked[before:], messages)

    def messages(self, prepared: Prepared, round: int = 1) -> list[Message]:
        """Return the first batch of a bulk delivery."""
        channel, key = self.channel, prepared.delivery.key
        found = self.guarded(partial(self._recipients, prepared))
        if isinstance(found, Raised):
            raise LoaError(f"recipients: {type(found.error).__name__}: {found.error}")
        head, tail = f"{key.post}/{key.recurrence}/{key.channel}", key.action
        return [
            Message(f"{head}/{each.address}/{tail}", round, each.address, each.name, each.data)
            for each in islice(found, channel.batch_size)
        ]

    def _recipients(self, prepared: Prepared) -> list[Any]:
        context = self.core.snapshot.context(self.channel.name)
        stream: Iterator[Any] = iter(self.channel.recipients(prepared.rendered, prepared.target, context))
        return list(islice(stream, 1000))

    def run(self, row: Delivery) -> Delivery:
        """Let the host do what is due, from the claim to the record, and return the delivery as it stands then."""
        from scheduler.engine.delivering.executor import Executor
        from scheduler.engine.delivering.lane import Lane

        lane = Lane(self.core, self.configured)
        lane.around = self.around
        executor = Executor(lane)
        with watching(self.watch):
            for _step in range(100):
                if executor.step() > self.clock.now():
                    break
        executor.close()
        return next(each for each in self.engine.look.deliveries() if each.id == row.id)

    def item(self, row: Delivery, **changed: Any) -> Any:
        """Return what is to be said for a delivery, with some of it changed."""
        key, at = changed.pop("key", row.key), changed.pop("publish_at", row.publish_at)
        return replace(self.core.snapshot.item(key, at), **changed)

    def rendered(self, row: Delivery, **changed: Any) -> Prepared:
        """Render a delivery of which something is changed, and return it. Raises what the channel raises."""
        item, context = self.item(row, **changed), self.core.snapshot.context(self.channel.name)
        made = self.channel.render(item, context)
        route = bool(self.channel.idempotent(made, context))
        delivery = replace(row, key=item.key, publish_at=item.publish_at)
        return Prepared(delivery, item.target, made, pack(made), route, bool(self.channel.staged))

    # --- what it left ------------------------------------------------------------------------------------------------

    def _files(self) -> dict[str, bytes]:
        found = {}
        for path in sorted(self.folder.rglob("*")):
            name = path.relative_to(self.folder).as_posix()
            if not path.is_file() or name == CONFIG or name.startswith(("var/loa.db", "var/armed")):
                continue
            found[name] = path.read_bytes()
        return found

    def files(self) -> dict[str, bytes]:
        """Return the files that the channel has made or changed, by their path below the folder."""
        return {name: data for name, data in self._files().items() if self._begun.get(name) != data}

    def effects(self) -> dict[str, Any]:
        """Return all that has happened outside: files, what was written over HTTP, and the world's own."""
        found: dict[str, Any] = dict(self.files())
        for each in self.outside.asked:
            if each.writes and each.fate != "unsent":
                found[written(each)] = each.body
        for said in self.wire.said:
            found[f"{said.place} {bytes(said.words)!r}"] = bytes(said.words)
        if self.world is not None:
            found |= {f"world {number}": repr(each).encode() for number, each in enumerate(self.world.effects())}
        return found

    def seen(self) -> str:
        """Return all that has gone out as one text, packed files unpacked."""
        from scheduler.testing.reading import words

        return "\n".join(f"{name}\n{words(data)}" for name, data in self.effects().items())


def _outcome(work: Callable[[], Any]) -> Outcome:
    try:
        return work()
    except BaseException as error:  # noqa: BLE001 - as `Caller` does
        return Raised(error)


def written(asked: Asked) -> str:
    """Return a request as it compares with another: without what the client itself adds anew each time."""
    heads = {name: value for name, value in asked.headers.items() if name.lower() not in _OF_THE_CLIENT}
    whole = f"{asked.method} {asked.url} {sorted(heads.items())} ".encode() + asked.body
    for mark in _BOUNDARY.findall(whole):
        whole = whole.replace(mark, b"boundary")
    return repr(whole)
