"""Whether an object that a plugin registers is a channel, so that nothing stumbles over it later."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

from scheduler.channels.channel import Bulk, Kind, LooksUp
from scheduler.channels.item import PLAN_VALUES
from scheduler.channels.options import Options
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
_MODELS = ("options", "target_options")


def fitting(channel: Any) -> Channel[Any]:
    """Return the channel. Raises `TypeError` that says what it lacks."""
    name = getattr(channel, "name", None)
    missing = [each for each in (*_ATTRIBUTES, *_MODELS, *_REQUIRED) if not hasattr(channel, each)]
    if (
        isinstance(channel, type)
        or not isinstance(name, str)
        or not name.replace("-", "").isalnum()
        or name != name.lower()
    ):
        raise TypeError(
            _("register_channels returned {channel!r}, which is no channel with a lower-case name").format(
                channel=channel
            )
        )
    if missing:
        raise TypeError(_("channel {name!r} lacks {names}").format(name=name, names=", ".join(missing)))
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
