"""A small real context for channels: real folders, a real HTTP client, a clock that is stepped."""

from __future__ import annotations

import logging
import socket
import ssl
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any, Generic, TypeVar
from zoneinfo import ZoneInfo

import httpx2
import pytest

from scheduler.api import Key, Options, RenderContext, Secret, Target
from scheduler.channels import sockets
from scheduler.ground.clock import SimulatedClock

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from scheduler.ground.clock import Clock

O = TypeVar("O", bound=Options)  # noqa: E741
KEY = Key("loi-moi", "20210507", "channel", "target")
TARGET = Target("channel", "target", "Nơi nhận")
START = datetime(2021, 5, 7, 12, 30, tzinfo=UTC)
ZONE = ZoneInfo("Asia/Ho_Chi_Minh")


@dataclass
class Context(Generic[O]):
    """What a call may use, as `DeliverContext` says; it keeps what the channel told it."""

    options: O
    folder: Path
    http: httpx2.Client
    clock: Clock
    key: Key = KEY
    round: int = 1
    target: Target = TARGET
    zone: ZoneInfo = ZONE
    publish_at: datetime = START
    deadline: datetime = START + timedelta(minutes=5)
    log: logging.Logger = field(default_factory=lambda: logging.getLogger("loa.test"))
    previous: Mapping[str, Any] | None = None
    rehearsal: bool = False
    checkpoints: list[Mapping[str, Any]] = field(default_factory=list)
    past_return: bool = False
    stopped: bool = False
    held: set[str] = field(default_factory=set)
    content: Path = field(init=False)
    out: Path = field(init=False)

    def __post_init__(self) -> None:
        self.content = self.folder / "content"
        self.out = self.folder / "var" / "out" / self.key.channel

    @property
    def render(self) -> RenderContext[O]:
        """What the pure steps get."""
        return RenderContext(self.options, self.zone, self.content)

    def cancelled(self) -> bool:
        return self.stopped

    def outside(self, path: str) -> Path:
        return self.folder / path

    def reveal(self, secret: Secret) -> str:
        return secret.resolve(self.folder)

    def checkpoint(self, data: Mapping[str, Any]) -> None:
        self.checkpoints.append(dict(data))

    def no_return(self) -> None:
        self.past_return = True

    def taken(self, receipt_id: str) -> bool:
        return receipt_id in self.held

    def connect(self, host: str, port: int, *, tls: bool = False) -> socket.socket:
        return sockets.reach(host, port, 2.0, tls=tls)

    def secure(self, connection: socket.socket, host: str) -> socket.socket:
        return sockets.secured(connection, host)


@pytest.fixture(scope="session")
def trust() -> ssl.SSLContext:
    """Return what a client trusts by itself; reading it takes longer than most tests."""
    return httpx2.create_ssl_context()


@pytest.fixture
def make_context(tmp_path: Path, trust: ssl.SSLContext) -> Iterator[Callable[..., Context[Any]]]:
    """Return a maker of contexts below ``tmp_path``: ``make_context(options, key=…)``."""
    (tmp_path / "content").mkdir()
    with httpx2.Client(timeout=2.0, verify=trust) as client:

        def make(options: Options, **more: Any) -> Context[Any]:
            more.setdefault("clock", SimulatedClock(START))
            context: Context[Any] = Context(options, tmp_path, client, **more)
            context.out.mkdir(parents=True, exist_ok=True)
            return context

        yield make
