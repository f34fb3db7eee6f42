from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime

from hypothesis import given
from hypothesis import strategies as st

from plugins.radio.frame import frame
from plugins.radio.sheet import Line, Sheet, plain, restored, text

LINES = st.lists(st.builds(Line, st.text(max_size=20), st.booleans()), max_size=3).map(tuple)
SHEETS = st.builds(
    Sheet,
    **{name: st.text(max_size=10) for name in ("station", "programme", "at", "air", "title", "reader", "tune")},
    **dict.fromkeys(("greeting", "lines", "message", "contact", "sign_off"), LINES),
    slot=st.integers(0, 10**4),
    notes=st.lists(st.text(max_size=10), max_size=2).map(tuple),
)
SHEET = Sheet(
    station="Đài Truyền thanh huyện Bác Ái",
    programme="Chương trình tiếng Raglai",
    at="2021-05-20T10:00:00+00:00",
    air="17 giờ, thứ Năm, ngày 20 tháng 5 năm 2021",
    slot=120,
    title="Mời dự buổi nói chuyện",
    planned=21,
    reader="",
    tune="Nhạc hiệu chương trình",
    tune_seconds=10,
    greeting=(),
    lines=(Line("Sau đây là bản ghi âm."), Line("Phát tệp loi-moi-raglai", spoken=False)),
    message=(Line("Bảo hiểm xã hội cho mọi người."),) * 2,
    contact=(),
    sign_off=(),
    approved_by="",
    notes=("Tiếng Raglai: thời lượng chỉ là ước tính.",),
)


@given(SHEETS)
def test_what_was_stored_is_the_sheet(sheet: Sheet) -> None:
    assert restored(json.loads(json.dumps(plain(sheet)))) == sheet


def test_directions_stand_in_brackets() -> None:
    shown = text(SHEET).splitlines()
    assert "[Nhạc hiệu chương trình, 10 giây]" in shown
    assert "Sau đây là bản ghi âm." in shown
    assert "[Phát tệp loi-moi-raglai]" in shown


def test_the_length_says_what_it_leaves_out() -> None:
    spoken = replace(SHEET, lines=SHEET.lines[:1])
    assert spoken.length() == "21 giây (dự kiến) trong khung 2 phút, còn 1 phút 39 giây"
    assert SHEET.length().startswith("21 giây (dự kiến, chưa kể phần phát theo chỉ dẫn)")
    assert replace(spoken, slot=0).length() == "21 giây (dự kiến)"
    assert replace(spoken, planned=125).length().endswith("QUÁ 5 giây")


def test_lengths_as_people_write_them() -> None:
    assert [*map(frame("vi").spell, (0, 59, 60, 125))] == ["0 giây", "59 giây", "1 phút", "2 phút 5 giây"]
    assert [*map(frame("en").spell, (0, 60, 125))] == ["0 s", "1 min", "2 min 5 s"]


def test_a_sheet_speaks_the_language_of_its_text() -> None:
    english = replace(SHEET, language="en", tune="Signature tune", planned=125)
    shown = text(english)
    assert shown.startswith("RADIO SCRIPT\n")
    for line in ("Length:", "On air:", "[Signature tune, 10 s]", "--- Text", "--- Message (read it twice)"):
        assert line in shown
    assert english.length() == (
        "2 min 5 s (estimated, without what is played by direction) in a slot of 2 min, 5 s OVER"
    )
    assert text(replace(SHEET, language="rog")) == text(SHEET)


def test_a_sheet_that_was_stored_without_a_language_is_vietnamese() -> None:
    values = plain(SHEET)
    del values["language"]
    assert restored(values) == SHEET


def test_when_it_is_aired() -> None:
    at = datetime(2021, 5, 3, 17, 5, tzinfo=UTC)
    assert frame("en").airing(at) == "17:05, Monday, 3 May 2021"
    assert frame("cjm").airing(at) == "17 giờ 05, thứ Hai, ngày 3 tháng 5 năm 2021"
