"""Whether what a channel answers has values of the right kind in it, so that nothing stumbles over them later."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from scheduler.channels.channel import File, Forecast, Rendered
from scheduler.ground.text import _

if TYPE_CHECKING:
    from collections.abc import Iterator


def misshapen(answer: Rendered | Forecast) -> str:
    """Return which field holds something else than the contract says, in one line, or ""."""
    checks = _of_rendered(answer) if isinstance(answer, Rendered) else _of_forecast(answer)
    for name, fits, kind in checks:
        if not fits:
            return _("{answer}.{field} must be {kind}").format(answer=type(answer).__name__, field=name, kind=kind)
    return ""


def _of_rendered(found: Rendered) -> Iterator[tuple[str, bool, str]]:
    yield "body", isinstance(found.body, Mapping), "Mapping"
    yield "text", isinstance(found.text, str), "str"
    yield "files", _every(found.files, File), "tuple[File, ...]"
    figures: Any = found.figures
    sound = isinstance(figures, Mapping) and _every(tuple(figures.values()), int, float, str)
    yield "figures", sound, "Mapping[str, int | float | str]"


def _of_forecast(found: Forecast) -> Iterator[tuple[str, bool, str]]:
    yield "cost", isinstance(found.cost, int), "int"
    yield "units", isinstance(found.units, int), "int"
    yield "unit", isinstance(found.unit, str), "str"
    yield "people", found.people is None or isinstance(found.people, int), "int | None"


def _every(values: Any, *kinds: type) -> bool:
    return isinstance(values, tuple) and all(isinstance(each, kinds) for each in values)
