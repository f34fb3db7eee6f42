"""A rehearsal's summary, as values, JSON and one HTML page."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from html.parser import HTMLParser
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

import pytest

from scheduler.api import Problem, Severity
from scheduler.engine.rehearsing.summary import Row, Summary
from scheduler.engine.rehearsing.summary_page import dong
from scheduler.ground import text
from scheduler.ground.lifecycle import State

if TYPE_CHECKING:
    from collections.abc import Iterator

ZONE = ZoneInfo("Asia/Ho_Chi_Minh")
START = datetime(2021, 5, 10, tzinfo=ZONE)
AT = datetime(2021, 5, 10, 18, 30, tzinfo=UTC)  # already the next day in Viet Nam
EVIL = "<script>alert('a&b')</script>"
ROW = Row(
    AT, AT + timedelta(days=2), "tin/20210511/radio/bac-ai/publish", "radio", "bac-ai", "Bảo hiểm", State.SENT, "",
    78900, 3, "trang", 12000, "Xin chào bà con.", "bac-ai/tin.txt",
)  # fmt: skip


@pytest.fixture(autouse=True)
def english() -> Iterator[None]:
    """Begin in English and leave it at that."""
    text.use("en")
    yield
    text.use("en")


def summary(*rows: Row, problems: tuple[Problem, ...] = ()) -> Summary:
    counts: dict[str, dict[State, int]] = {}
    for row in rows:
        channel = counts.setdefault(row.channel, {})
        channel[row.state] = channel.get(row.state, 0) + 1
    return Summary("Chiến dịch", START, START + timedelta(days=3), ZONE, rows, problems, counts)


class Page(HTMLParser):
    """What a reader sees of a page, and the tags that make it."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.open: list[str] = []
        self.words: list[str] = []
        self.feed(html)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        if tag not in ("meta", "br"):
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        if "style" not in self.open:
            self.words.append(data)

    @property
    def text(self) -> str:
        return " ".join(" ".join(self.words).split())


# --- JSON -----------------------------------------------------------------------------------------------------------


def test_json_says_what_when_where_and_at_what_cost() -> None:
    failed = replace(ROW, key="x", channel="sms", state=State.FAILED, reason="bận", cost=300, people=None)
    problem = Problem("quá dài", "content/posts/tin.md", 3, "radio/bac-ai", Severity.WARNING)
    document = json.loads(summary(ROW, failed, problems=(problem,)).to_json())
    assert document["start"] == "2021-05-10T00:00:00+07:00"
    assert (document["deliveries"], document["cost"]) == (2, 79200)
    assert document["by_channel"] == {"radio": {"sent": 1}, "sms": {"failed": 1}}
    assert document["rows"][0] == {
        "at": "2021-05-11T01:30:00+07:00",
        "publish_at": "2021-05-13T01:30:00+07:00",
        "key": "tin/20210511/radio/bac-ai/publish",
        "title": "Bảo hiểm",
        "state": "sent",
        "reason": "",
        "cost": 78900,
        "units": 3,
        "unit": "trang",
        "people": 12000,
        "receipt": "bac-ai/tin.txt",
    }
    assert document["rows"][1]["people"] is None
    assert document["problems"] == [
        {"severity": "warning", "file": "content/posts/tin.md", "line": 3, "key": "radio/bac-ai", "message": "quá dài"}
    ]


def test_nothing_at_all_is_a_summary_too() -> None:
    empty = summary()
    assert empty.cost == 0
    assert json.loads(empty.to_json())["rows"] == []
    assert "0 deliveries" in Page(empty.to_html()).text


# --- HTML -----------------------------------------------------------------------------------------------------------


def test_the_page_is_whole_and_needs_nothing_else() -> None:
    html = summary(ROW).to_html()
    page = Page(html)
    assert page.open == []
    assert html.startswith("<!doctype html>")
    assert not {tag for tag, _ in page.tags} & {"script", "link", "img", "iframe", "a", "form"}
    assert not [each for _, attrs in page.tags for each in attrs if each in ("src", "href") or each.startswith("on")]
    assert "url(" not in html
    assert "@import" not in html
    assert "Rehearsal: nothing was sent" in page.text


def test_each_delivery_stands_on_its_local_day_with_its_text() -> None:
    later = replace(ROW, at=AT + timedelta(days=1), publish_at=AT + timedelta(days=1), title="Sau", text="Lời sau.")
    page = Page(summary(later, ROW).to_html()).text
    assert page.index("Tuesday, 11/05/2021") < page.index("Xin chào bà con.") < page.index("Wednesday, 12/05/2021")
    assert page.index("Wednesday, 12/05/2021") < page.index("Lời sau.")
    assert "01:30 radio · bac-ai on air 13/05 01:30" in page
    assert page.count("on air") == 1
    assert "157.800 đ" in page


@pytest.mark.parametrize("field", ["title", "text", "reason", "channel", "target"])
def test_no_text_becomes_a_tag(field: str) -> None:
    evil: dict[str, Any] = {field: EVIL}
    row = replace(ROW, state=State.FAILED, **evil)
    html = summary(row).to_html()
    page = Page(html)
    assert "script" not in {tag for tag, _ in page.tags}
    assert EVIL in page.text
    assert "<script" not in html


def test_no_title_and_no_problem_becomes_a_tag_either() -> None:
    problem = Problem(EVIL, EVIL, 1, EVIL, hint=EVIL)
    page = Page(replace(summary(ROW, problems=(problem,)), title=EVIL).to_html())
    assert "script" not in {tag for tag, _ in page.tags}
    assert page.text.count(EVIL) == 6  # the title twice


def test_the_same_bytes_twice_and_from_another_process() -> None:
    import subprocess
    import sys

    code = (
        "import sys; sys.path.insert(0, sys.argv[1]); from tests.test_summary import ROW, summary;"
        "s = summary(ROW); sys.stdout.buffer.write((s.to_json() + s.to_html()).encode())"
    )
    one = summary(ROW)
    said = one.to_json() + one.to_html()
    assert one.to_json() + one.to_html() == said
    root = __file__.removesuffix("tests/test_summary.py")
    other = subprocess.run([sys.executable, "-c", code, root], capture_output=True, check=True, cwd=root)
    assert other.stdout.decode() == said


def test_the_page_speaks_the_language_in_use_and_json_does_not() -> None:
    failed = replace(ROW, state=State.MISSED, reason="its time has passed")
    english = summary(failed)
    json_before = english.to_json()
    text.use("vi")
    html = english.to_html()
    assert '<html lang="vi">' in html
    page = Page(html).text
    assert "Thứ Ba, 11/05/2021" in page
    assert "its time has passed" not in page
    assert "missed" not in page
    assert english.to_json() == json_before
    text.use("en")
    assert '<html lang="en">' in english.to_html()


@pytest.mark.parametrize(
    ("amount", "said"), [(0, "0 đ"), (999, "999 đ"), (78900, "78.900 đ"), (1234567, "1.234.567 đ")]
)
def test_an_amount_is_grouped_as_in_viet_nam(amount: int, said: str) -> None:
    assert dong(amount) == said


def test_the_page_has_number_and_cost_per_channel_and_ends_on_the_last_day_played() -> None:
    page = Page(summary(ROW, replace(ROW, state=State.HANDED)).to_html()).text
    assert "radio 1 1 2 157.800 đ" in page
    assert "10/05/2021 – 12/05/2021" in page
    assert "00:00" not in page
