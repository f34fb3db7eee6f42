"""Small real campaign folders for tests: real files, real plugins, a real database, a clock that is stepped."""

from __future__ import annotations

import secrets
import tempfile
import textwrap
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING, Any

from scheduler.channels.finding import import_file
from scheduler.engine.delivering.executor import Executor
from scheduler.engine.delivering.lane import Lane
from scheduler.engine.delivering.settling import recover
from scheduler.engine.engine import Engine
from scheduler.engine.planning.planner import Planner
from scheduler.ground.clock import SimulatedClock
from scheduler.ground.delivery import Key
from scheduler.store import deliveries, settings
from scheduler.store.store import IDENTITY, Store, make_place

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from scheduler.ground.clock import Clock
    from scheduler.ground.delivery import Delivery

NOON = datetime(2021, 5, 3, 5, 0, tzinfo=UTC)
"""Noon of 3 May 2021 in Viet Nam."""

LOCAL = timedelta(hours=7)

PLAN = """\
id = "nho"
title = "Chiến dịch nhỏ"
year = 2021
theme = "Bảo hiểm cho mọi người"
language = "vi"
approval_required = {required}

[languages]
vi = "Tiếng Việt"

[[workstreams]]
id = "chung"
title = "Chung"
from = 2021-01-01
to = 2021-12-31

[[people]]
id = "giam-doc"
name = "Giám đốc"
roles = ["review", "approve"]

[[people]]
id = "can-bo"
name = "Cán bộ"
roles = ["draft"]
"""

PLUGIN = '''\
"""A channel whose conduct the test writes down: `does` answers calls, `calls` keeps what was called."""

from datetime import timedelta

from scheduler.api import *
from scheduler.api import BaseChannel, Forecast, Options, Receipt, Rendered, hookimpl

calls = []
does = {{}}


class Settings(Options):
    greeting: str = ""
    token: Secret | None = None


class Base(BaseChannel[Settings]):
    options = Settings
    sure = True

    def render(self, item, context):
        if "render" in does:
            return does["render"](item, context)
        return Rendered({{"text": item.text.strip(), "target": item.target.name}}, item.text.strip())

    def check(self, rendered, context):
        return does["check"](rendered, context) if "check" in does else ()

    def forecast(self, rendered, context):
        return does["forecast"](rendered, context) if "forecast" in does else Forecast(cost=300, units=1)

    def idempotent(self, rendered, context):
        return does["idempotent"](rendered, context) if "idempotent" in does else self.sure

    def deliver(self, rendered, context):
        calls.append((str(context.key), context.round, rendered.text))
        receipt = Receipt(f"{{context.key}}#{{context.round}}")
        return does["deliver"](rendered, context) if "deliver" in does else receipt


class Simple(Base):
    name = "{name}"
    sure = {sure}
    staged = {staged}
    late = Late.{late}
    grace = timedelta(seconds={grace})
{more}


@hookimpl
def register_channels():
    return [Simple()]
'''


@dataclass
class Folder:
    """A campaign folder under construction. Every change is a change of a real file."""

    path: Path
    required: bool = False
    channels: dict[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        (self.path / "content" / "posts").mkdir(parents=True)
        (self.path / "content" / "events").mkdir()
        (self.path / "plugins").mkdir()
        self.plan()
        self.config()

    def plan(self, more: str = "", *, required: bool | None = None) -> None:
        """Write plan.toml."""
        if required is not None:
            self.required = required
        text = PLAN.format(required=str(self.required).lower()) + more
        (self.path / "content" / "plan.toml").write_text(text, encoding="utf-8")

    def config(self, top: str = "") -> None:
        """Write config.toml with the channels that were added."""
        tables = "\n".join(f"[channels.{name}]\n{table}" for name, table in self.channels.items())
        head = f'zone = "Asia/Ho_Chi_Minh"\nlanguage = "en"\n{top}\n'
        (self.path / "config.toml").write_text(head + tables, encoding="utf-8")

    def channel(
        self,
        name: str = "kenh",
        *,
        sure: bool = True,
        staged: bool = False,
        late: str = "SEND",
        grace: float = 7200,
        more: str = "",
        table: str = "",
        targets: tuple[str, ...] = ("noi",),
    ) -> ModuleType:
        """Add a plugin with one channel of that name, switch it on, and return its module."""
        code = PLUGIN.format(
            name=name,
            sure=sure,
            staged=staged,
            late=late,
            grace=grace,
            more=textwrap.indent(textwrap.dedent(more), "    "),
        )
        self.plugin(name, code)
        self.switch_on(name, table, targets)
        return self.module(name)

    def plugin(self, name: str, code: str) -> None:
        """Write a plugin's file."""
        (self.path / "plugins" / f"{name.replace('-', '_')}.py").write_text(code, encoding="utf-8")

    def switch_on(self, name: str, table: str = "", targets: tuple[str, ...] = ("noi",)) -> None:
        """Add a channel's table to config.toml."""
        rows = "".join(f'\n[[channels.{name}.targets]]\nname = "{target}"\n' for target in targets)
        self.channels[name] = textwrap.dedent(table) + rows
        self.config()

    def module(self, name: str) -> ModuleType:
        """Return the plugin's module, imported as the host imports it: the host will have the same."""
        plain = name.replace("-", "_")
        imported = import_file(plain, self.path / "plugins" / f"{plain}.py")
        assert isinstance(imported, ModuleType)
        return imported

    def post(
        self, name: str = "tin", *, at: datetime | str | None = None, text: str = "Xin chào.", **front: Any
    ) -> None:
        """Write a post; ``at`` is aware, or local text. Further keys go into its front matter as they are."""
        when = spelled(at) if isinstance(at, datetime) else at
        keys: dict[str, Any] = {"id": name, "title": f"Bài {name}", "workstream": "chung", "at": when}
        keys |= {"channels": f"[{', '.join(self.channels)}]"} | front
        lines = [f"{key}: {value}" for key, value in keys.items() if value is not None]
        path = self.path / "content" / "posts" / f"{name}.md"
        path.write_text("---\n" + "\n".join(lines) + f"\n---\n{text}\n", encoding="utf-8")

    def event(self, name: str, start: datetime, **front: Any) -> None:
        """Write an event."""
        keys = {"id": name, "title": f"Việc {name}", "workstream": "chung", "start": spelled(start), **front}
        lines = [f"{key}: {value}" for key, value in keys.items()]
        path = self.path / "content" / "events" / f"{name}.md"
        path.write_text("---\n" + "\n".join(lines) + "\n---\n", encoding="utf-8")

    def file(self, post: str = "tin") -> Path:
        """Return where the post lies."""
        return self.path / "content" / "posts" / f"{post}.md"


@cache
def blank() -> bytes:
    """Return a new database, made once: to make one takes longer than most tests."""
    with tempfile.TemporaryDirectory() as place:
        path = Path(place) / "loa.db"
        Store(path).close()
        return path.read_bytes()


def begun(var: Path) -> None:
    """Put a new database below ``var``, with a name of its own, where none is there."""
    path = var / "loa.db"
    if not path.exists():
        make_place(var)
        path.touch(0o600)
        path.write_bytes(blank())
        store = Store(path)
        with store.write() as connection:
            settings.put(connection, IDENTITY, secrets.token_hex(16))
        store.close()


def spelled(moment: datetime) -> str:
    """Return an aware time as front matter has it: local, without a zone."""
    return (moment.astimezone(UTC) + LOCAL).strftime("%Y-%m-%d %H:%M")


class Desk:
    """An engine at work on a folder, one step at a time and in this thread, as a rehearsal steps it."""

    def __init__(
        self,
        folder: Folder,
        clock: Clock | None = None,
        *,
        now: datetime = NOON,
        armed: bool = True,
        person: str = "giam-doc",
    ) -> None:
        self.folder = folder
        self.clock: Any = clock or SimulatedClock(now)
        begun(folder.path / "var")
        self.engine = Engine.open(folder.path, clock=self.clock, person=person)
        self.core = self.engine.core
        self.act, self.look, self.edit = self.engine.act, self.engine.look, self.engine.edit
        self.store = self.engine.store
        self.executors: dict[str, Executor] = {}
        self.replans = 0
        self.core.replan = self._replan
        self.begin()
        if armed:
            self.act.arm()

    def begin(self) -> None:
        """Become the folder's engine: a new epoch, and what the last one left is recovered."""
        with self.store.write() as connection:
            self.core.epoch = settings.new_epoch(connection, self.clock.now())
        recover(self.core)

    def _replan(self) -> None:
        self.replans += 1
        Planner(self.store, self.engine.snapshot, self.clock.now()).run()

    def executor(self, channel: str = "kenh") -> Executor:
        """Return the executor of a channel, made when first asked for."""
        configured = self.engine.registry.channels[channel]
        found = self.executors.get(channel)
        if found is None:
            found = self.executors[channel] = Executor(Lane(self.core, configured))
        elif found.lane.configured is not configured:
            found.lane.adopt(configured)
        return found

    def run(self, *channels: str) -> None:
        """Do all that is due now."""
        for channel in channels or tuple(self.engine.registry.channels):
            executor = self.executor(channel)
            for _ in range(1000):
                if executor.step() > self.clock.now():
                    break
            else:
                raise AssertionError(f"{channel} never comes to rest")

    def at(self, moment: datetime) -> Desk:
        """Move the clock on to ``moment``."""
        self.clock.advance(moment)
        return self

    def after(self, **duration: float) -> Desk:
        """Move the clock on."""
        return self.at(self.clock.now() + timedelta(**duration))

    def rows(self) -> dict[str, Delivery]:
        """Return every delivery by its key."""
        return {str(each.key): each for each in self.look.deliveries()}

    def row(self, post: str = "tin", channel: str = "kenh", target: str = "noi", day: str | None = None) -> Delivery:
        """Return one delivery; the only one of that post, channel and target unless ``day`` says which."""
        found = [
            each
            for each in self.look.deliveries()
            if (each.key.post, each.key.channel, each.key.target) == (post, channel, target)
            and day in (None, each.key.recurrence)
        ]
        assert len(found) == 1, found
        return found[0]

    def states(self) -> dict[str, str]:
        """Return the state of each delivery by its key."""
        return {key: row.state.value for key, row in self.rows().items()}

    def dump(self) -> Mapping[str, list[tuple[Any, ...]]]:
        """Return every row of every table, to show that nothing has changed."""
        connection = self.store.read()
        tables = [name for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
        return {
            name: connection.execute(f"SELECT * FROM {name} ORDER BY 1").fetchall()
            for name in tables
            if name != "setting"
        }

    def close(self) -> None:
        """End, as a process does that is told to."""
        for executor in self.executors.values():
            executor.close()
            executor.lane.around.close()
        self.executors.clear()
        self.engine.close()


def key_of(desk: Desk, delivery: int) -> Key:
    """Return the key of a delivery."""
    row = deliveries.get(desk.store.read(), delivery)
    assert row is not None
    return row.key


def both(*acts: Callable[[], object]) -> None:
    """Do one thing after the other."""
    for act in acts:
        act()
