"""README.md and docs/ are held to the program: commands run, examples are read, links lead somewhere.

A page is followed as a reader follows it, top to bottom, in a folder of its own. Comments in the page steer this:
``in: nowhere``, ``in: new`` (after `loa init`) or ``in: example`` (approved; with ``; 1 unknown`` a delivery is brought
into a state), ``save: FILE`` (the block is written there), ``output of: COMMAND`` (the block is what it writes), and
``skip: REASON``.
"""

from __future__ import annotations

import re
import shutil
import subprocess
import tomllib
from dataclasses import replace
from datetime import datetime
from fnmatch import fnmatch
from typing import TYPE_CHECKING

import pytest

import scheduler
from scheduler.channels.loader import load_plugins
from scheduler.channels.registry import build
from scheduler.cli.example import PARTS, example_folder
from scheduler.engine.engine import Engine
from scheduler.ground.clock import SystemClock
from scheduler.ground.delivery import Approval
from scheduler.ground.problem import Problem, Severity
from scheduler.ground.text import use
from scheduler.plan import template
from scheduler.plan.approvals import append_approval
from scheduler.plan.calendar import occurrences
from scheduler.plan.config import load_config
from scheduler.plan.content import read_event
from scheduler.plan.known import Known
from scheduler.plan.plan import read_plan
from scheduler.plan.posts import read_post
from scheduler.tui.keymap import read_keymap
from tests.pages import ROOT, Block, Reader, blocks, named

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from scheduler.engine.snapshot import Snapshot

PAGES = [ROOT / "README.md", ROOT / "CHANGELOG.md", *sorted((ROOT / "docs").rglob("*.md"))]
FOLLOWED = [page for page in PAGES if page.name not in ("commands.md", "tutorial.md")]
"""Not the commands, whose examples tests/cli/test_examples.py runs, nor the tutorial: see tests/test_tutorial.py."""
APPROVER = "giam-doc"
EXAMPLES = [
    pytest.param(block, id=f"{named(page)}:{block.line}")
    for page in FOLLOWED
    for block in blocks(page, "toml", "markdown", "yaml")
    if "save" not in block.marks
]


@pytest.fixture(autouse=True)
def plain(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[None]:
    """English, nobody's own settings, nobody's own services."""
    for name in ("LOA_AS", "LANGUAGE"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("LOA_LANG", "en")
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    yield
    use("en")


@pytest.fixture(scope="module")
def example(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a copy of the example campaign in which every post is approved, planned, and missed."""
    folder = tmp_path_factory.mktemp("docs") / "example"
    folder.mkdir()
    for part in PARTS:
        source = example_folder() / part
        (shutil.copytree if source.is_dir() else shutil.copy)(source, folder / part)
    with Engine.open(folder, person=APPROVER) as engine:
        for post, digest in engine.core.snapshot.digests.items():
            append_approval(folder, Approval(post, digest, "approved", APPROVER, SystemClock().now(), ""))
        engine.act.sync()
    return folder


@pytest.fixture(scope="module")
def snapshot(example: Path) -> Iterator[Snapshot]:
    with Engine.open(example) as engine:
        yield engine.core.snapshot


@pytest.mark.parametrize("page", FOLLOWED, ids=named)
def test_every_command_of_a_page_runs(
    page: Path, example: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    done = Reader(tmp_path, example, monkeypatch.chdir).follow(page)
    assert done or not [block for block in blocks(page, "sh") if "skip" not in block.marks]


def test_what_is_skipped_says_why() -> None:
    reasons = [block.marks["skip"] for page in FOLLOWED for block in blocks(page) if "skip" in block.marks]
    assert all(re.search(r"tests/\S+\.py", reason) for reason in reasons)
    for reason in reasons:
        (test,) = re.findall(r"tests/\S+\.py", reason)
        assert (ROOT / test).is_file(), reason


# --- examples --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("block", EXAMPLES)
def test_every_example_is_read_without_an_error(block: Block, snapshot: Snapshot, tmp_path: Path) -> None:
    for part in ("posts", "events"):
        (tmp_path / "content" / part).mkdir(parents=True)
    read = {"toml": read_settings, "markdown": read_text, "yaml": read_front_matter}[block.kind]
    assert read(block.text, tmp_path, snapshot) == []


def read_settings(text: str, folder: Path, snapshot: Snapshot) -> list[str]:
    """Read a part of config.toml or plan.toml; return the errors."""
    ours = {"zone", "language", "plan", "engine", "alert", "channels", "screen", "keys", "plugins"}
    if set(tomllib.loads(text)) <= ours:
        (folder / "config.toml").write_text(text, "utf-8")
        config, problems = load_config(folder)
        keymap = read_keymap(config.keys)
        return [str(each) for each in (*problems, *keymap.problems, *build(config, load_plugins()).problems)]
    head = "" if text.startswith("id =") else 'id = "x"\ntitle = "x"\nyear = 2021\n'
    (folder / "content" / "plan.toml").write_text(head + text, "utf-8")
    return errors(read_plan(folder, ()).problems)


def read_text(text: str, folder: Path, snapshot: Snapshot) -> list[str]:
    """Read a post, its body alone, or an event, as if it stood in the example campaign; return the errors."""
    if not text.startswith(("---\n", "+++\n")):
        return read_front_matter(f"at: 2021-05-03 08:00\n---\n{text}", folder, snapshot)
    targets = {name: [each.name for each in channel.targets] for name, channel in snapshot.config.channels.items()}
    known = Known.of(read_plan(snapshot.campaign.folder, targets), targets)
    known = Known(known.plan, targets, events=snapshot.campaign.events)
    is_event = re.search("^start: ", text, re.MULTILINE)
    path = f"content/{'events' if is_event else 'posts'}/example.md"
    (folder / path).write_text(text, "utf-8")
    entry = read_event(folder, path, known) if is_event else read_post(folder, path, known)
    return errors(entry.problems)


def read_front_matter(text: str, folder: Path, snapshot: Snapshot) -> list[str]:
    """Read a part of a post's front matter; return the errors."""
    whole = f"---\nid: x\ntitle: x\nworkstream: thu-hut\nchannels: [radio]\n{text}"
    return read_text(whole if "\n---\n" in text else f"{whole}---\nText.\n", folder, snapshot)


def errors(problems: list[Problem]) -> list[str]:
    return [str(each) for each in problems if each.severity is Severity.ERROR]


def test_the_repeated_example_falls_where_the_page_says(snapshot: Snapshot, tmp_path: Path) -> None:
    (block,) = blocks(ROOT / "docs" / "content.md", "yaml")
    (tmp_path / "content" / "posts").mkdir(parents=True)
    assert read_front_matter(block.text, tmp_path, snapshot) == []
    known = Known.of(read_plan(snapshot.campaign.folder, ["radio"]), {"radio": []})
    post = read_post(tmp_path, "content/posts/example.md", known).value
    assert post is not None
    zone = snapshot.config.zone
    found = occurrences(post, {}, zone, datetime(2021, 7, 1, tzinfo=zone))
    days = [each.publish_at.astimezone(zone).day for each in found]
    assert days == [3, 5, 10, 13, 17, 19, 20, 24, 26, 31]


def test_every_value_that_a_text_may_use_has_one(snapshot: Snapshot) -> None:
    page = (ROOT / "docs" / "content.md").read_text("utf-8").replace("\\|", "|")
    post = next(each for each in snapshot.campaign.posts.values() if each.placement.event)
    post, event = replace(post, link="https://example.org/", summary="Một câu."), snapshot.event_of(post)
    values = template.values_for(snapshot.campaign.plan, post, event, datetime(2021, 5, 3, 5, 30))  # noqa: DTZ001
    used = {each for each in re.findall(r"`(\{\{.*?\}\})`", page) if each != "{{ values }}"}
    assert len(used) > 10
    assert {each: template.check(each, values) for each in used} == {each: [] for each in used}


# --- links, the layout, the changelog --------------------------------------------------------------------------------


@pytest.mark.parametrize("page", PAGES, ids=named)
def test_every_link_leads_somewhere(page: Path) -> None:
    for target in re.findall(r"\]\(([^)\s]+)\)", page.read_text("utf-8")):
        path, _, anchor = target.partition("#")
        if re.match(r"[a-z]+:", path):
            continue
        found = (page.parent / path).resolve() if path else page
        assert found.exists(), f"{named(page)}: {target}"
        assert not anchor or anchor in headings(found), f"{named(page)}: {target}"


def headings(page: Path) -> set[str]:
    """Return the anchors of a page, as code hosts make them of its headings."""
    titles = re.findall(r"^#+ (.*)$", page.read_text("utf-8"), re.MULTILINE)
    return {re.sub(r"[^\w -]", "", title.lower()).replace(" ", "-") for title in titles}


@pytest.mark.parametrize("page", PAGES, ids=named)
def test_every_file_that_a_page_names_is_there(page: Path) -> None:
    names = re.findall(r"`((?:scheduler|plugins|docs|tests|bench|tools|\.ci)/[\w./-]*)`", page.read_text("utf-8"))
    own = {block.marks[made] for block in blocks(page) for made in ("save", "edit") if made in block.marks}
    assert [name for name in names if not (ROOT / name).exists() and name not in own] == []


@pytest.mark.skipif(not (ROOT / ".git").exists(), reason="asks git for the list of files")
def test_the_readme_says_why_each_entry_of_the_root_exists() -> None:
    listed = subprocess.run(["git", "ls-files"], cwd=ROOT, check=True, capture_output=True, text=True).stdout
    entries = {name.split("/")[0] for name in listed.splitlines()} - {".gitignore"}
    layout = (ROOT / "README.md").read_text("utf-8").split("## The repository")[1]
    cells = " ".join(re.findall(r"^\| (`.*?) \|", layout, re.MULTILINE))
    said = [name.rstrip("/") for name in re.findall(r"`([^`]+)`", cells)]
    pages = {"README.md", "CHANGELOG.md", "LICENSE"}
    assert [entry for entry in sorted(entries - pages) if not any(fnmatch(entry, name) for name in said)] == []
    assert [name for name in said if name != "var" and not any(fnmatch(entry, name) for entry in entries)] == []


def test_the_two_commands_of_the_readme_are_those_of_ci() -> None:
    first = next(block for block in blocks(ROOT / "README.md", "sh"))
    script = (ROOT / ".ci" / "run").read_text("utf-8")
    assert first.text.splitlines() == ["make run", "make test"]
    assert all(re.search(rf"\b{command}$", script, re.MULTILINE) for command in first.text.splitlines())


def test_the_changelog_has_this_version() -> None:
    text = (ROOT / "CHANGELOG.md").read_text("utf-8")
    assert re.search(rf"^## \[{re.escape(scheduler.__version__)}\]", text, re.MULTILINE)
