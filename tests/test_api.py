"""The door: what a plugin may import, all of it and nothing else, at little cost."""

from __future__ import annotations

import ast
import importlib
import inspect
import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

import scheduler.api as door

ROOT = Path(__file__).parents[1]
SOURCE = Path(str(door.__file__))


def imported() -> dict[str, str]:
    """Return what the door imports, by name, with the module it comes from."""
    found = {}
    for node in ast.parse(SOURCE.read_text(encoding="utf-8")).body:
        if isinstance(node, ast.ImportFrom):
            found.update({alias.asname or alias.name: str(node.module) for alias in node.names})
    return found


def test_it_exports_what_it_imports_and_only_that() -> None:
    assert sorted(imported()) == sorted(door.__all__)
    names = filter(str.isidentifier, vars(door))  # pytest adds others to what it rewrites, such as "@py_builtins"
    public = {name for name in names if not (name.startswith("__") and name.endswith("__"))}
    assert public == set(door.__all__)
    assert len(set(door.__all__)) == len(door.__all__)


@pytest.mark.parametrize("name", door.__all__)
def test_every_name_is_there_and_says_what_it_is(name: str) -> None:
    thing = getattr(door, name)
    assert getattr(importlib.import_module(imported()[name]), name) is thing
    assert (inspect.getdoc(thing) or "").strip()


def test_a_star_is_the_whole_door() -> None:
    space: dict[str, Any] = {}
    exec("from scheduler.api import *", space)
    assert set(door.__all__) <= space.keys()


def test_it_opens_only_on_the_floors_below_the_store() -> None:
    assert {module.split(".")[1] for module in imported().values()} == {"ground", "channels"}


def test_nothing_private_leaks_through_the_signatures_of_the_contract() -> None:
    """What a plugin must name in its own annotations, it must be able to import."""
    source = (ROOT / "scheduler" / "channels" / "channel.py").read_text(encoding="utf-8")
    known = set(door.__all__)
    own = {name for name, module in imported().items() if module.startswith("scheduler.")}
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.ClassDef) and node.name in known:
            for method in [each for each in node.body if isinstance(each, ast.FunctionDef)]:
                hints = [arg.annotation for arg in method.args.args if arg.annotation] + (
                    [method.returns] if method.returns else []
                )
                names = {sub.id for hint in hints for sub in ast.walk(hint) if isinstance(sub, ast.Name)}
                ours = {name for name in names if hasattr(importlib.import_module("scheduler.channels.channel"), name)}
                strangers = {
                    n for n in ours - known if n[0].isupper() and n not in ("Any", "O", "OptionsOut_co", "Protocol")
                }
                assert not strangers, f"{node.name}.{method.name} needs {strangers}"
    assert own == known


def test_the_import_is_cheap_and_brings_nothing_heavy() -> None:
    code = """
import json, sys
before = set(sys.modules)
import scheduler.api
print(json.dumps(sorted({name.split(".")[0] for name in set(sys.modules) - before})
    + sorted(name for name in sys.modules if name.startswith("scheduler."))))
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=ROOT)
    names = set(json.loads(done.stdout))
    heavy = {
        "sqlite_utils",
        "sqlite3",
        "click",
        "textual",
        "jinja2",
        "httpx2",
        "feedgen",
        "docx",
        "phonenumbers",
        "dateutil",
    }
    assert not names & (
        heavy | {"markdown_it", "nh3", "yaml", "tomlkit", "schedule", "gettext", "lxml", "asyncio", "babel"}
    )
    floors = {name.split(".")[1] for name in names if name.startswith("scheduler.")}
    assert floors <= {"api", "channels", "ground"}


def test_shipped_plugins_come_in_by_the_door_only() -> None:
    for file in sorted((ROOT / "plugins").rglob("*.py")):
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            modules = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
            modules += [str(node.module)] if isinstance(node, ast.ImportFrom) else []
            for module in modules:
                assert not module.startswith("scheduler") or module == "scheduler.api", f"{file}: {module}"
