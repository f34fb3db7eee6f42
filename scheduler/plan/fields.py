"""One table of a file, read key by key into typed values; everything wrong is reported once.

The same readers serve YAML, where every scalar is text, and TOML, where dates, numbers and
booleans have types of their own. An empty value counts as absent.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

from scheduler.ground.problem import nearest
from scheduler.ground.text import _
from scheduler.plan.lines import line_of
from scheduler.plan.values import Wrong, as_id, as_list, as_table, is_id, kind_of

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Mapping

    from scheduler.plan.lines import KeyPath, Span
    from scheduler.plan.source import Report

T = TypeVar("T")

_ABSENT = object()
_NO_LIST: list[object] = []
_NO_TABLE: dict[str, object] = {}


class Fields:
    """A table whose keys are taken one by one; `finish` reports those that nobody took."""

    def __init__(
        self,
        values: Mapping[str, object],
        spans: dict[KeyPath, Span],
        report: Report,
        path: KeyPath = (),
        label: str = "",
    ) -> None:
        self.report = report
        self._values = dict(values)
        self._spans = spans
        self._path = path
        self._label = label
        self._seen: list[str] = []

    def line(self, *inner: str | int) -> int | None:
        """Return the line of a key, or of the table itself."""
        return line_of(self._spans, (*self._path, *inner)) or (1 if self._spans else None)

    def key(self, *inner: str | int) -> str:
        """Return the name by which problems call a key of this table."""
        return ".".join(str(each) for each in (self._label, *inner) if each != "")

    def error(self, message: str, *inner: str | int, hint: str = "") -> None:
        self.report.error(message, self.line(*inner), self.key(*inner), hint)

    def warning(self, message: str, *inner: str | int, hint: str = "") -> None:
        self.report.warning(message, self.line(*inner), self.key(*inner), hint)

    def notice(self, message: str, *inner: str | int, hint: str = "") -> None:
        self.report.notice(message, self.line(*inner), self.key(*inner), hint)

    def has(self, key: str) -> bool:
        """Whether the table has a value for ``key``, be it right or wrong."""
        return not _empty(self._values.get(key))

    def value(self, key: str) -> object:
        """Return what stands under ``key``, unread and unchecked; ``None`` where nothing does."""
        return self._values.get(key)

    def read(self, key: str, convert: Callable[[object], T], default: T) -> T:
        """Return the converted value of ``key``, or ``default`` where it is absent or wrong."""
        value = self._take(key)
        return default if value is _ABSENT else self._converted(key, value, convert, default)

    def check(self, key: str, convert: Callable[[object], object]) -> None:
        """Report a wrong value of ``key``, and leave it to be taken by someone else."""
        self._converted(key, self._values.get(key), convert, None)

    def required(self, key: str, convert: Callable[[object], T], default: T) -> T:
        """Like `read`, for a key that must be there."""
        if not self.has(key):
            self._take(key)
            self.error(_("is missing") if key not in self._values else _("is empty"), key)
            return default
        return self.read(key, convert, default)

    def each(self, key: str, convert: Callable[[object], T]) -> tuple[T, ...]:
        """Return the converted elements of the list ``key``; a wrong element is left out."""
        found: list[T] = []
        for index, value in enumerate(self.read(key, as_list, _NO_LIST)):
            try:
                item = convert(value)
            except Wrong as wrong:
                self.error(str(wrong), key, index, hint=wrong.hint)
                continue
            if item in found:
                self.warning(_("{value!r} stands here twice").format(value=value), key, index)
            else:
                found.append(item)
        return tuple(found)

    def table(self, key: str) -> Fields:
        """Return the table below ``key``; an empty one where it is absent or wrong."""
        values = self.read(key, as_table, _NO_TABLE)
        return Fields(values, self._spans, self.report, (*self._path, key), self.key(key))

    def tables(self, key: str, name: str = "id") -> list[Fields]:
        """Return the tables of the list ``key``; problems call each by its ``name``."""
        found = []
        for index, value in enumerate(self.read(key, as_list, _NO_LIST)):
            if not isinstance(value, dict):
                self.error(_("must be a table, not {kind}").format(kind=kind_of(value)), key, index)
                continue
            label = value.get(name)
            shown = label if isinstance(label, str) and is_id(label) else index
            path = (*self._path, key, index)
            found.append(Fields(value, self._spans, self.report, path, self.key(key, shown)))
        return found

    def names(self) -> list[str]:
        """Return the keys that are ids; the others are reported and left out."""
        return [key for key in self._values if self.named(key, as_id)]

    def named(self, key: str, convert: Callable[[object], object]) -> bool:
        """Whether the key itself is a right name; if not, it is reported and taken."""
        try:
            convert(key)
        except Wrong as wrong:
            self._seen.append(key)
            self.error(str(wrong), key, hint=wrong.hint)
            return False
        return True

    def lines(self) -> dict[str, int]:
        """Return the line of every key below this table, by its dotted name (``targets.0.slot``); "" is the table."""
        depth = len(self._path)
        return {
            ".".join(map(str, path[depth:])): span.line
            for path, span in self._spans.items()
            if path[:depth] == self._path
        }

    def rest(self) -> dict[str, object]:
        """Take and return all that was not taken yet, as it stands."""
        left = {key: value for key, value in self._values.items() if key not in self._seen}
        self._seen.extend(left)
        return left

    def finish(self) -> None:
        """Report every key that nobody took, with the nearest that somebody would have."""
        self.only(self._seen)

    def only(self, known: Collection[str]) -> None:
        """Report every key that is not in ``known``, and take it."""
        valid = list(known)
        for key in self._values:
            if key not in valid:
                self._seen.append(key)
                self.error(_("is not a key that Loa knows"), key, hint=nearest(key, valid))

    def _converted(self, key: str, value: object, convert: Callable[[object], T], default: T) -> T:
        try:
            return convert(value)
        except Wrong as wrong:
            self.error(str(wrong), key, hint=wrong.hint)
            return default

    def _take(self, key: str) -> object:
        self._seen.append(key)
        value = self._values.get(key)
        return _ABSENT if _empty(value) else value


def _empty(value: object) -> bool:
    return value is None or (isinstance(value, str) and not value.strip())
