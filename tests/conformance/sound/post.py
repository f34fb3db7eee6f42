"""A message over HTTP to a gateway that keeps what it was sent."""

from __future__ import annotations

import hashlib
from datetime import timedelta
from typing import Any

import httpx2

from scheduler.api import (
    Absent,
    BaseChannel,
    CannotTell,
    Health,
    Options,
    OutcomeUnknown,
    PermanentFailure,
    Receipt,
    Rendered,
    Secret,
    TemporaryFailure,
    hookimpl,
)


class Settings(Options):
    """Where the gateway is."""

    operational = frozenset({"token", "site"})
    token: Secret
    site: str = "https://gateway.example"


class Post(BaseChannel[Settings]):
    """Not idempotent, staged, and it can be asked afterwards."""

    name = "post"
    title = "Gateway"
    options = Settings
    staged = True
    settle_after = timedelta(minutes=2)
    test_to = "a number"
    withdraws_again = True

    def render(self, item: Any, context: Any) -> Rendered:
        text = "\n\n".join(part for part in (item.title, item.text.strip(), item.link) if part)
        return Rendered({"text": text}, text)

    def headers(self, context: Any) -> dict[str, str]:
        return {"Authorization": f"Bearer {context.reveal(context.options.token)}"}

    def keyed(self, context: Any) -> dict[str, str]:
        return self.headers(context) | {"Idempotency-Key": f"{context.key}/{context.round}"}

    def deliver(self, rendered: Rendered, context: Any) -> Receipt:
        headers = self.keyed(context)
        context.no_return()
        return self.send(rendered, headers, context)

    def send(self, rendered: Rendered, headers: dict[str, str], context: Any) -> Receipt:
        try:
            answer = context.http.post(f"{context.options.site}/posts", json=dict(rendered.body), headers=headers)
        except (httpx2.ConnectError, httpx2.ConnectTimeout) as error:
            raise TemporaryFailure("the gateway cannot be reached") from error
        except httpx2.HTTPError as error:
            raise OutcomeUnknown(f"the connection broke: {type(error).__name__}") from error
        return self.receipt(answer)

    def receipt(self, answer: httpx2.Response) -> Receipt:
        said = f"the gateway answered {answer.status_code}"
        if answer.status_code in (429, 503):
            wait = answer.headers.get("retry-after", "")
            raise TemporaryFailure(said, retry_after=timedelta(seconds=int(wait) if wait.isdecimal() else 600))
        if answer.is_client_error:
            raise PermanentFailure(said)
        try:
            return Receipt(str(answer.json()["id"]))
        except (ValueError, TypeError, KeyError) as error:
            raise OutcomeUnknown(said) from error

    def find(self, context: Any, key: str) -> Any:
        answer = context.http.get(f"{context.options.site}/posts", params={"key": key}, headers=self.headers(context))
        return answer.json()["found"] if answer.is_success else None

    def look_up(self, call: Any, context: Any) -> Any:
        try:
            found = self.find(context, f"{call.key}/{call.round}")
        except (httpx2.HTTPError, ValueError, TypeError, KeyError):
            return CannotTell("the gateway cannot be asked")
        if found is None:
            return CannotTell("the gateway refused")
        return Receipt(found[0]) if found else Absent()

    def withdraw(self, sent: Any, context: Any) -> Receipt:
        try:
            answer = context.http.delete(
                f"{context.options.site}/posts/{sent.receipt.id}", headers=self.headers(context)
            )
        except httpx2.HTTPError as error:
            raise TemporaryFailure("the gateway cannot be reached") from error
        if answer.is_success or answer.status_code == 404:
            return Receipt(sent.receipt.id)
        raise TemporaryFailure(f"the gateway answered {answer.status_code}")

    def probe(self, context: Any) -> Health:
        try:
            answer = context.http.get(context.options.site, headers=self.headers(context))
        except httpx2.HTTPError as error:
            return Health(False, type(error).__name__)
        return Health(answer.is_success, str(answer.status_code))

    def try_out(self, text: str, to: str, context: Any) -> Receipt:
        return self.send(Rendered({"text": text, "to": to}, text), self.keyed(context), context)

    def stand_in(self) -> Any:
        return Gateway()


class Gateway:
    """Keeps what it was sent by its key."""

    def __init__(self) -> None:
        self.kept: dict[str, str] = {}

    def __call__(self, request: httpx2.Request) -> httpx2.Response:
        key = request.headers.get("idempotency-key", "")
        if request.method == "POST":
            self.kept[key] = self.name(key)
            return httpx2.Response(200, json={"id": self.kept[key]})
        if request.method == "DELETE":
            name = request.url.path.rpartition("/")[2]
            known = [each for each, kept in self.kept.items() if kept == name]
            for each in known:
                del self.kept[each]
            return httpx2.Response(204 if known else 404)
        wanted = dict(request.url.params).get("key", "")
        return httpx2.Response(200, json={"found": [self.kept[wanted]] if wanted in self.kept else []})

    def name(self, key: str) -> str:
        return hashlib.sha256(key.encode()).hexdigest()[:12]


@hookimpl
def register_channels() -> list[Any]:
    return [Post()]
