from __future__ import annotations

import io
import zipfile
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from plugins.radio.document import SHORT, docx, unwritable
from plugins.radio.look import DIRECTION, FACT, HEADING, LOOKS, NOTE, PART, RULE, SPOKEN, TITLE, base
from plugins.radio.sheet import BLANK, Line, Sheet
from tests.plugins.test_radio_sheet import SHEET

if TYPE_CHECKING:
    from docx.document import Document
    from docx.text.paragraph import Paragraph


def opened(sheet: Sheet = SHEET) -> Document:
    from docx import Document

    return Document(io.BytesIO(docx(sheet)))


def styled(document: Document) -> list[tuple[str, str]]:
    return [(str(each.style and each.style.name), each.text) for each in document.paragraphs]


def test_it_says_what_the_sheet_says_each_line_in_its_style() -> None:
    assert styled(opened()) == [
        (HEADING.name, "KỊCH BẢN PHÁT THANH"),
        (TITLE.name, SHEET.title),
        (FACT.name, f"Đài\t{SHEET.station}"),
        (FACT.name, f"Chương trình\t{SHEET.programme}"),
        (FACT.name, f"Phát sóng\t{SHEET.air}"),
        (FACT.name, f"Thời lượng\t{SHEET.length()}"),
        (FACT.name, f"Người đọc\t{BLANK}"),
        (FACT.name, f"Người duyệt\t{BLANK}"),
        (RULE.name, ""),
        (NOTE.name, SHEET.notes[0]),
        (DIRECTION.name, "[Nhạc hiệu chương trình, 10 giây]"),
        (PART.name, "NỘI DUNG"),
        (SPOKEN.name, "Sau đây là bản ghi âm."),
        (DIRECTION.name, "[Phát tệp loi-moi-raglai]"),
        (PART.name, "THÔNG ĐIỆP (ĐỌC HAI LẦN)"),
        (SPOKEN.name, "Bảo hiểm xã hội cho mọi người."),
        (SPOKEN.name, "Bảo hiểm xã hội cho mọi người."),
    ]


def test_words_to_be_read_are_14_point_and_wide_and_directions_are_italic() -> None:
    from docx.shared import Pt

    styles = opened().styles
    spoken, direction = styles[SPOKEN.name], styles[DIRECTION.name]
    assert spoken.font.size == Pt(14)
    assert spoken.paragraph_format.line_spacing == 1.5
    assert (spoken.font.italic, direction.font.italic) == (None, True)


def test_the_page_is_a4_with_its_number_below() -> None:
    (section,) = opened().sections
    assert section.page_width is not None
    assert section.page_height is not None
    assert (section.page_width.twips, section.page_height.twips) == (11906, 16838)
    assert section.footer.paragraphs[0].text == f"{SHEET.title} · trang  / "


@pytest.mark.parametrize(("count", "kept"), [(1, []), (SHORT, [True] * (SHORT - 1)), (SHORT + 1, [None] * SHORT)])
def test_a_short_part_stays_on_one_page(count: int, kept: list[bool | None]) -> None:
    sheet = replace(SHEET, message=tuple(Line(f"Câu {each}.") for each in range(count)))
    lines: list[Paragraph] = [each for each in opened(sheet).paragraphs if each.text.startswith("Câu ")]
    assert [each.paragraph_format.keep_with_next for each in lines] == [*kept, None]


def test_the_same_sheet_gives_the_same_bytes_and_no_sheet_marks_another() -> None:
    first = docx(SHEET)
    docx(replace(SHEET, title="Một tờ khác", lines=()))
    assert docx(SHEET) == first


def test_the_only_time_in_it_is_that_of_the_sheet() -> None:
    sheet = replace(SHEET, at="2021-05-20T17:00:00+07:00")
    with zipfile.ZipFile(io.BytesIO(docx(sheet))) as archive:
        assert {each.date_time for each in archive.infolist()} == {(1980, 1, 1, 0, 0, 0)}
        assert archive.read("docProps/core.xml").count(b"2021-05-20T10:00:00Z") == 2


def test_the_base_holds_what_a_sheet_needs_and_no_more() -> None:
    with zipfile.ZipFile(io.BytesIO(base())) as archive:
        assert sorted(archive.namelist()) == [
            "[Content_Types].xml",
            "_rels/.rels",
            "docProps/core.xml",
            "word/_rels/document.xml.rels",
            "word/document.xml",
            "word/footer1.xml",
            "word/settings.xml",
            "word/styles.xml",
        ]
        styles = archive.read("word/styles.xml").decode()
    assert all(f'w:styleId="{each.id}"' in styles for each in LOOKS)
    assert "Theme" not in styles
    assert len(base()) < 8_000


@pytest.mark.parametrize("character", ["\x00", "\x0b", "\x1f", "\ud800", "\uffff"])
def test_what_no_document_can_hold_is_found(character: str) -> None:
    assert unwritable(f"Thưa{character}bà con") == character
    with pytest.raises(ValueError, match=r"XML compatible|surrogates"):
        docx(replace(SHEET, title=f"Thưa{character}bà con"))


def test_what_a_document_can_hold_is_let_through() -> None:
    assert unwritable("Thưa\tbà con\n😀 ế") == ""
