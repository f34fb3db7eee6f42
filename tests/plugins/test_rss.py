"""The channel as the host calls it: the entry it renders, and the folder it keeps."""

from __future__ import annotations

import errno
import hashlib
import json
import logging
import os
import re
import struct
import subprocess
import sys
import zlib
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from html.parser import HTMLParser
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote, urljoin, urlsplit

import pytest
from lxml import etree
from pydantic import ValidationError

from plugins.rss import Rss, folder, register_channels
from plugins.rss.folder import MANIFEST
from plugins.rss.settings import FeedOptions, FeedTarget
from scheduler.api import (
    Item,
    Key,
    MediaFile,
    PermanentFailure,
    Plan,
    PlanValues,
    Probes,
    Projection,
    Published,
    Receipt,
    Rendered,
    Severity,
    Target,
    TemporaryFailure,
    replace_file,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from tests.plugins.conftest import Context

CHANNEL = Rss()
GOLDEN = Path(__file__).parent.parent / "golden"
SITE = "https://example.org/ninh-thuan/"
OPTIONS = FeedOptions(
    site=SITE,
    title="Tuyên truyền bảo hiểm xã hội tỉnh Ninh Thuận",
    description="Tin của Tháng vận động triển khai BHXH toàn dân",
)
TARGET = Target("rss", "ban-tin", "Bản tin của chiến dịch", settings=FeedTarget())
START = datetime(2021, 5, 5, 1, 0, tzinfo=UTC)
TEXT = """\
Tháng Năm hằng năm là **Tháng vận động triển khai bảo hiểm xã hội toàn dân**.

## Lịch hoạt động

- Lễ ra quân: 07:30 ngày 12/05/2021
- Đối thoại với doanh nghiệp: 19/05/2021

Hỏi thêm tại https://baohiemxahoi.gov.vn hoặc cơ quan BHXH huyện.
"""


def picture() -> bytes:
    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    head = struct.pack(">IIBBBBB", 1, 1, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", b"x") + chunk(b"IEND", b"")


def media(folder: Path, name: str, data: bytes, kind: str, alt: str = "") -> MediaFile:
    path = folder / name.rpartition("/")[2]
    path.write_bytes(data)
    return MediaFile(name, hashlib.sha256(data).hexdigest(), kind, alt, path)


def item(post: str = "huong-ung", recurrence: str = "20210505", **more: Any) -> Item:
    given: dict[str, Any] = {
        "title": "Ninh Thuận hưởng ứng Tháng vận động BHXH toàn dân",
        "text": TEXT,
        "summary": "",
        "language": "vi",
        "target": TARGET,
        "publish_at": START,
        "plan": PlanValues(Plan("bhxh-2021", "Kế hoạch", 2021), CHANNEL.uses, "rss"),
    } | more
    return Item(key=Key(post, recurrence, "rss", given["target"].name), **given)


@pytest.fixture
def context(make_context: Callable[..., Context[Any]]) -> Context[FeedOptions]:
    key = Key("huong-ung", "20210505", "rss", "ban-tin")
    made: Context[FeedOptions] = make_context(OPTIONS, key=key, target=TARGET)
    made.clock.sleep(timedelta(days=60))
    return made


def published(context: Context[FeedOptions], *items: Item, step: int = 1) -> list[Published]:
    return [
        Published(each.key, CHANNEL.render(each, context.render), START + timedelta(days=n * step))
        for n, each in enumerate(items)
    ]


def withdrawn(each: Published) -> Published:
    return replace(each, withdrawn=True)


def public(context: Context[FeedOptions]) -> Path:
    return context.folder / "var" / "public"


def files(context: Context[FeedOptions]) -> set[str]:
    root = public(context)
    return {str(each.relative_to(root)) for each in root.rglob("*") if each.is_file() and each.name != MANIFEST}


def feed(context: Context[FeedOptions], name: str = "feed.xml") -> Any:
    return etree.fromstring((public(context) / name).read_bytes())


def titles(context: Context[FeedOptions], name: str = "feed.xml") -> list[str]:
    return [each.text for each in feed(context, name).iterfind("channel/item/title")]


def test_it_is_registered_as_a_projection() -> None:
    (channel,) = register_channels()
    assert channel.name == "rss"
    assert isinstance(channel, Projection)
    assert isinstance(channel, Probes)


@pytest.mark.parametrize(
    ("given", "site"),
    [
        ("https://example.org", "https://example.org/"),
        ("https://example.org/tin", "https://example.org/tin/"),
        ("http://sở.vn/tin tức/", "http://xn--s-cmm.vn/tin%20t%E1%BB%A9c/"),
    ],
)
def test_the_site_is_a_folder_on_the_web(given: str, site: str) -> None:
    assert re.sub(r"xn--[a-z0-9-]+", "IDN", FeedOptions(site=given, title="x").site) == re.sub(
        r"xn--[a-z0-9-]+", "IDN", site
    )


@pytest.mark.parametrize(
    "wrong",
    [
        {"site": "example.org"},
        {"site": "ftp://example.org/"},
        {"site": "https://example.org/?a=1"},
        {"title": ""},
        {"title": "<b>Tin</b>"},
        {"description": "\x01"},
        {"limit": 0},
        {"language": "tiếng Việt"},
        {"feeds": 1},
    ],
)
def test_wrong_options_are_refused(wrong: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        FeedOptions.model_validate({"site": SITE, "title": "x"} | wrong)


@pytest.mark.parametrize("wrong", ["../x", "a/b", "Ninh Sơn", ".", "posts", "media"])
def test_a_folder_of_a_target_is_a_plain_name(wrong: str) -> None:
    with pytest.raises(ValidationError):
        FeedTarget(folder=wrong)


def test_render_is_pure(context: Context[FeedOptions], tmp_path: Path) -> None:
    one = item(media=(media(tmp_path, "Thẻ Đỏ.PNG", picture(), "image/png", "Thẻ"),))
    rendered = CHANNEL.render(one, context.render)
    assert rendered == CHANNEL.render(one, context.render)
    body = rendered.body
    assert json.loads(json.dumps(body)) == body
    assert body["path"] == "posts/huong-ung-20210505.html"
    assert body["guid"] == "tag:example.org,2021:bhxh-2021/huong-ung/20210505"
    assert body["summary"].startswith("Tháng Năm hằng năm là Tháng vận động")
    (file,) = rendered.files
    assert re.fullmatch(r"media/the-do-[0-9a-f]{12}\.png", file.name)
    assert rendered.text.startswith("Ninh Thuận hưởng ứng")
    assert rendered.figures["files"] == 1


def test_the_preview_says_what_the_page_says(context: Context[FeedOptions]) -> None:
    one = item(link="https://example.org/khac/")
    rendered = CHANNEL.render(one, context.render)
    assert "\n\n• Lễ ra quân: 07:30 ngày 12/05/2021\n• Đối thoại với doanh nghiệp: 19/05/2021\n\n" in rendered.text
    assert rendered.text.endswith("\n\nTìm hiểu thêm: https://example.org/khac/")
    linked = CHANNEL.render(item(link="https://baohiemxahoi.gov.vn/"), context.render)
    assert "Tìm hiểu thêm" not in linked.text
    CHANNEL.project([Published(one.key, rendered, START)], context)
    page = (public(context) / "posts/huong-ung-20210505.html").read_text()
    assert 'Tìm hiểu thêm: <a href="https://example.org/khac/">' in page


@pytest.mark.parametrize(
    ("site", "language", "said"),
    [
        ("vi", "en", "en"),
        ("en", "en", "en"),
        ("en-GB", "cjm", "en"),
        ("en", "vi", "vi"),
        ("fr", "fr", "vi"),
    ],
)
def test_pages_speak_the_language_of_their_text(
    context: Context[FeedOptions], site: str, language: str, said: str
) -> None:
    context.options = OPTIONS.model_copy(update={"language": site})
    one = item(text="Come.", language=language, link="https://example.org/khac/")
    rendered = CHANNEL.render(one, context.render)
    CHANNEL.project([Published(one.key, rendered, START)], context)
    page = (public(context) / "posts/huong-ung-20210505.html").read_text()
    words = {
        "en": ("Read more", "Wednesday, 5 May 2021, 08:00", "All posts"),
        "vi": ("Tìm hiểu thêm", "Thứ Tư", "Tất cả"),
    }
    assert all(each in page for each in words[said])
    assert not any(each in page for each in words["en" if said == "vi" else "vi"])
    assert words[said][0] in rendered.text
    index = (public(context) / "index.html").read_text()
    assert ("May 2021</h2>" in index) == site.startswith("en")


def test_neither_text_nor_time_moves_the_address(context: Context[FeedOptions]) -> None:
    one = CHANNEL.render(item(), context.render).body
    other = item(text="Khác", title="Khác", publish_at=START + timedelta(days=9))
    two = CHANNEL.render(other, context.render).body
    assert (one["guid"], one["path"]) == (two["guid"], two["path"])


def problems(one: Item, context: Context[FeedOptions]) -> list[tuple[str, Severity]]:
    found = CHANNEL.check(CHANNEL.render(one, context.render), context.render)
    return [(problem.key, problem.severity) for problem in found]


@pytest.mark.parametrize(
    ("changed", "key"),
    [
        ({"title": "<b>Đậm</b>"}, "title"),
        ({"title": "a &amp; b"}, "title"),
        ({"title": "\x01 "}, "title"),
        ({"title": "x" * 501}, "title"),
        ({"text": ""}, "html"),
        ({"text": "x" * 1_000_001}, "html"),
        ({"link": "javascript:alert(1)"}, "link"),
        ({"link": "https://a.vn/\x01"}, "link"),
        ({"language": "Tiếng Chăm"}, "language"),
    ],
)
def test_what_no_feed_can_carry_is_an_error(context: Context[FeedOptions], changed: dict[str, Any], key: str) -> None:
    assert problems(item(**changed), context) == [(key, Severity.ERROR)]


def test_an_empty_file_is_an_error(context: Context[FeedOptions], tmp_path: Path) -> None:
    empty = media(tmp_path, "a.png", b"", "image/png")
    assert problems(item(media=(empty,)), context) == [("media.0.length", Severity.ERROR)]


def test_a_relative_link_is_a_warning(context: Context[FeedOptions]) -> None:
    assert problems(item(text="[x](lich.html)"), context) == [("text", Severity.WARNING)]
    assert problems(item(), context) == []


def test_one_entry_alone_is_never_delivered(context: Context[FeedOptions]) -> None:
    rendered = CHANNEL.render(item(), context.render)
    assert CHANNEL.idempotent(rendered, context.render)
    with pytest.raises(PermanentFailure, match="project"):
        CHANNEL.deliver(rendered, context)


# the folder


class Links(HTMLParser):
    """Every address that a page points at."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.found: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        for name, value in attrs:
            if name in {"href", "src"} and value:
                self.found.append(value)
            if name == "content" and value and value.startswith(SITE):
                self.found.append(value)


def dead_links(context: Context[FeedOptions]) -> list[str]:
    """Return addresses below the site that no file stands for, in feeds and pages."""
    root, dead = public(context), []
    for path in sorted(files(context)):
        text = (root / path).read_text("utf-8") if path.endswith((".html", ".xml")) else ""
        found = Links(text).found if path.endswith(".html") else re.findall(r"https://example\.org/[^<\"&\s]*", text)
        for address in found:
            whole = urljoin(SITE + path, address)
            local = unquote(urlsplit(whole).path.removeprefix("/ninh-thuan/"))
            local += "index.html" if local == "" or local.endswith("/") else ""
            if whole.startswith(SITE) and not (root / local).is_file():
                dead.append(f"{path}: {address}")
    return dead


def campaign(tmp_path: Path) -> Sequence[Item]:
    card = media(tmp_path, "the-chu-de.png", picture(), "image/png", "Thẻ chủ đề")
    sound = media(tmp_path, "rog.mp3", b"ID3" + b"\0" * 40, "audio/mpeg", "Bản tiếng Raglai")
    return (
        item(media=(card, sound), link="https://baohiemxahoi.gov.vn/"),
        item("dong-dung-han", "20210519", title="Đóng BHXH đúng hạn", text="Trách nhiệm & uy tín.", media=(card,)),
        item("moi-tuan", "20210603", title="Hỏi đáp", text="Kỳ một.", language="cjm"),
        item("moi-tuan", "20210610", title="Hỏi đáp", text="Kỳ hai."),
    )


def test_the_whole_site(context: Context[FeedOptions], tmp_path: Path) -> None:
    receipt = CHANNEL.project(published(context, *campaign(tmp_path)), context)
    assert receipt.id == "posts/huong-ung-20210505.html"
    assert receipt.link == SITE + receipt.id
    assert receipt.detail == {"entries": 4, "left_out": []}
    pages = {"huong-ung-20210505", "dong-dung-han-20210519", "moi-tuan-20210603", "moi-tuan-20210610"}
    assert {f"posts/{page}.html" for page in pages} < files(context)
    assert {"feed.xml", "index.html"} < files(context)
    assert len([each for each in files(context) if each.startswith("media/")]) == 2
    assert titles(context) == ["Hỏi đáp", "Hỏi đáp", "Đóng BHXH đúng hạn", campaign(tmp_path)[0].title]
    assert dead_links(context) == []


def test_the_bytes(context: Context[FeedOptions], tmp_path: Path) -> None:
    CHANNEL.project(published(context, *campaign(tmp_path)), context)
    for name, path in (
        ("rss-feed.xml", "feed.xml"),
        ("rss-index.html", "index.html"),
        ("rss-page.html", "posts/huong-ung-20210505.html"),
    ):
        made = (public(context) / path).read_bytes()
        if os.environ.get("LOA_UPDATE_GOLDEN"):
            (GOLDEN / name).write_bytes(made)
        assert made == (GOLDEN / name).read_bytes()


def snapshot(context: Context[FeedOptions]) -> dict[str, tuple[bytes, int]]:
    root = public(context)
    return {path: ((root / path).read_bytes(), (root / path).stat().st_mtime_ns) for path in files(context)}


def test_what_did_not_change_is_not_touched(context: Context[FeedOptions], tmp_path: Path) -> None:
    everything = published(context, *campaign(tmp_path))
    CHANNEL.project(everything[:3], context)
    before = snapshot(context)
    CHANNEL.project(everything[:3], context)
    assert snapshot(context) == before
    CHANNEL.project(everything, context)
    changed = {path for path, state in snapshot(context).items() if before.get(path) != state}
    assert changed == {"feed.xml", "index.html", "posts/moi-tuan-20210610.html"}


def test_the_wall_clock_is_not_in_the_bytes(context: Context[FeedOptions], tmp_path: Path) -> None:
    everything = published(context, *campaign(tmp_path))
    CHANNEL.project(everything, context)
    before = snapshot(context)
    context.clock.sleep(timedelta(days=1))
    CHANNEL.project(everything, context)
    assert snapshot(context) == before


def says_withdrawn(context: Context[FeedOptions], path: str) -> bool:
    """Whether a page says that it was withdrawn, and nothing of what it said."""
    page = (public(context) / path).read_text("utf-8")
    return all(each in page for each in ("<h1>Bài viết đã được gỡ</h1>", 'content="noindex"', 'href="../feed.xml"'))


def test_a_withdrawn_post_is_gone_and_what_others_put_there_stays(
    context: Context[FeedOptions], tmp_path: Path
) -> None:
    everything = published(context, *campaign(tmp_path))
    CHANNEL.project(everything, context)
    (public(context) / "posts" / "khac.html").write_text("của người khác")
    (public(context) / "robots.txt").write_text("User-agent: *")
    CHANNEL.project([withdrawn(everything[0]), *everything[1:]], context)
    assert says_withdrawn(context, "posts/huong-ung-20210505.html")
    assert everything[0].rendered.body["title"] not in (public(context) / "posts/huong-ung-20210505.html").read_text()
    assert titles(context) == ["Hỏi đáp", "Hỏi đáp", "Đóng BHXH đúng hạn"]
    assert {"posts/khac.html", "robots.txt"} < files(context)
    assert [each for each in files(context) if "rog" in each] == []
    assert [each for each in files(context) if "the-chu-de" in each] != []
    assert dead_links(context) == []


def test_all_withdrawn_is_an_empty_feed_of_fixed_bytes(context: Context[FeedOptions], tmp_path: Path) -> None:
    everything = published(context, *campaign(tmp_path))
    CHANNEL.project(everything, context)
    receipt = CHANNEL.project([*map(withdrawn, everything)], context)
    assert receipt == Receipt("feed.xml", SITE + "feed.xml", {"entries": 0, "left_out": []})
    pages = {each.rendered.body["path"] for each in everything}
    assert files(context) == {"feed.xml", "index.html", *pages}
    assert all(says_withdrawn(context, each) for each in pages)
    assert feed(context).find("channel/lastBuildDate") is None
    assert "Chưa có bài nào" in (public(context) / "index.html").read_text()
    before = snapshot(context)
    CHANNEL.project([], context)
    assert snapshot(context) == before


def test_the_receipt_of_a_withdrawal_names_its_page(context: Context[FeedOptions], tmp_path: Path) -> None:
    everything = published(context, *campaign(tmp_path))
    CHANNEL.project(everything, context)
    context.key = everything[0].key.withdrawal
    receipt = CHANNEL.project([withdrawn(everything[0]), *everything[1:]], context)
    assert (receipt.id, receipt.link) == ("posts/huong-ung-20210505.html", f"{SITE}posts/huong-ung-20210505.html")


def test_what_comes_back_has_its_page_again(context: Context[FeedOptions], tmp_path: Path) -> None:
    """A withdrawal that failed for good took nothing back."""
    everything = published(context, *campaign(tmp_path))
    CHANNEL.project(everything, context)
    before = snapshot(context)
    CHANNEL.project([withdrawn(everything[0]), *everything[1:]], context)
    CHANNEL.project(everything, context)
    assert {path: data for path, (data, *_) in snapshot(context).items()} == {
        path: data for path, (data, *_) in before.items()
    }


def test_a_page_of_others_is_not_overwritten(
    context: Context[FeedOptions], tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    public(context).mkdir(parents=True)
    (public(context) / "index.html").write_text("<h1>Trang của Sở</h1>")
    CHANNEL.project(published(context, *campaign(tmp_path)), context)
    CHANNEL.project([], context)
    assert (public(context) / "index.html").read_text() == "<h1>Trang của Sở</h1>"
    assert "is not Loa's" in caplog.text


@pytest.mark.parametrize(
    "damaged",
    [
        None,
        b"{",
        b"[]",
        b'{"target": "ban-tin", "files": ["../../secret", "/etc/x", 7]}',
        b'{"target": "ban-tin", "files": ["posts/moi-tuan-20210603.html"]}',
    ],
)
def test_a_lost_manifest_harms_nothing(
    context: Context[FeedOptions], tmp_path: Path, damaged: bytes | None, caplog: pytest.LogCaptureFixture
) -> None:
    everything = published(context, *campaign(tmp_path))
    CHANNEL.project(everything, context)
    before = files(context)
    manifest = public(context) / MANIFEST
    manifest.unlink() if damaged is None else manifest.write_bytes(damaged)
    CHANNEL.project(everything[1:], context)
    assert files(context) == before
    assert titles(context)[-1] == "Đóng BHXH đúng hạn"
    assert ("is damaged" in caplog.text) == (damaged is not None)
    CHANNEL.project([withdrawn(everything[0]), *everything[1:]], context)
    assert before == files(context)
    assert says_withdrawn(context, "posts/huong-ung-20210505.html")


def test_a_manifest_leads_to_nothing_outside(context: Context[FeedOptions], tmp_path: Path) -> None:
    everything = published(context, *campaign(tmp_path))
    CHANNEL.project(everything, context)
    (tmp_path / "secret").write_text("ở lại")
    manifest = public(context) / MANIFEST
    kept = json.loads(manifest.read_bytes())
    manifest.write_text(json.dumps({**kept, "files": ["../../secret", "posts/../../../secret", *kept["files"]]}))
    CHANNEL.project(everything, context)
    assert (tmp_path / "secret").exists()
    assert json.loads(manifest.read_bytes()) == kept


def test_a_lost_database_takes_nothing_away(context: Context[FeedOptions], tmp_path: Path) -> None:
    *earlier, new = published(context, *campaign(tmp_path))
    CHANNEL.project(earlier, context)
    before = snapshot(context)
    CHANNEL.project([], context)
    assert snapshot(context) == before
    CHANNEL.project([new], context)
    shown = snapshot(context)
    assert {path for path, state in before.items() if shown.get(path) != state} == {"feed.xml", "index.html"}
    assert len(titles(context)) == 4
    assert dead_links(context) == []


def test_an_older_database_gives_the_bytes_of_the_whole_one(context: Context[FeedOptions], tmp_path: Path) -> None:
    everything = published(context, *campaign(tmp_path))
    CHANNEL.project(everything, context)
    before = snapshot(context)
    CHANNEL.project(everything[:1], context)
    assert snapshot(context) == before
    CHANNEL.project([everything[0], withdrawn(everything[1])], context)
    assert titles(context) == ["Hỏi đáp", "Hỏi đáp", everything[0].rendered.body["title"]]


def test_a_picture_stays_that_a_forgotten_page_shows(context: Context[FeedOptions], tmp_path: Path) -> None:
    first, second, *_ = published(context, *campaign(tmp_path))
    CHANNEL.project([first, second], context)
    (public(context) / MANIFEST).unlink()
    CHANNEL.project([second], context)
    CHANNEL.project([withdrawn(second)], context)
    assert says_withdrawn(context, second.rendered.body["path"])
    assert not says_withdrawn(context, first.rendered.body["path"])
    assert [each for each in files(context) if "the-chu-de" in each] != []


def test_a_page_of_others_under_a_withdrawn_name_stays(context: Context[FeedOptions], tmp_path: Path) -> None:
    (public(context) / "posts").mkdir(parents=True)
    (public(context) / "posts" / "huong-ung-20210505.html").write_text("của người khác")
    CHANNEL.project([withdrawn(each) for each in published(context, *campaign(tmp_path))], context)
    assert "posts/huong-ung-20210505.html" in files(context)


def test_a_bad_entry_is_left_out_and_named(
    context: Context[FeedOptions], tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    good = published(context, *campaign(tmp_path))
    bad = [
        Published(Key(f"hong-{n}", "20210505", "rss", "ban-tin"), rendered, START)
        for n, rendered in enumerate(
            [
                Rendered({}, ""),
                Rendered({**good[1].rendered.body, "title": "<b>x</b>"}, "", good[1].rendered.files),
                Rendered({**good[1].rendered.body, "html": "a\x01b"}, "", good[1].rendered.files),
                Rendered({**good[1].rendered.body, "path": "../../x.html"}, "", good[1].rendered.files),
                Rendered(good[1].rendered.body, ""),
            ]
        )
    ]
    receipt = CHANNEL.project([*bad, *good], context)
    assert receipt.detail["left_out"] == [f"hong-{n}/20210505/rss/ban-tin/publish" for n in range(5)]
    assert len(titles(context)) == 4
    assert caplog.text.count("left out of the feed") == 5


def test_the_entry_of_this_call_may_not_be_left_out_in_silence(context: Context[FeedOptions], tmp_path: Path) -> None:
    good = published(context, *campaign(tmp_path))
    bad = Published(context.key._replace(post="hong"), Rendered({}, ""), START)
    context.key = bad.key
    with pytest.raises(PermanentFailure, match="title"):
        CHANNEL.project([*good, bad], context)
    assert len(titles(context)) == 4


def test_the_limit_is_of_the_feed_and_not_of_the_pages(context: Context[FeedOptions]) -> None:
    context.options = OPTIONS.model_copy(update={"limit": 2})
    many = [item("p", f"202105{day:02}", title=f"Ngày {day}") for day in range(1, 6)]
    CHANNEL.project(published(context, *many), context)
    assert titles(context) == ["Ngày 5", "Ngày 4"]
    assert len([each for each in files(context) if each.startswith("posts/")]) == 5
    assert (public(context) / "index.html").read_text().count("<li>") == 5


def test_a_revision_keeps_its_date_and_its_address(context: Context[FeedOptions]) -> None:
    first, other, second = published(context, item(), item("b", title="B"), item(title="Đã sửa"))
    revised = Published(first.key._replace(action="revise-1"), second.rendered, second.published_at)
    CHANNEL.project([first, other, revised], context)
    assert titles(context) == ["B", "Đã sửa"]
    dates = [each.text for each in feed(context).iterfind("channel/item/pubDate")]
    assert dates[1] == "Wed, 05 May 2021 08:00:00 +0700"
    assert feed(context).findtext("channel/lastBuildDate") == "Fri, 07 May 2021 08:00:00 +0700"


def test_no_entry_is_from_the_future(context: Context[FeedOptions]) -> None:
    ahead = Published(item().key, CHANNEL.render(item(), context.render), context.clock.now() + timedelta(days=1))
    CHANNEL.project([ahead], context)
    assert feed(context).findtext("channel/item/pubDate") == "Tue, 06 Jul 2021 19:30:00 +0700"


def test_each_target_may_have_a_feed_of_its_own(context: Context[FeedOptions], tmp_path: Path) -> None:
    own = Target("rss", "ninh-son", "Huyện Ninh Sơn", settings=FeedTarget(folder="ninh-son"))
    first, second = published(context, item(), item(title="Riêng cho Ninh Sơn", target=own))
    CHANNEL.project([first], context)
    context.target, context.key = own, second.key
    receipt = CHANNEL.project([second], context)
    assert receipt.link == f"{SITE}ninh-son/posts/huong-ung-20210505.html"
    assert titles(context) == [item().title]
    assert titles(context, "ninh-son/feed.xml") == ["Riêng cho Ninh Sơn"]
    assert feed(context, "ninh-son/feed.xml").findtext("channel/title").endswith("– Huyện Ninh Sơn")
    assert dead_links(context) == []
    CHANNEL.project([withdrawn(second)], context)
    assert titles(context) == [item().title]
    assert titles(context, "ninh-son/feed.xml") == []


def test_two_targets_may_not_share_a_folder(context: Context[FeedOptions]) -> None:
    CHANNEL.project(published(context, item()), context)
    before = snapshot(context)
    context.target = Target("rss", "khac", settings=FeedTarget())
    with pytest.raises(PermanentFailure, match="the target ban-tin"):
        CHANNEL.project([], context)
    assert snapshot(context) == before


def test_a_folder_that_cannot_be_written_is_temporary(context: Context[FeedOptions]) -> None:
    public(context).parent.mkdir(parents=True, exist_ok=True)
    public(context).write_text("một tệp")
    with pytest.raises(TemporaryFailure):
        CHANNEL.project([], context)
    told = CHANNEL.probe(context)
    assert (told.ok, told.detail) == (False, "var/public cannot be written: Not a directory")


def test_a_crash_between_pages_and_feed_leaves_nothing_unknown(
    context: Context[FeedOptions], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    everything = published(context, *campaign(tmp_path))
    CHANNEL.project(everything[:1], context)
    real = replace_file

    def until_the_feed(path: Path, data: bytes) -> None:
        if path.name == "feed.xml":
            raise OSError(errno.ENOSPC, "No space left on device")
        real(path, data)

    with monkeypatch.context() as patched:
        patched.setattr(folder, "replace_file", until_the_feed)
        with pytest.raises(TemporaryFailure):
            CHANNEL.project(everything, context)
    assert len(titles(context)) == 1
    assert dead_links(context) == []
    CHANNEL.project(everything[:1], context)
    assert [each for each in files(context) if "moi-tuan" in each] == []


def test_the_probe_writes_nothing(context: Context[FeedOptions]) -> None:
    assert CHANNEL.probe(context).ok
    assert not public(context).exists()
    public(context).mkdir(parents=True)
    before = public(context).stat().st_mtime_ns
    assert CHANNEL.probe(context).ok
    assert (list(public(context).iterdir()), public(context).stat().st_mtime_ns) == ([], before)


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write everywhere")
def test_a_folder_without_the_right_to_write_fails_the_probe(context: Context[FeedOptions]) -> None:
    public(context).mkdir(parents=True)
    public(context).chmod(0o555)
    told = CHANNEL.probe(context)
    assert (told.ok, told.detail) == (False, "var/public cannot be written: Permission denied")


@pytest.mark.parametrize("plugin", ["rss", "fanpage"])
def test_a_plugin_loads_nothing_heavy(plugin: str) -> None:
    heavy = ["feedgen", "lxml", "markdown_it", "nh3", "httpx2"]
    code = f"import sys, plugins.{plugin}; print([m for m in {heavy} if m in sys.modules])"
    command = [sys.executable, "-c", code]
    root = Path(__file__).parent.parent.parent
    done = subprocess.run(command, cwd=root, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_nothing_but_the_logger_speaks(
    context: Context[FeedOptions], tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    CHANNEL.project(published(context, *campaign(tmp_path)), context)
    assert caplog.records == []
