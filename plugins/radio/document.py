"""The script sheet as DOCX: the same bytes for the same sheet."""

from __future__ import annotations

import io
import re
import zipfile
from datetime import UTC, datetime
from functools import cache
from typing import TYPE_CHECKING

from .look import DIRECTION, FACT, HEADING, LABEL, NOTE, PART, RULE, SPOKEN, TITLE, base

if TYPE_CHECKING:
    from docx.document import Document
    from docx.text.paragraph import Paragraph

    from .look import Look
    from .sheet import Sheet

SHORT = 3
"""The most lines of a part that is never broken over two pages."""
_UNWRITABLE = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
"""What XML 1.0, section 2.2, does not count among its characters."""
_EPOCH = (1980, 1, 1, 0, 0, 0)


def docx(sheet: Sheet) -> bytes:
    """Return the document, made of nothing but ``sheet``. Its properties give the time of airing as theirs."""
    import docx as library

    document = library.Document(io.BytesIO(base()))
    _properties(document, sheet)
    document.sections[0].footer.paragraphs[0].runs[0].text = sheet.title
    _add(document, HEADING, sheet.frame.name)
    _add(document, TITLE, sheet.title)
    for label, value in sheet.facts():
        fact = _add(document, FACT)
        fact.add_run(f"{label}\t")._r.style = LABEL
        fact.add_run(value)
    _add(document, RULE)
    for note in sheet.notes:
        _add(document, NOTE, note)
    for label, lines in sheet.parts():
        if label:
            _add(document, PART, label.upper())
        for left, line in zip(range(len(lines), 0, -1), lines, strict=True):
            paragraph = _add(document, SPOKEN if line.spoken else DIRECTION, line.shown())
            if left > 1 and len(lines) <= SHORT:
                paragraph.paragraph_format.keep_with_next = True
    return _archive(document)


def unwritable(text: str) -> str:
    """Return the first character of ``text`` that no document can hold, or ""."""
    found = _UNWRITABLE.search(text)
    return found.group() if found else ""


def _add(document: Document, look: Look, text: str = "") -> Paragraph:
    """Add a paragraph at the end, its style by id.

    python-docx looks for the end among all paragraphs and for a name in all styles, which costs more than the rest.
    """
    from docx.oxml.parser import OxmlElement
    from docx.text.paragraph import Paragraph

    element = OxmlElement("w:p")
    document.element.body[-1].addprevious(element)
    paragraph = Paragraph(element, document._body)
    if text:
        paragraph.add_run(text)
    paragraph._p.style = look.id
    return paragraph


def _properties(document: Document, sheet: Sheet) -> None:
    properties = document.core_properties
    properties.title, properties.subject = sheet.title, sheet.programme
    at = datetime.fromisoformat(sheet.at).astimezone(UTC)
    properties.created = properties.modified = at.replace(tzinfo=None)


@cache
def _members() -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(base())) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def _archive(document: Document) -> bytes:
    """Write the base's members with the document's parts in them, and no time of the call."""
    parts = {each.partname.membername: each.blob for each in document.part.package.iter_parts()}
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for name, data in (_members() | parts).items():
            member = zipfile.ZipInfo(name, _EPOCH)
            member.compress_type = zipfile.ZIP_DEFLATED
            member.create_system, member.external_attr = 3, 0o644 << 16
            archive.writestr(member, data)
    return buffer.getvalue()
