"""A headless Chromium, driven through its DevTools protocol: what it asks for, what it hears, what is typed in it."""

from __future__ import annotations

import asyncio
import base64
import itertools
import json
import re
import shutil
import subprocess
import time
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Any

import aiohttp

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable
    from pathlib import Path

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
PATIENCE = 60.0
_BINARY = 2
_ESCAPES = re.compile(rb"\x1b\[[0-9;:?<>=$]*[ -/]*[@-~]|\x1b[()][A-Z0-9]")
_KEYS = {f"F{number}": 111 + number for number in range(1, 13)}
_KEYS |= {"Enter": 13, "Escape": 27, "Tab": 9, "Backspace": 8, "ArrowDown": 40, "ArrowUp": 38, "End": 35, "Home": 36}
CTRL = 2
_NAMES = {"Up": "ArrowUp", "Down": "ArrowDown", "Space": " "}
"""Keys that tmux calls otherwise."""


class Page:
    """One window. ``asked`` are the addresses it has asked for, ``heard`` the bytes that came through its sockets."""

    def __init__(self, socket: aiohttp.ClientWebSocketResponse) -> None:
        self._socket = socket
        self._numbers = itertools.count(1)
        self._answers: dict[int, asyncio.Future[dict[str, Any]]] = {}
        self.asked: list[str] = []
        self.refused: list[str] = []
        self.heard = bytearray()

    @property
    def words(self) -> str:
        """All that was ever drawn, without what moves the cursor or colours."""
        return _ESCAPES.sub(b"", bytes(self.heard)).decode(errors="replace")

    async def listen(self) -> None:
        """Hear what the browser says, until it ends."""
        async for message in self._socket:
            said = json.loads(message.data)
            if "id" in said:
                self._answers.pop(said["id"]).set_result(said)
            else:
                self._note(said["method"], said["params"])

    def _note(self, method: str, params: dict[str, Any]) -> None:
        if method == "Network.requestWillBeSent":
            self.asked.append(params["request"]["url"])
        elif method == "Network.webSocketCreated":
            self.asked.append(params["url"])
        elif method == "Network.webSocketFrameReceived" and params["response"]["opcode"] == _BINARY:
            self.heard += base64.b64decode(params["response"]["payloadData"])
        elif method == "Log.entryAdded" and params["entry"]["level"] == "error":
            self.refused.append(params["entry"]["text"])

    async def call(self, method: str, **params: Any) -> dict[str, Any]:
        """Ask the browser for something, and return its answer."""
        number = next(self._numbers)
        self._answers[number] = asyncio.get_running_loop().create_future()
        await self._socket.send_json({"id": number, "method": method, "params": params})
        answer = await asyncio.wait_for(self._answers[number], PATIENCE)
        assert "error" not in answer, answer
        result: dict[str, Any] = answer["result"]
        return result

    async def press(self, key: str, **modifiers: int) -> None:
        """Press a key: a letter, or one that has a name."""
        event = {"key": key, "windowsVirtualKeyCode": _KEYS.get(key) or _code(key), **modifiers}
        text = {"Enter": "\r"}.get(key, key if len(key) == 1 and not modifiers else "")
        await self.call("Input.dispatchKeyEvent", type="keyDown", text=text, **event)
        await self.call("Input.dispatchKeyEvent", type="keyUp", **event)

    async def type(self, text: str) -> None:
        """Type a text, letter by letter."""
        for each in text:
            await self.press(each)

    async def says(self, part: str, *, since: int = 0) -> None:
        """Wait until ``part`` has been drawn."""
        await self.until(lambda: part in _ESCAPES.sub(b"", bytes(self.heard[since:])).decode(errors="replace"), part)

    async def until(self, true: Callable[[], bool], what: str) -> None:
        """Wait until something holds."""
        end = time.monotonic() + PATIENCE
        while not true():
            assert time.monotonic() < end, f"{what!r} never came: {self.words[-3000:]}"
            await asyncio.sleep(0.05)

    async def shows(self, element: str) -> str:
        """Wait until a part of the page can be seen, and return its text."""
        expression = f"{element}.offsetParent ? {element}.innerText.replace(/\\n+/g, '\\n') : ''"
        end = time.monotonic() + PATIENCE
        while True:
            answer = await self.call("Runtime.evaluate", expression=expression, returnByValue=True)
            if found := str(answer["result"].get("value", "")):
                return found
            assert time.monotonic() < end, f"{element} is never seen"
            await asyncio.sleep(0.05)

    async def picture(self) -> bytes:
        """Return what a person sees, as PNG."""
        return base64.b64decode((await self.call("Page.captureScreenshot", format="png"))["data"])


def _code(key: str) -> int:
    """Return the code of a letter's or a digit's key; 0 for a sign, whose key is another on each keyboard."""
    return ord(key.upper()) if key.isascii() and key.isalnum() else 0


class Window:
    """The screens in a page, as `tests.tui.journey` works in them; what was drawn since the last key is said."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self._since = 0

    async def keys(self, *names: str) -> None:
        """Press keys by tmux's names."""
        self._since = len(self.page.heard)
        for each in names:
            key = each.removeprefix("C-")
            await self.page.press(_NAMES.get(key, key), **({"modifiers": CTRL} if key != each else {}))

    async def type(self, burst: str) -> None:
        """Send what an input method sends, without a pause."""
        self._since = len(self.page.heard)
        for each in burst:
            await self.page.press("Backspace" if each == "⌫" else each)

    async def says(self, part: str) -> None:
        """Wait until ``part`` has been drawn."""
        await self.page.says(part, since=self._since)


def _started(profile: Path, size: tuple[int, int]) -> subprocess.Popen[bytes]:
    assert CHROMIUM
    return subprocess.Popen(
        [
            CHROMIUM,
            "--headless=new",
            "--no-sandbox",
            "--disable-gpu",
            "--disable-dev-shm-usage",
            "--no-first-run",
            "--remote-debugging-port=0",
            f"--user-data-dir={profile}",
            f"--window-size={size[0]},{size[1]}",
            "about:blank",
        ],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )


@asynccontextmanager
async def page(profile: Path, size: tuple[int, int] = (1280, 800)) -> AsyncIterator[Page]:
    """Start a browser with an empty profile below ``profile``, and open an empty window."""
    process = _started(profile, size)
    try:
        port = await _port(profile / "DevToolsActivePort", process)
        async with aiohttp.ClientSession() as session:
            async with session.get(f"http://127.0.0.1:{port}/json/list") as answer:
                target = next(each for each in await answer.json() if each["type"] == "page")
            async with session.ws_connect(target["webSocketDebuggerUrl"], max_msg_size=0) as socket:
                opened = Page(socket)
                listening = asyncio.create_task(opened.listen())
                for domain in ("Page", "Network", "Log", "Runtime"):
                    await opened.call(f"{domain}.enable")
                yield opened
                listening.cancel()
    finally:
        process.terminate()
        process.wait()


async def _port(file: Path, process: subprocess.Popen[bytes]) -> int:
    end = time.monotonic() + PATIENCE
    while not (found := _first_line(file)):
        assert process.poll() is None, "the browser ended"
        assert time.monotonic() < end, "the browser does not answer"
        await asyncio.sleep(0.05)
    return int(found)


def _first_line(file: Path) -> str:
    return file.read_text().partition("\n")[0] if file.is_file() else ""
