"""The outside, played: an HTTP transport that records every request and answers by a script. Nothing leaves."""

from __future__ import annotations

import threading
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import httpx2

from scheduler.ground.text import N_

if TYPE_CHECKING:
    from collections.abc import Callable

READS = frozenset({"GET", "HEAD", "OPTIONS"})
LONGEST = 30.0
"""Seconds after which what hangs here ends at last, so that no thread is left behind."""
WAIT_ASKED = 137
"""Seconds that the scripted 429 asks for."""


@dataclass(slots=True)
class Asked:
    """One request, and what became of it: ``unsent``, ``unheard``, ``refused`` or ``done``.

    A ``revocable`` one was made before the point of no return of a staged channel.
    """

    method: str
    url: str
    headers: dict[str, str]
    body: bytes
    fate: str = "unsent"
    revocable: bool = False

    @property
    def writes(self) -> bool:
        """Whether it may change something."""
        return self.method not in READS

    def text(self) -> str:
        """Return all of it in one text: what a gateway could tell it by."""
        heads = "\n".join(f"{name}: {value}" for name, value in sorted(self.headers.items()))
        return f"{self.method} {self.url}\n{heads}\n\n{self.body.decode('utf-8', 'replace')}"


@dataclass(frozen=True, slots=True)
class Conduct:
    """How the outside answers one request. ``fate`` is what that means for it; ``may_have`` where nobody can say."""

    name: str
    fate: str
    answer: Callable[[httpx2.Request], httpx2.Response]
    passes: bool = False


def _raises(kind: type[httpx2.TransportError], words: str) -> Callable[[httpx2.Request], httpx2.Response]:
    def answer(request: httpx2.Request) -> httpx2.Response:
        raise kind(words, request=request)

    return answer


def _says(status: int, body: Any = None, **headers: str) -> Callable[[httpx2.Request], httpx2.Response]:
    content = body if isinstance(body, bytes) else b'{"error": {"message": "no"}}'
    sent = {name.replace("_", "-"): value for name, value in headers.items()}
    return lambda request: httpx2.Response(status, content=content, headers=sent, request=request)


CONDUCTS: tuple[Conduct, ...] = (
    Conduct(N_("a refused connection"), "unsent", _raises(httpx2.ConnectError, "refused"), passes=True),
    Conduct(N_("a time-out while connecting"), "unsent", _raises(httpx2.ConnectTimeout, "timed out"), passes=True),
    Conduct(N_("a time-out after the request was sent"), "unheard", _raises(httpx2.ReadTimeout, "timed out")),
    Conduct(N_("a connection that breaks before the answer"), "unheard", _raises(httpx2.ReadError, "broken")),
    Conduct("400", "refused", _says(400)),
    Conduct("401", "refused", _says(401)),
    Conduct("403", "refused", _says(403)),
    Conduct("404", "refused", _says(404)),
    Conduct("409", "refused", _says(409)),
    Conduct(N_("429 with Retry-After in seconds"), "refused", _says(429, retry_after=str(WAIT_ASKED)), passes=True),
    Conduct(
        N_("429 with Retry-After as a date"),
        "refused",
        _says(429, retry_after="Mon, 03 May 2021 06:00:00 GMT"),
        passes=True,
    ),
    Conduct("500", "unheard", _says(500)),
    Conduct("503", "refused", _says(503, retry_after="60")),
    Conduct(N_("200 with an empty body"), "done", _says(200, b"")),
    Conduct(N_("200 with truncated JSON"), "done", _says(200, b'{"id": "12')),
    Conduct(N_("200 with a page of HTML in place of JSON"), "done", _says(200, b"<html>\xff\xfe</html>")),
    Conduct(N_("200 with JSON of another kind"), "done", _says(200, b"[]")),
)
DOWN = CONDUCTS[0]


def echoing(request: httpx2.Request) -> httpx2.Response:
    """Refuse, and say back what was sent, as some gateways do: a secret among it."""
    heads = " ".join(request.headers.values())
    body = request.content.decode("utf-8", "replace")
    text = f'{{"error": {{"message": "bad request: {request.url} {heads}"}}}} {body}'
    return httpx2.Response(400, content=text.encode(), request=request)


@dataclass
class Outside(httpx2.BaseTransport):
    """Answers by ``default`` until request number ``at``, counted from 0, from which on ``conduct`` answers."""

    default: Callable[[httpx2.Request], httpx2.Response] | None = None
    conduct: Conduct | None = None
    at: int = 0
    asked: list[Asked] = field(default_factory=list)
    hangs: bool = False
    seen: Callable[[Asked], None] = lambda asked: None
    revocable: Callable[[], bool] = lambda: False
    released: threading.Event = field(default_factory=threading.Event)
    lock: threading.Lock = field(default_factory=threading.Lock)

    def handle_request(self, request: httpx2.Request) -> httpx2.Response:
        """Record the request, and answer it."""
        body = request.read()
        kept = Asked(request.method, str(request.url), dict(request.headers), body)
        with self.lock:
            number = len(self.asked)
            self.asked.append(kept)
        kept.revocable = self.revocable()
        self.seen(kept)
        if self.hangs:
            kept.fate = "unheard"
            self._hang(request)
        if self.conduct is not None and number >= self.at:
            kept.fate = self.conduct.fate
            return self.conduct.answer(request)
        kept.fate = "done"
        answer = self.default(request) if self.default else self._agrees(number, request)
        if answer.status_code >= 400:
            kept.fate = "refused"
        return answer

    def _agrees(self, number: int, request: httpx2.Request) -> httpx2.Response:
        return httpx2.Response(200, json={"id": f"out-{number + 1}", "ok": True}, request=request)

    def _hang(self, request: httpx2.Request) -> None:
        limit = (request.extensions.get("timeout") or {}).get("read")
        if not self.released.wait(LONGEST if limit is None else min(float(limit), LONGEST)):
            raise httpx2.ReadTimeout("timed out", request=request)
        raise httpx2.ReadError(N_("the outside has gone"), request=request)
