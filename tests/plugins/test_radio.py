from __future__ import annotations

import json
import sys
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, time, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from pydantic import ValidationError

from plugins.radio import Radio, register_channels
from plugins.radio.document import docx
from plugins.radio.options import RadioOptions, RadioTarget
from plugins.radio.sheet import restored
from scheduler.api import Item, Key, Plan, PlanValues, Rendered, Sent, Severity, Target, TemporaryFailure

if TYPE_CHECKING:
    from tests.plugins.conftest import Context

Make = Callable[..., "Context[RadioOptions]"]
GOLDEN = Path(__file__).parent.parent / "golden"
CHANNEL = Radio()
KEY = Key("nong-dan", "20210512", "radio", "dai-ninh-son")
SETTINGS = RadioTarget.model_validate({"slot": "2m", "times": ["05:30", "17:00"], "programme": "Thông tin cơ sở"})
TARGET = Target("radio", "dai-ninh-son", "Đài Truyền thanh huyện Ninh Sơn", settings=SETTINGS)
PLAN = Plan(
    "p",
    "Tuyên truyền bảo hiểm xã hội",
    2021,
    message="BHXH là đầu tư cho tương lai",
    languages={"rog": "Tiếng Raglai"},
)
TEXT = """\
Thưa bà con nông dân. Bà con có thể tham gia **BHXH tự nguyện**, mức đóng 22% thu nhập. #BHXH

Bà con đóng:

- 3 tháng một lần;
- 12 tháng một lần

Mời đến [UBND xã](https://example.org) lúc 7h30 ngày 22/05/2021.
"""
OPTIONS = RadioOptions(contact="Xin gọi 1900 9068.", reader="Kim Hoa")


def values(plan: Plan) -> PlanValues:
    return PlanValues(plan, CHANNEL.uses, "radio")


def item(text: str = TEXT, **more: Any) -> Item:
    given: dict[str, Any] = {
        "key": KEY,
        "title": "Góp hôm nay: BHXH tự nguyện",
        "text": text,
        "summary": "",
        "language": "vi",
        "target": TARGET,
        "publish_at": datetime(2021, 5, 12, 10, tzinfo=UTC),
        "plan": values(PLAN),
        "approved_by": "Nguyễn Văn An",
    }
    return Item(**{**given, **more})


def rendered(context: Context[RadioOptions], text: str = TEXT, **more: Any) -> Rendered:
    return CHANNEL.render(item(text, **more), context.render)


def said(context: Context[RadioOptions], payload: Rendered) -> dict[str, Severity]:
    return {each.message: each.severity for each in CHANNEL.check(payload, context.render)}


def spoken(payload: Rendered, part: str = "lines") -> list[str]:
    return [each["text"] for each in payload.body["sheet"][part] if each["spoken"]]


def test_it_is_a_channel() -> None:
    (channel,) = register_channels()
    assert channel.name == "radio"
    assert channel.lead == timedelta(days=2)
    assert channel.idempotent(Rendered({}, ""), None)  # type: ignore[arg-type]


def test_the_sheet_is_as_it_was(make_context: Make) -> None:
    assert rendered(make_context(OPTIONS)).text.encode() == (GOLDEN / "radio_sheet.txt").read_bytes()


def test_the_message_of_the_plan_is_said_twice(make_context: Make) -> None:
    payload = rendered(make_context(OPTIONS))
    assert spoken(payload, "message") == ["Bảo hiểm xã hội là đầu tư cho tương lai."] * 2


def test_the_same_item_gives_the_same_payload_and_needs_no_document(
    make_context: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "docx", None)
    context = make_context(OPTIONS)
    payload = rendered(context)
    assert payload == rendered(context)
    assert payload.files == ()


def test_the_payload_is_json(make_context: Make) -> None:
    body = rendered(make_context(OPTIONS)).body
    assert json.loads(json.dumps(body)) == body


def test_a_greeting_is_said_once(make_context: Make) -> None:
    context = make_context(OPTIONS)
    assert spoken(rendered(context), "greeting") == []
    assert spoken(rendered(context, "> Đọc chậm.\n\nThưa bà con."), "greeting") == []
    assert spoken(rendered(context, "Mía có mùa."), "greeting") == ["Kính thưa quý vị và bà con."]


def test_length_is_counted_from_what_is_said(make_context: Make) -> None:
    options = RadioOptions(syllables_per_minute=120, tune_length=timedelta(seconds=5), greeting="", sign_off="")
    silent = replace(PLAN, message="")
    payload = rendered(make_context(options), "một hai ba bốn " * 10, plan=values(silent))
    assert payload.figures == {"seconds": 25, "slot": 120, "over": 0}


def test_a_direction_is_shown_and_neither_read_nor_counted(make_context: Make) -> None:
    context = make_context(RadioOptions(tune="", greeting="", sign_off=""))
    quiet = {"plan": replace(PLAN, message="")}
    plain = rendered(context, "Thưa bà con.", **quiet)
    directed = rendered(context, f"> Phát tệp QĐ-1, {'chờ ' * 40}1/3.\n\nThưa bà con.", **quiet)
    assert directed.figures == plain.figures
    assert spoken(directed) == spoken(plain) == ["Thưa bà con."]
    assert said(context, directed) == {}
    assert "\n[Phát tệp QĐ-1, chờ " in directed.text
    assert "(dự kiến, chưa kể phần phát theo chỉ dẫn) trong khung 2 phút" in directed.text
    assert "chỉ dẫn" not in plain.text


def test_over_the_slot_is_a_warning_with_its_seconds(make_context: Make) -> None:
    context = make_context(RadioOptions(tune="", greeting="", sign_off=""))
    payload = rendered(context, "Một hai ba bốn năm sáu. " * 70, plan=values(replace(PLAN, message="")))
    assert payload.figures == {"seconds": 140, "slot": 120, "over": 20}
    assert said(context, payload) == {"it runs 20 s over the slot of 2 phút": Severity.WARNING}
    assert "QUÁ 20 giây" in payload.text


def test_a_good_script_has_no_problems(make_context: Make) -> None:
    context = make_context(OPTIONS)
    assert said(context, rendered(context)) == {}


@pytest.mark.parametrize(
    ("text", "problem", "severity"),
    [
        ("![](a.png)", "there is no text", Severity.ERROR),
        ("Một\x01.", "the character U+0001", Severity.ERROR),
        ("Hỏi BHTN.", "BHTN can mean", Severity.ERROR),
        ("Theo QĐ mới.", "QĐ is no known abbreviation", Severity.ERROR),
        ("Một " * 40, "a sentence of 40 syllables", Severity.WARNING),
        ("Xem bhxh.gov.vn.", "hard to catch by ear", Severity.WARNING),
    ],
)
def test_each_problem(make_context: Make, text: str, problem: str, severity: Severity) -> None:
    context = make_context(OPTIONS)
    found = said(context, rendered(context, text))
    assert [each for message, each in found.items() if problem in message] == [severity]
    assert len(found) == 1


def test_an_hour_that_is_not_the_stations_is_remarked(make_context: Make) -> None:
    context = make_context(OPTIONS)
    payload = rendered(context, publish_at=datetime(2021, 5, 12, 11, tzinfo=UTC))
    (message,) = said(context, payload)
    assert message == "18:00 is none of the hours at which the station airs: 05:30, 17:00"


def test_problems_of_the_title_count(make_context: Make) -> None:
    context = make_context(OPTIONS)
    assert any("QĐ" in each for each in said(context, rendered(context, title="QĐ mới")))


def test_another_language_stays_as_it_is(make_context: Make) -> None:
    context = make_context(OPTIONS)
    payload = rendered(context, "Lời dẫn, BHXH 22%. Hết.", language="rog", title="BHXH")
    sheet = payload.body["sheet"]
    assert spoken(payload) == ["Lời dẫn, BHXH 22%.", "Hết."]
    assert sheet["message"] == sheet["greeting"] == sheet["sign_off"] == []
    assert sheet["notes"][0].startswith("Tiếng Raglai: lời văn giữ nguyên")
    assert said(context, payload) == {}


@pytest.mark.parametrize(
    ("change", "stem"),
    [
        ({}, "2021-05-12_1700_dai-ninh-son_nong-dan"),
        ({"recurrence": "20210512-2"}, "2021-05-12_1700_dai-ninh-son_nong-dan_20210512-2"),
        ({"action": "revise-1"}, "2021-05-12_1700_dai-ninh-son_nong-dan_revise-1"),
        ({"post": "../x/y"}, "2021-05-12_1700_dai-ninh-son_---x-y"),
    ],
)
def test_file_names(make_context: Make, change: dict[str, str], stem: str) -> None:
    context = make_context(OPTIONS)
    receipt = CHANNEL.deliver(rendered(context, key=KEY._replace(**change)), context)
    assert receipt.detail["files"] == [f"{stem}.txt", f"{stem}.docx"]
    assert receipt.id == f"{stem}.docx"


def test_names_of_different_deliveries_differ(make_context: Make) -> None:
    context = make_context(OPTIONS)
    one = rendered(context, key=KEY._replace(target="a-b", post="c"))
    other = rendered(context, key=KEY._replace(target="a", post="b-c"))
    assert one.body["name"] != other.body["name"]


def test_a_revision_says_so(make_context: Make) -> None:
    assert "BẢN SỬA" in rendered(make_context(OPTIONS), key=KEY._replace(action="revise-1")).text


def test_a_withdrawal_is_a_notice_for_the_station(make_context: Make) -> None:
    context = make_context(OPTIONS, target=TARGET)
    script = rendered(context)
    receipt = CHANNEL.deliver(script, context)
    context.key = KEY.withdrawal
    sent = Sent(KEY, "Nông dân", script.text, receipt, datetime(2021, 5, 12, 10, tzinfo=UTC))
    found = CHANNEL.withdraw(sent, context)
    assert (found.id, found.handed) == ("2021-05-12_1700_dai-ninh-son_nong-dan_withdraw.txt", True)
    said = (context.out / found.id).read_text("utf-8")
    assert said.startswith(
        "THU HỒI: KHÔNG PHÁT BÀI NÀY NỮA\n\nĐài:        Đài Truyền thanh huyện Ninh Sơn\nBài:        Nông dân\n"
    )
    assert "Phát sóng:  17 giờ, thứ Tư, ngày 12 tháng 5 năm 2021\n" in said
    assert "Tệp đã gửi: 2021-05-12_1700_dai-ninh-son_nong-dan.docx\n" in said
    assert all((context.out / name).exists() for name in receipt.detail["files"]), "the script stays as proof"
    assert CHANNEL.withdraw(sent, context) == found
    assert (context.out / found.id).read_text("utf-8") == said


def test_an_english_text_has_an_english_sheet(make_context: Make) -> None:
    context = make_context(OPTIONS)
    payload = rendered(context, "Come at 7.30 with 2 photos.", language="en", title="An invitation")
    assert payload.text.startswith("RADIO SCRIPT\n\nAn invitation\n\nStation:")
    assert "17:00, Wednesday, 12 May 2021" in payload.text
    assert "[Signature tune, 10 s]" in payload.text
    assert "\nCome at 7.30 with 2 photos.\n" in payload.text
    assert "phút" not in payload.text
    assert said(context, payload) == {}
    named = make_context(OPTIONS.model_copy(update={"tune": "Our song"}))
    assert "[Our song, 10 s]" in rendered(named, "Come.", language="en").text


def test_delivery_writes_what_was_rendered_and_again_changes_nothing(make_context: Make) -> None:
    context = make_context(OPTIONS)
    payload = rendered(context)
    stored = Rendered(json.loads(json.dumps(payload.body)), payload.text)
    first = CHANNEL.deliver(payload, context)
    files = {each.name: each.read_bytes() for each in context.out.iterdir()}
    assert CHANNEL.deliver(stored, context) == first
    assert {each.name: each.read_bytes() for each in context.out.iterdir()} == files
    assert not first.handed
    assert sorted(files) == sorted(first.detail["files"])
    text, document = (files[each] for each in first.detail["files"])
    assert text == payload.text.encode()
    assert document == docx(restored(payload.body["sheet"]))


def test_a_station_that_confirms_is_handed(make_context: Make) -> None:
    context = make_context(OPTIONS)
    station = replace(TARGET, settings=RadioTarget(confirm=True))
    assert CHANNEL.deliver(rendered(context, target=station), context).handed


def test_a_folder_that_cannot_be_written_is_temporary(make_context: Make) -> None:
    context = make_context(OPTIONS)
    payload = rendered(context)
    name = f"{payload.body['name']}.txt"
    (context.out / name).mkdir()
    with pytest.raises(TemporaryFailure, match="cannot be written"):
        CHANNEL.deliver(payload, context)
    assert [each.name for each in context.out.iterdir()] == [name]


@pytest.mark.parametrize(
    ("written", "seconds"), [("3m", 180), ("90s", 90), ("1m 30s", 90), ("1h", 3600), ("2min", 120)]
)
def test_lengths(written: str, seconds: int) -> None:
    station = RadioTarget.model_validate({"slot": written, "times": ["05:30"]})
    assert station.slot == timedelta(seconds=seconds)
    assert station.times == (time(5, 30),)


@pytest.mark.parametrize("written", ["", "m", "3x", "1m 2h", "-3m"])
def test_what_is_no_length(written: str) -> None:
    with pytest.raises(ValidationError, match="write a length as 3m"):
        RadioTarget.model_validate({"slot": written})
