"""In the plugin's process: what Loa is told of its channels, and of its options and their values."""

from __future__ import annotations

import types
from collections.abc import Mapping
from datetime import date, datetime, time, timedelta
from enum import Enum
from pathlib import PurePath
from typing import TYPE_CHECKING, Annotated, Any, Literal, Union, get_args, get_origin

from pydantic import BaseModel

from scheduler.channels.channel import Bulk, LooksUp, Probes, Projection, TriesOut, Withdraws
from scheduler.channels.isolated.sheets import ChannelSheet, FieldSheet, ModelSheet
from scheduler.channels.options import Secret
from scheduler.channels.showing import Shows

if TYPE_CHECKING:
    from collections.abc import Iterable

    from pydantic.fields import FieldInfo

    from scheduler.channels.channel import Channel
    from scheduler.channels.options import Options

PARTS: tuple[tuple[Any, tuple[str, ...]], ...] = (
    (Bulk, ("batch_size",)),
    (Projection, ()),
    (Withdraws, ("withdraws_again",)),
    (LooksUp, ("settle_after",)),
    (Probes, ()),
    (TriesOut, ("test_to",)),
    (Shows, ()),
)
"""The optional protocols that Loa asks for in its own process, with their attributes."""

BOUNDS = ("gt", "ge", "lt", "le", "max_length", "pattern")
_TYPES = (bool, int, float, timedelta, datetime, date, time, Secret, PurePath, str)
_PLAIN = (bool, int, float, str, bytes, timedelta, datetime, date, time, PurePath, type(None))


def channel_sheet(channel: Channel[Any]) -> ChannelSheet:
    """Describe a channel."""
    parts = {
        kind.__name__: {name: getattr(channel, name) for name in names}
        for kind, names in PARTS
        if isinstance(channel, kind)
    }
    return ChannelSheet(
        name=channel.name,
        title=str(channel.title),
        kind=channel.kind,
        uses=tuple(map(str, channel.uses)),
        lead=channel.lead,
        late=channel.late,
        grace=channel.grace,
        staged=channel.staged,
        speaks=bool(getattr(channel, "speaks", False)),
        options=_model(channel.options),
        target_options=_model(channel.target_options),
        parts=parts,
    )


def _model(model: type[Options]) -> ModelSheet:
    fields = tuple(_field(name, each) for name, each in model.model_fields.items())
    return ModelSheet(model.__name__, fields, tuple(sorted(model.operational)))


def _field(name: str, field: FieldInfo) -> FieldSheet:
    kind = _bounded(_kind(field.annotation), field.metadata)
    required = field.is_required()
    default = None if required else plain(field.get_default(call_default_factory=True))
    return FieldSheet(name, kind, required, field.description or "", default)


def _bounded(kind: tuple[Any, ...], metadata: Iterable[Any]) -> tuple[Any, ...]:
    bounds = [
        (name, plain(getattr(each, name)))
        for each in metadata
        for name in BOUNDS
        if getattr(each, name, None) is not None
    ]
    return ("bounded", kind, tuple(bounds)) if bounds else kind


def _kind(kind: Any) -> tuple[Any, ...]:
    origin, args = get_origin(kind), get_args(kind)
    if origin is Annotated:
        return _bounded(_kind(args[0]), args[1:])
    if origin in (Union, types.UnionType):
        return ("union", *map(_kind, args))
    if kind is type(None):
        return ("none",)
    if origin is Literal or (isinstance(kind, type) and issubclass(kind, Enum)):
        return ("literal", *(plain(each) for each in (args or tuple(kind))))
    if origin in (list, tuple, set, frozenset):
        return ("list", *(_kind(each) for each in args[:1]))
    if origin is dict or (isinstance(kind, type) and issubclass(kind, BaseModel) and not issubclass(kind, Secret)):
        return ("table",)
    return next((("type", each.__name__) for each in _TYPES if isinstance(kind, type) and issubclass(kind, each)), ())


def plain(value: Any) -> Any:
    """Return a value of the options without any class of the plugin's own; a `Secret` stays one, wherever it stands."""
    if type(value) is Secret or type(value) in _PLAIN:
        return value
    if isinstance(value, Secret):
        return Secret(env=value.env, file=value.file, credential=value.credential)
    if isinstance(value, BaseModel):
        return {name: plain(getattr(value, name)) for name in type(value).model_fields}
    if isinstance(value, Enum):
        return plain(value.value)
    if isinstance(value, Mapping):
        return {str(key): plain(each) for key, each in value.items()}
    if isinstance(value, (list, tuple, set, frozenset)):
        kind = next(each for each in (list, tuple, set, frozenset) if isinstance(value, each))
        return kind(plain(each) for each in value)
    return value if isinstance(value, PurePath) else str(value)


def validated(options: Options) -> tuple[dict[str, Any], dict[str, Any]]:
    """Return the values of options, and what the digest of an approval is made of (all of it, in values of JSON)."""
    values = {name: plain(getattr(options, name)) for name in type(options).model_fields}
    return values, options.model_dump(mode="json")
