"""The newsletter keeps Loa's contract, and what a real mail server takes from it is read with the standard library."""

from __future__ import annotations

import email
import email.policy
from datetime import datetime
from email.message import EmailMessage
from typing import Any

import pytest
from pydantic import ValidationError

from loa_newsletter import Newsletter, lists
from loa_newsletter.letter import as_text, leave_link, token
from loa_newsletter.progress import said_of
from loa_newsletter.settings import NewsletterOptions
from postoffice import CERTIFICATE, PostOffice, SafePostOffice
from scheduler.api import Absent, CannotTell, LoaError, OutcomeUnknown, PermanentFailure, Receipt, TemporaryFailure
from scheduler.testing import Kit, Setting, chosen, conformance, run_check

LIST = "address,name\nan@example.org,Nguyễn Thị Ân\nbinh@example.org,\n"
TARGETS = [{"name": "readers", "list": "readers.csv"}]
SENDER = {
    "sender": "tin@xa.example",
    "sender_name": "UBND xã Nhã Nam",
    "unsubscribe": "https://xa.example/bo?a={address}&t={token}",
    "unsubscribe_key": {"env": "LEAVE_KEY"},
}
LOGIN = {**SENDER, "host": "post.example", "user": "loa", "password": {"env": "POST_PASSWORD"}}

test_it_keeps_the_contract = conformance(
    Newsletter(), options=LOGIN, targets=TARGETS, content={"readers.csv": LIST}, to="an@example.org"
)


def setting(world: Any = PostOffice, readers: str = LIST, **options: Any) -> Setting:
    return Setting(Newsletter(), {**SENDER, **options}, TARGETS, {"readers.csv": readers}, "an@example.org", world)


@pytest.mark.parametrize("check", ["sends", "bulk", "verdicts", "probes", "tries-out"])
def test_it_keeps_the_contract_with_a_real_server(check: str) -> None:
    (tried,) = chosen([check])
    result = run_check(tried, Kit(setting()))
    assert not result.findings, "\n".join(result.lines())
    assert not result.reason


def letters(trial: Any) -> list[EmailMessage]:
    """Return what the server took, as the standard library reads it."""
    return [email.message_from_bytes(data, policy=email.policy.default) for _to, data in trial.world.taken]


def told(outcomes: list[Any]) -> list[Any]:
    """Return the receipt or verdict of each reader."""
    return [getattr(each, "error", each) for each in outcomes]


def sent(trial: Any, text: str = "Nhớ mang theo **sổ**.", title: str = "Mở cửa thứ Bảy") -> list[Any]:
    return told(trial.call(trial.ready(text=text, title=title)).outcomes)


def test_what_arrives_says_in_vietnamese_what_was_written() -> None:
    with Kit(setting()).trial() as trial:
        outcomes = sent(trial, "Nhớ mang theo **sổ**, xem [trang xã](https://xa.example/).\n\n.một dòng có dấu chấm")
        first, second = letters(trial)
        raw = trial.world.taken[0][1]  # type: ignore[union-attr]
        connections = trial.world.connections  # type: ignore[union-attr]
    assert raw.isascii()
    assert b"Subject: =?utf-8?" in raw
    assert first["Subject"] == "Mở cửa thứ Bảy"
    assert first["From"] == "UBND xã Nhã Nam <tin@xa.example>"
    assert first["To"] == "Nguyễn Thị Ân <an@example.org>"
    assert second["To"] == "binh@example.org"
    assert [first["Message-ID"], second["Message-ID"]] == [each.id for each in outcomes]
    text, page = first.get_body(("plain",)), first.get_body(("html",))
    assert text is not None
    assert page is not None
    assert (
        "Nhớ mang theo sổ, xem trang xã (https://xa.example/).\n\n.một dòng có dấu chấm\n"
        in text.get_content().replace("\r\n", "\n")
    )
    assert "Nhớ mang theo <strong>sổ</strong>" in page.get_content()
    assert first.get_content_type() == "multipart/alternative"
    assert not first.defects
    assert connections == 1


def test_a_reader_leaves_with_one_click_and_nobody_leaves_for_another() -> None:
    with Kit(setting()).trial() as trial:
        sent(trial)
        first, second = letters(trial)
    assert first["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    link = first["List-Unsubscribe"].removeprefix("<").removesuffix(">")
    assert link.startswith("https://xa.example/bo?a=an%40example.org&t=")
    body = first.get_body(("plain",))
    assert body is not None
    assert link in body.get_content()
    assert link.rpartition("=")[2] not in second["List-Unsubscribe"]
    assert leave_link("https://a/{token}", "k", "An@example.org") == f"https://a/{token('k', 'an@example.org')}"


def test_a_long_address_to_leave_by_stands_in_its_header_as_it_is() -> None:
    long = "https://xa.example/" + "bo/" * 40 + "{token}"
    with Kit(setting(unsubscribe=long)).trial() as trial:
        sent(trial)
        raw = trial.world.taken[0][1]  # type: ignore[union-attr]
    (line,) = [each for each in raw.split(b"\r\n") if each.startswith(b"List-Unsubscribe:")]
    assert line.startswith(b"List-Unsubscribe: <" + long.partition("{")[0].encode())
    assert line.endswith(b">")


def test_each_answer_of_the_server_is_the_answer_for_its_reader() -> None:
    names = ("full", "an", "gone", "slow", "spam", "binh")
    readers = "address\n" + "".join(f"{name}@example.org\n" for name in names)
    with Kit(setting(readers=readers)).trial() as trial:
        outcomes = sent(trial)
        taken = [to for to, _data in trial.world.taken]  # type: ignore[union-attr]
    kinds = [TemporaryFailure, Receipt, PermanentFailure, TemporaryFailure, PermanentFailure, Receipt]
    assert [type(each) for each in outcomes] == kinds
    assert "452 4.2.2" in str(outcomes[0])
    assert "550 5.1.1 nobody has this box" in str(outcomes[2])
    assert taken == [["an@example.org"], ["binh@example.org"]]


def test_a_connection_lost_after_a_letter_leaves_that_one_in_doubt_and_the_rest_for_later() -> None:
    with Kit(setting()).trial() as trial:
        prepared = trial.ready()
        trial.world.play("drops after accepting")  # type: ignore[union-attr]
        answer = trial.call(prepared)
        kept = answer.context.checkpoints[-1]
    assert [type(each) for each in told(answer.outcomes)] == [OutcomeUnknown, TemporaryFailure]
    first, second = (each.key for each in answer.messages)
    assert isinstance(said_of(second, kept), Absent)
    assert isinstance(said_of(first, kept), CannotTell)


def test_a_call_given_up_at_its_first_letter_sends_none(monkeypatch: pytest.MonkeyPatch) -> None:
    with Kit(setting()).trial() as trial:
        prepared = trial.ready()
        context = trial.context(prepared)
        monkeypatch.setattr(type(context), "checkpoint", lambda self, data: context.give_up())
        outcomes = told(trial.called(prepared, context).outcomes)
        assert [type(each) for each in outcomes] == [TemporaryFailure, TemporaryFailure]
        assert letters(trial) == []


def test_after_a_crash_only_the_letter_that_was_going_is_in_doubt() -> None:
    kept = {"taken": {"a": "<1@x>"}, "doubt": ["b"]}
    assert said_of("a", kept) == Receipt("<1@x>")
    assert isinstance(said_of("b", kept), CannotTell)
    assert isinstance(said_of("c", kept), Absent)
    assert isinstance(said_of("a", None), Absent)


def test_with_tls_and_a_password(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", str(CERTIFICATE))
    with Kit(setting(SafePostOffice)).trial() as trial:
        monkeypatch.setenv("LOA_KIT_O_PASSWORD", "LoaKitCanary7f3x0")
        assert all(isinstance(each, Receipt) for each in sent(trial))
        monkeypatch.setenv("LOA_KIT_O_PASSWORD", "wrong")
        prepared = trial.ready("hai")
        (error, *_others) = told(trial.call(prepared).outcomes)
        assert isinstance(error, TemporaryFailure)
        assert "does not let us in (535)" in str(error)
        assert len(letters(trial)) == 2


def test_a_server_that_does_not_prove_itself_is_told_no_password() -> None:
    with Kit(setting(SafePostOffice)).trial() as trial:
        error = sent(trial)[0]
        assert isinstance(error, TemporaryFailure)
        assert "does not prove that it is itself" in str(error)
        assert letters(trial) == []


def test_an_address_in_other_letters_goes_where_the_server_takes_it() -> None:
    with Kit(setting(readers="address,name\nhòa@example.org,Hòa\nan@bücher.example,An\n")).trial() as trial:
        outcomes = sent(trial)
        taken = trial.world.taken  # type: ignore[union-attr]
    assert all(isinstance(each, Receipt) for each in outcomes)
    assert [to for to, _data in taken] == [["hòa@example.org"], ["an@xn--bcher-kva.example"]]
    assert "To: Hòa <hòa@example.org>".encode() in taken[0][1]


def test_lines_that_get_no_letter_are_named(tmp_path: Any) -> None:
    readers = "address,name\nan@example.org,An\nno address,\nAN@EXAMPLE.ORG,An\n\ngiả@@x.example,\nx@y\n"
    (tmp_path / "readers.csv").write_text(readers, encoding="utf-8")
    found = [(each.line, each.message) for each in lists.problems(tmp_path, "readers.csv")]
    assert [line for line, _said in found] == [3, 4, 6, 7]
    assert "stands in the list already" in found[1][1]
    with (
        Kit(setting(readers="address\nnobody\n")).trial() as trial,
        pytest.raises(LoaError, match="nobody in the list"),
    ):
        trial.ready()


@pytest.mark.parametrize(
    ("wrong", "why"),
    [
        ({"sender": "tin"}, "is no e-mail address"),
        ({"unsubscribe": "https://xa.example/bo"}, "RFC 8058"),
        ({"user": "loa"}, "go together"),
        ({"user": "loa", "password": {"env": "P"}, "security": "none"}, "is not sent without"),
    ],
)
def test_options_that_would_do_harm_are_refused(wrong: dict[str, Any], why: str) -> None:
    with pytest.raises(ValidationError, match=why):
        NewsletterOptions.model_validate({"host": "post.example", **SENDER, **wrong})


def test_a_header_cannot_be_smuggled_in() -> None:
    readers = 'address,name\nan@example.org,"An\r\nBcc: x@evil.example"\n'
    with Kit(setting(readers=readers)).trial() as trial:
        sent(trial, title="Tin")
        (letter,) = letters(trial)
    assert letter["Bcc"] is None
    assert letter["Date"].datetime == datetime.fromisoformat("2021-05-03T09:00:00+07:00")


def test_words_without_markdown() -> None:
    assert as_text("# Đầu\n\n1. một\n2. *hai*\n\n- ba\n\n`bốn`") == "Đầu\n\n1. một\n2. hai\n\n- ba\n\nbốn"
