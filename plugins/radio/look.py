"""How the script sheet looks: its styles, and the empty document that holds them."""

from __future__ import annotations

import io
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from docx.document import Document
    from docx.text.paragraph import Paragraph

FONT = "Times New Roman"
BLACK, GREY = "000000", "595959"


@dataclass(frozen=True, slots=True)
class Look:
    """A paragraph style. ``id`` stands in the file, ``name`` is what a word processor shows.

    ``size``, ``before`` and ``after`` are in points, ``spacing`` is in lines; ``hanging`` is how far, in centimetres,
    the further lines of a paragraph stand in.
    """

    id: str
    name: str
    size: float = 14
    bold: bool = False
    italic: bool = False
    colour: str = BLACK
    before: float = 0
    after: float = 0
    spacing: float = 1.15
    hanging: float = 0
    centred: bool = False
    with_next: bool = False


HEADING = Look("Heading", "Tên mẫu", size=12, colour=GREY, after=2, centred=True)
TITLE = Look("Title", "Tiêu đề", size=16, bold=True, after=8, centred=True)
FACT = Look("Fact", "Thông tin", size=12, after=1, hanging=3.4)
RULE = Look("Rule", "Đường kẻ", size=4, after=9, spacing=1)
NOTE = Look("Note", "Ghi chú", italic=True, after=6)
PART = Look("Part", "Phần", size=11, bold=True, colour=GREY, before=9, after=2, with_next=True)
SPOKEN = Look("Spoken", "Lời đọc", after=4, spacing=1.5, hanging=0.6)
DIRECTION = Look("Direction", "Chỉ dẫn", italic=True, after=6, spacing=1.25, hanging=0.6)
FOOT = Look("Foot", "Chân trang", size=10, colour=GREY, spacing=1, centred=True)
LOOKS = (HEADING, TITLE, FACT, RULE, NOTE, PART, SPOKEN, DIRECTION, FOOT)
LABEL = "Label"
"""The id of the style of the word before a fact."""

_KEPT = ("officeDocument", "core-properties", "styles", "settings")


@cache
def base() -> bytes:
    """Return the empty sheet as DOCX: its styles, its A4 page, and a footer that lacks its first words.

    Of what python-docx's own template brings (a megabyte of styles, a theme, a thumbnail) only the needed is kept, so
    that opening it takes less than a millisecond.
    """
    import docx

    document = docx.Document()
    _strip(document)
    _defaults(document)
    _page(document)
    for look in LOOKS:
        _style(document, look)
    _border(document)
    _label(document)
    _footer(document)
    buffer = io.BytesIO()
    document.save(buffer)
    return buffer.getvalue()


def _strip(document: Document) -> None:
    from docx.oxml.ns import qn

    for relationships in (document.part.package.rels, document.part.rels):
        for name in [name for name, each in relationships.items() if not each.reltype.endswith(_KEPT)]:
            del relationships[name]
    styles, settings = document.styles.element, document.settings.element
    for child in list(styles):
        if child.tag != qn("w:docDefaults") and not child.get(qn("w:default")):
            styles.remove(child)
    for child in list(settings):
        if child.tag != qn("w:compat"):
            settings.remove(child)


def _defaults(document: Document) -> None:
    from docx.oxml.ns import qn

    defaults = document.styles.element.find(qn("w:docDefaults"))
    fonts, language = next(defaults.iter(qn("w:rFonts"))), next(defaults.iter(qn("w:lang")))
    fonts.attrib.clear()
    for script in ("ascii", "hAnsi", "eastAsia", "cs"):
        fonts.set(qn(f"w:{script}"), FONT)
    language.set(qn("w:val"), "vi-VN")
    properties = document.core_properties
    properties.author = properties.last_modified_by = "Loa"
    properties.comments = ""
    properties.language = "vi-VN"
    properties.revision = 1


def _page(document: Document) -> None:
    from docx.shared import Cm

    section = document.sections[0]
    section.page_width, section.page_height = Cm(21), Cm(29.7)
    section.left_margin, section.right_margin = Cm(3), Cm(2)
    section.top_margin, section.bottom_margin = Cm(1.5), Cm(1.8)
    section.footer_distance = Cm(1)


def _style(document: Document, look: Look) -> None:
    from docx.enum.style import WD_STYLE_TYPE
    from docx.enum.text import WD_ALIGN_PARAGRAPH
    from docx.shared import Cm, Pt, RGBColor

    style: Any = document.styles.add_style(look.name, WD_STYLE_TYPE.PARAGRAPH)
    style.style_id, style.quick_style, style.base_style = look.id, True, document.styles["Normal"]
    font, form = style.font, style.paragraph_format
    font.size, font.color.rgb = Pt(look.size), RGBColor.from_string(look.colour)
    font.bold, font.italic = look.bold or None, look.italic or None
    form.space_before, form.space_after, form.line_spacing = Pt(look.before), Pt(look.after), look.spacing
    form.widow_control = form.keep_together = True
    form.keep_with_next = look.with_next or None
    if look.hanging:
        form.left_indent, form.first_line_indent = Cm(look.hanging), Cm(-look.hanging)
    if look.centred:
        form.alignment = WD_ALIGN_PARAGRAPH.CENTER


def _border(document: Document) -> None:
    """Draw a line below the rule, which python-docx has no words for."""
    from docx.oxml.ns import qn
    from docx.oxml.parser import OxmlElement

    borders, bottom = OxmlElement("w:pBdr"), OxmlElement("w:bottom")
    for name, value in (("val", "single"), ("sz", "6"), ("space", "1"), ("color", GREY)):
        bottom.set(qn(f"w:{name}"), value)
    borders.append(bottom)
    properties = document.styles[RULE.name].element.get_or_add_pPr()
    properties.insert_element_before(borders, "w:spacing", "w:ind", "w:jc")


def _label(document: Document) -> None:
    from docx.enum.style import WD_STYLE_TYPE
    from docx.shared import RGBColor

    style: Any = document.styles.add_style("Nhãn", WD_STYLE_TYPE.CHARACTER)
    style.style_id = LABEL
    style.font.color.rgb = RGBColor.from_string(GREY)


def _footer(document: Document) -> None:
    """Write the footer; its first run is for the title."""
    paragraph = document.sections[0].footer.paragraphs[0]
    paragraph.style = document.styles[FOOT.name]
    paragraph.add_run()
    paragraph.add_run(" · trang ")
    _field(paragraph, "PAGE")
    paragraph.add_run(" / ")
    _field(paragraph, "NUMPAGES")


def _field(paragraph: Paragraph, name: str) -> None:
    from docx.oxml.ns import qn
    from docx.oxml.parser import OxmlElement

    for kind in ("begin", "", "end"):
        element = OxmlElement("w:fldChar" if kind else "w:instrText")
        if kind:
            element.set(qn("w:fldCharType"), kind)
        else:
            element.text = name
        paragraph.add_run()._r.append(element)
