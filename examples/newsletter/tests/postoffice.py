"""A real mail server on this machine (aiosmtpd), in a thread, which keeps what it takes and can misbehave."""

from __future__ import annotations

import asyncio
import ssl
import threading
from collections.abc import Coroutine, Mapping
from pathlib import Path
from typing import Any

from aiosmtpd.smtp import SMTP, AuthResult, Envelope, Session

CERTIFICATE = Path(__file__).with_name("localhost.pem")
USER, PASSWORD = b"loa", b"LoaKitCanary7f3x0"


class PostOffice:
    """Its answers by what the address of a reader says: ``full@…`` is full for now, ``gone@…`` is nobody's."""

    scenarios = frozenset({"down", "refuses", "hangs", "drops after accepting"})
    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever, daemon=True)
    tls = False

    def __init__(self) -> None:
        if not self.thread.is_alive():
            self.thread.start()
        self.taken: list[tuple[list[str], bytes]] = []
        self.scenario = ""
        self.connections = 0
        self.open: list[SMTP] = []
        self.server: asyncio.Server = self.wait(self.start())
        self.port = self.server.sockets[0].getsockname()[1]

    def wait(self, work: Coroutine[Any, Any, Any]) -> Any:
        return asyncio.run_coroutine_threadsafe(work, self.loop).result(5)

    async def start(self) -> asyncio.Server:
        return await self.loop.create_server(self.protocol, "127.0.0.1", 0)

    def protocol(self) -> SMTP:
        self.connections += 1
        more: dict[str, Any] = {}
        if self.tls:
            context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
            context.load_cert_chain(CERTIFICATE)
            more = {"tls_context": context, "require_starttls": True, "authenticator": self.let_in}
            more |= {"auth_required": True}
        made = SMTP(self, enable_SMTPUTF8=True, hostname="post.example", loop=self.loop, **more)
        self.open.append(made)
        return made

    def let_in(self, server: SMTP, session: Session, envelope: Envelope, how: str, data: Any) -> AuthResult:
        return AuthResult(success=(data.login, data.password) == (USER, PASSWORD), handled=False)

    async def handle_EHLO(self, server: SMTP, session: Session, envelope: Envelope, host: str, lines: list[str]) -> Any:
        session.host_name = host
        if self.scenario == "hangs":
            await asyncio.sleep(30)
        return lines

    async def handle_RCPT(
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        if self.scenario == "refuses" or address.startswith("gone@"):
            return "550 5.1.1 nobody has this box"
        if address.startswith("full@"):
            return "452 4.2.2 the box is full"
        envelope.rcpt_tos.append(address)
        return "250 2.1.5 fine"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        content = envelope.original_content
        assert content is not None
        if envelope.rcpt_tos[0].startswith("slow@"):
            return "451 4.3.0 later"
        if envelope.rcpt_tos[0].startswith("spam@"):
            return "554 5.7.1 not wanted"
        self.taken.append((list(envelope.rcpt_tos), content))
        if self.scenario == "drops after accepting":
            transport: Any = server.transport
            transport.abort()
        return "250 2.0.0 taken as 42"

    # --- a world for the kit --------------------------------------------------------------------------------------

    def options(self) -> Mapping[str, Any]:
        return {"host": "127.0.0.1", "port": self.port, "security": "none"}

    def effects(self) -> list[Any]:
        return list(self.taken)

    def play(self, scenario: str) -> None:
        self.scenario = scenario
        if scenario == "down":
            self.close()

    def close(self) -> None:
        self.wait(self.stop())

    async def stop(self) -> None:
        for _ in range(5):  # a connection that is just being accepted would be left open
            await asyncio.sleep(0.005)
        self.server.close()
        for each in self.open:
            transport: Any = each.transport
            if transport is not None:
                transport.abort()


class SafePostOffice(PostOffice):
    """One that wants TLS and a password."""

    tls = True

    def options(self) -> Mapping[str, Any]:
        more = {"host": "localhost", "security": "starttls", "user": "loa", "password": {"env": "POST_PASSWORD"}}
        return {**super().options(), **more}
