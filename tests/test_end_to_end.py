"""Real ``loa`` processes on a real folder: four channels, a page server of its own, and readers that others wrote."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import time
import urllib.request
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote, urlsplit

import feedparser
import pytest

from scheduler.engine.lock import running

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).parents[1]
TOKEN, PAGE = "EAAG-a-token-of-a-page", "1029384756"
CONFIG = """
zone = "Asia/Ho_Chi_Minh"
language = "en"

[channels.radio]
contact = "Bảo hiểm xã hội tỉnh"
[[channels.radio.targets]]
name = "dai-tinh"
title = "Đài tỉnh"
slot = "3m"

[channels.fanpage]
api = "http://127.0.0.1:{port}"
page_id = "{page}"
token = {{ env = "LOA_TEST_TOKEN" }}
[[channels.fanpage.targets]]
name = "trang"

[channels.rss]
site = "https://example.org/tin/"
title = "Bản tin"
[[channels.rss.targets]]
name = "ban-tin"

[channels.sms]
spool = "var/spool"
price_per_part = 300
[[channels.sms.targets]]
name = "ba-con"
list = "contacts/ba-con.csv"
"""
PLAN = """
id = "e2e"
title = "Thử từ đầu đến cuối"
year = 2021
theme = "Bảo hiểm xã hội cho tất cả mọi người"
message = "Bảo hiểm xã hội là đầu tư cho tương lai"
approval_required = true
[[workstreams]]
id = "chung"
title = "Chung"
from = 2021-01-01
to = 2021-12-31
[[people]]
id = "giam-doc"
name = "Lê Hoàng Sơn"
roles = ["approve"]
"""
POST = """---
id: loi-moi
title: Mời bà con nghe nói chuyện về bảo hiểm xã hội
workstream: chung
channels: [radio, fanpage, rss, sms]
at: 2021-05-03 05:30
---
{{ plan.message }}. Cán bộ xã sẵn sàng giải đáp.

::: sms
Moi ba con nghe noi chuyen ve BHXH. So LDTBXH
:::
"""


@pytest.fixture
def server(tmp_path: Path) -> Iterator[int]:
    """Start the stand-in for the page's API, in a process of its own, and return its port."""
    script = ROOT / "tests" / "servers" / "graph.py"
    command = [sys.executable, str(script), "--log", str(tmp_path / "graph.log"), "--token", TOKEN, "--page", PAGE]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        yield int(process.stdout.readline())
        process.terminate()


@pytest.fixture
def place(tmp_path: Path, server: int) -> Path:
    """Return a campaign folder with one post for all four channels."""
    folder = tmp_path / "chien-dich"
    (folder / "content" / "posts").mkdir(parents=True)
    (folder / "content" / "contacts").mkdir()
    (folder / "config.toml").write_text(CONFIG.format(port=server, page=PAGE), encoding="utf-8")
    (folder / "content" / "plan.toml").write_text(PLAN, encoding="utf-8")
    (folder / "content" / "posts" / "loi-moi.md").write_text(POST, encoding="utf-8")
    (folder / "content" / "contacts" / "ba-con.csv").write_text("phone\n0900000101\n0900000102\n", encoding="utf-8")
    return folder


def loa(folder: Path, *words: str, code: int = 0) -> str:
    """Run one command and return what it wrote."""
    environment = {**os.environ, "LOA_TEST_TOKEN": TOKEN, "LOA_LANG": "en"}
    command = [sys.executable, "-m", "scheduler", "-C", str(folder), *words]
    done = subprocess.run(command, capture_output=True, text=True, env=environment, check=False, timeout=60)
    assert done.returncode == code, done.stdout + done.stderr
    return done.stdout


def states(folder: Path) -> dict[str, str]:
    """Return each channel's state of its one delivery."""
    rows = json.loads(loa(folder, "delivery", "list", "--json"))
    return {row["key"].split("/")[2]: row["state"] for row in rows}


def test_from_files_to_output_and_nothing_twice(place: Path, server: int) -> None:
    loa(place, "check")
    loa(place, "--as", "giam-doc", "post", "approve", "loi-moi")
    loa(place, "run", "--once")
    assert not (place / "var" / "out").exists(), "a folder that nobody has armed sends nothing"

    loa(place, "arm", "--yes")
    assert set(states(place).values()) == {"missed"}, "what was due before the arming is missed"
    rows = json.loads(loa(place, "delivery", "list", "--json"))
    loa(place, "delivery", "requeue", "--yes", *(str(row["number"]) for row in rows))
    loa(place, "run", "--once")
    assert states(place) == {"radio": "sent", "fanpage": "sent", "rss": "sent", "sms": "sent"}

    _page_has_it_once(server)
    _feed_is_valid(place / "var" / "public")
    _script_can_be_read(place / "var" / "out" / "radio")
    assert len(list((place / "var" / "spool" / "outbox").iterdir())) == 2

    loa(place, "run", "--once")
    _page_has_it_once(server)
    assert len(list((place / "var" / "spool" / "outbox").iterdir())) == 2


def test_the_token_is_in_no_file_of_the_folder(place: Path) -> None:
    loa(place, "--as", "giam-doc", "post", "approve", "loi-moi")
    loa(place, "arm", "--yes")
    for row in json.loads(loa(place, "delivery", "list", "--json", "--channel", "fanpage")):
        loa(place, "delivery", "requeue", str(row["number"]))
    loa(place, "run", "--once")
    assert states(place)["fanpage"] == "sent"
    for path in place.rglob("*"):
        if path.is_file():
            assert TOKEN.encode() not in path.read_bytes(), path


def test_an_edit_after_the_approval_holds_it(place: Path, server: int) -> None:
    loa(place, "--as", "giam-doc", "post", "approve", "loi-moi")
    loa(place, "arm", "--yes")
    post = place / "content" / "posts" / "loi-moi.md"
    post.write_text(POST.replace("giải đáp", "trả lời"), encoding="utf-8")
    rows = json.loads(loa(place, "delivery", "list", "--json"))
    loa(place, "delivery", "requeue", "--yes", *(str(row["number"]) for row in rows))
    loa(place, "run", "--once")
    assert set(states(place).values()) == {"held"}
    assert _posts(server) == []


def test_the_daemon_wakes_for_a_command_and_stops_cleanly(place: Path, server: int) -> None:
    loa(place, "--as", "giam-doc", "post", "approve", "loi-moi")
    loa(place, "arm", "--yes")
    command = [sys.executable, "-m", "scheduler", "-C", str(place), "run"]
    daemon = subprocess.Popen(command, env={**os.environ, "LOA_TEST_TOKEN": TOKEN})
    try:
        _wait(lambda: running(place / "var"))
        (fanpage,) = json.loads(loa(place, "delivery", "list", "--json", "--channel", "fanpage"))
        loa(place, "delivery", "requeue", str(fanpage["number"]))
        _wait(lambda: len(_posts(server)) == 1)
        loa(place, "stop")
        (rss,) = json.loads(loa(place, "delivery", "list", "--json", "--channel", "rss"))
        loa(place, "delivery", "requeue", str(rss["number"]))
        time.sleep(0.5)
        assert states(place)["rss"] == "scheduled", "stopped is stopped"
        loa(place, "stop", "--lift")
        _wait(lambda: states(place)["rss"] == "sent")
        daemon.send_signal(signal.SIGTERM)
        assert daemon.wait(10) == 0
    finally:
        daemon.kill()
        daemon.wait()
    assert states(place)["fanpage"] == "sent"


@pytest.mark.service
@pytest.mark.skipif(shutil.which("soffice") is None, reason="LibreOffice is not installed")
def test_the_script_opens_in_libreoffice(place: Path, tmp_path: Path) -> None:
    loa(place, "--as", "giam-doc", "post", "approve", "loi-moi")
    loa(place, "rehearse", "--from", "2021-05-01", "--to", "2021-05-04", "--out", str(tmp_path / "out"))
    (script,) = (tmp_path / "out" / "out" / "radio").glob("*.docx")
    profile = f"-env:UserInstallation=file://{tmp_path}/profile"
    convert = ["soffice", profile, "--headless", "--convert-to", "txt:Text", "--outdir", str(tmp_path), str(script)]
    subprocess.run(convert, check=True, capture_output=True, timeout=120)
    text = (tmp_path / f"{script.stem}.txt").read_text(encoding="utf-8")
    assert "Cán bộ xã sẵn sàng giải đáp." in text
    assert text.count("Bảo hiểm xã hội là đầu tư cho tương lai") >= 2


def _wait(done: Any, seconds: float = 20) -> None:
    until = time.monotonic() + seconds
    while not done():
        assert time.monotonic() < until, "waited in vain"
        time.sleep(0.05)


def _posts(server: int) -> list[dict[str, Any]]:
    with urllib.request.urlopen(f"http://127.0.0.1:{server}/_state", timeout=10) as answer:
        posts: list[dict[str, Any]] = json.load(answer)["posts"]
    return posts


def _page_has_it_once(server: int) -> None:
    (post,) = _posts(server)
    assert "Bảo hiểm xã hội là đầu tư cho tương lai. Cán bộ xã sẵn sàng giải đáp." in post["message"]


def _feed_is_valid(public: Path) -> None:
    feed = feedparser.parse((public / "feed.xml").read_bytes())
    assert not feed.bozo
    (entry,) = feed.entries
    assert entry.title == "Mời bà con nghe nói chuyện về bảo hiểm xã hội"
    for address in (entry.link, feed.feed.link):
        path = unquote(urlsplit(address).path.removeprefix("/tin/")) or "index.html"
        page = (public / path).read_text(encoding="utf-8")
        assert "<title>" in page


def _script_can_be_read(folder: Path) -> None:
    (script,) = folder.glob("*.txt")
    text = script.read_text(encoding="utf-8")
    assert "Cán bộ xã sẵn sàng giải đáp." in text
    assert "Lê Hoàng Sơn" in text
