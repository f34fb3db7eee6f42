"""Plugins that add elements to the feed: escaped, in namespaces of their own, and never a broken feed."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import feedparser
import pytest
from lxml import etree

from scheduler.channels import feeding
from scheduler.engine.planning.checking import problems_of
from scheduler.engine.snapshot import read_snapshot
from scheduler.ground.lifecycle import State
from scheduler.ground.text import use
from tests.campaign import NOON, Desk, Folder
from tests.plugins.test_rss_feed import faults

if TYPE_CHECKING:
    from collections.abc import Callable

LATER = NOON + timedelta(hours=1)
GEO = "http://www.georss.org/georss"
PLUGIN = """\
from scheduler.api import FeedElement, hookimpl


@hookimpl
def feed_elements(item):
    {body}
"""
POINT = f'return [FeedElement("{GEO}", "georss", "point", "10.96 106.85", {{"relation": "a & <b>"}})]'


def adder(folder: Folder, name: str = "noi", body: str = POINT) -> None:
    folder.plugin(name, PLUGIN.format(body=body))


@pytest.fixture
def feed(folder: Folder) -> Folder:
    folder.switch_on("rss", 'site = "https://example.org/tin/"\ntitle = "Bản tin"\n')
    folder.post(at=LATER)
    return folder


def public(folder: Folder) -> Path:
    return folder.path / "var" / "public" / "feed.xml"


def sent(folder: Folder, desks: Callable[..., Desk]) -> Desk:
    desk = desks(folder)
    desk.at(LATER).run("rss")
    return desk


def test_they_stand_in_the_entry_and_the_feed_keeps_its_rules(feed: Folder, desks: Callable[..., Desk]) -> None:
    adder(feed)
    adder(feed, "ai", 'return [FeedElement("urn:example:ai", "ai", "by", "x < y & z")] if "Xin" in item.text else []')
    desk = sent(feed, desks)
    assert desk.row(channel="rss").state is State.SENT
    data = public(feed).read_bytes()
    (entry,) = etree.fromstring(data).iter("item")
    point, by = entry.find(f"{{{GEO}}}point"), entry.find("{urn:example:ai}by")
    assert (point.text, point.get("relation"), point.prefix) == ("10.96 106.85", "a & <b>", "georss")
    assert by.text == "x < y & z"
    assert feedparser.parse(data).bozo == 0
    assert set(faults(data, LATER)) == {f"{{{GEO}}}point is not known", "{urn:example:ai}by is not known"}


def test_without_any_the_feed_has_the_bytes_that_it_has_always_had(feed: Folder, desks: Callable[..., Desk]) -> None:
    sent(feed, desks)
    assert b"xmlns:georss" not in public(feed).read_bytes()
    adder(feed, body="return []")
    before = public(feed).read_bytes()
    sent(feed, desks)
    assert public(feed).read_bytes() == before


def test_they_are_seen_in_the_preview(feed: Folder, desks: Callable[..., Desk]) -> None:
    adder(feed)
    (preview,) = desks(feed).look.preview("tin", ["rss"])
    (shown,) = [each for each in preview.blocks if getattr(each, "title", "") == "Elements of other plugins"]
    assert getattr(shown, "text", "") == "georss:point relation='a & <b>': 10.96 106.85"


ELEMENT = 'return [FeedElement("{0}", "{1}", "{2}", "{3}")]'


@pytest.mark.parametrize(
    ("body", "said"),
    [
        ("1 / 0", "ZeroDivisionError: division by zero (plugins/noi.py:6)"),
        ("return [3]", "it gave int, not FeedElement"),
        ("return None", "TypeError: 'NoneType' object is not iterable"),
        (ELEMENT.format("http://www.w3.org/2005/Atom", "a", "link", ""), "a:link: the namespaces of RSS and Atom are"),
        (ELEMENT.format("http://purl.org/rss/1.0/modules/content/", "c", "encoded", ""), "c:encoded: the namespaces"),
        (ELEMENT.format("", "a", "b", ""), "a:b: its namespace must be an address"),
        (ELEMENT.format("javascript:x", "a", "b", ""), "a:b: its namespace must be an address"),
        (ELEMENT.format("urn:x", "", "guid", ""), "'' cannot be a name in XML"),
        (ELEMENT.format("urn:x", "xmlns", "b", ""), "'xmlns' cannot be a name in XML"),
        (ELEMENT.format("urn:x", "a", "b><c", ""), "'b><c' cannot be a name in XML"),
        (ELEMENT.format("urn:x", "a", "b", "\\x00"), "a:b: it has control characters"),
        ('return [FeedElement("urn:x", "a", "b", "", {"on it": "x"})]', "'on it' cannot be a name in XML"),
        ('return [FeedElement("urn:x", "a", "b", 3)]', "a FeedElement is made of text only"),
    ],
)
def test_what_fails_or_cannot_stand_in_a_feed_refuses_the_delivery_by_its_name(
    feed: Folder, desks: Callable[..., Desk], body: str, said: str
) -> None:
    sent(feed, desks)
    before = public(feed).read_bytes()
    adder(feed, body=body)
    feed.post("hai", at=LATER + timedelta(hours=1))
    desk = desks(feed)
    desk.act.sync()
    desk.at(LATER + timedelta(hours=1)).run("rss")
    row = desk.row("hai", "rss")
    assert row.state is State.FAILED
    assert row.reason.startswith(f"plugin noi: feed_elements: {said}")
    assert row.reason.endswith("Mend it, or switch it off: `loa plugins disable noi`")
    assert public(feed).read_bytes() == before
    assert any(said in each.message for each in problems_of(read_snapshot(feed.path), NOON))


def test_a_refusal_is_said_in_vietnamese(feed: Folder, desks: Callable[..., Desk]) -> None:
    adder(feed, body="1 / 0")
    use("vi")
    try:
        row = sent(feed, desks).row(channel="rss")
    finally:
        use("en")
    assert row.state is State.FAILED
    assert row.reason.startswith("phần mở rộng noi: feed_elements: ZeroDivisionError")
    assert row.reason.endswith("Hãy sửa, hoặc tắt phần mở rộng: `loa plugins disable noi`")


def test_one_that_hangs_is_named_and_not_the_feed(
    feed: Folder, desks: Callable[..., Desk], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(feeding, "SECONDS", 0.2)
    adder(feed, body="import time; time.sleep(30)")
    row = sent(feed, desks).row(channel="rss")
    assert row.state is State.FAILED
    assert row.reason.startswith("plugin noi: feed_elements: did not answer within 0 seconds")
