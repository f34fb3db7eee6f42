"""TOML texts: what they hold, and where each key stands, which `tomllib` does not tell.

A key path is a tuple of names and, for the elements of lists, numbers from 0:
``("channels", "radio", "targets", 0, "name")``.
"""

from __future__ import annotations

import re
import tomllib
from bisect import bisect_left
from typing import TYPE_CHECKING, NamedTuple

from scheduler.ground.borrowed import borrowed
from scheduler.ground.text import _

if TYPE_CHECKING:
    from scheduler.plan.source import Report

KeyPath = tuple[str | int, ...]

_PLACE = re.compile(r" \(at (?:line (\d+), column \d+|end of document)\)$")
_UNCLOSED = ("Illegal character '\\n'", "Unterminated string", 'Expected "\'"')
_SPACE = re.compile(r"[ \t]*")
_GAP = re.compile(r"(?:[ \t\r\n]+|#[^\n]*)*")
_COMMA_GAP = re.compile(r"(?:[ \t\r\n,]+|#[^\n]*)*")
_KEY = re.compile(r"""[A-Za-z0-9_-]+|"(?:[^"\\\n]|\\.)*"|'[^'\n]*'""")
_STRING = re.compile(
    r'''"""(?:[^\\]|\\.)*?"{3,5}(?!")|\'\'\'(?:.)*?\'{3,5}(?!\')|"(?:[^"\\\n]|\\.)*"|'[^'\n]*\'''',
    re.DOTALL,
)
_BARE = re.compile(r"\d{4}-\d\d-\d\d[ Tt]\d\d:[0-9:.]+(?:[Zz]|[+-]\d\d:\d\d)?|[^\s,\]}#]+")


class Span(NamedTuple):
    """Where a key and its value stand: the line, from 1, and offsets into the text.

    ``start`` is where the key begins, ``value`` where its value does, ``end`` just after it.
    """

    line: int
    start: int
    value: int
    end: int


class Newlines:
    """Line numbers of offsets into a text before which ``above`` lines stand."""

    def __init__(self, text: str, above: int = 0) -> None:
        self._first = above + 1
        self._ends = [each.start() for each in re.finditer("\n", text)]

    def line(self, offset: int) -> int:
        """Return the line, from 1, on which ``offset`` lies."""
        return bisect_left(self._ends, offset) + self._first


def read_toml(text: str, report: Report, above: int = 0) -> tuple[dict[str, object], dict[KeyPath, Span]] | None:
    """Return what ``text`` holds and where, or ``None`` with one error in ``report``.

    ``above`` is the number of lines that stand before ``text`` in its file.
    """
    try:
        return tomllib.loads(text), toml_spans(text, above)
    except tomllib.TOMLDecodeError as error:
        message = str(error)
        found = _PLACE.search(message)
        line = int(found[1]) if found and found[1] else text.rstrip().count("\n") + 1
        what = message[: found.start()] if found else message
        report.error(_("is not valid TOML: {what}").format(what=_told(what)), line + above)
    except RecursionError:
        report.error(_("is nested too deeply"))
    return None


def _told(what: str) -> str:
    """Return in a person's words what `tomllib` says of the mistakes that hands make."""
    if what in _UNCLOSED:
        return _("a text is not closed: its second quotation mark is missing")
    if what == "Invalid value":
        return _("this is no value: a text stands between quotation marks")
    if what == "Cannot overwrite a value":
        return _("this key stands here a second time")
    return borrowed(what[:1].lower() + what[1:])


def toml_spans(text: str, above: int = 0) -> dict[KeyPath, Span]:
    """Return where every key, table and list element of a valid TOML ``text`` stands."""
    return _Scan(text, above).spans


def line_of(spans: dict[KeyPath, Span], path: KeyPath) -> int | None:
    """Return the line of ``path``, or of the nearest thing around it that has one."""
    for length in range(len(path), 0, -1):
        found = spans.get(path[:length])
        if found is not None:
            return found.line
    return None


class _Scan:
    def __init__(self, text: str, above: int) -> None:
        self.text = text
        self.spans: dict[KeyPath, Span] = {}
        self._newlines = Newlines(text, above)
        self._lists: dict[KeyPath, int] = {}
        prefix: KeyPath = ()
        at = self._skip(_GAP, 0)
        while at < len(text):
            if text[at] == "[":
                prefix, at = self._header(at)
            else:
                at = self._pair(prefix, at)
            at = self._skip(_GAP, at)

    def _skip(self, pattern: re.Pattern[str], at: int) -> int:
        found = pattern.match(self.text, at)
        return found.end() if found else at

    def _note(self, path: KeyPath, start: int, value: int, end: int) -> None:
        self.spans.setdefault(path, Span(self._newlines.line(start), start, value, end))

    def _key(self, at: int) -> tuple[list[str], int]:
        parts: list[str] = []
        while True:
            found = _KEY.match(self.text, at)
            if found is None:
                raise ValueError(f"no key at offset {at}")
            parts.append(_unquoted(found[0]))
            at = self._skip(_SPACE, found.end())
            if self.text[at : at + 1] != ".":
                return parts, at
            at = self._skip(_SPACE, at + 1)

    def _header(self, start: int) -> tuple[KeyPath, int]:
        is_list = self.text.startswith("[[", start)
        parts, at = self._key(self._skip(_SPACE, start + (2 if is_list else 1)))
        end = at + (2 if is_list else 1)
        path: KeyPath = ()
        for part in parts[:-1]:
            self._note((*path, part), start, start, end)
            path = self._current((*path, part))
        path = (*path, parts[-1])
        if is_list:
            self._note(path, start, start, end)
            self._lists[path] = self._lists.get(path, -1) + 1
        path = self._current(path)
        self._note(path, start, start, end)
        return path, end

    def _current(self, path: KeyPath) -> KeyPath:
        return (*path, self._lists[path]) if path in self._lists else path

    def _pair(self, prefix: KeyPath, start: int) -> int:
        parts, at = self._key(start)
        value = self._skip(_SPACE, at + 1)
        path: KeyPath = (*prefix, *parts)
        end = self._value(path, value)
        for length in range(len(prefix) + 1, len(path) + 1):
            self._note(path[:length], start, value, end)
        return end

    def _value(self, path: KeyPath, at: int) -> int:
        first = self.text[at]
        if first == "[":
            return self._list(path, at)
        if first == "{":
            return self._inline(path, at)
        return self._skip(_STRING if first in "\"'" else _BARE, at)

    def _list(self, path: KeyPath, at: int) -> int:
        at = self._skip(_COMMA_GAP, at + 1)
        index = 0
        while self.text[at] != "]":
            end = self._value((*path, index), at)
            self._note((*path, index), at, at, end)
            index += 1
            at = self._skip(_COMMA_GAP, end)
        return at + 1

    def _inline(self, path: KeyPath, at: int) -> int:
        at = self._skip(_COMMA_GAP, at + 1)
        while self.text[at] != "}":
            at = self._skip(_COMMA_GAP, self._pair(path, at))
        return at + 1


def _unquoted(key: str) -> str:
    if key[0] not in "\"'":
        return key
    return str(tomllib.loads(f"key = {key}")["key"])
