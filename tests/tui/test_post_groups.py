"""Which previews share a card, and where the problems of a card stand."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import pytest

from scheduler.channels.channel import Forecast, Rendered
from scheduler.channels.showing import Beside, Card, Measure, Passage
from scheduler.engine.views import Preview
from scheduler.ground.model import Target
from scheduler.ground.problem import Problem, Severity
from scheduler.tui.screens.posts.blocks import SIDE_BY_SIDE, drawn
from scheduler.tui.screens.posts.cards import card, forecast_words
from scheduler.tui.screens.posts.groups import grouped

if TYPE_CHECKING:
    from scheduler.channels.showing import Block

AT = datetime(2021, 5, 10, 2, tzinfo=UTC)
ZONE = ZoneInfo("Asia/Ho_Chi_Minh")
FILE = "content/posts/a.md"
OVER = Problem("it runs over", severity=Severity.WARNING, part="time")
TEXT = Problem("nobody can say this", part="text")


def preview(name: str, *blocks: Block, problems: tuple[Problem, ...] = (), **more: object) -> Preview:
    rendered = Rendered({}, "chữ")
    made = Preview(Target("radio", name, name.upper()), "", AT, AT, rendered, problems, None, blocks)
    return replace(made, **more)  # type: ignore[arg-type]


def station(name: str, slot: int, text: str = "Thưa bà con.", problems: tuple[Problem, ...] = ()) -> Preview:
    gauge = Measure("Reading time", 100, slot, "s", part="time")
    return preview(name, gauge, Passage(f"Đài {name}", own=True), Passage(text, part="text"), problems=problems)


def words(previews: list[Preview], width: int = 60) -> list[str]:
    (group,) = grouped(previews, FILE)
    return card(group, width, ZONE).plain.splitlines()


def test_twelve_stations_with_the_same_text_are_one_card() -> None:
    found = grouped([station(f"d{n}", 180) for n in range(12)], FILE)
    assert [len(group.previews) for group in found] == [12]
    (group,) = found
    assert [reach.names for reach in group.reaches] == [tuple(f"D{n}" for n in range(12))]
    lines = card(group, 60, ZONE).plain
    assert lines.startswith(" radio  12 targets\n10/05/2021 09:00\n")
    assert lines.count("Thưa bà con.") == 1
    assert "Đài d0" not in lines, "what is a target's own is not said of all"


def test_what_differs_only_in_its_measure_is_told_apart_within_the_card() -> None:
    lines = words([station("a", 180), station("b", 90), station("c", 180)])
    assert [lines.index(each) for each in ("A, C", "B")] == [3, 7]
    assert lines[5].endswith("1:20 left")
    assert lines[9].endswith("10 s over")


@pytest.mark.parametrize(
    "other",
    [
        station("b", 180, "Lời khác."),
        replace(station("b", 180), publish_at=AT + timedelta(hours=1)),
        replace(station("b", 180), target=Target("loa", "b")),
        replace(station("b", 180), rendered=None, blocks=(), problems=(Problem("no"),)),
    ],
    ids=["text", "time", "channel", "unmade"],
)
def test_what_says_something_else_has_a_card_of_its_own(other: Preview) -> None:
    assert len(grouped([station("a", 180), other], FILE)) == 2


def test_each_target_by_itself_shows_what_is_its_own() -> None:
    found = grouped([station("a", 180), station("b", 180)], FILE, together=False)
    assert len(found) == 2
    assert "Đài a" in card(found[0], 60, ZONE).plain


def test_what_cannot_be_made_for_the_same_reason_is_said_once_for_a_channel() -> None:
    broken = Problem("unknown name")
    made = [replace(station(name, 0), rendered=None, blocks=(), problems=(broken,)) for name in "abc"]
    assert words(made) == [" radio  3 targets", "10/05/2021 09:00", "", "A, B, C", "", "✗ unknown name"]


def test_a_problem_of_one_target_stands_below_that_target_at_its_measure() -> None:
    lines = words([station("a", 180), station("b", 90, problems=(OVER,))])
    assert lines[lines.index("B") + 3] == "! it runs over"
    assert lines.count("! it runs over") == 1


def test_a_problem_of_the_text_stands_once_above_the_text() -> None:
    lines = words([station("a", 180, problems=(TEXT,)), station("b", 90, problems=(TEXT,))])
    place = lines.index("✗ nobody can say this")
    assert lines[place + 1] == "Thưa bà con."
    assert lines.count("✗ nobody can say this") == 1


def test_problems_of_the_file_are_left_to_its_text() -> None:
    (group,) = grouped([station("a", 180, problems=(Problem("typo", FILE, 3), TEXT))], FILE)
    assert group.problems == (TEXT,)
    (whole,) = grouped([station("a", 180, problems=(Problem("typo", FILE, 3),))], "")
    assert [each.message for each in whole.problems] == ["typo"]


def test_the_problems_of_a_card_stand_at_its_lines() -> None:
    block = Card("Trang", AT, "Lời.", "Tiêu đề", link="https://vi.du")
    problems = [Problem(each, part=each) for each in ("title", "text", "media", "link")]
    lines = [line.plain.strip("│ ") for line in drawn(block, 40, problems, ZONE)]
    order = ["Tiêu đề", "✗ title", "✗ text", "Lời.", "✗ media", "↗ https://vi.du", "✗ link"]
    assert [line for line in lines if line in order] == order
    assert {line.cell_length for line in drawn(block, 40, problems, ZONE)} == {40}


def test_passages_stand_side_by_side_where_there_is_room_and_one_below_the_other_where_not() -> None:
    block = Beside((Passage("á " * 60, "With", goes_out=False), Passage("a " * 60, "Without", ("1 part",))))
    wide = [line.plain for line in drawn(block, SIDE_BY_SIDE, (), ZONE)]
    assert {line[25:28] for line in wide} <= {" │ ", "│ ▶", "  │"}
    assert "With" in wide[0]
    assert "▶ Without" in wide[0]
    narrow = [line.plain for line in drawn(block, SIDE_BY_SIDE - 1, (), ZONE)]
    assert narrow.index("") > 0
    assert narrow[narrow.index("") + 1] == "▶ Without"
    assert all(line.cell_length <= SIDE_BY_SIDE - 1 for line in drawn(block, SIDE_BY_SIDE - 1, (), ZONE))


@pytest.mark.parametrize(("value", "limit", "full"), [(0, 100, 0), (50, 100, 14), (100, 100, 28), (300, 100, 28)])
def test_a_gauge_is_as_full_as_what_it_measures(value: int, limit: int, full: int) -> None:
    gauge = drawn(Measure("Time", value, limit, "x"), 60, (), ZONE)[1].plain
    assert sum(gauge.count(each) for each in "━┃") == full
    assert ("┃" in gauge) == (value > limit)


@pytest.mark.parametrize("width", range(8, 90, 3))
def test_no_line_is_wider_than_the_card(width: int) -> None:
    blocks = (
        Measure("Thời lượng đọc bài", 100, 90, "s", part="time"),
        Passage("Bảo hiểm xã hội. " * 9, cuts=(20, 61), part="text"),
        Beside((Passage("Một hai ba bốn. " * 9, "Có dấu"), Passage("Mot hai ba bon. " * 9, "Khong dau"))),
        Card("Trang của Sở", AT, "Lời dài. " * 40, "Tiêu đề dài thật dài", 100, link="https://vi.du/" + "x" * 60),
    )
    (group,) = grouped([preview("a", *blocks, problems=(OVER, TEXT))], FILE)
    lines = card(group, max(24, width), ZONE).split("\n")
    assert max(line.cell_length for line in lines) <= max(24, width)


def test_the_cost_is_a_persons_times_the_people() -> None:
    assert forecast_words(Forecast(123_600, 824, "parts", 412), said={}) == ["412 people × 300 đ = 123.600 đ"]
    assert forecast_words(Forecast(0, 61, "seconds"), said={"seconds": 61}) == []
    assert forecast_words(Forecast(500, 1, "sheets"), said={}) == ["1 sheets", "500 đ"]
    assert forecast_words(Forecast(0, 0, "parts", 0), said={}) == ["0 people"]
