"""What may stand between ``{{`` and ``}}``: a name and its parts, or a constant, behind filters.

Held against Jinja's syntax tree before anything is compiled, so a text cannot call, count or repeat
anything, and what it uses can be read off it.
"""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime, time
from typing import TYPE_CHECKING, Any

from scheduler.ground.problem import nearest
from scheduler.ground.text import _

if TYPE_CHECKING:
    from jinja2 import nodes

_WEEKDAYS = ("thứ Hai", "thứ Ba", "thứ Tư", "thứ Năm", "thứ Sáu", "thứ Bảy", "Chủ nhật")
_DEEPEST = 16


def check_allowed(expression: nodes.Expr) -> None:
    """Raise `ValueError` for anything but a name with parts, or a constant, behind filters."""
    from jinja2 import nodes

    node: nodes.Expr | None = expression
    for _depth in range(_DEEPEST):
        if not isinstance(node, nodes.Filter) or node.args or node.kwargs:
            break
        if node.name not in FILTERS:
            raise ValueError(_("unknown filter {name!r}").format(name=node.name) + _hint(node.name, FILTERS))
        node = node.node
    for _depth in range(_DEEPEST):
        if not isinstance(node, (nodes.Getattr, nodes.Getitem)) or not _open(node):
            break
        node = node.node
    if not (isinstance(node, nodes.Name) or (isinstance(node, nodes.Const) and _plain(node))):
        raise ValueError(_("only names of the plan are allowed between {{ and }}, with |date, |time or |weekday"))


def _open(node: nodes.Getattr | nodes.Getitem) -> bool:
    from jinja2 import nodes

    return not node.attr.startswith("_") if isinstance(node, nodes.Getattr) else _plain(node.arg)


def _plain(node: nodes.Node) -> bool:
    from jinja2 import nodes

    if not isinstance(node, nodes.Const) or isinstance(node.value, bool):
        return False
    value = node.value
    return isinstance(value, int) or (isinstance(value, str) and not value.startswith("_"))


def unfiltered(node: nodes.Expr) -> nodes.Expr:
    """Return what stands before the filters."""
    from jinja2 import nodes

    while isinstance(node, nodes.Filter) and node.node is not None:
        node = node.node
    return node


def spell(node: nodes.Expr) -> str:
    """Return the name as one writes it, in one spelling."""
    from jinja2 import nodes

    if isinstance(node, nodes.Getattr):
        return f"{spell(node.node)}.{node.attr}"
    if isinstance(node, nodes.Getitem) and isinstance(node.arg, nodes.Const):
        return f"{spell(node.node)}[{json.dumps(node.arg.value, ensure_ascii=False)}]"
    if isinstance(node, nodes.Name):
        return node.name
    return json.dumps(getattr(node, "value", ""), ensure_ascii=False)


def value_of(node: nodes.Expr, values: Mapping[str, Any]) -> Any:
    """Return what an allowed expression stands for. Raises `ValueError` with the nearest valid name."""
    from jinja2 import nodes

    if isinstance(node, nodes.Const):
        return node.value
    if isinstance(node, nodes.Filter) and node.node is not None:
        return _filtered(node.name, value_of(node.node, values), spell(unfiltered(node)))
    if isinstance(node, nodes.Getattr):
        return part_of(value_of(node.node, values), node.attr, spell(node))
    if isinstance(node, nodes.Getitem) and isinstance(node.arg, nodes.Const):
        return part_of(value_of(node.node, values), node.arg.value, spell(node))
    return part_of(values, spell(node), spell(node))


def _filtered(name: str, value: Any, spelled: str) -> str:
    try:
        return FILTERS[name](value)
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
    names = whole if isinstance(whole, Mapping) else _fields(whole)
    if key not in names:
        raise ValueError(_("unknown name {spelled}").format(spelled=spelled) + _hint(str(key), names))
    return whole[key] if isinstance(whole, Mapping) else getattr(whole, str(key))


def _fields(whole: Any) -> list[str]:
    if not dataclasses.is_dataclass(whole) or isinstance(whole, type):
        return []
    kind = type(whole)
    properties = [name for name in dir(kind) if isinstance(getattr(kind, name), property)]
    return [*(field.name for field in dataclasses.fields(whole)), *properties]


def check_printable(expression: nodes.Expr, value: Any) -> None:
    """Raise `ValueError` for a ``value`` that would leave a hole or a puzzle in a text."""
    spelled = spell(unfiltered(expression))
    if isinstance(value, (date, time)):
        raise ValueError(
            _("{spelled} is a time; say how it is written: |date, |time or |weekday").format(spelled=spelled)
        )
    if value is None or value == "":
        raise ValueError(_("{spelled} is empty").format(spelled=spelled))
    if isinstance(value, bool) or not isinstance(value, (str, int)):
        raise ValueError(_("{spelled} is not a text").format(spelled=spelled))


def _hint(name: str, valid: Sequence[str] | Mapping[str, Any]) -> str:
    hint = nearest(name, valid)
    return f"; {hint}" if hint else ""


def _date(value: Any) -> str:
    if not isinstance(value, date):
        raise ValueError(_("this is no date"))
    return f"{value.day:02}/{value.month:02}/{value.year:04}"


def _time(value: Any) -> str:
    if not isinstance(value, (datetime, time)):
        raise ValueError(_("this has no time of day"))
    return f"{value.hour}h{value.minute:02}"


def _weekday(value: Any) -> str:
    if not isinstance(value, date):
        raise ValueError(_("this is no date"))
    return _WEEKDAYS[value.weekday()]


FILTERS: dict[str, Callable[[Any], str]] = {"date": _date, "time": _time, "weekday": _weekday}
