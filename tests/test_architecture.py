"""docs/architecture.md is held to the code."""

from __future__ import annotations

import re
from pathlib import Path

from scheduler.ground.lifecycle import TRANSITIONS, State

PAGE = (Path(__file__).parents[1] / "docs" / "architecture.md").read_text(encoding="utf-8")


def _documented() -> dict[str, dict[str, set[str]]]:
    table = PAGE.split("<!-- states -->")[1].split("<!-- /states -->")[0]
    found: dict[str, dict[str, set[str]]] = {}
    for state, ways in re.findall(r"^\| `(\w+)` \|[^|]*\|([^|]*)\|$", table, re.MULTILINE):
        found[state] = {
            event.strip(): {target.strip() for target in targets.split(",")}
            for event, targets in (way.split("→") for way in ways.split(";") if way.strip())
        }
    return found


def test_the_table_of_states_is_the_lifecycle() -> None:
    wanted: dict[str, dict[str, set[str]]] = {state.value: {} for state in State}
    for (state, event), targets in TRANSITIONS.items():
        wanted[state.value][event.value] = {target.value for target in targets}
    assert _documented() == wanted


def test_every_floor_and_module_it_names_is_there() -> None:
    package = Path(__file__).parents[1] / "scheduler"
    for floor in re.findall(r"^\| `(\w+)/`", PAGE.split("## Who is in the engine's room")[0], re.MULTILINE):
        assert (package / floor).is_dir(), floor
    for module in re.findall(r"`((?:ground|plan|channels|store|engine)/[\w/]+\w)`", PAGE):
        assert (package / f"{module}.py").is_file(), module


def test_the_glossary_names_what_the_code_has() -> None:
    for word in ("post", "event", "occurrence", "variant", "delivery", "message", "attempt", "approval", "rehearsal"):
        assert re.search(rf"^\| {word} \|", PAGE, re.MULTILINE), word


def test_every_module_of_the_engine_stands_in_the_row_of_its_folder() -> None:
    engine = Path(__file__).parents[1] / "scheduler" / "engine"
    table = PAGE.split("## Who is in the engine's room")[1].split("## ")[0]
    told: dict[str, set[str]] = {}
    for folder, modules in re.findall(r"^\| `(\w+)/` \| (.*) \|$", table, re.MULTILINE):
        told.setdefault(folder, set()).update(set(re.findall(r"`(\w+)`", modules)) - {"look", "act", "edit"})
    there: dict[str, set[str]] = {}
    for path in engine.rglob("*.py"):
        there.setdefault(path.parent.name, set()).add(path.stem)
    assert told == {folder: stems - {"__init__"} for folder, stems in there.items()}
