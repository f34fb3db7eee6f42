"""The Telegram channel keeps Loa's contract, and a Bot API on this machine takes what it sends."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import httpx2
import pytest
from pydantic import ValidationError

from botapi import TOKEN, Api, Refused
from loa_telegram import LONGEST, Chat, Telegram
from loa_telegram.markup import length, marked, plain
from scheduler.api import (
    LoaError,
    MediaFile,
    OutcomeUnknown,
    PermanentFailure,
    Receipt,
    Sent,
    TemporaryFailure,
    Verdict,
)
from scheduler.testing import Kit, Setting, conformance

TARGETS: list[dict[str, Any]] = [
    {"name": "xa", "chat": "@xa_nha_nam"},
    {"name": "thon", "chat": "-1009999", "thread": 7},
]
OPTIONS = {"token": {"env": "BOT_TOKEN"}}

test_it_keeps_the_contract = conformance(Telegram(), options=OPTIONS, targets=TARGETS, to="@xa_nha_nam")


@pytest.fixture
def api() -> Iterator[Api]:
    made = Api()
    yield made
    made.close()


@pytest.fixture
def trial(api: Api, monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    """A trial whose requests go out over a real connection, to the API on this machine."""
    setting = Setting(Telegram(), {**OPTIONS, "api": api.url}, TARGETS[:1])
    with Kit(setting).trial() as made, httpx2.HTTPTransport() as wire:
        monkeypatch.setenv("LOA_KIT_O_TOKEN", TOKEN)
        made.outside.default = wire.handle_request
        yield made


def deliver(trial: Any, name: str = "tin", **words: str) -> Any:
    prepared = trial.ready(name, **words)
    outcome = trial.called(prepared, trial.context(prepared), watched=False).outcome
    return getattr(outcome, "error", outcome)


def test_a_message_arrives_as_it_was_written(api: Api, trial: Any) -> None:
    receipt = deliver(
        trial, title="Thu < chi & lãi", text="Nhớ **mang _sổ_**, xem [trang xã](https://xa.example/?a=1&b=2)."
    )
    assert receipt == Receipt("-1001234/41", "https://t.me/xa_nha_nam/41", {"date": "2021-05-03T00:00:00+00:00"})
    message = api.messages[41]
    assert message["seen"] == "Thu < chi & lãi\n\nNhớ mang sổ, xem trang xã."
    assert message["tags"] == {"b", "i", "a"}
    assert message["given"]["link_preview_options"] == {"is_disabled": False}


def test_a_photo_goes_with_its_words(api: Api, trial: Any, tmp_path: Path) -> None:
    picture = b"\x89PNG\r\n\x1a\n" + bytes(range(256))
    path = tmp_path / "hall.png"
    path.write_bytes(picture)
    media = MediaFile("hall.png", hashlib.sha256(picture).hexdigest(), "image/png", "Hội trường", path)
    prepared = trial.rendered(trial.post("anh", "Hội trường xã.")[0], media=(media, replace(media, name="more.png")))
    assert prepared.rendered.body["left_out"] == ["more.png"]
    receipt = trial.called(prepared, trial.context(prepared), watched=False).outcome
    assert isinstance(receipt, Receipt)
    assert api.messages[41]["photo"] == picture
    assert api.messages[41]["seen"] == "Bài anh\n\nHội trường xã."


@pytest.mark.parametrize(
    ("refusal", "kind", "words"),
    [
        (Refused(429, "Too Many Requests: retry after 33", retry_after=33), TemporaryFailure, "429"),
        (Refused(403, "Forbidden: bot was kicked from the channel chat"), PermanentFailure, "bot was kicked"),
        (Refused(400, "Bad Request: group upgraded", migrate_to_chat_id=-100777), PermanentFailure, "chat = -100777"),
        (Refused(401, "Unauthorized"), PermanentFailure, "is the token right"),
        (Refused(502, "Bad Gateway"), OutcomeUnknown, "502"),
        (Refused(400, f"Bad Request: {TOKEN}"), PermanentFailure, "Bad Request: •••"),
    ],
)
def test_what_telegram_answers_is_told_as_it_is(
    api: Api, trial: Any, refusal: Refused, kind: type[Verdict], words: str
) -> None:
    api.refusal = refusal
    verdict = deliver(trial)
    assert type(verdict) is kind
    assert words in str(verdict)
    assert TOKEN not in str(verdict)
    waits = timedelta(seconds=33) if kind is TemporaryFailure else None
    assert getattr(verdict, "retry_after", None) == waits


def withdraw(trial: Any, receipt: Receipt, hours: int = 1) -> Any:
    prepared = trial.ready("khac")
    context = trial.context(prepared, recorded=False)
    sent = Sent(prepared.delivery.key, "", "", receipt, trial.clock.now() - timedelta(hours=hours))
    return trial.channel.withdraw(sent, context)


def test_what_was_sent_is_deleted_and_then_it_is_gone(api: Api, trial: Any) -> None:
    receipt = deliver(trial)
    assert withdraw(trial, receipt).detail == {"stood": True}
    assert api.messages == {}
    assert withdraw(trial, receipt).detail == {"stood": False}


def test_after_48_hours_a_person_must_delete_it(api: Api, trial: Any) -> None:
    receipt = deliver(trial)
    api.now += 49 * 3600
    with pytest.raises(PermanentFailure, match="older than 48 hours: an administrator"):
        withdraw(trial, receipt, hours=49)
    assert len(api.messages) == 1
    with pytest.raises(PermanentFailure, match="nobody noted"):
        withdraw(trial, Receipt(""))


def test_a_test_goes_to_a_chat_of_ones_own(api: Api, trial: Any) -> None:
    receipt = trial.channel.try_out("Loa: thử <b>", "@xa_nha_nam", trial.aside())
    assert api.messages[int(receipt.id.rpartition("/")[2])]["seen"] == "Loa: thử <b>"
    with pytest.raises(PermanentFailure, match="chat not found"):
        trial.channel.try_out("Loa", "@nobody", trial.aside())


def test_the_bot_says_who_it_is(trial: Any) -> None:
    health = trial.channel.probe(trial.aside())
    assert (health.ok, health.detail) == (True, "the bot is @loa_bot")


def test_a_message_as_long_as_telegram_takes_is_taken(api: Api, trial: Any) -> None:
    title = "T"
    room = LONGEST - length("T\n\n")
    assert isinstance(deliver(trial, title=title, text="😀" * (room // 2)), Receipt)
    with pytest.raises(LoaError, match="a message takes 4,096"):
        trial.ready("dai", title=title, text="😀" * (room // 2) + "xx")


def test_markup_has_only_tags_that_telegram_knows() -> None:
    text = "# Đầu\n\n- một\n- `a<b`\n\n> trích\n> > sâu\n\n```\nx & y\n```\n\n**đậm `mã`** ~~bỏ~~\n\n"
    text += "| a | b |\n|---|---|\n| 1 | 2 |\n"
    found = marked(text)
    assert found == (
        "<b>Đầu</b>\n\n• một\n• <code>a&lt;b</code>\n\n<blockquote>trích\n\nsâu</blockquote>\n\n"
        "<pre>x &amp; y</pre>\n\n<b>đậm mã</b> <s>bỏ</s>\n\na – b\n1 – 2"
    )
    assert "a<b" in plain(found)
    assert length("<b>😀</b>&amp;") == 3


@pytest.mark.parametrize("chat", ["xa", "@1", "https://t.me/xa", "12a"])
def test_what_is_no_chat_is_refused(chat: str) -> None:
    with pytest.raises(ValidationError):
        Chat.model_validate({"chat": chat})
