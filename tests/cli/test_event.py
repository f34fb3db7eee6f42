from __future__ import annotations

from pathlib import Path

import pytest

from tests.cli.conftest import Loa, read_json

EVENT = "ra-quan"
FILE = "content/events/2021-05-12-le-ra-quan.md"


def test_list_is_in_order(loa: Loa, campaign: Path) -> None:
    events = read_json(loa("event", "list", "--json", folder=campaign))
    assert len(events) >= 8
    assert [each["start"] for each in events] == sorted(each["start"] for each in events)
    assert events[0]["start"].endswith("+07:00")
    assert "12/05/2021 07:30\t10:00" in loa("event", "list", folder=campaign).stdout


def test_show(loa: Loa, campaign: Path) -> None:
    shown = read_json(loa("event", "show", EVENT, "--json", folder=campaign))
    assert shown["file"] == FILE
    assert shown["posts"]
    text = loa("event", "show", EVENT, folder=campaign).stdout
    assert "Quảng trường 16 tháng 4" in text
    assert shown["posts"][0]["post"] in text


def test_move_takes_its_end_and_its_posts_along(loa: Loa, campaign: Path) -> None:
    before = read_json(loa("event", "show", EVENT, "--json", folder=campaign))
    text = (campaign / FILE).read_text("utf-8")
    said = loa("event", "move", EVENT, "2021-05-13", folder=campaign).stdout
    after = read_json(loa("event", "show", EVENT, "--json", folder=campaign))
    assert after["start"] == "2021-05-13T07:30:00+07:00"
    assert after["end"] == "2021-05-13T10:00:00+07:00"
    changed = text.replace("2021-05-12 07:30", "2021-05-13 07:30").replace("2021-05-12 10:00", "2021-05-13 10:00")
    assert (campaign / FILE).read_text("utf-8") == changed
    assert {each["post"] for each in before["posts"]} == {each["post"] for each in after["posts"]}
    assert all(b["publish_at"] != a["publish_at"] for b, a in zip(before["posts"], after["posts"], strict=True))
    assert all(each["post"] in said for each in after["posts"])
    assert "12/05/2021 07:30 → 13/05/2021 07:30" in said


def test_move_to_another_hour(loa: Loa, campaign: Path) -> None:
    loa("event", "move", EVENT, "12/05/2021 14:00", folder=campaign)
    shown = read_json(loa("event", "show", EVENT, "--json", folder=campaign))
    assert (shown["start"], shown["end"]) == ("2021-05-12T14:00:00+07:00", "2021-05-12T16:30:00+07:00")


@pytest.mark.parametrize(
    ("when", "start"),
    [
        ("+2d", "2021-05-14T07:30:00+07:00"),
        ("-1d 30m", "2021-05-11T07:00:00+07:00"),
        ("+90m", "2021-05-12T09:00:00+07:00"),
    ],
)
def test_a_distance_counts_from_the_events_own_start(when: str, start: str, loa: Loa, campaign: Path) -> None:
    loa("event", "move", EVENT, "--", when, folder=campaign)
    assert read_json(loa("event", "show", EVENT, "--json", folder=campaign))["start"] == start


def test_an_event_without_an_end_gets_none(loa: Loa, campaign: Path) -> None:
    loa("event", "new", "hop-bao", "--title", "Họp báo", "--start", "2021-05-20 08:00", folder=campaign)
    file = campaign / "content" / "events" / "hop-bao.md"
    assert "end:" not in file.read_text("utf-8")
    assert "No post moves along." in loa("event", "move", "hop-bao", "2021-05-21", folder=campaign).stdout
    assert "end:" not in file.read_text("utf-8")
    shown = read_json(loa("event", "show", "hop-bao", "--json", folder=campaign))
    assert (shown["start"], shown["end"]) == ("2021-05-21T08:00:00+07:00", "2021-05-21T10:00:00+07:00")


def test_new(loa: Loa, campaign: Path) -> None:
    args = ("--title", "Họp: báo", "--start", "2021-05-20 08:00", "--end", "2021-05-20 09:00", "--place", "Hội trường")
    loa("event", "new", "hop-bao", *args, "--area", "bac-ai", "--audience", "sinh-vien", folder=campaign)
    shown = read_json(loa("event", "show", "hop-bao", "--json", folder=campaign))
    assert (shown["title"], shown["place"], shown["areas"]) == ("Họp: báo", "Hội trường", ["bac-ai"])
    assert shown["end"] == "2021-05-20T09:00:00+07:00"
    assert not [p for p in read_json(loa("check", "--json", folder=campaign)) if "hop-bao" in p["file"]]


@pytest.mark.parametrize(
    ("args", "code", "said"),
    [
        (("show", "ra-qan"), 1, "did you mean 'ra-quan'?"),
        (("move", "ra-qan", "now"), 1, "did you mean 'ra-quan'?"),
        (("move", "ra-quan", "someday"), 2, "is not a time"),
        (("new", "ra-quan", "--title", "x", "--start", "2021-05-20"), 2, "is taken by"),
        (("new", "moi", "--title", "x", "--start", "2021-05-20", "--area", "bac-ay"), 2, "did you mean 'bac-ai'?"),
        (("new", "moi", "--title", "x"), 2, "--start"),
    ],
)
def test_errors(args: tuple[str, ...], code: int, said: str, loa: Loa, campaign: Path) -> None:
    assert said in loa("event", *args, folder=campaign, code=code).stderr
    assert not (campaign / "content" / "events" / "moi.md").exists()
