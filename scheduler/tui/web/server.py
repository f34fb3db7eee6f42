"""Serving the screens to a browser on this machine: one process of the screens for each window.

textual-serve carries bytes between the window and the process. What is added here: nothing listens beyond loopback,
nothing is fetched from elsewhere, and only who knows the key of this run gets in. Any page in any browser may open a
web socket to loopback, and other users of the machine can too, so that address and port alone protect nothing.
"""

from __future__ import annotations

import asyncio
import errno
import secrets
import shlex
import signal
import socket
from pathlib import Path
from typing import TYPE_CHECKING

import aiohttp_jinja2
from aiohttp import web
from textual_serve.server import Server

from scheduler.ground.errors import LoaError
from scheduler.ground.text import _, language

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Sequence

HOST = "127.0.0.1"
_PAGES = Path(__file__).parent
_POLICY = (
    "default-src 'none'; script-src 'self' 'unsafe-inline'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; "
    "font-src 'self'; connect-src 'self'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'"
)
_COLOURS = ("-u", "NO_COLOR", "-u", "COLORFGBG", "COLORTERM=truecolor")
"""What a browser can show, whatever the terminal that the server was started in can."""

_HEADERS = {
    "Content-Security-Policy": _POLICY,
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "Cache-Control": "no-store",
}


class ScreenServer(Server):
    """Serves the program that ``command`` starts, on loopback, to who comes with this run's key."""

    def __init__(self, command: Sequence[str], listener: socket.socket, title: str) -> None:
        """Prepare to serve on a socket that listens already."""
        port = listener.getsockname()[1]
        program = shlex.join(["exec", "env", *_COLOURS, *command])
        super().__init__(program, HOST, port, title, templates_path=_PAGES)
        self._key = secrets.token_urlsafe(24)
        self._cookie = f"loa-{port}"
        self._hosts = {f"{HOST}:{port}", f"localhost:{port}"}
        self._listener = listener
        self._windows: set[asyncio.Future[web.WebSocketResponse]] = set()

    @property
    def address(self) -> str:
        """What a person opens: the address with the key of this run."""
        return f"{self.public_url}/?key={self._key}"

    async def run(self, started: Callable[[str], None]) -> None:
        """Serve until Ctrl-C or SIGTERM."""
        over = asyncio.Event()
        for number in (signal.SIGINT, signal.SIGTERM):
            asyncio.get_running_loop().add_signal_handler(number, over.set)
        runner = web.AppRunner(await self._make_app())
        await runner.setup()
        await web.SockSite(runner, self._listener).start()
        started(self.address)
        await over.wait()
        await runner.cleanup()

    async def on_startup(self, app: web.Application) -> None:
        """Say nothing: textual-serve's own banner names an address without the key."""

    async def on_shutdown(self, app: web.Application) -> None:
        """Let every window's process end now: aiohttp would wait a minute for the windows to be closed."""
        for window in self._windows:
            window.cancel()
        await asyncio.gather(*self._windows, return_exceptions=True)

    async def handle_websocket(self, request: web.Request) -> web.WebSocketResponse:
        """Carry one window's bytes until it, or the server, is closed."""
        window = asyncio.ensure_future(super().handle_websocket(request))
        self._windows.add(window)
        try:
            return await window
        finally:
            self._windows.discard(window)

    async def _make_app(self) -> web.Application:
        app = await super()._make_app()
        app.middlewares.append(self._guard)
        aiohttp_jinja2.get_env(app).globals.update(language=language(), ended=_("The screens have been left."))
        aiohttp_jinja2.get_env(app).globals.update(again=_("Open them again"))
        return app

    @web.middleware
    async def _guard(
        self, request: web.Request, handler: Callable[[web.Request], Awaitable[web.StreamResponse]]
    ) -> web.StreamResponse:
        """Let in who belongs here, and give every answer its headers."""
        if request.host not in self._hosts or request.headers.get("Origin", self._origin(request)) not in self._origins:
            return self._refuse()
        if self._knows(request.query.get("key", "")):
            found = web.HTTPFound("/")
            found.set_cookie(self._cookie, self._key, httponly=True, samesite="Strict")
            found.headers.update(_HEADERS)
            raise found
        if not self._knows(request.cookies.get(self._cookie, "")):
            return self._refuse()
        response = await handler(request)
        if not response.prepared:
            response.headers.update(_HEADERS)
        return response

    def _knows(self, key: str) -> bool:
        return secrets.compare_digest(key.encode(errors="replace"), self._key.encode())

    @property
    def _origins(self) -> set[str]:
        return {f"http://{host}" for host in self._hosts}

    @staticmethod
    def _origin(request: web.Request) -> str:
        """Return the origin of a request that names none, as plain visits do: its own."""
        return f"http://{request.host}"

    @staticmethod
    def _refuse() -> web.Response:
        text = _("This address is not complete. Open the one that `loa web` printed.")
        return web.Response(status=403, text=text, headers=_HEADERS)


def listen(port: int | None) -> socket.socket:
    """Return a socket of loopback that listens on a port of one's choice, or on any that is free. Raises `LoaError`."""
    try:
        return socket.create_server((HOST, port or 0))
    except OSError as error:
        if error.errno not in (errno.EADDRINUSE, errno.EACCES):
            raise
        text = _("port {port} cannot be had: choose another with --port, or leave it out").format(port=port)
        raise LoaError(text) from None


def serve(command: Sequence[str], port: int | None, title: str, started: Callable[[str], None]) -> None:
    """Serve the program that ``command`` starts until Ctrl-C or SIGTERM. Raises `LoaError` where it cannot.

    ``started`` hears the address, with its key, once it can be opened.
    """
    with listen(port) as listener:
        asyncio.run(ScreenServer(command, listener, title).run(started))
