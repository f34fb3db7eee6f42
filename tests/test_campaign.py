from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from scheduler.ground.problem import Severity
from scheduler.plan.campaign import Campaign, fingerprint, read_campaign
from scheduler.plan.config import load_config
from tests.broken.cases import GOOD_POST, PLAN, good_campaign

if TYPE_CHECKING:
    from collections.abc import Callable

ROOT = Path(__file__).parent.parent


def read(folder: Path) -> Campaign:
    config, _ = load_config(folder)
    targets = {name: [each.name for each in channel.targets] for name, channel in config.channels.items()}
    return read_campaign(folder, config, targets)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return good_campaign(tmp_path)


def test_the_example_campaign_has_no_error() -> None:
    campaign = read(ROOT)
    assert [str(each) for each in campaign.problems if each.severity is Severity.ERROR] == []
    assert len(campaign.posts) >= 40
    assert len(campaign.events) >= 8
    assert list(campaign.sound) == list(campaign.posts)


def test_posts_stand_by_id_in_the_order_of_ids(folder: Path) -> None:
    for name in ("z", "a", "m"):
        (folder / f"content/posts/{name}.md").write_text(
            GOOD_POST.replace("id: tot", f"id: x-{name}"), encoding="utf-8"
        )
    assert list(read(folder).posts) == ["tot", "x-a", "x-m", "x-z"]


def test_a_renamed_file_is_the_same_post(folder: Path) -> None:
    before = read(folder).posts["tot"]
    (folder / "content/posts/moi").mkdir()
    (folder / "content/posts/tot.md").rename(folder / "content/posts/moi/khac.md")
    after = read(folder).posts["tot"]
    assert after.path == "content/posts/moi/khac.md"
    assert after.source_digest == before.source_digest


def test_an_empty_campaign_is_no_problem(folder: Path) -> None:
    (folder / "content/posts/tot.md").unlink()
    (folder / "content/posts").rmdir()
    campaign = read(folder)
    assert not campaign.problems
    assert not campaign.posts
    assert not campaign.hides("tot", "content/posts/tot.md")


def test_what_hides_a_post_that_is_not_there(folder: Path) -> None:
    (folder / "content/posts/tot.md").write_text("---\nid: tot\ntitle: [\n---\n", encoding="utf-8")
    (folder / "content/posts/khac.md").write_text("?", encoding="utf-8")
    campaign = read(folder)
    assert campaign.hides("tot", "content/posts/elsewhere.md")
    assert campaign.hides("unheard-of", "content/posts/khac.md")
    assert not campaign.hides("unheard-of", "content/posts/gone.md")


def test_targets_are_held_against_the_plan(folder: Path) -> None:
    text = PLAN.replace('id = "bac-ai"', 'id = "bac-a"').replace('id = "phi-chinh-thuc"', 'id = "tu-do"')
    (folder / "content/plan.toml").write_text(text, encoding="utf-8")
    problems = [each for each in read(folder).problems if each.file == "config.toml"]
    assert [str(each) for each in problems] == [
        "config.toml:13: error: channels.radio.targets.dai-bac-ai.areas: there is no area 'bac-ai' "
        "(did you mean 'bac-a'?)",
        "config.toml:20: error: channels.sms.targets.danh-sach.audiences: there is no audience 'phi-chinh-thuc' "
        "(did you mean 'chinh-thuc'?)",
    ]


def append(path: Path) -> None:
    path.write_bytes(path.read_bytes() + b"\n")


def touch(path: Path) -> None:
    status = path.stat()
    os.utime(path, ns=(status.st_atime_ns, status.st_mtime_ns + 1))


def replace(path: Path) -> None:
    status = path.stat()
    other = path.with_suffix(".new")
    other.write_bytes(path.read_bytes())
    os.utime(other, ns=(status.st_atime_ns, status.st_mtime_ns))
    other.replace(path)


CHANGES: list[tuple[str, Callable[[Path], object]]] = [
    ("config.toml", append),
    ("content/plan.toml", append),
    ("content/posts/tot.md", append),
    ("content/posts/tot.md", touch),
    ("content/posts/tot.md", replace),
    ("content/posts/tot.md", Path.unlink),
    ("content/posts/tot.md", lambda path: path.rename(path.with_name("khac.md"))),
    ("content/posts/tot.md", lambda path: path.chmod(0)),
    ("content/media/the.png", append),
    ("content/posts", lambda path: path.rename(path.with_name("bai"))),
    ("content", lambda path: path.rename(path.with_name("noi-dung"))),
    ("content/posts/moi.md", Path.touch),
]


@pytest.mark.parametrize(("path", "change"), CHANGES)
def test_every_change_shows_in_the_fingerprint(folder: Path, path: str, change: Callable[[Path], object]) -> None:
    before = fingerprint(folder)
    assert fingerprint(folder) == before
    change(folder / path)
    assert fingerprint(folder) != before


def test_what_lies_elsewhere_leaves_the_fingerprint(folder: Path) -> None:
    before = fingerprint(folder)
    (folder / "var").mkdir()
    (folder / "var/loa.db").touch()
    assert fingerprint(folder) == before


def test_reading_loads_neither_pydantic_nor_the_database() -> None:
    code = (
        "import sys; from pathlib import Path; from scheduler.plan.config import load_config;"
        "from scheduler.plan.campaign import read_campaign; folder = Path();"
        "read_campaign(folder, load_config(folder)[0], {'radio': []});"
        "print(sorted({'pydantic', 'sqlite_utils', 'textual', 'dateutil', 'tomlkit'} & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout == "[]\n"


def test_a_config_that_cannot_be_parsed_is_one_error_and_no_channel_is_doubted(folder: Path) -> None:
    good = read(folder).problems
    config = folder / "config.toml"
    config.write_text(config.read_text("utf-8").replace('"', "", 1), "utf-8")
    found, problems = load_config(folder)
    targets = {name: [each.name for each in channel.targets] for name, channel in found.channels.items()}
    assert (found.parsed, len(problems)) == (False, 1)
    assert read_campaign(folder, found, targets).problems == good
