"""The script sheet as DOCX: A4, 14 point, wide spacing, the same bytes for the same sheet."""

from __future__ import annotations

import io
import zipfile
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from .sheet import HEADING

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from docx.document import Document
    from docx.text.paragraph import Paragraph
    from docx.text.run import Run

    from .sheet import Sheet

MEDIA_TYPE = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
FONT = "Times New Roman"
BLACK, GREY = "000000", "595959"
WIDTHS = (3.4, 12.6)
"""The columns of the head, in centimetres."""
_EPOCH = (1980, 1, 1, 0, 0, 0)


@dataclass(frozen=True, slots=True)
class Look:
    """How a paragraph looks: sizes and the space after it in points, spacing in lines."""

    size: float = 14
    bold: bool = False
    italic: bool = False
    colour: str = BLACK
    after: float = 5
    spacing: float = 1.5


TITLE = Look(size=16, bold=True, after=10, spacing=1.15)
LABEL = Look(size=12, colour=GREY, after=2, spacing=1.15)
PART = Look(size=11, bold=True, colour=GREY, after=3, spacing=1.15)
SPOKEN = Look()
NOTE = Look(italic=True, after=6, spacing=1.15)
FOOT = Look(size=10, colour=GREY, after=0, spacing=1.0)


def docx(sheet: Sheet, created: datetime) -> bytes:
    """Return the document.

    ``created`` stands in its properties, in place of the time of the call.
    """
    import docx as library

    document = library.Document()
    _page(document)
    _properties(document, sheet, created)
    _head(document, sheet)
    for note in sheet.notes:
        _line(document, note, NOTE)
    for label, lines in sheet.parts():
        _part(document, label, lines)
    _footer(document, sheet)
    buffer = io.BytesIO()
    document.save(buffer)
    return _repacked(buffer.getvalue())


def _page(document: Document) -> None:
    from docx.oxml.ns import qn
    from docx.shared import Cm, Pt

    section = document.sections[0]
    section.page_width, section.page_height = Cm(21), Cm(29.7)
    section.left_margin, section.right_margin = Cm(3), Cm(2)
    section.top_margin = section.bottom_margin = Cm(1.8)
    style = document.styles["Normal"]
    style.font.name, style.font.size = FONT, Pt(14)
    style.element.rPr.rFonts.set(qn("w:eastAsia"), FONT)
    style.element.rPr.rFonts.set(qn("w:cs"), FONT)
    style.paragraph_format.line_spacing = 1.5
    style.paragraph_format.space_after = Pt(8)
    style.paragraph_format.widow_control = True


def _properties(document: Document, sheet: Sheet, created: datetime) -> None:
    properties = document.core_properties
    properties.title, properties.subject = sheet.title, sheet.programme
    properties.author = properties.last_modified_by = "Loa"
    properties.comments = ""
    properties.language = "vi-VN"
    properties.revision = 1
    properties.created = properties.modified = created.replace(tzinfo=None)


def _head(document: Document, sheet: Sheet) -> None:
    from docx.enum.text import WD_ALIGN_PARAGRAPH
    from docx.shared import Cm

    heading = _line(document, HEADING, replace(LABEL, after=2))
    title = _line(document, sheet.title, TITLE)
    heading.alignment = title.alignment = WD_ALIGN_PARAGRAPH.CENTER
    facts = [(label, value) for label, value in sheet.facts() if value]
    table = document.add_table(rows=len(facts), cols=2)
    table.autofit = False
    for column, width in zip(table.columns, WIDTHS, strict=True):
        column.width = Cm(width)
    for row, (label, value) in zip(table.rows, facts, strict=True):
        for cell, width in zip(row.cells, WIDTHS, strict=True):
            cell.width = Cm(width)
        _fill(row.cells[0].paragraphs[0], label, LABEL)
        _fill(row.cells[1].paragraphs[0], value, replace(LABEL, colour=BLACK))
    _rule(document.add_paragraph())


def _part(document: Document, label: str, lines: Sequence[str]) -> None:
    """Write one part; a sentence starts at the margin, its further lines stand in."""
    from docx.shared import Cm

    if label:
        _line(document, label.upper(), PART).paragraph_format.keep_with_next = True
    for number, line in enumerate(lines, 1):
        last = number == len(lines)
        look = replace(SPOKEN, after=12 if last else SPOKEN.after, italic=not label)
        form = _line(document, line, look).paragraph_format
        form.keep_together = True
        form.left_indent, form.first_line_indent = Cm(0.6), Cm(-0.6)


def _line(document: Document, text: str, look: Look) -> Paragraph:
    paragraph: Paragraph = document.add_paragraph()
    _fill(paragraph, text, look)
    return paragraph


def _fill(paragraph: Paragraph, text: str, look: Look) -> Run:
    from docx.shared import Pt, RGBColor

    run = paragraph.add_run(text)
    run.bold, run.italic = look.bold, look.italic
    run.font.size = Pt(look.size)
    run.font.color.rgb = RGBColor.from_string(look.colour)
    paragraph.paragraph_format.space_after = Pt(look.after)
    paragraph.paragraph_format.line_spacing = look.spacing
    return run


def _rule(paragraph: Paragraph) -> None:
    """Draw a line below a paragraph, which python-docx has no words for."""
    from docx.oxml import OxmlElement
    from docx.oxml.ns import qn
    from docx.shared import Pt

    borders, bottom = OxmlElement("w:pBdr"), OxmlElement("w:bottom")
    for name, value in (("val", "single"), ("sz", "6"), ("space", "1"), ("color", GREY)):
        bottom.set(qn(f"w:{name}"), value)
    borders.append(bottom)
    paragraph.paragraph_format.line_spacing = 1.0
    paragraph.paragraph_format.space_after = Pt(14)
    paragraph._p.get_or_add_pPr().append(borders)


def _footer(document: Document, sheet: Sheet) -> None:
    from docx.enum.text import WD_ALIGN_PARAGRAPH

    paragraph = document.sections[0].footer.paragraphs[0]
    paragraph.alignment = WD_ALIGN_PARAGRAPH.CENTER
    _fill(paragraph, f"{sheet.title} · trang ", FOOT)
    _field(paragraph, "PAGE")
    _fill(paragraph, " / ", FOOT)
    _field(paragraph, "NUMPAGES")


def _field(paragraph: Paragraph, name: str) -> None:
    from docx.oxml import OxmlElement
    from docx.oxml.ns import qn

    for kind in ("begin", "", "end"):
        element = OxmlElement("w:fldChar" if kind else "w:instrText")
        if kind:
            element.set(qn("w:fldCharType"), kind)
        else:
            element.text = name
        _fill(paragraph, "", FOOT)._r.append(element)


def _repacked(data: bytes) -> bytes:
    """Write the archive anew with fixed times, so that equal sheets are equal files."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(buffer, "w") as new:
        for entry in old.infolist():
            fixed = zipfile.ZipInfo(entry.filename, _EPOCH)
            fixed.compress_type = zipfile.ZIP_DEFLATED
            fixed.create_system, fixed.external_attr = 3, 0o644 << 16
            new.writestr(fixed, old.read(entry.filename))
    return buffer.getvalue()
