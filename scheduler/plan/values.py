"""Single values of the files: from what YAML or TOML gave to what a key wants, or `Wrong`.

In YAML every scalar is text; TOML has types of its own. Both mean the same here.
"""

from __future__ import annotations

import re
import unicodedata
from datetime import date, datetime, time, timedelta
from typing import TYPE_CHECKING, TypeVar
from urllib.parse import urlsplit

from scheduler.ground.problem import nearest
from scheduler.plan.durations import parse_duration
from scheduler.plan.source import CONTROL

if TYPE_CHECKING:
    from collections.abc import Callable, Collection
    from enum import StrEnum

E = TypeVar("E", bound="StrEnum")

YEARS = range(1900, 2200)
_ID = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")
_DATE = re.compile(r"(\d{4})-(\d\d)-(\d\d)", re.ASCII)
_TIME = re.compile(r"(\d\d):(\d\d)(?::(\d\d))?", re.ASCII)
_LOOSE_TIME = re.compile(r"(\d{1,2})[:hg.](\d\d)?", re.ASCII)
_VIETNAMESE = re.compile(r"(\d{1,2})[/.-](\d{1,2})[/.-](\d{4})(.*)", re.ASCII)
_ID_LENGTH = 80


class Wrong(ValueError):
    """A value that its key does not allow. ``hint`` names what would be right."""

    def __init__(self, message: str, hint: str = "") -> None:
        super().__init__(message)
        self.hint = hint


def kind_of(value: object) -> str:
    """Return what ``value`` is, in the words of a message."""
    kinds: tuple[tuple[type, str], ...] = (
        (bool, "true or false"),
        (str, "text"),
        (int, "a number"),
        (float, "a number"),
        (datetime, "a date and time"),
        (date, "a date"),
        (time, "a time"),
        (list, "a list"),
        (dict, "a table"),
    )
    return next((name for kind, name in kinds if isinstance(value, kind)), type(value).__name__)


def as_text(value: object) -> str:
    if not isinstance(value, str):
        raise Wrong(f"must be text, not {kind_of(value)}")
    control = CONTROL.search(value)
    if control is not None:
        raise Wrong(f"holds the control character U+{ord(control[0]):04X}")
    return unicodedata.normalize("NFC", value).strip()


def as_line(value: object) -> str:
    text = as_text(value)
    if "\n" in text:
        raise Wrong("must be one line")
    return text


def is_id(text: str) -> bool:
    return bool(_ID.fullmatch(text)) and len(text) <= _ID_LENGTH


def as_id(value: object) -> str:
    text = as_text(value)
    if not _ID.fullmatch(text):
        message = f"{text!r} is not an id: lower-case letters a-z, digits and hyphens"
        near = slug(text)
        raise Wrong(message, f"did you mean {near!r}?" if near else "")
    if len(text) > _ID_LENGTH:
        raise Wrong(f"an id has at most {_ID_LENGTH} characters, this one {len(text)}")
    return text


def slug(text: str) -> str:
    """Return ``text`` as an id: without accents, in lower case, with hyphens; perhaps ""."""
    plain = unicodedata.normalize("NFD", text.replace("đ", "d").replace("Đ", "d"))
    words = re.findall(r"[a-z0-9]+", re.sub("[\u0300-\u036f]", "", plain).lower())
    return "-".join(words)[:_ID_LENGTH].rstrip("-")


def reference(kind: str, valid: Collection[str] | None) -> Callable[[object], str]:
    """Return a converter to a name that must be one of ``valid``; ``None`` checks nothing."""

    def convert(value: object) -> str:
        name = as_text(value)
        if valid is not None and name not in valid:
            raise Wrong(f"there is no {kind} {name!r}", nearest(name, valid))
        return name

    return convert


def as_link(value: object) -> str:
    """Convert a web address, http or https."""
    text = as_line(value)
    try:
        parts = urlsplit(text)
        ok = parts.scheme in ("http", "https") and parts.hostname and not re.search(r"\s", text)
        _ = parts.port
    except ValueError:
        ok = False
    if not ok:
        hint = f"write https://{text}" if re.match(r"[\w-]+(\.[\w-]+)+(/|$)", text) else ""
        raise Wrong(f"{text!r} is not a web address (http or https)", hint)
    return text


def as_path(value: object) -> str:
    """Convert a path that stays below the folder it counts from: relative, with ``/``, no ``..``."""
    text = as_line(value)
    if text.startswith(("/", "~")) or re.match(r"[A-Za-z]:", text):
        raise Wrong(f"{text!r} is not a path below this folder")
    if "\\" in text:
        raise Wrong(f"{text!r} has a backslash", f"write {text.replace(chr(92), '/')}")
    if ".." in text.split("/"):
        raise Wrong(f"{text!r} leads out of its folder")
    return text


def as_list(value: object) -> list[object]:
    if isinstance(value, list):
        return value
    hint = f"write [{value}]" if isinstance(value, str) and "\n" not in value else ""
    raise Wrong(f"must be a list, not {kind_of(value)}", hint)


def as_table(value: object) -> dict[str, object]:
    if isinstance(value, dict):
        return value
    raise Wrong(f"must be a table, not {kind_of(value)}")


def as_flag(value: object) -> bool:
    if isinstance(value, bool):
        return value
    if value in ("true", "yes"):
        return True
    if value in ("false", "no"):
        return False
    raise Wrong(f"must be true or false, not {_shown(value)}")


def as_count(low: int = 0, high: int = 10**15) -> Callable[[object], int]:
    """Return a converter to a whole number between ``low`` and ``high``, both included."""

    def convert(value: object) -> int:
        if isinstance(value, str) and re.fullmatch(r"[+-]?[0-9]{1,18}", value):
            value = int(value)
        if not isinstance(value, int) or isinstance(value, bool):
            raise Wrong(f"must be a whole number, not {_shown(value)}")
        if not low <= value <= high:
            raise Wrong(f"must be from {low} to {high}, not {value}")
        return value

    return convert


def as_choice(kind: type[E]) -> Callable[[object], E]:
    """Return a converter to a member of a text enumeration."""

    def convert(value: object) -> E:
        return kind(one_of(*kind)(value))

    return convert


def one_of(*valid: str) -> Callable[[object], str]:
    """Return a converter to one of a few words."""

    def convert(value: object) -> str:
        text = as_text(value)
        if text not in valid:
            words = ", ".join(str(each) for each in valid)
            raise Wrong(f"must be one of {words}, not {text!r}", nearest(text, valid))
        return text

    return convert


def as_duration(low: timedelta | None = timedelta()) -> Callable[[object], timedelta]:
    """Return a converter to a length of time of at least ``low``; ``None`` allows any."""

    def convert(value: object) -> timedelta:
        if not isinstance(value, str):
            raise Wrong(f'must be a length of time like "2h", not {kind_of(value)}')
        try:
            length = parse_duration(value)
        except ValueError as error:
            raise Wrong(str(error)) from None
        if low is not None and length < low:
            raise Wrong(f"{value!r} is too short" if low else f"{value!r} must not be negative")
        return length

    return convert


def as_date(value: object) -> date:
    """Convert ``2021-05-03``, as text or as a date of TOML."""
    if isinstance(value, date) and not isinstance(value, datetime):
        return _in_range(value)
    text = _dated(value, "a date like 2021-05-03")
    found = _DATE.fullmatch(text)
    if found is None:
        raise Wrong(f"{text!r} is not a date like 2021-05-03", _turned(text))
    return _in_range(_day(text))


def as_moment(value: object) -> datetime:
    """Convert ``2021-05-03 05:30``, a local time, as text or as a date-time of TOML."""
    if isinstance(value, datetime):
        text = value.isoformat(" ")
    else:
        text = _dated(value, "a date and time like 2021-05-03 05:30")
    day, clock = text[:10], text[11:]
    if not _DATE.fullmatch(day) or (text[10:11] or " ") not in " T":
        raise Wrong(f"{text!r} is not a date and time like 2021-05-03 05:30", _turned(text))
    if not clock:
        raise Wrong(f"{text!r} has no time of day", f"write {day} 08:00")
    if re.search(r"(?:Z|[+-]\d\d:?\d\d)$", clock):
        raise Wrong(f"{text!r} names a zone", "times are local to the campaign's zone")
    return datetime.combine(_in_range(_day(day)), as_time(clock))


def as_time(value: object) -> time:
    """Convert ``05:30``, as text or as a time of TOML."""
    if isinstance(value, time):
        return value
    text = _dated(value, "a time like 05:30")
    found = _TIME.fullmatch(text)
    if found is None:
        near = _LOOSE_TIME.fullmatch(text)
        hint = f"write {int(near[1]):02d}:{near[2] or '00'}" if near else ""
        raise Wrong(f"{text!r} is not a time like 05:30", hint)
    try:
        return time(int(found[1]), int(found[2]), int(found[3] or 0))
    except ValueError:
        raise Wrong(f"there is no time {text}") from None


def as_date_or_moment(value: object) -> date | datetime:
    """Convert a date, or a date with a time."""
    text = value.strip() if isinstance(value, str) else ""
    only_day = _DATE.fullmatch(text) or not isinstance(value, (str, datetime))
    return as_date(value) if only_day else as_moment(value)


def _dated(value: object, form: str) -> str:
    if not isinstance(value, str):
        raise Wrong(f"must be {form}, not {kind_of(value)}")
    return value.strip()


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise Wrong(f"there is no date {text}") from None


def _in_range(day: date) -> date:
    if day.year not in YEARS:
        raise Wrong(f"the year {day.year} is not from {YEARS[0]} to {YEARS[-1]}")
    return day


def _turned(text: str) -> str:
    found = _VIETNAMESE.fullmatch(text)
    if found is None:
        return ""
    day = f"{found[3]}-{int(found[2]):02d}-{int(found[1]):02d}{found[4]}"
    try:
        date.fromisoformat(day[:10])
    except ValueError:
        return "there is no such date either"
    return f"write {day}"


def _shown(value: object) -> str:
    return repr(value) if isinstance(value, str) else kind_of(value)
