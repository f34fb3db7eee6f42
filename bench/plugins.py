"""(f) What loading 50 plugins adds to ``loa --help`` and to a start, beyond what importing them takes by itself.

Half lie in the campaign's folder and half are installed; a fifth bring commands. Beside each process stands the same
one in a folder without them, and a Python that imports `scheduler.api` with and without their modules. All is processor
time, which on an idle machine is the time until the process ends, and of which others' work takes less.
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
    from collections.abc import Mapping, Sequence

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
_AS_LOA = "import gc, os; gc.set_threshold(200_000); os.environ['PYDANTIC_DISABLE_PLUGINS'] = '__all__'"
"""As `scheduler.cli.main` begins: otherwise the modules alone would take longer than within Loa."""
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
            "bare": ((sys.executable, "-c", _AS_LOA), full),
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
    wall, processor = (
        {each: [getattr(turn[each], field) for turn in turns] for each in turns[0]} for field in _Took._fields
    )
    rest = statistics.median(_beyond(processor, name, own))
    return [
        Figure(f"{command}, no plugin of one's own", statistics.median(processor[name]), "ms"),
        Figure(f"{command}, {number} plugins", statistics.median(processor[f"{name} of many"]), "ms"),
        Figure("  their modules, imported by themselves", _more(processor, own, "api"), "ms"),
        Figure("  added beyond that", rest, "ms", f"aim: under {MOST:.0f}", rest < MOST),
        Figure("  added beyond that, by the clock on the wall", statistics.median(_beyond(wall, name, own)), "ms"),
    ]


def _beyond(took: Mapping[str, list[float]], name: str, own: str) -> list[float]:
    four = zip(took[f"{name} of many"], took[name], took[own], took["api"], strict=True)
    return [many - without - (modules - door) for many, without, modules, door in four]


def _more(took: Mapping[str, list[float]], one: str, other: str) -> float:
    return statistics.median(each - least for each, least in zip(took[one], took[other], strict=True))


def _door(turns: Sequence[Mapping[str, _Took]]) -> Figure:
    """Return what the plugins' own import of the door takes; every command pays it once that needs channels at all."""
    took = statistics.median(each["api"].processor - each["bare"].processor for each in turns)
    return Figure("  the door and pydantic, which they import, by themselves", took, "ms")


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
    lines = [_AS_LOA, "import scheduler.api, importlib, importlib.util"]
    for each in modules:
        if isinstance(each, Path):
            lines += [
                f"spec = importlib.util.spec_from_file_location({each.stem!r}, {str(each)!r})",
                "spec.loader.exec_module(importlib.util.module_from_spec(spec))",
            ]
        else:
            lines.append(f"importlib.import_module({each!r})")
    return "\n".join(lines)
