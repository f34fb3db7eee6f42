"""webhook: each post as a signed JSON event to whoever listens, by the Standard Webhooks specification."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterable, Mapping
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from scheduler.api import (
    Absent,
    BaseChannel,
    Block,
    Call,
    CannotTell,
    Card,
    Channel,
    DeliverContext,
    Health,
    Item,
    Key,
    Options,
    Passage,
    PermanentFailure,
    Picture,
    Problem,
    Receipt,
    RenderContext,
    Rendered,
    Sent,
    Severity,
    Verdict,
    hookimpl,
)

from .answers import failure, verdict
from .settings import ID, Receiver, WebhookOptions
from .signing import key_of, sign

if TYPE_CHECKING:
    import httpx2

__version__ = "0.1.0"
loa_contract = "1.0"
ADVISED = 20_000
"""Bytes of a body that the specification advises not to exceed."""


class Webhook(BaseChannel[WebhookOptions]):
    """One event per delivery. The payload's body is ``{event, honours_ids}``."""

    name = "webhook"
    title = "Webhook"
    options = WebhookOptions
    target_options: type[Options] = Receiver
    uses: tuple[str, ...] = ("id", "title")
    staged = True
    settle_after = timedelta(minutes=1)
    withdraws_again = True
    test_to = ""

    def render(self, item: Item, context: RenderContext[WebhookOptions]) -> Rendered:
        """Make the event. Pictures go by name and digest, not by their bytes."""
        data: dict[str, Any] = {
            "campaign": {"id": item.plan.id, "title": item.plan.title},
            "key": str(item.key),
            "post": item.key.post,
            "title": item.title,
            "text": item.text.strip(),
            "summary": item.summary,
            "language": item.language,
            "link": item.link,
            "audiences": list(item.audiences),
            "areas": list(item.areas),
            "media": [{"name": m.name, "type": m.media_type, "alt": m.alt, "sha256": m.digest} for m in item.media],
        }
        event = {"type": context.options.type, "timestamp": f"{item.publish_at:%Y-%m-%dT%H:%M:%SZ}", "data": data}
        text = "\n\n".join(part for part in (item.title, data["text"], item.link) if part)
        body = {"event": event, "honours_ids": item.target.settings.honours_ids}
        return Rendered(body, text, figures={"bytes": len(_bytes(event))})

    def check(self, rendered: Rendered, context: RenderContext[WebhookOptions]) -> Iterable[Problem]:
        """Warn of what receivers may find too long."""
        size = rendered.figures["bytes"]
        if isinstance(size, int) and size > ADVISED:
            said = f"the event has {size:,} bytes; receivers are advised to expect {ADVISED:,}"
            yield Problem(said, key="text", severity=Severity.WARNING)

    def show(self, item: Item, rendered: Rendered, context: RenderContext[WebhookOptions]) -> Iterable[Block]:
        """Show the post, and the event that carries it."""
        source = item.target.title or item.target.name
        pictures = tuple(Picture(each.name, each.alt) for each in item.media)
        yield Card(source, item.publish_at, item.text.strip(), item.title, media=pictures, link=item.link)
        yield Passage(
            json.dumps(rendered.body["event"], ensure_ascii=False, indent=2, sort_keys=True), "JSON", own=True
        )

    def idempotent(self, rendered: Rendered, context: RenderContext[WebhookOptions]) -> bool:
        """Only where config.toml says that the receiver knows an id again."""
        return bool(rendered.body["honours_ids"])

    def deliver(self, rendered: Rendered, context: DeliverContext[WebhookOptions]) -> Receipt:
        """Send the event, under an id made of key and round. Raises verdicts."""
        event = rendered.body["event"]
        message = message_id(event["data"]["campaign"]["id"], context.key, context.round)
        return _post(event, message, context, before=context.no_return)

    def withdraw(self, sent: Sent, context: DeliverContext[WebhookOptions]) -> Receipt:
        """Tell a receiver that takes back to do so. Raises verdicts."""
        receiver = _receiver(context)
        if not receiver.takes_back:
            raise PermanentFailure("config.toml does not say that this receiver takes back (takes_back)")
        event = {
            "type": "post.withdrawn",
            "timestamp": f"{sent.published_at:%Y-%m-%dT%H:%M:%SZ}",
            "data": {"key": str(sent.key), "post": sent.key.post, "id": sent.receipt.id},
        }
        return _post(event, message_id(sent.receipt.id, context.key, context.round), context)

    def look_up(self, call: Call, context: DeliverContext[WebhookOptions]) -> Receipt | Absent | CannotTell:
        """Ask the receiver for the id, where it can be asked."""
        receiver = _receiver(context)
        if not receiver.look_up:
            return CannotTell("config.toml names no address to ask (look_up)")
        if call.key.withdraws:
            return CannotTell("telling it again changes nothing: it need not be looked up")
        message = message_id(call.rendered.body["event"]["data"]["campaign"]["id"], call.key, call.round)
        try:
            answer = _request("GET", receiver.look_up.replace(ID, message), message, b"", context)
        except Verdict as error:
            return CannotTell(str(error))
        if answer.is_success:
            return Receipt(message)
        return Absent() if answer.status_code == 404 else CannotTell(f"the receiver answered {answer.status_code}")

    def probe(self, context: DeliverContext[WebhookOptions]) -> Health:
        """Ask for the address's head, which no receiver takes for a webhook."""
        try:
            status = _request("HEAD", _receiver(context).url, "probe", b"", context).status_code
        except Verdict as error:
            return Health(False, str(error))
        return Health(status < 500 and status not in (401, 403, 404, 410), f"the receiver answers ({status})")

    def try_out(self, text: str, to: str, context: DeliverContext[WebhookOptions]) -> Receipt:
        """Send an event of the type ``loa.test``."""
        now = context.clock.now()
        event = {"type": "loa.test", "timestamp": f"{now:%Y-%m-%dT%H:%M:%SZ}", "data": {"text": text}}
        return _post(event, f"test_{int(now.timestamp())}", context)

    def stand_in(self) -> Callable[[httpx2.Request], httpx2.Response]:
        """Return a receiver that takes every webhook and knows its id afterwards, for a rehearsal."""
        import httpx2

        taken: set[str] = set()

        def answer(request: httpx2.Request) -> httpx2.Response:
            message = request.headers["webhook-id"]
            if request.method == "POST":
                taken.add(message)
            known = request.method == "HEAD" or message in taken
            return httpx2.Response(204 if known else 404, request=request)

        return answer


def message_id(of: str, key: Key, round: int) -> str:
    """Return the ``webhook-id``: the same each time that a delivery is tried, another once it is queued anew.

    ``of`` is the campaign, or the id of what is taken back: keys are one campaign's own.
    """
    return "loa_" + hashlib.sha256(f"{of}/{key}/{round}".encode()).hexdigest()[:32]


def _bytes(event: Mapping[str, Any]) -> bytes:
    return json.dumps(event, ensure_ascii=False, separators=(",", ":"), sort_keys=True).encode()


def _receiver(context: DeliverContext[WebhookOptions]) -> Receiver:
    settings = context.target.settings
    assert isinstance(settings, Receiver)
    return settings


def _post(
    event: Mapping[str, Any],
    message: str,
    context: DeliverContext[WebhookOptions],
    before: Callable[[], None] = lambda: None,
) -> Receipt:
    answer = _request("POST", _receiver(context).url, message, _bytes(event), context, before)
    if (wrong := verdict(answer, context.clock.now())) is not None:
        raise wrong
    return Receipt(message, detail={"status": answer.status_code})


def _request(
    method: str,
    url: str,
    message: str,
    body: bytes,
    context: DeliverContext[WebhookOptions],
    before: Callable[[], None] = lambda: None,
) -> httpx2.Response:
    """Make a signed request. Raises verdicts; a secret that is none is found before anything goes out."""
    import httpx2

    try:
        key = key_of(context.reveal(_receiver(context).secret))
    except ValueError as error:
        raise PermanentFailure(str(error)) from None
    seconds = int(context.clock.now().timestamp())
    headers = {
        "content-type": "application/json",
        "webhook-id": message,
        "webhook-timestamp": str(seconds),
        "webhook-signature": sign(key, message, seconds, body),
    }
    before()
    try:
        return context.http.request(method, url, content=body, headers=headers)
    except (httpx2.HTTPError, httpx2.InvalidURL) as error:
        raise failure(error) from error


@hookimpl
def register_channels() -> Iterable[Channel[Any]]:
    """Bring the channel."""
    return [Webhook()]
