"""The webhooks keep Loa's contract and the specification's: a receiver of its own checks every signature."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from functools import partial
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import httpx2
import pytest
from pydantic import ValidationError

from loa_webhook import Webhook, message_id
from loa_webhook.answers import verdict
from loa_webhook.settings import Receiver
from loa_webhook.signing import key_of, sign
from scheduler.api import Absent, Call, Key, OutcomeUnknown, PermanentFailure, Receipt, Sent, TemporaryFailure, Verdict
from scheduler.testing import Kit, Setting, chosen, conformance, run_check

SECRET = {"env": "RECEIVER_SECRET"}
HERE = {"url": "https://receiver.example/hook", "secret": SECRET}
ASKED = {**HERE, "look_up": "https://receiver.example/hook/{id}", "takes_back": True}
KEY = Key("post", "once", "webhook", "office")
NOW = datetime(2021, 5, 3, 6, 0, tzinfo=UTC)

FORGETS = [{**ASKED, "name": "one"}, {**ASKED, "name": "two"}]

test_a_receiver_that_forgets = conformance(Webhook(), targets=FORGETS)


@pytest.mark.parametrize("check", ["sends", "idempotent", "verdicts", "concurrent", "look-up"])
def test_a_receiver_that_knows_ids(check: str) -> None:
    (tried,) = chosen([check])
    result = run_check(tried, Kit(Setting(Webhook(), targets=[{**ASKED, "honours_ids": True}])))
    assert not result.findings, "\n".join(result.lines())
    assert not result.reason


def test_it_signs_as_the_specifications_own_example() -> None:
    key = key_of("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw")
    signature = sign(key, "msg_p5jXN8AQM9LWM0D4loKWxJek", 1614265330, b'{"test": 2432232314}')
    assert signature == "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="


def test_a_secret_that_is_none_is_not_repeated() -> None:
    with pytest.raises(ValueError, match="no base64") as caught:
        key_of("whsec_not base64 at all")
    assert "not base64 at all" not in str(caught.value)


class Office:
    """A receiver on this machine, which answers as a real one: it checks, takes, and knows what it has had."""

    secret = b"x" * 24

    def __init__(self) -> None:
        self.events: dict[str, Any] = {}
        self.answers: list[int] = []
        office = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                office.take(self, self.rfile.read(int(self.headers["content-length"])))

            def do_GET(self) -> None:
                self.send_response(200 if self.path.removeprefix("/") in office.events else 404)
                self.end_headers()

            def log_message(self, *said: object) -> None: ...

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.thread = threading.Thread(target=partial(self.server.serve_forever, 0.01), daemon=True)
        self.thread.start()
        self.url = f"http://127.0.0.1:{self.server.server_port}/"

    def take(self, request: BaseHTTPRequestHandler, body: bytes) -> None:
        message, seconds = request.headers["webhook-id"], request.headers["webhook-timestamp"]
        whole = b".".join((message.encode(), seconds.encode(), body))
        wanted = base64.b64encode(hmac.new(self.secret, whole, hashlib.sha256).digest()).decode()
        if f"v1,{wanted}" not in request.headers["webhook-signature"].split():
            return request.send_error(401)
        status = self.answers.pop(0) if self.answers else 202
        if status < 300:
            self.events[message] = json.loads(body)
        request.send_response(status)
        request.end_headers()
        return None

    def close(self) -> None:
        self.server.shutdown()
        self.server.server_close()
        self.thread.join()


@pytest.fixture
def office() -> Iterator[Office]:
    made = Office()
    yield made
    made.close()


@pytest.fixture
def trial(office: Office, monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    """A trial whose requests go out over a real connection, to the office."""
    place = {"name": "office", "url": office.url, "secret": SECRET, "look_up": office.url + "{id}"}
    with Kit(Setting(Webhook(), targets=[place])).trial() as made:
        monkeypatch.setenv("LOA_KIT_T_OFFICE_SECRET", "whsec_" + base64.b64encode(b"x" * 24).decode())
        with httpx2.HTTPTransport() as wire:
            made.outside.default = wire.handle_request
            yield made


def deliver(trial: Any, prepared: Any) -> Any:
    return trial.called(prepared, trial.context(prepared), watched=False).outcome


def test_a_receiver_finds_the_signature_right_and_the_words_whole(office: Office, trial: Any) -> None:
    prepared = trial.ready(title="Mở cửa thứ Bảy", text="Nhớ mang theo sổ.")
    receipt = deliver(trial, prepared)
    assert isinstance(receipt, Receipt)
    event = office.events[receipt.id]
    assert event["type"] == "post.published"
    assert event["data"]["title"] == "Mở cửa thứ Bảy"
    assert event["data"]["key"] == str(prepared.delivery.key)


def test_what_was_taken_is_found_by_its_id(office: Office, trial: Any) -> None:
    prepared = trial.ready()
    receipt = deliver(trial, prepared)
    call = Call(prepared.delivery.key, 1, prepared.rendered, trial.clock.now())
    context = trial.context(prepared, recorded=False)
    assert trial.channel.look_up(call, context) == Receipt(receipt.id)
    office.events.clear()
    assert trial.channel.look_up(call, context) == Absent()


def test_a_wrong_secret_is_refused_for_good(office: Office, trial: Any) -> None:
    office.secret = b"another"
    outcome = deliver(trial, trial.ready())
    assert isinstance(outcome.error, PermanentFailure)
    assert "401" in str(outcome.error)
    assert office.events == {}


def test_a_receiver_that_does_not_take_back_is_not_told_to(office: Office, trial: Any) -> None:
    prepared = trial.ready()
    sent = Sent(prepared.delivery.key, "", "", deliver(trial, prepared), NOW)
    with pytest.raises(PermanentFailure, match="takes_back"):
        trial.channel.withdraw(sent, trial.context(prepared, recorded=False))
    assert [each["type"] for each in office.events.values()] == ["post.published"]


@pytest.mark.parametrize(
    ("status", "headers", "kind", "wait"),
    [
        (400, {}, PermanentFailure, None),
        (302, {"location": "https://elsewhere.example/"}, PermanentFailure, None),
        (410, {}, PermanentFailure, None),
        (429, {"retry-after": "90"}, TemporaryFailure, timedelta(seconds=90)),
        (503, {"retry-after": "Mon, 03 May 2021 06:02:00 GMT"}, TemporaryFailure, timedelta(minutes=2)),
        (429, {"retry-after": "soon"}, TemporaryFailure, None),
        (500, {}, OutcomeUnknown, None),
        (504, {}, OutcomeUnknown, None),
    ],
)
def test_what_an_answer_means(
    status: int, headers: dict[str, str], kind: type[Verdict], wait: timedelta | None
) -> None:
    found = verdict(httpx2.Response(status, headers=headers), NOW)
    assert type(found) is kind
    assert getattr(found, "retry_after", None) == wait


def test_an_id_stays_with_its_delivery_and_its_round() -> None:
    first = message_id("campaign", KEY, 1)
    assert first == message_id("campaign", KEY, 1)
    assert len({first, message_id("campaign", KEY, 2), message_id("other", KEY, 1)}) == 3
    assert first != message_id("campaign", KEY.withdrawal, 1)


@pytest.mark.parametrize("wrong", [{"url": "receiver"}, {"look_up": "https://receiver.example/"}, {"url": "ftp://a/"}])
def test_an_address_that_cannot_be_called_is_refused(wrong: dict[str, str]) -> None:
    with pytest.raises(ValidationError):
        Receiver.model_validate({**HERE, **wrong})
