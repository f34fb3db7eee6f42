"""A text file with front matter: YAML between ``---`` lines, or TOML between ``+++`` lines.

YAML is read event by event, so that every scalar stays text, every key has its line, and what has no
place in front matter (anchors and aliases, tags, doubled keys, towers of brackets) is refused before
anything is built of it. The pure parts of PyYAML do the same where its C library is missing.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from scheduler.ground.borrowed import borrowed
from scheduler.ground.text import _
from scheduler.plan.lines import Span, read_toml

if TYPE_CHECKING:
    from collections.abc import Iterator

    from scheduler.plan.lines import KeyPath
    from scheduler.plan.source import Report

_FENCE = re.compile(r"(?:---|\+\+\+)[ \t]*(?:\r?\n|\Z)")
_ID = re.compile(
    r"""^[ \t]*["']?id["']?[ \t]*[:=][ \t]*["']?([a-z0-9]+(?:-[a-z0-9]+)*)["' \t\r]*(?:#.*)?$""", re.MULTILINE
)
_DEPTH = 8


@dataclass(frozen=True, slots=True)
class Matter:
    """A file taken apart. ``spans`` are offsets into ``block``, with lines of the file.

    ``start`` is where ``block`` begins in the file, ``body_line`` the line on which ``body`` does; ``fence`` is
    ``---`` or ``+++``.
    """

    fence: str
    start: int
    block: str
    values: dict[str, object]
    spans: dict[KeyPath, Span]
    body: str
    body_line: int


class _Refused(Exception):
    def __init__(self, message: str, line: int | None, hint: str = "") -> None:
        super().__init__(message)
        self.line = line
        self.hint = hint


def read_matter(text: str, report: Report) -> Matter | None:
    """Take ``text`` apart, or return ``None`` with one error in ``report``."""
    parts = split(text)
    if isinstance(parts, str):
        report.error(parts, 1)
        return None
    fence, start, block, body = parts
    found = read_toml(block, report, above=1) if fence == "+++" else _read_yaml(block, report)
    if found is None:
        return None
    return Matter(fence, start, block, *found, body, block.count("\n") + 3)


def split(text: str) -> tuple[str, int, str, str] | str:
    """Return the fence, the offset of the block within, the block and the body after it; or what is wrong."""
    opening = _FENCE.match(text)
    if opening is None:
        if not text.strip():
            return _("is empty")
        late = _FENCE.match(text.lstrip())
        return _("front matter must begin on the first line") if late else _("has no front matter between --- lines")
    fence = opening[0][:3]
    closing = re.compile(rf"^{re.escape(fence)}[ \t]*\r?(?:\n|\Z)", re.MULTILINE).search(text, opening.end())
    if closing is None:
        return _("front matter is not closed by a line {fence}").format(fence=fence)
    return fence, opening.end(), text[opening.end() : closing.start()], text[closing.end() :]


def guess_id(text: str) -> str:
    """Return the id that a broken file seems to have, or ""."""
    found = _ID.search(text)
    return found[1] if found else ""


def _read_yaml(block: str, report: Report) -> tuple[dict[str, object], dict[KeyPath, Span]] | None:
    import yaml

    tree = _Tree(block, report)
    try:
        values = tree.read(iter(getattr(yaml, "CBaseLoader", yaml.BaseLoader)(block).get_event, None))
    except _Refused as refused:
        report.error(str(refused), refused.line, hint=refused.hint)
        return None
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        line = mark.line + 2 if mark else None
        what = error.problem or error.context or _("cannot be read")
        report.error(_("is not valid YAML: {what}").format(what=borrowed(what)), line, hint=_yaml_hint(what))
        return None
    except yaml.YAMLError as error:
        report.error(_("is not valid YAML: {what}").format(what=borrowed(str(error).splitlines()[0])), 1)
        return None
    return values, tree.spans


def _yaml_hint(problem: str) -> str:
    if "mapping values are not allowed" in problem:
        return _("a text with a colon stands in quotes")
    if "cannot start any token" in problem:
        return _("indent with spaces, and put a text that begins with a sign in quotes")
    return ""


class _Tree:
    """Builds values and spans of a YAML block from its events."""

    def __init__(self, block: str, report: Report) -> None:
        self.spans: dict[KeyPath, Span] = {}
        self._report = report
        self._block = block
        self._end = 0

    def read(self, events: Iterator[Any]) -> dict[str, object]:
        values: dict[str, object] = {}
        documents = 0
        for event in events:
            kind = type(event).__name__
            if kind == "DocumentStartEvent":
                documents += 1
                if documents > 1:
                    raise _Refused(_("holds more than one YAML document"), event.start_mark.line + 2)
            elif kind == "MappingStartEvent":
                values = self._mapping(event, events, ())
            elif kind in ("ScalarEvent", "SequenceStartEvent", "AliasEvent"):
                raise _Refused(_("front matter must be lines of `key: value`"), event.start_mark.line + 2)
        return values

    def _value(self, event: Any, events: Iterator[Any], path: KeyPath) -> object:
        kind = type(event).__name__
        if kind == "AliasEvent" or event.anchor is not None:
            raise _Refused(_("anchors and aliases (& and *) are not allowed"), event.start_mark.line + 2)
        if event.tag is not None:
            raise _Refused(_("tags (!) are not allowed"), event.start_mark.line + 2)
        if len(path) > _DEPTH:
            raise _Refused(_("is nested too deeply"), event.start_mark.line + 2)
        if kind == "MappingStartEvent":
            return self._mapping(event, events, path)
        if kind == "SequenceStartEvent":
            return self._sequence(event, events, path)
        self._end = event.end_mark.index
        if event.style in ("|", ">"):
            start = event.start_mark.index
            self._end = start + len(self._block[start : self._end].rstrip())
        return event.value

    def _mapping(self, event: Any, events: Iterator[Any], path: KeyPath) -> dict[str, object]:
        found: dict[str, object] = {}
        flow = event.flow_style
        for key in events:
            kind = type(key).__name__
            line = key.start_mark.line + 2
            if kind == "MappingEndEvent":
                self._end = key.end_mark.index if flow else self._end
                break
            if kind != "ScalarEvent":
                raise _Refused(_("a key must be plain text"), line)
            name = str(self._value(key, events, path))
            event = next(events)
            value = self._value(event, events, (*path, name))
            span = Span(line, key.start_mark.index, event.start_mark.index, self._end)
            if name in found:
                first = self.spans[(*path, name)].line
                self._report.error(_("stands twice, first in line {first}").format(first=first), line, name)
                continue
            found[name] = value
            self.spans[(*path, name)] = span
        return found

    def _sequence(self, event: Any, events: Iterator[Any], path: KeyPath) -> list[object]:
        found: list[object] = []
        for item in events:
            if type(item).__name__ == "SequenceEndEvent":
                self._end = item.end_mark.index if event.flow_style else self._end
                break
            inner = (*path, len(found))
            start = item.start_mark.index
            found.append(self._value(item, events, inner))
            self.spans[inner] = Span(item.start_mark.line + 2, start, start, self._end)
        return found
