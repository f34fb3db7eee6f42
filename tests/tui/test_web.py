"""The screens in a browser: who is let in, what leaves the machine, and that no process stays behind."""

from __future__ import annotations

import asyncio
import os
import re
import signal
import subprocess
import sys
import time
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import aiohttp
import pytest

from scheduler.engine.edits import drafts
from scheduler.engine.lock import running
from scheduler.ground.errors import LoaError
from scheduler.ground.lifecycle import State
from scheduler.tui.web.server import HOST, listen
from tests.tui import browser, journey
from tests.tui.campaign import small
from tests.tui.test_drafts import kept

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

SECONDS = 30.0
SOON = 6.0
WORDS = "Lời cuối cùng."


class Web:
    """``loa web`` in a process of its own, on a small campaign."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.process = subprocess.Popen(
            [sys.executable, "-m", "scheduler", "-C", str(folder), "--lang", "en", "web"],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        assert self.process.stdout
        self.address = self.process.stdout.readline().strip()
        assert self.address, self.process.communicate()
        self.base = "{0.scheme}://{0.netloc}".format(urlsplit(self.address))

    def screens(self) -> list[int]:
        """Return the processes of the screens that it has started."""
        found = subprocess.run(
            ["pgrep", "-P", str(self.process.pid)], capture_output=True, text=True, check=False
        ).stdout
        return [int(each) for each in found.split()]

    def close(self) -> None:
        if self.process.poll() is None:
            self.process.terminate()
        self.process.communicate(timeout=SECONDS)


@pytest.fixture
def served(tmp_path: Path) -> Iterator[Web]:
    web = Web(small(tmp_path / "campaign"))
    yield web
    web.close()


def gone(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return True
    return False


async def until_gone(processes: list[int]) -> None:
    end = time.monotonic() + SOON
    while not all(map(gone, processes)):
        assert time.monotonic() < end, "a process of the screens stays behind"
        await asyncio.sleep(0.05)


async def test_only_who_knows_the_key_is_let_in(served: Web) -> None:
    async with aiohttp.ClientSession() as stranger:
        for path in ("/", "/?key=", "/?key=wrong", "/?key=kh%C3%B3a", "/static/js/textual.js", "/ws"):
            async with stranger.get(served.base + path) as answer:
                assert answer.status == 403, path
        with pytest.raises(aiohttp.WSServerHandshakeError):
            await stranger.ws_connect(served.base + "/ws")
    assert served.screens() == []


async def test_a_page_of_another_site_cannot_use_the_cookie_or_another_name(served: Web) -> None:
    async with aiohttp.ClientSession(cookie_jar=aiohttp.CookieJar(unsafe=True)) as session:
        async with session.get(served.address) as answer:
            assert answer.status == 200
            assert "key=" not in str(answer.url)
            assert "SameSite=Strict" in answer.history[0].headers["Set-Cookie"]
            assert "HttpOnly" in answer.history[0].headers["Set-Cookie"]
            assert answer.headers["Content-Security-Policy"].startswith("default-src 'none'")
        for headers in ({"Origin": "http://evil.example"}, {"Host": "evil.example"}, {"Origin": "null"}):
            async with session.get(served.base, headers=headers) as answer:
                assert answer.status == 403, headers
            with pytest.raises(aiohttp.WSServerHandshakeError):
                await session.ws_connect(served.base + "/ws", headers=headers)
    assert served.screens() == []


def test_it_listens_on_loopback_alone(served: Web) -> None:
    port = urlsplit(served.address).port
    listening = subprocess.run(["ss", "-Hltn", f"sport = :{port}"], capture_output=True, text=True, check=True).stdout
    assert re.findall(rf"(\S+):{port}\s", listening) == [HOST]


@pytest.mark.parametrize("how", [signal.SIGTERM, signal.SIGKILL])
async def test_no_screen_outlives_its_server_or_its_window(served: Web, how: signal.Signals) -> None:
    async with aiohttp.ClientSession(cookie_jar=aiohttp.CookieJar(unsafe=True)) as session:
        async with session.get(served.address) as answer:
            assert answer.status == 200
        first = await session.ws_connect(served.base + "/ws?width=100&height=30")
        await heard(first, "Needs me")
        (window,) = served.screens()
        await first.close()
        await until_gone([window])
        second = await session.ws_connect(served.base + "/ws?width=100&height=30")
        await heard(second, "Needs me")
        started = served.screens()
        assert len(started) == 1
        served.process.send_signal(how)
        await until_gone(started)


async def heard(socket: aiohttp.ClientWebSocketResponse, part: str) -> None:
    found = bytearray()
    async with asyncio.timeout(SECONDS):
        async for message in socket:
            if message.type is aiohttp.WSMsgType.BINARY:
                found += message.data
            if part.encode() in found:
                return
    raise AssertionError(bytes(found))


def test_a_port_that_is_taken_is_said(served: Web) -> None:
    port = urlsplit(served.address).port
    with pytest.raises(LoaError, match=f"port {port} cannot be had"):
        listen(port)


def asked(page: browser.Page) -> set[str]:
    """Return whom a window has asked for something: hosts, with their ports."""
    return {urlsplit(each).netloc for each in page.asked if not each.startswith("data:")}


def in_a_browser(test: Callable[..., object]) -> pytest.MarkDecorator:
    """Run a test where there is a browser."""
    skipped = pytest.mark.skipif(browser.CHROMIUM is None, reason="Chromium is not installed: make services")
    return pytest.mark.service(skipped(test))  # type: ignore[no-any-return]


@in_a_browser
async def test_a_browser_shows_the_screens_and_asks_alone(served: Web, tmp_path: Path) -> None:
    async with browser.page(tmp_path / "profile") as page:
        await page.call("Page.navigate", url=served.address)
        await page.says("Needs me")
        since = len(page.heard)
        await page.press("3")
        await page.says("Target", since=since)
        assert (asked(page), page.refused) == ({urlsplit(served.address).netloc}, [])
        fonts = await page.call(
            "Runtime.evaluate", expression="document.fonts.check('16px \"Roboto Mono\"')", returnByValue=True
        )
        assert fonts["result"]["value"] is True


@pytest.fixture
def fresh(tmp_path: Path) -> Iterator[Web]:
    """A campaign folder as `loa init` makes it, served; an engine that was left running in it is ended."""
    folder = journey.new_folder(tmp_path / "fresh")
    web = Web(folder)
    yield web
    web.close()
    journey.end_engine(folder)


@in_a_browser
async def test_a_new_post_is_written_approved_and_sent(fresh: Web, tmp_path: Path) -> None:
    async with browser.page(tmp_path / "profile") as page:
        await page.call("Page.navigate", url=fresh.address)
        await journey.send_a_post(browser.Window(page))
        assert journey.outcome(fresh.folder) == {"fanpage": State.HANDED, "rss": State.SENT}
        assert journey.TITLE in journey.feed(fresh.folder)
        assert journey.TEXT in journey.feed(fresh.folder)
        assert (asked(page), page.refused) == ({urlsplit(fresh.address).netloc}, [])
    fresh.close()
    assert running(fresh.folder / "var")


@in_a_browser
@pytest.mark.parametrize("leaving", ["closed", "reloaded", "gone elsewhere"])
async def test_a_window_that_goes_while_one_writes_keeps_the_draft(fresh: Web, tmp_path: Path, leaving: str) -> None:
    async with browser.page(tmp_path / "profile") as page:
        await page.call("Page.navigate", url=fresh.address)
        await page.says("not armed")
        (process,) = fresh.screens()
        await write(page, WORDS)
        if leaving == "closed":
            await page.call("Page.close")
        elif leaving == "reloaded":
            await page.call("Page.reload")
        else:
            await page.call("Page.navigate", url="about:blank")
        await until_gone([process])
        (mine,) = (fresh.folder / "var" / drafts.FOLDER).iterdir()
        draft = kept(fresh.folder, mine.name)
        assert draft is not None
        assert WORDS in draft.text
        if leaving == "reloaded":
            since = len(page.heard)
            await page.says("not armed", since=since)
            assert len(fresh.screens()) == 1


async def write(page: browser.Page, text: str) -> None:
    """Open the first post to be written, and type into it."""
    window = browser.Window(page)
    for key, said in (("4", "Edit"), ("e", "✓ saved")):
        await window.keys(key)
        await window.says(said)
    await window.type(text)
    await window.says(text)


@in_a_browser
async def test_a_second_window_works_beside_the_first(fresh: Web, tmp_path: Path) -> None:
    async with browser.page(tmp_path / "one") as first, browser.page(tmp_path / "two") as second:
        for page in (first, second):
            await page.call("Page.navigate", url=fresh.address)
            await page.says("not armed")
        assert len(fresh.screens()) == 2
        await write(first, WORDS)
        since = len(second.heard)
        await first.press("F2")
        await second.press("4")
        await second.says(WORDS, since=since)
        await second.press("q")
        await second.until(lambda: len(fresh.screens()) == 1, "the end of the second")
        await browser.Window(first).keys("Escape")
        await first.says("Approve", since=since)


@in_a_browser
async def test_who_has_left_sees_that_it_is_over_and_can_come_back(fresh: Web, tmp_path: Path) -> None:
    async with browser.page(tmp_path / "profile") as page:
        await page.call("Page.navigate", url=fresh.address)
        await page.says("not armed")
        await page.press("q")
        await page.until(lambda: fresh.screens() == [], "the end")
        assert await page.shows("document.querySelector('.closed')") == "The screens have been left.\nOpen them again"
        since = len(page.heard)
        await page.call("Runtime.evaluate", expression="document.querySelector('.closed a').click()")
        await page.says("not armed", since=since)
        assert asked(page) == {urlsplit(fresh.address).netloc}
