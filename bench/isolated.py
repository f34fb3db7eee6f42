"""(g) A plugin in a process of its own, beside the same one in Loa's: starting it, a call, a message of a bulk, memory.

The plugin does nothing, so that what is measured is the way there and back.
"""

from __future__ import annotations

import os
import tempfile
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from zoneinfo import ZoneInfo

from bench.figures import Figure, in_turns
from scheduler.channels.channel import Message, RenderContext, Rendered
from scheduler.channels.loader import Plugins, load_plugins
from scheduler.ground.clock import SystemClock
from scheduler.ground.delivery import Key
from scheduler.ground.model import Target
from scheduler.plan.config import PluginConfig

PLUGIN = """\
from scheduler.api import BaseChannel, Options, Receipt, Recipient, Rendered, hookimpl

class Nothing(BaseChannel[Options]):
    name, options, batch_size = "nothing", Options, 1000
    def render(self, item, context):
        return Rendered({}, "")
    def deliver(self, rendered, context):
        return Receipt("1")
    def recipients(self, rendered, target, context):
        return (Recipient(f"+849{number:08}") for number in range(rendered.body["many"]))
    def deliver_batch(self, rendered, messages, context):
        return [Receipt(each.key) for each in messages]

@hookimpl
def register_channels():
    return [Nothing()]
"""
CALLS, MANY, RUNS = 2000, 100_000, 5
TARGET = Target("nothing", "noi")
ZONE = ZoneInfo("Asia/Ho_Chi_Minh")


def measure(calls: int = CALLS, many: int = MANY, runs: int = RUNS) -> list[Figure]:
    """Return each figure of the isolated plugin with that of the same one in this process."""
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place)
        (folder / "plugins").mkdir()
        (folder / "plugins" / "nothing.py").write_text(PLUGIN, encoding="utf-8")
        started = in_turns([lambda: _load(folder, isolated=True)[1], lambda: _load(folder, isolated=False)[1]], runs)
        far, near = (_load(folder, isolated=each)[0] for each in (True, False))
        apart, within = far.channels["nothing"][0], near.channels["nothing"][0]
        call = in_turns([lambda: _calls(apart, calls), lambda: _calls(within, calls)], runs)
        file = in_turns([lambda: _calls(apart, 20, 1 << 20), lambda: _calls(within, 20, 1 << 20)], runs)
        listed = in_turns([lambda: _listed(apart, many), lambda: _listed(within, many)], runs)
        batch = in_turns([lambda: _batches(apart, many), lambda: _batches(within, many)], runs)
        memory = _memory(apart)
    pairs = (("start, until its channels are known", started, 1e3, "ms"), ("one call", call, 1e6, "µs"),
             ("one call with a file of 1 MB", file, 1e3, "ms"), ("one recipient of a list", listed, 1e6, "µs"),
             ("one message of a batch of 1,000", batch, 1e6, "µs"))  # fmt: skip
    figures = []
    for name, (theirs, ours), scale, unit in pairs:
        figures.append(Figure(name, theirs * scale, unit))
        figures.append(Figure("  the same in Loa's process", ours * scale, unit))
    return [*figures, Figure("memory of the process, resident", memory, "MB")]


def _load(folder: Path, *, isolated: bool) -> tuple[Plugins, float]:
    began = time.perf_counter()
    wishes = {"nothing": PluginConfig(isolated=isolated)}
    plugins = load_plugins(folder, wishes, only=lambda each: each.name == "nothing")
    took = time.perf_counter() - began
    assert not plugins.statuses[0].error, plugins.statuses[0].error
    return plugins, took


def _context(channel: Any) -> Any:
    now = datetime.now(UTC)
    return SimpleNamespace(
        key=Key("a", "20210503", "nothing", "noi"), round=1, options=channel.options.model_validate({}), target=TARGET,
        zone=ZONE, content=Path(), publish_at=now, deadline=now + timedelta(minutes=1), previous=None, rehearsal=False,
        clock=SystemClock(), patience=30.0,
    )  # fmt: skip


def _calls(channel: Any, number: int, size: int = 0) -> float:
    from scheduler.channels.channel import File

    context, rendered = _context(channel), Rendered({}, "Xin chào", (File("a", "b", bytes(size)),) if size else ())
    channel.deliver(rendered, context)
    began = time.perf_counter()
    for _ in range(number):
        channel.deliver(rendered, context)
    return (time.perf_counter() - began) / number


def _listed(channel: Any, many: int) -> float:
    context = RenderContext(channel.options.model_validate({}), ZONE, Path())
    began = time.perf_counter()
    found = sum(1 for _each in channel.recipients(Rendered({"many": many}, ""), TARGET, context))
    assert found == many
    return (time.perf_counter() - began) / many


def _batches(channel: Any, many: int) -> float:
    context, rendered = _context(channel), Rendered({}, "Xin chào")
    batch = [Message(f"a/{number}", 1, f"+849{number:08}") for number in range(1000)]
    began = time.perf_counter()
    for _ in range(max(1, many // 1000)):
        assert len(channel.deliver_batch(rendered, batch, context)) == 1000
    return (time.perf_counter() - began) / (max(1, many // 1000) * 1000)


def _memory(channel: Any) -> float:
    status = Path(f"/proc/{channel._pool.processes()[0]}/status")
    if not os.path.exists(status):  # noqa: PTH110 - no Linux
        return 0.0
    line = next(each for each in status.read_text().splitlines() if each.startswith("VmRSS"))
    return int(line.split()[1]) / 1024
