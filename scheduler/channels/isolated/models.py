"""In Loa's process: models of options whose values are validated in the plugin's process, where their own model is."""

from __future__ import annotations

from dataclasses import dataclass, make_dataclass
from datetime import date, datetime, time, timedelta
from functools import reduce
from operator import or_
from pathlib import PurePath
from typing import TYPE_CHECKING, Annotated, Any, ClassVar, Literal, Protocol

from pydantic import ConfigDict, PrivateAttr, ValidationError, create_model
from pydantic.fields import FieldInfo
from pydantic_core import PydanticCustomError

from scheduler.channels.options import Options, Secret

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence

    from pydantic_core import InitErrorDetails

    from scheduler.channels.isolated.sheets import FieldSheet, ModelSheet

_TYPES: dict[str, type] = {
    each.__name__: each for each in (bool, int, float, timedelta, datetime, date, time, Secret, PurePath, str)
}
_LIMITS = ("gt", "ge", "lt", "le", "max_length", "pattern")
_BOUNDS: Any = make_dataclass("Bounds", [(name, Any, None) for name in _LIMITS])


class Asked(Protocol):
    """Who validates: it returns the values and their JSON, or the errors that pydantic found."""

    def __call__(self, channel: str, which: str, given: Mapping[str, Any]) -> tuple[str, Any, Any]:
        """Validate what config.toml has for a channel's ``options`` or ``target_options``."""


@dataclass(frozen=True, slots=True)
class Origin:
    """Where the model of a class is: of which channel, ``options`` or ``target_options``, and who validates."""

    channel: str
    which: str
    ask: Asked

    @property
    def reference(self) -> tuple[str, str]:
        """What the plugin's process finds it by."""
        return self.channel, self.which


class Remote(Options):
    """Options of a channel in a process of its own. There they are made anew of what was given."""

    model_config = ConfigDict(protected_namespaces=())
    loa_remote: ClassVar[Origin]
    _loa_given: dict[str, Any] = PrivateAttr(default_factory=dict)
    _loa_dumped: dict[str, Any] = PrivateAttr(default_factory=dict)

    @classmethod
    def model_validate(cls, obj: Any, **more: Any) -> Any:
        """Return validated options. Raises `ValidationError`, and what else the plugin's own model raises."""
        found, values, dumped = cls.loa_remote.ask(*cls.loa_remote.reference, dict(obj))
        if found != "valid":
            raise _refused(cls.__name__, values)
        made = cls.model_construct(**values)
        made._loa_given, made._loa_dumped = dict(obj), dumped
        return made

    def model_dump(self, *, mode: str = "python", exclude: Collection[str] = (), **more: Any) -> dict[str, Any]:  # type: ignore[override]
        """Return the values; as JSON they are what the plugin's own model writes."""
        if mode == "json":
            return {name: each for name, each in self._loa_dumped.items() if name not in exclude}
        return super().model_dump(mode=mode, exclude=set(exclude), **more)

    def loa_given(self) -> dict[str, Any]:
        """Return what it was made of."""
        return self._loa_given


def remote(sheet: ModelSheet, origin: Origin) -> type[Options]:
    """Return the model that stands for the one that ``sheet`` describes."""
    fields: dict[str, Any] = {each.name: (Any, _info(each)) for each in sheet.fields}
    made = create_model(sheet.name, __base__=Remote, **fields)
    for each in sheet.fields:
        made.model_fields[each.name].annotation = _annotation(each.kind)
    made.operational = frozenset(sheet.operational)
    made.loa_remote = origin
    return made


def _info(field: FieldSheet) -> FieldInfo:
    given: dict[str, Any] = {} if field.required else {"default": field.default}
    return FieldInfo(**given, description=field.about or None)


def _annotation(kind: Sequence[Any]) -> Any:
    match list(kind):
        case ["bounded", inner, bounds]:
            return Annotated[_annotation(inner), *(_BOUNDS(**{name: value}) for name, value in bounds)]
        case ["union", *kinds]:
            return reduce(or_, map(_annotation, kinds))
        case ["literal", *values]:
            return Literal[tuple(values)]
        case ["list", *inner]:
            return list.__class_getitem__(_annotation(inner[0])) if inner else list
        case ["type", name]:
            return _TYPES[name]
        case ["none"]:
            return type(None)
        case ["table"]:
            return dict[str, Any]
    return object


def _refused(title: str, errors: list[dict[str, Any]]) -> ValidationError:
    return ValidationError.from_exception_data(title, [_line(title, each) for each in errors])


def _line(title: str, each: dict[str, Any]) -> InitErrorDetails:
    """Return one error as pydantic knows it, so that it is said in the language in use, or with its own words."""
    line: InitErrorDetails = {"type": each["type"], "loc": each["loc"], "input": None, "ctx": each.get("ctx", {})}
    try:
        ValidationError.from_exception_data(title, [line])
    except (KeyError, TypeError, ValueError):
        return {**line, "type": PydanticCustomError(each["type"], "{said}", {"said": each["msg"]})}
    return line
