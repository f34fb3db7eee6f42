"""Values that only ``config.toml`` has: rates, sizes, zones, addresses, and references to secrets."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from types import MappingProxyType
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError, available_timezones

from scheduler.ground.problem import nearest
from scheduler.ground.text import _
from scheduler.plan.durations import format_duration, parse_duration
from scheduler.plan.values import Wrong, as_line, as_link, as_table, as_text

ZONE = "Asia/Ho_Chi_Minh"
_RATE = re.compile(r"([0-9]{1,9})\s*/\s*(\S.*)")
_SIZE = re.compile(r"([0-9]{1,6})\s*(MB|GB)")
_UNITS = {"MB": 20, "GB": 30}
_SHORT = {"1s": "s", "1m": "min", "1h": "h", "1d": "d"}
_PERIODS = {"min": "1m", "hour": "1h", "day": "1d", "s": "1s", "m": "1m", "h": "1h", "d": "1d"}


@dataclass(frozen=True, slots=True)
class Rate:
    """At most ``count`` calls in any stretch of ``per``."""

    count: int
    per: timedelta

    def __str__(self) -> str:
        per = format_duration(self.per)
        return f"{self.count}/{_SHORT.get(per, per)}"


def as_zone(value: object) -> ZoneInfo:
    """Convert the name of a time zone."""
    name = as_line(value)
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        hint = nearest(name, available_timezones())
        raise Wrong(
            _("there is no time zone {name!r}").format(name=name), hint or _("for example {zone}").format(zone=ZONE)
        ) from None


def as_rate(value: object) -> Rate:
    """Convert ``30/min``, ``5/s``, ``100/h`` or ``30/10s``."""
    text = as_line(value)
    found = _RATE.fullmatch(text)
    if found is None:
        raise Wrong(_("{text!r} is not a rate like 30/min, 5/s or 100/h").format(text=text))
    count, period = int(found[1]), found[2]
    try:
        per = parse_duration(_PERIODS.get(period, period))
    except ValueError:
        raise Wrong(_("{text!r} is not a rate like 30/min, 5/s or 100/h").format(text=text)) from None
    if not count or per <= timedelta():
        raise Wrong(_("{text!r} would never let anything go").format(text=text))
    return Rate(count, per)


def as_size(value: object) -> int:
    """Convert ``64 MB`` or ``2 GB`` to bytes, by 1024."""
    text = as_line(value)
    found = _SIZE.fullmatch(text)
    if found is None or not int(found[1]):
        raise Wrong(_("{text!r} is not a size like 256 MB or 2 GB").format(text=text))
    return int(found[1]) << _UNITS[found[2]]


def as_address(value: object) -> str:
    """Convert an e-mail address."""
    text = as_line(value)
    if not re.fullmatch(r"[^\s@<>,]+@[^\s@<>,]+", text):
        raise Wrong(_("{text!r} is not an e-mail address").format(text=text))
    return text


def as_webhook(value: object) -> str | Mapping[str, Any]:
    """Convert a web address, or a reference to a secret that is one."""
    return as_secret(value) if isinstance(value, Mapping) else as_link(value)


def as_secret(value: object) -> Mapping[str, Any]:
    """Convert a reference to a secret."""
    if isinstance(value, str):
        raise Wrong(_("a secret never stands in the file"), _("write {text}").format(text='{ env = "NAME" }'))
    table = as_table(value)
    if len(table) != 1 or not set(table) <= {"env", "file", "credential"}:
        raise Wrong(_("must have exactly one of env, file, credential"))
    return MappingProxyType({key: as_text(each) for key, each in table.items()})
