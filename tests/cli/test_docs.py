"""docs/commands.md says what the program does: every command, option, example and JSON field."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import click
import pytest

from scheduler.cli.program import shared
from scheduler.cli.shape import Spoken, paragraphs
from scheduler.ground.lifecycle import State
from tests.cli.conftest import Loa, put, read_json
from tests.cli.test_examples import EVERY

TEXT = (Path(__file__).parents[2] / "docs" / "commands.md").read_text("utf-8")


def part(title: str) -> str:
    """Return the text below a heading, up to the next one."""
    found = re.search(rf"^#+ {re.escape(title)}\n(.*?)(?=^#|\Z)", TEXT, re.MULTILINE | re.DOTALL)
    assert found, f"docs/commands.md has no part {title}"
    return found[1]


@pytest.mark.parametrize(("path", "command"), EVERY[1:], ids=[path for path, _command in EVERY[1:]])
def test_every_command_with_its_options_and_examples(path: str, command: Spoken) -> None:
    text = part(f"`{path}`")
    assert all(paragraph in text for paragraph in paragraphs(command.help))
    options = {option for param in command.params if isinstance(param, click.Option) for option in param.opts}
    documented = re.findall(r"--[a-z-]+", " ".join(re.findall(r"^\| `([^`]+)`", text, re.MULTILINE)))
    assert set(documented) == {option for option in options if option.startswith("--")}
    assert all(example in text for example in command.examples)


def test_no_part_is_about_a_command_that_is_not_there() -> None:
    assert set(re.findall(r"^#+ `(.+)`$", TEXT, re.MULTILINE)) == {path for path, _command in EVERY[1:]}


def test_what_all_commands_share() -> None:
    text = part("What all commands share")
    for param in shared(hidden=False):
        assert all(f"`{name}" in text for name in param.opts if name.startswith("-"))


def fields(title: str) -> set[str]:
    """Return the names in the first column of a table of fields, or of a part that is one sentence."""
    rows = re.findall(r"^\| (`.*?) \|", part(title), re.MULTILINE)
    return set(re.findall(r"`([a-z_]+)`", " ".join(rows)))


@pytest.mark.parametrize(
    ("title", "args"),
    [
        ("A post", ("post", "show", "tv-loi-moi")),
        ("An event", ("event", "show", "ra-quan")),
        ("What is due", ("plan", "--from", "2021-05-10", "--to", "2021-05-11")),
        ("A delivery", ("delivery", "show", "1")),
        ("A difference", ("post", "diff", "tv-loi-moi")),
        ("A preview", ("post", "preview", "tv-loi-moi")),
        ("A problem", ("check",)),
        ("A channel", ("channel", "show", "sms")),
        ("A cell of the coverage", ("coverage",)),
        ("A line of the log", ("log",)),
    ],
)
def test_every_json_field(title: str, args: tuple[str, ...], loa: Loa, open_campaign: Path) -> None:
    put(open_campaign, 1, State.SENT)
    (open_campaign / "content" / "posts" / "empty.md").write_text("")
    found: Any = read_json(loa(*args, "--json", folder=open_campaign, code=None))
    one = found[0] if isinstance(found, list) else found
    assert set(one) == fields(title)


def test_every_field_of_a_withdrawal(loa: Loa, open_campaign: Path) -> None:
    put(open_campaign, 1, State.SENT)
    loa("arm", "--yes", folder=open_campaign)
    args = ("--as", "giam-doc", "post", "withdraw", "bac-ai-cam-on", "--yes", "--json")
    assert set(read_json(loa(*args, folder=open_campaign))) == fields("A withdrawal")


@pytest.mark.parametrize(
    ("title", "args"),
    [
        ("A plugin", ("plugins", "list")),
        ("A template", ("post", "templates")),
        ("An action of the screens", ("keys",)),
        ("The doctor", ("doctor",)),
        ("A channel", ("channel", "test", "rss")),
    ],
)
def test_small_forms(title: str, args: tuple[str, ...], loa: Loa, campaign: Path) -> None:
    found: Any = read_json(loa(*args, "--json", folder=campaign, code=None))
    names = set(found[0] if isinstance(found, list) else found)
    assert all(f"`{name}`" in part(title) for name in names)
