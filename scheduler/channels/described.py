"""What a model of options asks for, in words: each key with its type, its default, and what an approval makes of it."""

from __future__ import annotations

import types
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from enum import Enum
from pathlib import PurePath
from typing import TYPE_CHECKING, Annotated, Any, Literal, Union, get_args, get_origin

from pydantic import BaseModel

from scheduler.channels.options import Secret
from scheduler.ground.text import N_, _
from scheduler.plan.durations import format_duration

if TYPE_CHECKING:
    from collections.abc import Iterable

    from pydantic.fields import FieldInfo

    from scheduler.channels.options import Options

_WORDS: tuple[tuple[type, str, str], ...] = (
    (bool, N_("yes or no"), "true"),
    (int, N_("number"), "1"),
    (float, N_("number"), "1.5"),
    (timedelta, N_("duration"), '"10m"'),
    (datetime, N_("date and time"), "2021-05-10T08:00:00"),
    (date, N_("date"), "2021-05-10"),
    (time, N_("time of day"), "08:00:00"),
    (Secret, N_("secret"), '{ env = "NAME" }'),
    (PurePath, N_("path"), '"folder"'),
    (str, N_("text"), '"…"'),
)
_BOUNDS = (
    ("gt", N_("above {bound}")),
    ("ge", N_("from {bound}")),
    ("lt", N_("below {bound}")),
    ("le", N_("to {bound}")),
    ("max_length", N_("at most {bound} long")),
    ("pattern", N_("like {bound}")),
)


@dataclass(frozen=True, slots=True)
class Described:
    """One key. ``default`` is as one writes it, "" for none; ``about`` is what the plugin says of it.

    An ``operational`` key says how a channel works and not what it says, so that no approval covers it.
    """

    name: str
    kind: str
    default: str
    required: bool
    secret: bool
    operational: bool
    about: str
    example: str


def described(model: type[Options]) -> list[Described]:
    """Return the keys of a model, in its order."""
    return [_key(model, name, field) for name, field in model.model_fields.items()]


def _key(model: type[Options], name: str, field: FieldInfo) -> Described:
    words, example, secret = _words(field.annotation, field.metadata)
    required = field.is_required()
    return Described(
        name,
        words,
        "" if required else written(field.get_default(call_default_factory=True)),
        required,
        secret,
        name in model.operational,
        _(field.description) if field.description else "",
        example,
    )


def _words(kind: Any, bounds: Iterable[Any] = ()) -> tuple[str, str, bool]:
    """Return a type in words, an example of it, and whether it is a secret."""
    origin, args = get_origin(kind), get_args(kind)
    if origin is Annotated:
        return _words(args[0], [*args[1:], *bounds])
    if origin in (Union, types.UnionType):
        every = [_words(each, bounds) for each in args if each is not type(None)]
        return _(" or ").join(dict.fromkeys(each[0] for each in every)), every[0][1], any(each[2] for each in every)
    if origin is Literal or (isinstance(kind, type) and issubclass(kind, Enum)):
        values = [written(each) for each in (args or tuple(kind))]
        return _("one of {values}").format(values=", ".join(values)), f'"{values[0]}"', False
    if origin in (list, tuple, set, frozenset):
        inner, example, secret = _words(args[0]) if args else (_("text"), '"…"', False)
        return _("list of: {kind}").format(kind=inner), f"[{example}]", secret
    if origin is dict or (isinstance(kind, type) and issubclass(kind, BaseModel) and not issubclass(kind, Secret)):
        return _("table"), "{}", False
    for known, word, example in _WORDS:
        if isinstance(kind, type) and issubclass(kind, known):
            return " ".join([_(word), *_limits(bounds)]), example, known is Secret
    return _("value"), '"…"', False


def _limits(bounds: Iterable[Any]) -> list[str]:
    found = []
    for each in bounds:
        for name, words in _BOUNDS:
            bound = getattr(each, name, None)
            if bound is not None:
                found.append(_(words).format(bound=written(bound)))
    return found


def written(value: Any) -> str:
    """Return a value as config.toml has it, more or less; "" for none."""
    if value is None or value == "":
        return ""
    if isinstance(value, timedelta):
        return format_duration(value)
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, dict):
        return ", ".join(f"{key} = {written(each)}" for key, each in value.items())
    if isinstance(value, (list, tuple, set, frozenset)):
        return ", ".join(written(each) for each in value)
    return str(value.value if isinstance(value, Enum) else value)
