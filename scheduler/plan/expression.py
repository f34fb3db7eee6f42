"""What may stand between ``{{`` and ``}}``: a name and its parts, or a constant, behind filters.

Nothing else is ever evaluated, so a text cannot call, count or repeat anything, and what it uses can be read off it.
A plain name such as ``plan.slogans["sinh-vien"]|date`` is read here. All other forms are taken from Jinja's syntax
tree, by the same rules: it knows the rest of the grammar, and says what is wrong with what it cannot read.
"""

from __future__ import annotations

import dataclasses
import json
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from scheduler.ground.problem import nearest
from scheduler.ground.text import _

if TYPE_CHECKING:
    from jinja2 import nodes

_WEEKDAYS = {
    "vi": ("thứ Hai", "thứ Ba", "thứ Tư", "thứ Năm", "thứ Sáu", "thứ Bảy", "Chủ nhật"),
    "en": ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"),
}
USUAL = "vi"
"""The language of weekdays where the plan's has none here."""
_DEEPEST = 16
_NAME = r"[A-Za-z][A-Za-z0-9_]{0,79}"
_KEY = r"""(?:0|[1-9][0-9]{0,3}|"[\w .-]{1,80}"|'[\w .-]{1,80}')"""
PLAIN = re.compile(
    rf"\{{\{{ *(?P<root>{_NAME})(?P<parts>(?:\.{_NAME}|\[{_KEY}\]){{0,8}})(?P<filters>(?: ?\| ?{_NAME}){{0,4}}) *\}}\}}"
)
"""An expression, braces included, that Jinja need not be asked about."""
_PARTS = re.compile(r"""\.(?P<name>\w+)|\[(?:(?P<number>\d+)|["'](?P<text>[^"']+)["'])\]""")
_WORDS = frozenset({"and", "else", "false", "if", "in", "is", "none", "not", "or", "true", "False", "None", "True"})
"""Names that are none in Jinja's grammar."""


@dataclass(frozen=True, slots=True)
class Expression:
    """A name with its parts, or a constant with its, and the filters behind it; ``line`` counts from 1.

    ``steps`` lead to the value, each with what it is called up to there; where there is no ``constant``, the first
    is the name itself.
    """

    line: int
    steps: tuple[tuple[str | int, str], ...]
    filters: tuple[str, ...] = ()
    constant: str | int | None = None

    @property
    def spelled(self) -> str:
        """The name as one writes it, in one spelling, without filters."""
        return self.steps[-1][1] if self.steps else _written(self.constant)

    def value(self, values: Mapping[str, Any]) -> Any:
        """Return what it stands for. Raises `ValueError` with the nearest valid name."""
        found: Any = values if self.constant is None else self.constant
        for key, spelled in self.steps:
            found = part_of(found, key, spelled)
        for name in self.filters:
            found = _filtered(name, found, self.spelled, language_in(values))
        return found

    def printed(self, values: Mapping[str, Any]) -> str:
        """Return it as it stands in a text. Raises `ValueError` where that would leave a hole or a puzzle."""
        value = self.value(values)
        if isinstance(value, (date, time)):
            raise ValueError(
                _("{spelled} is a time; say how it is written: |date, |time or |weekday").format(spelled=self.spelled)
            )
        if value is None or value == "":
            raise ValueError(_("{spelled} is empty").format(spelled=self.spelled))
        if isinstance(value, bool) or not isinstance(value, (str, int)):
            raise ValueError(_("{spelled} is not a text").format(spelled=self.spelled))
        return str(value)


def language_in(values: Mapping[str, Any]) -> str:
    """Return the language in which ``values`` spell a weekday: the plan's, or `USUAL`."""
    language = getattr(values.get("plan"), "language", USUAL)
    return language if language in _WEEKDAYS else USUAL


def plain(found: re.Match[str], line: int) -> Expression | None:
    """Return what a match of `PLAIN` says, or ``None`` where it is for Jinja to say what it is."""
    root = found["root"]
    steps: list[tuple[str | int, str]] = [(root, root)]
    for part in _PARTS.finditer(found["parts"]):
        key = int(part["number"]) if part["number"] else part["name"] or part["text"]
        if isinstance(key, str) and key.startswith("_"):
            return None
        steps.append((key, _joined(steps[-1][1], key, dotted=part["name"] is not None)))
    filters = tuple(re.findall(_NAME, found["filters"]))
    return None if root in _WORDS or not FILTERS.keys() >= {*filters} else Expression(line, tuple(steps), filters)


def taken(expression: nodes.Expr) -> Expression:
    """Return what a node of Jinja's tree says. Raises `ValueError` for anything but the forms allowed."""
    from jinja2 import nodes

    node: nodes.Expr | None = expression
    filters: list[str] = []
    while isinstance(node, nodes.Filter) and not node.args and not node.kwargs and len(filters) < _DEEPEST:
        if node.name not in FILTERS:
            raise ValueError(_("unknown filter {name!r}").format(name=node.name) + _hint(node.name, FILTERS))
        filters.insert(0, node.name)
        node = node.node
    parts: list[tuple[str | int, bool]] = []
    while isinstance(node, (nodes.Getattr, nodes.Getitem)) and len(parts) < _DEEPEST:
        dotted = isinstance(node, nodes.Getattr)
        key = node.attr if isinstance(node, nodes.Getattr) else _constant(node.arg)
        if key is None or (isinstance(key, str) and key.startswith("_")):
            break
        parts.insert(0, (key, dotted))
        node = node.node
    constant = _constant(node)
    if not isinstance(node, nodes.Name) and constant is None:
        raise ValueError(_("only names of the plan are allowed between {{ and }}, with |date, |time or |weekday"))
    steps: list[tuple[str | int, str]] = [(node.name, node.name)] if isinstance(node, nodes.Name) else []
    for key, dotted in parts:
        steps.append((key, _joined(steps[-1][1] if steps else _written(constant), key, dotted=dotted)))
    return Expression(expression.lineno, tuple(steps), tuple(filters), constant)


def _constant(node: nodes.Node | None) -> str | int | None:
    """Return the text or whole number that a node is; ``None`` for any other, and for a text that begins with ``_``."""
    from jinja2 import nodes

    value = node.value if isinstance(node, nodes.Const) else None
    if isinstance(value, bool) or not isinstance(value, (int, str)):
        return None
    return None if isinstance(value, str) and value.startswith("_") else value


def _joined(whole: str, key: str | int, *, dotted: bool) -> str:
    return f"{whole}.{key}" if dotted else f"{whole}[{_written(key)}]"


def _written(value: str | int | None) -> str:
    return json.dumps(value, ensure_ascii=False)


def _filtered(name: str, value: Any, spelled: str, language: str) -> str:
    try:
        return FILTERS[name](value, language)
    except ValueError as error:
        raise ValueError(f"{spelled}|{name}: {error}") from None


def part_of(whole: Any, key: str | int, spelled: str) -> Any:
    """Return an entry of a list, a value of a mapping, or a field or property of a dataclass.

    Raises `ValueError`, which calls the part ``spelled``, where there is none.
    """
    if isinstance(whole, Sequence) and not isinstance(whole, str) and isinstance(key, int):
        if 0 <= key < len(whole):
            return whole[key]
        raise ValueError(
            _("there is no {spelled}; the list has {number} entries, counted from 0").format(
                spelled=spelled, number=len(whole)
            )
        )
    names = whole if isinstance(whole, Mapping) else _fields(whole.__class__)
    if key not in names:
        raise ValueError(_("unknown name {spelled}").format(spelled=spelled) + _hint(str(key), names))
    return whole[key] if isinstance(whole, Mapping) else getattr(whole, str(key))


@lru_cache
def _fields(kind: type) -> tuple[str, ...]:
    if not dataclasses.is_dataclass(kind):
        return ()
    properties = (name for name in dir(kind) if isinstance(getattr(kind, name), property))
    return (*(field.name for field in dataclasses.fields(kind)), *properties)


def _hint(name: str, valid: Sequence[str] | Mapping[str, Any]) -> str:
    hint = nearest(name, valid)
    return f"; {hint}" if hint else ""


def _date(value: Any, _language: str) -> str:
    if not isinstance(value, date):
        raise ValueError(_("this is no date"))
    return f"{value.day:02}/{value.month:02}/{value.year:04}"


def _time(value: Any, _language: str) -> str:
    if not isinstance(value, (datetime, time)):
        raise ValueError(_("this has no time of day"))
    return f"{value.hour}h{value.minute:02}"


def _weekday(value: Any, language: str) -> str:
    if not isinstance(value, date):
        raise ValueError(_("this is no date"))
    return _WEEKDAYS[language][value.weekday()]


FILTERS: dict[str, Callable[[Any, str], str]] = {"date": _date, "time": _time, "weekday": _weekday}
