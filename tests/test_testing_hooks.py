"""The kit on what plugins bring beside channels: commands, checks of posts, observers, pages, spoken forms, feeds."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from scheduler.ground.errors import LoaError
from scheduler.testing import settings_of
from scheduler.testing.hooked import HOOK_CHECKS
from scheduler.testing.loading import hooked_of
from scheduler.testing.running import run_check

if TYPE_CHECKING:
    from pathlib import Path

SOUND = '''\
import click

from scheduler.api import FeedElement, Panel, Passage, Problem, Severity, hookimpl


@click.command(name="tally")
def tally():
    """Count what there is."""


@hookimpl
def register_commands():
    return [tally]


@hookimpl
def check_post(post, host):
    for each in post.wordings:
        if len(each.text) > 1000:
            yield Problem("too long", post.file, each.line, severity=Severity.WARNING)


@hookimpl
def observe(entry, host):
    (host.out("seen") / "last.txt").write_text(str(entry.id))


@hookimpl
def register_panels():
    return [Panel("seen", "Seen", "What was seen", lambda host: [Passage(str(len(host.posts())))])]


@hookimpl
def spoken_forms(language):
    return {"BHXH": "bảo hiểm xã hội"}


@hookimpl
def feed_elements(item):
    return [FeedElement("https://example.org/ns", "x", "length", str(len(item.text)))]
'''
BROKEN = {
    "commands": ('    """Count what there is."""', "    pass", "it has no help"),
    "posts": ('"too long", post.file, each.line', '"too long", post.file, 9000', "it names line 9000"),
    "observes": ("str(entry.id)", "str(entry.nothing)", "AttributeError"),
    "panels": ("[Passage(str(len(host.posts())))]", "[5]", "show gave int"),
    "spoken": ('"bảo hiểm xã hội"', "5", "neither of them empty"),
    "feeds": ('"https://example.org/ns"', '"ns"', "its namespace must be an address"),
}


def tried(folder: Path, text: str) -> dict[str, list[str]]:
    file = folder / "extra.py"
    file.write_text(text, "utf-8")
    assert settings_of(str(file)) == []
    hooked = hooked_of(str(file), taken=("check",))
    assert hooked is not None
    return {each.id: run_check(each, hooked).lines() for each in HOOK_CHECKS}


def test_a_sound_one_passes_them_all(tmp_path: Path) -> None:
    assert tried(tmp_path, SOUND) == {each.id: [] for each in HOOK_CHECKS}


@pytest.mark.parametrize("name", BROKEN)
def test_each_fault_is_found_by_its_check(tmp_path: Path, name: str) -> None:
    good, bad, words = BROKEN[name]
    assert good in SOUND
    found = tried(tmp_path, SOUND.replace(good, bad))
    assert [each for each, lines in found.items() if lines] == [name]
    assert words in found[name][0]
    assert found[name][-1].startswith("  mend: ")


def test_more_that_is_wrong(tmp_path: Path) -> None:
    taken = tried(tmp_path, SOUND.replace('name="tally"', 'name="check"'))["commands"]
    assert taken[0] == "extra::commands: its name is taken, so it is left out"
    slow = SOUND.replace("    for each in post.wordings:", "    import time\n    time.sleep(1.1)\n    for each in ():")
    assert "it took 1.1 seconds" in tried(tmp_path, slow)["posts"][0]
    moody = SOUND.replace('{"BHXH": "bảo hiểm xã hội"}', '{"BHXH": __import__("uuid").uuid4().hex}')
    assert "the answers differ" in tried(tmp_path, moody)["spoken"][0]
    outside = SOUND.replace('(host.out("seen") / "last.txt")', f'__import__("pathlib").Path("{tmp_path}/x")')
    assert "nothing is written here while a plugin is checked" in tried(tmp_path, outside)["observes"][0]
    assert not (tmp_path / "x").exists()


def test_what_it_does_not_have_is_skipped(tmp_path: Path) -> None:
    text = SOUND[: SOUND.index("@hookimpl\ndef check_post")]
    (tmp_path / "extra.py").write_text(text, "utf-8")
    hooked = hooked_of(str(tmp_path / "extra.py"))
    assert hooked is not None
    results = [run_check(each, hooked) for each in HOOK_CHECKS]
    assert [each.check.id for each in results if not each.reason] == ["commands"]
    (tmp_path / "none.py").write_text("", "utf-8")
    with pytest.raises(LoaError, match="implements no hook"):
        settings_of(str(tmp_path / "none.py"))
