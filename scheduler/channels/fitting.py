"""Whether an object that a plugin registers is a channel, so that nothing stumbles over it later."""

from __future__ import annotations

import re
import types
from datetime import timedelta
from typing import TYPE_CHECKING, Annotated, Any, Literal, Union, get_args, get_origin

from scheduler.channels.channel import Bulk, Kind, LooksUp
from scheduler.channels.item import PLAN_VALUES
from scheduler.channels.options import Options
from scheduler.ground.borrowed import complaint
from scheduler.ground.lifecycle import Late
from scheduler.ground.text import _

if TYPE_CHECKING:
    from collections.abc import Iterator

    from scheduler.channels.channel import Channel

_REQUIRED = ("render", "check", "forecast", "idempotent", "deliver")
_ATTRIBUTES = {
    "name": str,
    "kind": Kind,
    "uses": tuple,
    "lead": timedelta,
    "late": Late,
    "grace": timedelta,
    "staged": bool,
}
_LISTS = (list, tuple, set, frozenset)
_MODELS = ("options", "target_options")


def _defined(channel: str, model: Any) -> None:
    """Raise `TypeError` where a model's annotations name what is not there."""
    if getattr(model, "__pydantic_fields_complete__", True):
        return
    from pydantic.errors import PydanticUndefinedAnnotation

    try:
        model.model_rebuild()
    except PydanticUndefinedAnnotation as error:
        text = _(
            "channel {channel!r}: {model} names {what!r}, which is not defined: define or import it above the class"
        )
        raise TypeError(text.format(channel=channel, model=model.__name__, what=error.name)) from None


def fitting(channel: Any) -> Channel[Any]:
    """Return the channel. Raises `TypeError` that says what it lacks."""
    if isinstance(channel, type):
        text = _("register_channels returned the class {kind}, not an object made of it: return [{kind}()]")
        raise TypeError(text.format(kind=channel.__name__))
    name = getattr(channel, "name", None)
    missing = [each for each in (*_ATTRIBUTES, *_MODELS, *_REQUIRED) if not hasattr(channel, each)]
    if not isinstance(name, str) or not name:
        text = _("register_channels returned {kind}, which is no channel: it has no name")
        raise TypeError(text.format(kind=type(channel).__name__))
    if not name.replace("-", "").isalnum() or name != name.lower():
        text = _("channel {name!r}: its name must be of lower-case letters, digits and hyphens, as in {example!r}")
        example = "-".join(re.findall(r"[^\W_]+", name.lower())) or "village-app"
        raise TypeError(text.format(name=name, example=example))
    if missing:
        raise TypeError(_("channel {name!r} lacks {names}").format(name=name, names=", ".join(missing)))
    for attribute in _MODELS:
        _defined(name, getattr(channel, attribute))
    not_callable = [each for each in _REQUIRED if not callable(getattr(channel, each))]
    if not_callable:
        raise TypeError(
            _("channel {name!r}: {names} cannot be called").format(name=name, names=", ".join(not_callable))
        )
    for attribute, kind in _wrong(channel):
        raise TypeError(
            _("channel {name!r}: {attribute} must be {kind}").format(name=name, attribute=attribute, kind=kind)
        )
    checked: Channel[Any] = channel
    return checked


def _wrong(channel: Any) -> Iterator[tuple[str, str]]:
    """Yield which attributes are not of their kind, and the kind, so that nothing stumbles over them later."""
    for attribute, kind in _ATTRIBUTES.items():
        if not isinstance(getattr(channel, attribute), kind):
            yield attribute, kind.__name__
    for attribute in _MODELS:
        model = getattr(channel, attribute)
        if not (isinstance(model, type) and issubclass(model, Options)):
            yield attribute, "a class derived from Options"
    if isinstance(channel.uses, tuple) and not PLAN_VALUES.issuperset(map(str, channel.uses)):
        yield "uses", _("names of values of the plan: {names}").format(names=", ".join(sorted(PLAN_VALUES)))
    size, wait = getattr(channel, "batch_size", 1), getattr(channel, "settle_after", timedelta())
    if isinstance(channel, Bulk) and not (isinstance(size, int) and size > 0):
        yield "batch_size", "a number above 0"
    if isinstance(channel, LooksUp) and not isinstance(wait, timedelta):
        yield "settle_after", "timedelta"


def misfits(model: type[Options]) -> Iterator[tuple[str, str]]:
    """Yield each key whose default is not of the key's own type, and why: pydantic takes a default as it is.

    What a validator of the plugin's own, or a limit, says of a default is not asked: one outside them can mean "none".
    """
    for name, field in model.model_fields.items():
        if field.is_required() or field.default_factory is not None or _is(field.default, field.annotation):
            continue
        if why := _why(field.default, field.annotation):
            yield name, why


def _is(value: object, kind: Any) -> bool:
    """Return whether a value is of a type at first sight, so that nothing more is asked of it."""
    origin, args = get_origin(kind), get_args(kind)
    if origin is Annotated:
        return _is(value, args[0])
    if origin in (Union, types.UnionType):
        return any(_is(value, each) for each in args)
    if origin is Literal:
        return value in args
    plain = origin or kind
    return value is None if kind is None else kind is Any or (isinstance(plain, type) and isinstance(value, plain))


def _why(value: object, kind: Any) -> str:
    """Return why a value is not of a type, or "" where it is as good as one."""
    from pydantic import TypeAdapter, ValidationError

    try:
        made = TypeAdapter(kind).validate_python(value)
    except ValidationError as error:
        return f"{value!r}: {complaint(error.errors(include_url=False)[0])}"
    except Exception:  # noqa: BLE001 - a type of the plugin's own, of which pydantic knows nothing
        return ""
    if made == value or (isinstance(made, _LISTS) and isinstance(value, _LISTS)):
        return ""
    said = _("{value!r} is {kind}, and must be {wanted}")
    return said.format(value=value, kind=type(value).__name__, wanted=type(made).__name__)
