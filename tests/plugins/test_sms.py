from __future__ import annotations

import errno
import os
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import pytest
from pydantic import ValidationError

from plugins.sms import Sms, SmsOptions, SmsTarget, register_channels
from plugins.sms.spool import Spool, file_name, token
from scheduler.api import (
    Absent,
    Bulk,
    Call,
    CannotTell,
    Item,
    Key,
    LooksUp,
    Message,
    OutcomeUnknown,
    PermanentFailure,
    Plan,
    PlanValues,
    Probes,
    Receipt,
    Rendered,
    Severity,
    Target,
    TemporaryFailure,
)

if TYPE_CHECKING:
    from tests.plugins.conftest import Context

Make = Callable[..., "Context[SmsOptions]"]
CHANNEL = Sms()
KEY = Key("tin-nhan", "20210510", "sms", "phi-chinh-thuc")
TARGET = Target("sms", "phi-chinh-thuc", settings=SmsTarget(list="contacts/a.csv"))
PLAN = PlanValues(Plan("p", "Kế hoạch", 2021), CHANNEL.uses, "sms")
TEXT = "Bảo hiểm xã hội là **đầu tư** cho tương lai."


def item(text: str = TEXT, **more: Any) -> Item:
    return Item(KEY, "Tin nhắn", text, "", "vi", TARGET, datetime(2021, 5, 10, 2, tzinfo=UTC), PLAN, **more)


def rendered(context: Context[SmsOptions], text: str = TEXT, **more: Any) -> Rendered:
    return CHANNEL.render(item(text, **more), context.render)


def list_of(context: Context[SmsOptions], *lines: str, header: str = "phone,area,audience") -> None:
    (context.content / "contacts").mkdir(exist_ok=True)
    (context.content / "contacts" / "a.csv").write_text("\n".join([header, *lines]) + "\n")


def messages(count: int = 3, round: int = 1) -> list[Message]:
    return [Message(f"{KEY}/{each}", round, f"+8491234567{each}") for each in range(count)]


def said(context: Context[SmsOptions], payload: Rendered) -> dict[str, Severity]:
    return {each.message: each.severity for each in CHANNEL.check(payload, context.render)}


def folder(context: Context[SmsOptions], name: str) -> list[str]:
    return sorted(each.name for each in (context.folder / "var/spool/gammu" / name).iterdir())


def call(payload: Rendered, message: Message, checkpoint: Any = None) -> Call:
    return Call(KEY, message.round, payload, datetime(2021, 5, 10, tzinfo=UTC), checkpoint, message)


def test_it_is_a_channel_with_all_its_parts() -> None:
    (channel,) = register_channels()
    assert channel.name == "sms"
    for part in (Bulk, LooksUp, Probes):
        assert isinstance(channel, part)


def test_text_without_accents_and_its_figures(make_context: Make) -> None:
    payload = rendered(make_context(SmsOptions()))
    assert payload.text == "Bao hiem xa hoi la dau tu cho tuong lai."
    assert payload.figures == {"parts": 1, "units": 40, "left": 120, "encoding": "GSM-7"}
    assert payload.body["publish_at"] == "2021-05-10T09:00:00+07:00"


def test_text_with_accents(make_context: Make) -> None:
    payload = rendered(make_context(SmsOptions(accents=True)))
    assert payload.text == "Bảo hiểm xã hội là đầu tư cho tương lai."
    assert payload.figures == {"parts": 1, "units": 40, "left": 30, "encoding": "UCS-2"}


@pytest.mark.parametrize("path", ["/etc/passwd", "../a.csv", "a/../../b.csv", "", "a\\b.csv"])
def test_a_list_out_of_content_is_refused(path: str) -> None:
    with pytest.raises(ValidationError, match="below content"):
        SmsTarget(list=path)


def test_a_good_text_has_no_problems(make_context: Make) -> None:
    context = make_context(SmsOptions(sender="LDTBXH NT"))
    list_of(context, "0912345678,,")
    assert said(context, rendered(context)) == {}


@pytest.mark.parametrize(
    ("options", "text", "problem", "severity"),
    [
        ({}, "![](x.png)", "there is no text", Severity.ERROR),
        ({"max_parts": 1}, "a" * 161, "takes 2 parts of a message; max_parts is 1", Severity.ERROR),
        ({"sender": "So LDTBXH NT"}, "a", "longer than 11 characters", Severity.ERROR),
        ({}, "Hỏi 😀", "😀 makes the whole text UCS-2: 70 characters a part", Severity.WARNING),
        ({}, "a" * 150 + "☎", "☎ makes the whole text UCS-2: 3 parts in place of 1", Severity.WARNING),
        ({"accents": True}, "Gia 10€ …", "… makes the whole text UCS-2", Severity.WARNING),
        ({}, "xem https://a.vn/bảo", "the link https://a.vn/bảo leads elsewhere", Severity.ERROR),
    ],
)
def test_each_problem_of_a_text(
    make_context: Make, options: dict[str, Any], text: str, problem: str, severity: Severity
) -> None:
    context = make_context(SmsOptions(**options))
    list_of(context, "0912345678,,")
    found = said(context, rendered(context, text))
    assert [severity for message, severity in found.items() if problem in message] == [severity]
    assert len(found) == 1


def test_wanted_accents_are_no_problem(make_context: Make) -> None:
    context = make_context(SmsOptions(accents=True))
    list_of(context, "0912345678,,")
    assert said(context, rendered(context, "Bảo hiểm – “xã hội”")) == {}


def test_advertising_has_a_label_and_hours(make_context: Make) -> None:
    context = make_context(SmsOptions())
    list_of(context, "0912345678,,")
    late = replace(item("[QC] mua", message_class="advertising"), publish_at=datetime(2021, 5, 10, 15, tzinfo=UTC))
    assert any("[QC]" in each for each in said(context, rendered(context, message_class="advertising")))
    (outside,) = said(context, CHANNEL.render(late, context.render))
    assert "outside 07:00–22:00" in outside
    internal = replace(late, message_class="internal")
    assert said(context, CHANNEL.render(internal, context.render)) == {}


def test_bad_lines_and_a_missing_list_are_named(make_context: Make) -> None:
    context = make_context(SmsOptions())
    (missing,) = CHANNEL.check(rendered(context), context.render)
    assert str(missing) == "content/contacts/a.csv: error: there is no such list"
    assert CHANNEL.forecast(rendered(context), context.render).people is None
    with pytest.raises(TemporaryFailure, match="no such list"):
        [*CHANNEL.recipients(rendered(context), TARGET, context.render)]
    list_of(context, "0259 3822 xxx,,")
    found = [str(each) for each in CHANNEL.check(rendered(context), context.render)]
    assert found == [
        "content/contacts/a.csv:2: warning: '0259 3822 xxx' has letters in it",
        "content/contacts/a.csv: warning: nobody in this list gets the message",
    ]


def test_recipients_and_cost(make_context: Make) -> None:
    context = make_context(SmsOptions(price_per_part=300))
    list_of(
        context,
        "0912345678,bac-ai,",
        "+84 912 345 678,bac-ai,",
        "0987654321,ninh-son,",
        "0987654322,,phi-chinh-thuc",
        "0987654323,,sinh-vien",
    )
    payload = rendered(context, "a" * 161, areas=("bac-ai",), audiences=("nguoi-lao-dong", "phi-chinh-thuc"))
    found = [each.address for each in CHANNEL.recipients(payload, TARGET, context.render)]
    assert found == ["+84912345678", "+84987654322"]
    forecast = CHANNEL.forecast(payload, context.render)
    assert (forecast.cost, forecast.units, forecast.people) == (1200, 4, 2)


def test_a_batch_goes_into_the_outbox(make_context: Make) -> None:
    context = make_context(SmsOptions())
    payload = rendered(context)
    answers = CHANNEL.deliver_batch(payload, messages(), context)
    names = [file_name(context.key.recurrence, each.address, token(each.key, 1)) for each in messages()]
    assert [each.id for each in answers if isinstance(each, Receipt)] == names
    assert folder(context, "outbox") == names
    assert context.past_return
    assert context.checkpoints == [{"staged": [token(each.key, 1) for each in messages()]}]
    data = (context.folder / "var/spool/gammu/outbox" / names[0]).read_text()
    assert "Bao hiem xa hoi" in data
    assert 'Number = "+84912345670"' in data


def test_handing_over_again_shows_nothing_twice(make_context: Make) -> None:
    context = make_context(SmsOptions())
    payload = rendered(context)
    first = CHANNEL.deliver_batch(payload, messages(2), context)
    spool = context.folder / "var/spool/gammu"
    for path in (spool / "outbox").glob("OUT*670_*"):
        path.rename(spool / "sentitems" / path.name)
    again = CHANNEL.deliver_batch(payload, messages(2), context)
    assert [each.id for each in again if isinstance(each, Receipt)] == [
        each.id for each in first if isinstance(each, Receipt)
    ]
    assert len(folder(context, "outbox")) == 1
    assert len(context.checkpoints) == 1
    CHANNEL.deliver_batch(payload, messages(2, round=2), context)
    assert len(folder(context, "outbox")) == 3


def test_at_another_time_the_same_round_shows_nothing_twice(make_context: Make) -> None:
    context = make_context(SmsOptions())
    first = CHANNEL.deliver_batch(rendered(context), messages(1), context)
    moved = replace(item(TEXT), publish_at=datetime(2021, 5, 11, 7, 30, tzinfo=UTC))
    payload = CHANNEL.render(moved, context.render)
    found = CHANNEL.look_up(call(payload, messages(1)[0]), context)
    again = CHANNEL.deliver_batch(payload, messages(1), context)
    assert [found, *again] == [*first, *first]
    assert len(folder(context, "outbox")) == 1


def test_a_bad_address_fails_alone(make_context: Make) -> None:
    context = make_context(SmsOptions())
    sent = messages()
    sent[1] = replace(sent[1], address="+84/../x")
    answers = CHANNEL.deliver_batch(rendered(context), sent, context)
    assert [type(each) for each in answers] == [Receipt, PermanentFailure, Receipt]
    assert len(folder(context, "outbox")) == 2


def test_a_full_disk_holds_back_what_was_not_staged(make_context: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    context = make_context(SmsOptions())
    real, written = os.fsync, 0

    def fsync(handle: int) -> None:
        nonlocal written
        written += 1
        if written == 2:
            raise OSError(errno.ENOSPC, "No space left on device")
        real(handle)

    monkeypatch.setattr(os, "fsync", fsync)
    answers = CHANNEL.deliver_batch(rendered(context), messages(4), context)
    assert [type(each) for each in answers] == [Receipt, *[TemporaryFailure] * 3]
    assert "disk of the spool is full" in str(answers[1])
    assert len(folder(context, "outbox")) == 1


def test_a_spool_that_cannot_be_made_is_temporary(make_context: Make) -> None:
    context = make_context(SmsOptions())
    (context.folder / "var" / "spool").write_text("a file")
    answers = CHANNEL.deliver_batch(rendered(context), messages(2), context)
    assert [type(each) for each in answers] == [TemporaryFailure] * 2
    assert not context.past_return
    assert not CHANNEL.probe(context).ok


def test_stopping_before_the_point_of_no_return(make_context: Make) -> None:
    context = make_context(SmsOptions(), stopped=True)
    answers = CHANNEL.deliver_batch(rendered(context), messages(2), context)
    assert [type(each) for each in answers] == [TemporaryFailure] * 2
    assert not context.past_return
    assert folder(context, "outbox") == []


def test_stopping_in_the_middle_leaves_the_rest_unseen(make_context: Make) -> None:
    context = make_context(SmsOptions())
    asked = 0

    def cancelled() -> bool:
        nonlocal asked
        asked += 1
        return asked > 2

    context.cancelled = cancelled  # type: ignore[method-assign]
    answers = CHANNEL.deliver_batch(rendered(context), messages(), context)
    assert [type(each) for each in answers] == [Receipt, TemporaryFailure, TemporaryFailure]
    assert len(folder(context, "outbox")) == 1


def test_staged_names_that_are_not_on_disk_are_taken_back(make_context: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    context = make_context(SmsOptions())

    def fails(self: Spool) -> None:
        raise OSError(errno.EIO, "Input/output error")

    monkeypatch.setattr(Spool, "sync", fails)
    sent = [replace(messages(1)[0], address="x"), *messages(2)]
    answers = CHANNEL.deliver_batch(rendered(context), sent, context)
    assert [type(each) for each in answers] == [PermanentFailure, TemporaryFailure, TemporaryFailure]
    assert not context.past_return
    assert folder(context, "outbox") == []


def test_a_store_that_fails_leaves_nothing_staged(make_context: Make) -> None:
    context = make_context(SmsOptions())

    def full() -> None:
        raise RuntimeError("the store is full")

    context.no_return = full  # type: ignore[method-assign]
    with pytest.raises(RuntimeError):
        CHANNEL.deliver_batch(rendered(context), messages(2), context)
    assert folder(context, "outbox") == []


@pytest.mark.parametrize("crash_after", range(4))
def test_a_crash_in_the_middle_is_settled_message_by_message(
    make_context: Make, monkeypatch: pytest.MonkeyPatch, crash_after: int
) -> None:
    context = make_context(SmsOptions())
    payload, sent = rendered(context), messages()
    publish = Spool.publish
    done = 0

    def dies(self: Spool, mark: str, name: str) -> None:
        nonlocal done
        if done == crash_after:
            raise KeyboardInterrupt
        done += 1
        publish(self, mark, name)

    monkeypatch.setattr(Spool, "publish", dies)
    if crash_after < 3:
        with pytest.raises(KeyboardInterrupt):
            CHANNEL.deliver_batch(payload, sent, context)
    else:
        CHANNEL.deliver_batch(payload, sent, context)
    monkeypatch.undo()
    answers = [CHANNEL.look_up(call(payload, each, context.checkpoints[-1]), context) for each in sent]
    assert [type(each) for each in answers] == [Receipt] * crash_after + [Absent] * (3 - crash_after)
    unsent = sent[crash_after:]
    CHANNEL.deliver_batch(payload, unsent, context)
    assert len(folder(context, "outbox")) == 3


@pytest.mark.parametrize("place", ["outbox", "sentitems", "errors"])
def test_a_look_up_finds_it_wherever_gammu_put_it(make_context: Make, place: str) -> None:
    context = make_context(SmsOptions())
    payload, (message,) = rendered(context), messages(1)
    (receipt,) = CHANNEL.deliver_batch(payload, [message], context)
    assert isinstance(receipt, Receipt)
    spool = context.folder / "var/spool/gammu"
    (spool / "outbox" / receipt.id).rename(spool / place / receipt.id)
    found = CHANNEL.look_up(call(payload, message), context)
    assert found == Receipt(receipt.id, detail={"folder": place})
    other = replace(message, round=2)
    assert CHANNEL.look_up(call(payload, other), context) == Absent()


def test_what_someone_removed_cannot_be_told(make_context: Make) -> None:
    context = make_context(SmsOptions())
    payload, (message,) = rendered(context), messages(1)
    assert isinstance(CHANNEL.look_up(call(payload, message), context), CannotTell)
    (receipt,) = CHANNEL.deliver_batch(payload, [message], context)
    assert isinstance(receipt, Receipt)
    (context.folder / "var/spool/gammu/outbox" / receipt.id).unlink()
    asked = call(payload, message, context.checkpoints[-1])
    assert isinstance(CHANNEL.look_up(asked, context), CannotTell)


def test_a_call_that_outlives_its_look_up_shows_nothing(make_context: Make) -> None:
    context = make_context(SmsOptions())
    payload, (message,) = rendered(context), messages(1)

    def settle_meanwhile() -> None:
        assert CHANNEL.look_up(call(payload, message), context) == Absent()

    context.no_return = settle_meanwhile  # type: ignore[method-assign]
    (answer,) = CHANNEL.deliver_batch(payload, [message], context)
    assert isinstance(answer, TemporaryFailure)
    assert folder(context, "outbox") == []


def test_names_that_are_not_on_disk_leave_it_unknown(make_context: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    context = make_context(SmsOptions())
    sync, calls = Spool.sync, 0

    def second_fails(self: Spool) -> None:
        nonlocal calls
        calls += 1
        if calls == 2:
            raise OSError(errno.EIO, "Input/output error")
        sync(self)

    monkeypatch.setattr(Spool, "sync", second_fails)
    (answer,) = CHANNEL.deliver_batch(rendered(context), messages(1), context)
    assert isinstance(answer, OutcomeUnknown)


def test_the_probe_leaves_no_trace(make_context: Make) -> None:
    context = make_context(SmsOptions())
    assert CHANNEL.probe(context).ok
    assert folder(context, "outbox") == []
    CHANNEL.deliver_batch(rendered(context), messages(2), context)
    assert "waiting in the outbox: 2" in CHANNEL.probe(context).detail


def test_a_test_is_one_message_for_the_number_that_was_named(make_context: Make) -> None:
    context = make_context(SmsOptions())
    receipt = CHANNEL.try_out("Loa: thử lúc 12:30.", "0901 234 567", context)
    (name,) = folder(context, "outbox")
    assert name == receipt.id
    assert "_+84901234567_" in name
    data = (context.folder / "var" / "spool" / "gammu" / "outbox" / name).read_text()
    assert "; Loa: thu luc 12:30." in data
    assert receipt.detail == {"parts": 1}
    with pytest.raises(PermanentFailure, match="is not a phone number"):
        CHANNEL.try_out("Thử.", "12", context)


def test_there_is_no_delivery_without_a_recipient(make_context: Make) -> None:
    context = make_context(SmsOptions())
    with pytest.raises(PermanentFailure):
        CHANNEL.deliver(rendered(context), context)
