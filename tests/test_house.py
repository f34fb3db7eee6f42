"""The house: floors, doors, and the size of its rooms, held by a walk over the syntax trees."""

from __future__ import annotations

import ast
import subprocess
import sys
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from statistics import median

import pytest

from scheduler.ground.lifecycle import State
from tests.trees import nodes, tree

ROOT = Path(__file__).parents[1]
PACKAGE = ROOT / "scheduler"
PLUGINS = ROOT / "plugins"
RANK = {"ground": 0, "plan": 1, "channels": 2, "api": 2, "store": 3, "engine": 4, "testing": 4, "cli": 5, "tui": 5}
"""The floors, lowest first; ``scheduler/__init__`` and ``__main__`` stand at the door."""
ROOMS = ("delivering", "planning", "daemon", "acts", "edits", "looks", "rehearsing")
"""The folders of the engine; what stands above them is shared by all, or puts them together."""

MODULES = sorted(path for path in PACKAGE.rglob("*.py") if "shipped" not in path.parts)
PLUGIN_MODULES = sorted(PLUGINS.rglob("*.py"))
SQL = (
    "SELECT ",
    "INSERT ",
    "UPDATE ",
    "DELETE ",
    "PRAGMA ",
    "CREATE ",
    "BEGIN ",
    "COMMIT",
    "ROLLBACK",
    "ALTER ",
    "DROP ",
)
STATES = frozenset(state.value for state in State)


def name_of(path: Path) -> str:
    parts = path.relative_to(ROOT).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


NAMES = {name_of(path): path for path in MODULES}


@cache
def typing_only(path: Path) -> set[int]:
    """Return the ids of nodes that only a type checker sees."""
    hidden: set[int] = set()
    for node in nodes(path):
        if isinstance(node, ast.If) and "TYPE_CHECKING" in ast.unparse(node.test):
            hidden |= {id(inner) for each in node.body for inner in ast.walk(each)}
    return hidden


def imports(path: Path, *, of_types: bool = False) -> Iterator[tuple[str, int]]:
    """Yield each module that ``path`` imports, wherever in it, with the line."""
    hidden = set() if of_types else typing_only(path)
    for node in nodes(path):
        if id(node) in hidden:
            continue
        if isinstance(node, ast.Import):
            yield from ((alias.name, node.lineno) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            base = _absolute(path, node)
            inner = [f"{base}.{alias.name}" for alias in node.names]
            yield from ((each if each in NAMES else base, node.lineno) for each in inner)


def _absolute(path: Path, node: ast.ImportFrom) -> str:
    if not node.level:
        return node.module or ""
    parts = name_of(path).split(".")
    drop = node.level - (path.name == "__init__.py")
    return ".".join([*parts[: len(parts) - drop], *([node.module] if node.module else [])])


def floor(module: str) -> str:
    parts = module.split(".")
    return parts[1] if len(parts) > 1 and parts[0] == "scheduler" else ""


@pytest.mark.parametrize("path", MODULES, ids=lambda each: str(each.relative_to(ROOT)))
def test_a_module_imports_only_from_below(path: Path) -> None:
    here = floor(name_of(path))
    if here in ("", "__main__"):
        return
    wrong = [
        f"line {line}: {module}" for module, line in imports(path) if floor(module) and RANK[floor(module)] > RANK[here]
    ]
    assert not wrong, f"imports from above: {', '.join(wrong)}"
    across = [module for module, _ in imports(path) if floor(module) and {here, floor(module)} == {"cli", "tui"}]
    assert here == "cli" or not across, f"the screens import the commands: {across}"


@pytest.mark.parametrize("room", ROOMS)
def test_a_folder_of_the_engine_imports_only_from_those_before_it(room: str) -> None:
    later = tuple(f"scheduler.engine.{each}" for each in ROOMS[ROOMS.index(room) + 1 :])
    folder = PACKAGE / "engine" / room
    wrong = [
        f"{path.name}:{line}: {module}"
        for path in folder.rglob("*.py")
        for module, line in imports(path)
        if module.startswith(later)
    ]
    assert not wrong, wrong


def test_the_folders_of_the_engine_are_all_named() -> None:
    assert {path.parent.name for path in (PACKAGE / "engine").glob("*/__init__.py")} == set(ROOMS)


def test_every_folder_is_a_floor() -> None:
    folders = {path.name for path in PACKAGE.iterdir() if path.is_dir() and any(path.glob("*.py"))}
    assert folders - {"shipped", "example"} == set(RANK) - {"api"}


def test_no_module_leads_back_to_itself() -> None:
    graph = {name: {module for module, _ in imports(path) if module in NAMES} for name, path in NAMES.items()}
    done: set[str] = set()

    def visit(name: str, above: tuple[str, ...]) -> None:
        assert name not in above, " → ".join([*above[above.index(name) :], name])
        if name not in done:
            for each in sorted(graph[name] - {name}):
                visit(each, (*above, name))
            done.add(name)

    for name in sorted(graph):
        visit(name, ())


def strings(path: Path) -> Iterator[tuple[str, int]]:
    docs = {
        id(node.body[0].value)
        for node in nodes(path)
        if isinstance(node, (ast.Module, ast.ClassDef, ast.FunctionDef))
        and node.body
        and isinstance(node.body[0], ast.Expr)
    }
    for node in nodes(path):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in docs:
            yield node.value, node.lineno


@pytest.mark.parametrize(
    "path", [p for p in MODULES if "store" not in p.parts], ids=lambda each: str(each.relative_to(ROOT))
)
def test_only_the_store_speaks_sql(path: Path) -> None:
    spoken = [f"line {line}" for text, line in strings(path) if text.lstrip().startswith(SQL) and text.isascii()]
    assert not [module for module, _ in imports(path) if module in ("sqlite3", "sqlite_utils")]
    assert not [each for each in spoken if not _prose(path, each)]


def _prose(path: Path, where: str) -> bool:
    line = path.read_text(encoding="utf-8").splitlines()[int(where.split()[1]) - 1]
    return "execute" not in line and '"PRAGMA' not in line


@pytest.mark.parametrize("path", MODULES, ids=lambda each: str(each.relative_to(ROOT)))
def test_textual_is_met_only_in_the_screens(path: Path) -> None:
    if floor(name_of(path)) != "tui":
        assert not [module for module, _ in imports(path) if module.split(".")[0] in ("textual", "rich")]


@pytest.mark.parametrize("path", PLUGIN_MODULES, ids=lambda each: str(each.relative_to(ROOT)))
def test_plugins_come_in_by_the_door(path: Path) -> None:
    own = f"plugins.{path.relative_to(PLUGINS).parts[0].removesuffix('.py')}"
    for module, line in imports(path, of_types=True):
        ours = module.split(".")[0] in ("scheduler", "loa_plugins", "plugins", "tests")
        allowed = module in ("scheduler.api", own) or module.startswith(f"{own}.")
        assert not ours or allowed, f"line {line}: {module}"


REAL_TIME = {
    "scheduler/ground/clock.py": "it is the clock",
    "scheduler/tui/frame.py": "how long reading takes paces the screen, in real time",
    "scheduler/tui/screens/delivery/handling.py": "how long a person has waited for an act on many, in real time",
    "scheduler/engine/core.py": "between two calls of one batch, what may stop them is asked anew after a real moment",
    "scheduler/engine/delivering/calls.py": "a hung plugin is measured in real time, whatever the clock says",
}
TELLING = frozenset({
    "time.sleep", "time.time", "time.monotonic", "time.perf_counter", "datetime.now", "datetime.utcnow",
    "datetime.today", "date.today",
})  # fmt: skip


@pytest.mark.parametrize("path", [*MODULES, *PLUGIN_MODULES], ids=lambda each: str(each.relative_to(ROOT)))
def test_only_the_clock_tells_the_time(path: Path) -> None:
    where = str(path.relative_to(ROOT))
    if where in REAL_TIME:
        return
    asked = [
        f"line {node.lineno}: {ast.unparse(node.func)}"
        for node in nodes(path)
        if isinstance(node, ast.Call) and ".".join(ast.unparse(node.func).split(".")[-2:]) in TELLING
    ]
    assert not asked


@pytest.mark.parametrize("path", [*MODULES, *PLUGIN_MODULES], ids=lambda each: str(each.relative_to(ROOT)))
def test_nobody_compares_states_as_text(path: Path) -> None:
    if str(path.relative_to(ROOT)) in ("scheduler/ground/lifecycle.py", "scheduler/store/migrations.py"):
        return
    compared = [
        f"line {node.lineno}: {ast.unparse(node)}"
        for node in nodes(path)
        if isinstance(node, ast.Compare)
        for inner in ast.walk(node)
        if isinstance(inner, ast.Constant) and inner.value in STATES
    ]
    matched = [f"line {node.lineno}" for node in nodes(path) if isinstance(node, ast.MatchValue) and _state(node.value)]
    assert not compared + matched


def _state(node: ast.expr) -> bool:
    return isinstance(node, ast.Constant) and node.value in STATES


# --- rooms -----------------------------------------------------------------------------------------------------------


def length(path: Path) -> int:
    return len(path.read_text(encoding="utf-8").splitlines())


@pytest.mark.parametrize("path", [*MODULES, *PLUGIN_MODULES], ids=lambda each: str(each.relative_to(ROOT)))
def test_no_room_is_too_large_or_a_lumber_room(path: Path) -> None:
    assert length(path) <= 400
    assert path.stem not in ("utils", "util", "common", "misc", "helpers", "helper", "tools")


def test_rooms_and_functions_are_of_a_size_to_be_read() -> None:
    sizes = [length(path) for path in [*MODULES, *PLUGIN_MODULES] if path.name != "__init__.py"]
    assert 60 <= median(sizes) <= 250, f"median module of {median(sizes)} lines"
    functions = [
        (node.end_lineno or 0) - node.lineno + 1
        for path in [*MODULES, *PLUGIN_MODULES]
        for node in nodes(path)
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef))
    ]
    short = sum(size < 35 for size in functions) / len(functions)
    assert short >= 0.9, f"{short:.0%} of the functions are under 35 lines"


@pytest.mark.parametrize(
    "path",
    [p for p in MODULES if floor(name_of(p)) in ("ground", "plan", "channels", "store", "engine")],
    ids=lambda each: str(each.relative_to(ROOT)),
)
def test_what_is_public_says_what_it_is_for(path: Path) -> None:
    assert ast.get_docstring(tree(path)), "the module"
    silent = [
        f"line {node.lineno}: {node.name}"
        for node in tree(path).body
        if isinstance(node, (ast.FunctionDef, ast.ClassDef))
        and not node.name.startswith("_")
        and not ast.get_docstring(node)
    ]
    assert not silent


# --- what a start loads ----------------------------------------------------------------------------------------------


def loaded_by(code: str) -> set[str]:
    done = subprocess.run(
        [sys.executable, "-c", f"{code}\nimport sys; print('\\n'.join(sys.modules))"],
        capture_output=True, text=True, check=True, cwd=ROOT,
    )  # fmt: skip
    return set(done.stdout.split())


def test_the_command_line_starts_light() -> None:
    assert not loaded_by("import scheduler.cli") & {
        "textual",
        "pydantic",
        "sqlite_utils",
        "jinja2",
        "pluggy",
        "sqlite3",
    }


def test_the_engine_loads_no_screen_and_no_heavy_library() -> None:
    heavy = {"textual", "rich", "feedgen", "jinja2", "docx", "phonenumbers", "httpx2", "nh3", "markdown_it", "dateutil"}
    assert not loaded_by("import scheduler.engine.engine, scheduler.engine.daemon.runner") & heavy


def test_the_door_opens_on_nothing_heavy() -> None:
    assert not loaded_by("import scheduler.api") & {
        "textual",
        "sqlite_utils",
        "sqlite3",
        "httpx2",
        "scheduler.engine",
        "scheduler.store",
    }
