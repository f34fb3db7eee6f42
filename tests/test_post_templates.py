"""Templates of posts are found, said what is wrong with, and filled."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from scheduler.ground.errors import CampaignInvalid, NotFound
from scheduler.plan.frontmatter import read_matter
from scheduler.plan.post_templates import filled, find, templates
from scheduler.plan.source import Report

if TYPE_CHECKING:
    from pathlib import Path

YAML = '---\nabout: "Lời mời"   # said in the list\nclass: internal\nevent: le\noffset: -2d\n---\nMời dự.\n'
TOML = '+++\nabout = "Nhắc"\nclass = "internal"\n+++\nNhắc.\n'


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    place = tmp_path / "content" / "templates"
    place.mkdir(parents=True)
    (place / "loi-moi.md").write_text(YAML, "utf-8")
    (place / "nhac.md").write_text(TOML, "utf-8")
    return tmp_path


def test_they_are_listed_by_name_with_what_they_are_for(folder: Path) -> None:
    found, problems = templates(folder)
    assert [(each.name, each.about) for each in found] == [("loi-moi", "Lời mời"), ("nhac", "Nhắc")]
    assert problems == []


def test_where_there_is_no_such_folder_there_are_none(tmp_path: Path) -> None:
    (tmp_path / "content").mkdir()
    assert templates(tmp_path) == ([], [])


def test_one_that_cannot_be_read_is_said_and_the_others_are_there(folder: Path) -> None:
    (folder / "content" / "templates" / "hong.md").write_text("no front matter", "utf-8")
    found, problems = templates(folder)
    assert [each.name for each in found] == ["loi-moi", "nhac"]
    assert [each.file for each in problems] == ["content/templates/hong.md"]
    with pytest.raises(CampaignInvalid, match="has no front matter"):
        find(folder, "hong")


def test_the_nearest_name_is_said(folder: Path) -> None:
    with pytest.raises(NotFound, match=r"no template 'loi-mo' below content/templates: did you mean 'loi-moi'"):
        find(folder, "loi-mo")


@pytest.mark.parametrize("name", ["loi-moi", "nhac"])
def test_keys_and_text_are_taken_over_but_for_what_it_is_for(folder: Path, name: str) -> None:
    text = filled(find(folder, name), {"id": "moi", "title": "Mời: dự"}).decode()
    matter = read_matter(text, Report("new.md"))
    assert matter is not None
    assert {key: matter.values[key] for key in ("id", "title", "class")} == {
        "id": "moi",
        "title": "Mời: dự",
        "class": "internal",
    }
    assert "about" not in matter.values
    assert next(iter(matter.spans)) == ("id",)
    assert matter.body == ("Mời dự.\n" if name == "loi-moi" else "Nhắc.\n")


def test_a_time_takes_the_place_of_the_one_in_the_template(folder: Path) -> None:
    template = find(folder, "loi-moi")
    assert "offset" in filled(template, {"id": "moi"}).decode()
    text = filled(template, {"id": "moi", "at": "2021-05-03 08:00"}).decode()
    assert "at: 2021-05-03 08:00" in text
    assert "event" not in text
    assert "offset" not in text


def test_without_a_template_there_are_just_the_keys() -> None:
    assert filled(None, {"id": "moi", "title": "Mời", "status": "draft"}) == (
        "---\nid: moi\ntitle: Mời\nstatus: draft\n---\n".encode()
    )
