"""The feed before readers: feedparser, and the rules of the RSS Advisory Board's profile."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

import feedparser
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from lxml import etree

from plugins.rss import Rss
from plugins.rss.entry import rows
from plugins.rss.feed import feed_bytes
from plugins.rss.settings import FeedOptions, FeedTarget, site_of
from scheduler.api import File, Item, Key, Plan, PlanValues, Published, RenderContext, Rendered, Target

if TYPE_CHECKING:
    from pathlib import Path

CHANNEL = Rss()
SITE = "https://example.org/tin/"
OPTIONS = FeedOptions(site=SITE, title="Bản tin", description="Tin của chiến dịch")
ZONE = ZoneInfo("Asia/Ho_Chi_Minh")
START = datetime(2021, 5, 5, 1, 0, tzinfo=UTC)
NOW = START + timedelta(days=60)
TARGET = Target("rss", "ban-tin", settings=FeedTarget())
ATOM = "{http://www.w3.org/2005/Atom}link"
ENCODED = "{http://purl.org/rss/1.0/modules/content/}encoded"
ITEM_ELEMENTS = {"title", "link", "description", ENCODED, "guid", "enclosure", "pubDate"}
RFC_822 = re.compile(r"(Mon|Tue|Wed|Thu|Fri|Sat|Sun), \d\d [A-Z][a-z]{2} \d{4} \d\d:\d\d:\d\d [+-]\d{4}")


def faults(data: bytes, now: datetime = NOW) -> list[str]:
    """Return every rule of the profile that the feed breaks."""
    channel = etree.fromstring(data).find("channel")
    if channel is None:
        return ["no channel"]
    found = [f"channel has no {each}" for each in ("title", "link", "description") if not channel.findtext(each)]
    own = [link.get("href") for link in channel.iterfind(ATOM) if link.get("rel") == "self"]
    if own != [SITE + "feed.xml"]:
        found.append(f"atom:link self is {own}")
    if channel.findtext("link") != SITE:
        found.append("the channel's link is not the site")
    if channel.findtext("language") != "vi":
        found.append("language")
    for date in channel.iterfind("lastBuildDate"):
        found += date_faults(date.text, now)
    items = channel.findall("item")
    guids = [each.findtext("guid") for each in items]
    if len(set(guids)) != len(guids):
        found.append("a guid is used twice")
    for each in items:
        found += item_faults(each, now)
    return found


def item_faults(item: Any, now: datetime) -> list[str]:
    tags = [child.tag for child in item]
    found = [f"{tag} is not known" for tag in tags if tag not in ITEM_ELEMENTS]
    found += [f"{tag} stands twice" for tag in set(tags) if tags.count(tag) > 1]
    found += [f"{tag} is missing" for tag in ITEM_ELEMENTS - {"enclosure"} if tag not in tags]
    if tags.index("description") > tags.index(ENCODED):
        found.append("description comes after content:encoded")
    title = item.findtext("title")
    if not title.strip() or re.search(r"<[a-zA-Z/]|&(#?\w+);", title):
        found.append(f"title {title!r}")
    guid = item.find("guid")
    if guid.get("isPermaLink") != "false" or not re.fullmatch(r"tag:[^,]+,\d{4}:\S+", guid.text):
        found.append(f"guid {guid.text!r}")
    if urlsplit(item.findtext("link")).scheme not in {"http", "https"}:
        found.append("link is not absolute")
    for enclosure in item.iterfind("enclosure"):
        whole = enclosure.get("url", "").startswith(SITE) and "/" in enclosure.get("type", "")
        if not whole or int(enclosure.get("length")) < 1:
            found.append("enclosure")
    addresses = re.findall(r'(?:href|src)="([^"]*)"', item.findtext(ENCODED))
    found += [f"relative {each!r}" for each in addresses if not urlsplit(each).scheme]
    return found + date_faults(item.findtext("pubDate"), now)


def date_faults(text: str, now: datetime) -> list[str]:
    if not RFC_822.fullmatch(text):
        return [f"date {text!r}"]
    when = parsedate_to_datetime(text)
    found = [] if when <= now else [f"{text} is in the future"]
    return found if when.utcoffset() == timedelta(hours=7) else [*found, f"{text} has another offset"]


def test_the_checker_finds_what_is_wrong() -> None:
    good = made(entry())
    for old, new, said in (
        (b'rel="self"', b'rel="hub"', "self"),
        (b"<language>vi", b"<language>en", "language"),
        (b"<title>Tin &amp;", b"<title>&lt;b&gt;", "title"),
        (b"+0700</pubDate>", b"GMT</pubDate>", "date"),
        (b"2021 08:00", b"2031 08:00", "future"),
        (b"<guid", b"<guid>x</guid><guid", "twice"),
        (b"tag:", b"", "guid"),
        (b"<link>https://example.org/tin/posts", b"<link>/tin/posts", "absolute"),
        (b'length="3"', b'length="0"', "enclosure"),
        (b"src=&quot;https://example.org/tin/", b"src=&quot;", ""),
    ):
        broken = good.replace(old, new)
        if said:
            assert any(said in fault for fault in faults(broken)), said


def entry(post: str = "mot", days: int = 0, **more: Any) -> Published:
    given: dict[str, Any] = {"title": "Tin & <ảnh", "text": "Chữ **đậm**.", "summary": "", "link": ""} | more
    item = Item(
        key=Key(post, "20210505", "rss", "ban-tin"),
        language="vi",
        target=TARGET,
        publish_at=START,
        plan=PlanValues(Plan("bhxh-2021", "Kế hoạch", 2021), ("id", "year"), "rss"),
        **given,
    )
    rendered = CHANNEL.render(item, CONTEXT)
    if not given.get("bare"):
        rendered = with_file(rendered)
    return Published(item.key, rendered, START + timedelta(days=days))


def with_file(rendered: Rendered) -> Rendered:
    file = File("media/anh-0.png", "image/png", b"png")
    media = [{"path": file.name, "type": file.media_type, "length": 3, "alt": "ảnh"}]
    return Rendered({**rendered.body, "media": media}, rendered.text, (file,))


def _context() -> RenderContext[FeedOptions]:
    from pathlib import Path

    return RenderContext(OPTIONS, ZONE, Path())


CONTEXT = _context()


def made(*published: Published, options: FeedOptions = OPTIONS, now: datetime = NOW) -> bytes:
    kept, refused = rows(published)
    assert refused == []
    return feed_bytes(kept, site_of(TARGET, options), ZONE, now)


def test_it_keeps_the_rules() -> None:
    data = made(entry("mot"), entry("hai", 1), entry("ba", 2))
    assert faults(data) == []
    read = feedparser.parse(data)
    assert read.bozo == 0
    assert read.version == "rss20"
    assert [each.id.rpartition("/")[0].rpartition("/")[2] for each in read.entries] == ["ba", "hai", "mot"]


def test_what_a_reader_sees() -> None:
    (seen,) = feedparser.parse(made(entry(summary="Ba < bốn & năm"))).entries
    assert seen.title == "Tin & <ảnh"
    assert seen.summary == "Ba &lt; bốn &amp; năm"
    assert "Chữ <strong>đậm</strong>." in seen.content[0].value
    assert seen.link == SITE + "posts/mot-20210505.html"
    assert seen.guidislink is False
    (enclosure,) = seen.enclosures
    assert (enclosure.href, enclosure.length, enclosure.type) == (SITE + "media/anh-0.png", "3", "image/png")


def test_a_recording_is_enclosed_before_a_picture() -> None:
    one = entry()
    sound = File("media/rog-1.mp3", "audio/mpeg", b"sound")
    body = dict(one.rendered.body)
    body["media"] = [*body["media"], {"path": sound.name, "type": "audio/mpeg", "length": 5, "alt": ""}]
    both = Rendered(body, "", (*one.rendered.files, sound))
    (seen,) = feedparser.parse(made(Published(one.key, both, one.published_at))).entries
    assert [each.type for each in seen.enclosures] == ["audio/mpeg"]


def test_an_empty_feed_keeps_the_rules_and_its_bytes() -> None:
    data = made()
    assert faults(data) == []
    assert feedparser.parse(data).bozo == 0
    assert data == made(now=NOW + timedelta(days=1))


def test_the_order_given_does_not_matter_where_times_differ() -> None:
    one, two = entry("mot"), entry("hai", 1)
    assert made(one, two) == made(two, one)


TEXTS = st.text(max_size=300) | st.sampled_from(
    ["]]>", "<![CDATA[x]]>", "\x00\x08\x1f\x7f\x85\ufffe\uffff", "👵🏽" * 50, "<?xml?>", "&#1;&#x0b;", "<!--", "\u202e"]
)


@pytest.mark.parametrize("text", ["\xa0", "&nbsp;", "***", "![](/media/anh.jpg)"])
def test_a_text_without_words_is_described_by_its_title(text: str) -> None:
    data = feed_bytes(rows([entry("anh", title="Ảnh", text=text)])[0], site_of(TARGET, OPTIONS), ZONE, NOW)
    assert faults(data) == []
    assert feedparser.parse(data).entries[0].summary == "Ảnh"


@settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(title=TEXTS, text=TEXTS, summary=TEXTS)
def test_any_text_gives_a_valid_feed(title: str, text: str, summary: str) -> None:
    odd, good = entry("la", 1, title=title, text=text, summary=summary), entry("thuong")
    refused = list(CHANNEL.check(odd.rendered, CONTEXT))
    errors = [each for each in refused if each.severity == "error"]
    kept, left_out = rows([odd, good])
    assert bool(errors) == bool(left_out)
    data = feed_bytes(kept, site_of(TARGET, OPTIONS), ZONE, NOW)
    assert faults(data) == []
    assert feedparser.parse(data).bozo == 0
    assert len(kept) == 2 - bool(errors)


@settings(deadline=None)
@given(text=TEXTS.filter(str.strip))
def test_only_a_title_without_words_or_with_markup_is_refused(text: str) -> None:
    problems = list(CHANNEL.check(entry(title="Tin", text=f"chữ {text}").rendered, CONTEXT))
    assert [each for each in problems if each.severity == "error"] == []


def test_a_huge_text_is_carried_whole() -> None:
    text = "Bảo hiểm xã hội ]]> & < 👵🏽 " * 20_000
    data = made(entry(text=text))
    assert faults(data) == []
    assert len(feedparser.parse(data).entries[0].content[0].value) > 500_000


@pytest.mark.parametrize("fill", [{"title": "Bản tin của " + "x" * 180}, {"language": "vi-VN"}, {"limit": 1}])
def test_options_show(fill: dict[str, Any], tmp_path: Path) -> None:
    data = made(entry("mot"), entry("hai", 1), options=OPTIONS.model_copy(update=fill))
    channel = etree.fromstring(data).find("channel")
    assert channel is not None
    assert channel.findtext("title") == fill.get("title", "Bản tin")
    assert channel.findtext("language") == fill.get("language", "vi")
    assert len(channel.findall("item")) == fill.get("limit", 2)
