"""(f) What loading 50 plugins adds to ``loa --help`` and to a start, beyond what importing them takes by itself.

Half lie in the campaign's folder and half are installed; a fifth bring commands. Beside each process stands the same
one in a folder without them, and a Python that has imported `scheduler.api` with and without importing their modules.
"""

from __future__ import annotations

import os
import resource
import statistics
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from bench.figures import Figure
from bench.folder import make
from bench.start import milliseconds, warm_environment

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

ROUNDS = 21
NUMBER = 50
MOST = 100.0
"""Milliseconds that Loa itself may take for all of them."""

PLUGIN = """\
from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta
from typing import Any

from scheduler.api import (
    BaseChannel,
    DeliverContext,
    Item,
    Options,
    Problem,
    Receipt,
    RenderContext,
    Rendered,
    Secret,
    TemporaryFailure,
    hookimpl,
)

loa_contract = "1.0"


class Settings(Options):
    url: str = "https://example.org/"
    token: Secret | None = None
    most: int = 160


class Channel(BaseChannel[Settings]):
    name = "bench-{number}"
    title = "Bench {number}"
    options = Settings
    lead = timedelta(minutes=5)

    def render(self, item: Item, context: RenderContext[Settings]) -> Rendered:
        return Rendered({{"text": item.text}}, item.text)

    def check(self, rendered: Rendered, context: RenderContext[Settings]) -> Iterable[Problem]:
        if len(rendered.text) > context.options.most:
            yield Problem("too long")

    def deliver(self, rendered: Rendered, context: DeliverContext[Settings]) -> Receipt:
        answer = context.http.post(context.options.url, json=dict(rendered.body))
        if answer.is_error:
            raise TemporaryFailure(answer.text)
        return Receipt(answer.text)


@hookimpl
def register_channels() -> list[Any]:
    return [Channel()]
"""
COMMAND = """

@hookimpl
def register_commands() -> list[Any]:
    import click

    return [click.Command("bench-{number}", help="Does nothing.")]
"""
_LOA = (sys.executable, "-m", "scheduler")


class _Took(NamedTuple):
    """Milliseconds of one process."""

    wall: float
    processor: float


def measure(rounds: int = ROUNDS, number: int = NUMBER) -> list[Figure]:
    """Return, for the help and for a start, what the plugins add, what of that their imports are, and the rest."""
    with tempfile.TemporaryDirectory() as place:
        without, many = folders(Path(place), number)
        bare = warm_environment(Path(place) / "bytecode")
        full = bare | {"PYTHONPATH": os.pathsep.join((str(Path(place) / "installed"), str(Path.cwd())))}
        modules, lending = _imports(many, number)
        ways = {
            "help": ((*_LOA, "-C", str(without), "--help"), bare),
            "help of many": ((*_LOA, "-C", str(many), "--help"), full),
            "plan": ((*_LOA, "-C", str(without), "plan"), bare),
            "plan of many": ((*_LOA, "-C", str(many), "plan"), full),
            "bare": ((sys.executable, "-c", "pass"), full),
            "api": ((sys.executable, "-c", _importing([])), full),
            "lending": ((sys.executable, "-c", _importing(lending)), full),
            "modules": ((sys.executable, "-c", _importing(modules)), full),
        }
        for way in ways.values():
            _took(*way)
        turns = [{name: _took(*way) for name, way in ways.items()} for _ in range(rounds)]
    return [
        *_figures("loa --help", turns, "help", "lending", number),
        _door(turns),
        *_figures("loa plan", turns, "plan", "modules", number),
    ]


def _figures(command: str, turns: Sequence[Mapping[str, _Took]], name: str, own: str, number: int) -> list[Figure]:
    """Return medians; what is added is told turn by turn first, so that what else the machine does falls out."""
    rest = _Took(*map(statistics.median, zip(*(_beyond(each, name, own) for each in turns), strict=True)))
    imports = statistics.median(each[own].wall - each["api"].wall for each in turns)
    return [
        Figure(f"{command}, no plugin of one's own", statistics.median(each[name].wall for each in turns), "ms"),
        Figure(f"{command}, {number} plugins", statistics.median(each[f"{name} of many"].wall for each in turns), "ms"),
        Figure("  their modules, imported in a bare Python", imports, "ms"),
        Figure("  added beyond that", rest.wall, "ms", f"aim: under {MOST:.0f}", rest.wall < MOST),
        Figure("  added beyond that, processor time", rest.processor, "ms"),
    ]


def _door(turns: Sequence[Mapping[str, _Took]]) -> Figure:
    """Return what the plugins' own import of the door takes; every command pays it once that needs channels at all."""
    took = statistics.median(each["api"].processor - each["bare"].processor for each in turns)
    return Figure("  of that the door with pydantic, in a bare Python", took, "ms")


def _beyond(turn: Mapping[str, _Took], name: str, own: str) -> Iterator[float]:
    many, without, modules, door = (turn[each] for each in (f"{name} of many", name, own, "api"))
    for field in ("wall", "processor"):
        imports = getattr(modules, field) - getattr(door, field)
        yield getattr(many, field) - getattr(without, field) - imports


def _took(command: Sequence[str], environment: Mapping[str, str]) -> _Took:
    """Run a process to its end, which must be a good one."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    wall = milliseconds(command, environment)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return _Took(wall, (after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime) * 1000)


def folders(place: Path, number: int) -> tuple[Path, Path]:
    """Write two campaign folders, one with the plugins, and what is installed beside them."""
    without, many = place / "without", place / "many"
    for folder in (without, many):
        make(folder, "again", 1, {})
    installed = place / "installed"
    installed.mkdir()
    for each in range(number):
        name = f"bench_{each}"
        code = (PLUGIN + (COMMAND if each % 5 == 0 else "")).format(number=each)
        if each % 2:
            (installed / f"{name}.py").write_text(code, encoding="utf-8")
            facts = installed / f"{name}-1.0.dist-info"
            facts.mkdir()
            (facts / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {name}\nVersion: 1.0\n", encoding="utf-8")
            (facts / "entry_points.txt").write_text(f"[loa.plugins]\n{name} = {name}\n", encoding="utf-8")
        else:
            (many / "plugins" / f"{name}.py").write_text(code, encoding="utf-8")
    return without, many


def _imports(many: Path, number: int) -> tuple[list[Path | str], list[Path | str]]:
    """Return all modules, and those that bring commands: files of the folder, names of what is installed."""
    every = [f"bench_{each}" if each % 2 else many / "plugins" / f"bench_{each}.py" for each in range(number)]
    return every, every[::5]


def _importing(modules: list[Path | str]) -> str:
    """Return a program that imports the door, and then those modules as Python itself would."""
    lines = ["import scheduler.api, importlib, importlib.util"]
    for each in modules:
        if isinstance(each, Path):
            lines += [
                f"spec = importlib.util.spec_from_file_location({each.stem!r}, {str(each)!r})",
                "spec.loader.exec_module(importlib.util.module_from_spec(spec))",
            ]
        else:
            lines.append(f"importlib.import_module({each!r})")
    return "\n".join(lines)
