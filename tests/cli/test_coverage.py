"""``loa coverage``: the grid, its gaps, and the same as JSON."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.cli.conftest import Loa, read_json


@pytest.fixture
def one_post(campaign: Path) -> Path:
    """The example with one post only: for those who work for the insurance, in one district, on the radio."""
    posts = campaign / "content" / "posts"
    for file in posts.rglob("*.md"):
        file.unlink()
    head = "id: mot\ntitle: Một\nworkstream: van-dong\nat: 2021-05-20 05:30\naudiences: [can-bo-bhxh]\nareas: [bac-ai]"
    (posts / "mot.md").write_text(f"---\n{head}\nchannels: [radio]\n---\nMời bà con.\n", "utf-8")
    return campaign


def test_the_grid_has_a_row_for_each_audience_and_channel(loa: Loa, one_post: Path) -> None:
    head, *rows = (line.split("\t") for line in loa("coverage", folder=one_post).stdout.splitlines())
    assert head[:2] == ["Audience", "Channel"]
    cells = {(row[0], row[1]): dict(zip(head[2:], row[2:], strict=True)) for row in rows}
    assert len(cells) == 5 * 4
    assert cells["can-bo-bhxh", "radio"]["bac-ai"] == "1"
    assert cells["can-bo-bhxh", "radio"]["ninh-hai"] == "0"
    assert cells["sinh-vien", "radio"]["bac-ai"] == "0"


def test_gaps_end_with_1_and_name_what_could_go_there(loa: Loa, one_post: Path) -> None:
    narrow = ("--audience", "can-bo-bhxh", "--channel", "radio")
    _head, *rows = loa("coverage", "--gaps", *narrow, folder=one_post, code=1).stdout.splitlines()
    areas = {row.split("\t")[2]: row.split("\t")[3] for row in rows}
    assert "bac-ai" not in areas
    assert "dai-ninh-hai" in areas["ninh-hai"]
    assert len(areas) == 6
    loa("coverage", "--gaps", *narrow, "--area", "bac-ai", folder=one_post, code=0)


def test_json_says_what_the_grid_says(loa: Loa, one_post: Path) -> None:
    found = read_json(loa("coverage", "--audience", "can-bo-bhxh", "--area", "bac-ai", "--json", folder=one_post))
    standings = {each["channel"]: each["standing"] for each in found}
    assert standings == {"radio": "planned", "fanpage": "gap", "rss": "gap", "sms": "gap"}
    (post,) = next(each["posts"] for each in found if each["channel"] == "radio")
    assert (post["post"], post["times"], post["first"]) == ("mot", 1, "2021-05-20T05:30:00+07:00")


def test_a_name_that_is_none_is_told_with_the_nearest(loa: Loa, one_post: Path) -> None:
    ended = loa("coverage", "--audience", "sinh-vein", folder=one_post, code=2)
    assert "sinh-vien" in ended.stderr
