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
from scheduler.ground.text import N_, _, language
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
        (bool, N_("true or false")),
        (str, N_("text")),
        (int, N_("a number")),
        (float, N_("a number")),
        (datetime, N_("a date and time")),
        (date, N_("a date")),
        (time, N_("a time")),
        (list, N_("a list")),
        (dict, N_("a table")),
    )
    return next((_(name) for kind, name in kinds if isinstance(value, kind)), type(value).__name__)


def as_text(value: object) -> str:
    """Convert text, as written. Raises `Wrong`, like every converter here."""
    if not isinstance(value, str):
        raise Wrong(_("must be text, not {kind}").format(kind=kind_of(value)))
    control = CONTROL.search(value)
    if control is not None:
        raise Wrong(_("holds the control character U+{code:04X}").format(code=ord(control[0])))
    return unicodedata.normalize("NFC", value).strip()


def as_line(value: object) -> str:
    """Convert text of one line, without the space around it."""
    text = as_text(value)
    if "\n" in text:
        raise Wrong(_("must be one line"))
    return text


def is_id(text: str) -> bool:
    """Say whether ``text`` is an id: lower-case letters, digits and hyphens."""
    return bool(_ID.fullmatch(text)) and len(text) <= _ID_LENGTH


def as_id(value: object) -> str:
    """Convert an id."""
    text = as_text(value)
    if not _ID.fullmatch(text):
        message = _("{text!r} is not an id: lower-case letters a-z, digits and hyphens").format(text=text)
        near = slug(text)
        raise Wrong(message, _("did you mean {name!r}?").format(name=near) if near else "")
    if len(text) > _ID_LENGTH:
        raise Wrong(
            _("an id has at most {most} characters, this one {length}").format(most=_ID_LENGTH, length=len(text))
        )
    return text


def slug(text: str) -> str:
    """Return ``text`` as an id: without accents, in lower case, with hyphens; perhaps ""."""
    plain = unicodedata.normalize("NFD", text.replace("đ", "d").replace("Đ", "d"))
    words = re.findall(r"[a-z0-9]+", re.sub("[\u0300-\u036f]", "", plain).lower())
    return "-".join(words)[:_ID_LENGTH].rstrip("-")


def spoken(day: date) -> str:
    """Return a date as files have it, and as people in Viet Nam write it where that is the language in use."""
    return day.strftime("%d/%m/%Y") if language() == "vi" else day.isoformat()


def reference(kind: str, valid: Collection[str] | None) -> Callable[[object], str]:
    """Return a converter to a name that must be one of ``valid``; ``None`` checks nothing."""

    def convert(value: object) -> str:
        name = as_text(value)
        if valid is not None and name not in valid:
            raise Wrong(_("there is no {kind} {name!r}").format(kind=_(kind), name=name), nearest(name, valid))
        return name

    return convert


def as_link(value: object) -> str:
    """Convert a web address, http or https."""
    text = as_line(value)
    try:
        parts = urlsplit(text)
        right = parts.scheme in ("http", "https") and parts.hostname and not re.search(r"\s", text)
        ok = right and (parts.port is None or parts.port >= 0)  # a port that is no number raises
    except ValueError:
        ok = False
    if not ok:
        hint = _("write {text}").format(text=f"https://{text}") if re.match(r"[\w-]+(\.[\w-]+)+(/|$)", text) else ""
        raise Wrong(_("{text!r} is not a web address (http or https)").format(text=text), hint)
    return text


def as_path(value: object) -> str:
    """Convert a path that stays below the folder it counts from: relative, with ``/``, no ``..``."""
    text = as_line(value)
    if text.startswith(("/", "~")) or re.match(r"[A-Za-z]:", text):
        raise Wrong(_("{text!r} is not a path below this folder").format(text=text))
    if "\\" in text:
        raise Wrong(
            _("{text!r} has a backslash").format(text=text), _("write {text}").format(text=text.replace(chr(92), "/"))
        )
    if ".." in text.split("/"):
        raise Wrong(_("{text!r} leads out of its folder").format(text=text))
    return text


def as_list(value: object) -> list[object]:
    """Convert a list; its elements are not looked at."""
    if isinstance(value, list):
        return value
    hint = _("write {text}").format(text=f"[{value}]") if isinstance(value, str) and "\n" not in value else ""
    raise Wrong(_("must be a list, not {kind}").format(kind=kind_of(value)), hint)


def as_table(value: object) -> dict[str, object]:
    """Convert a table; its values are not looked at."""
    if isinstance(value, dict):
        return value
    raise Wrong(_("must be a table, not {kind}").format(kind=kind_of(value)))


def as_flag(value: object) -> bool:
    """Convert true or false."""
    if isinstance(value, bool):
        return value
    if value in ("true", "yes"):
        return True
    if value in ("false", "no"):
        return False
    raise Wrong(_("must be true or false, not {shown}").format(shown=_shown(value)))


def as_count(low: int = 0, high: int = 10**15) -> Callable[[object], int]:
    """Return a converter to a whole number between ``low`` and ``high``, both included."""

    def convert(value: object) -> int:
        if isinstance(value, str) and re.fullmatch(r"[+-]?[0-9]{1,18}", value):
            value = int(value)
        if not isinstance(value, int) or isinstance(value, bool):
            raise Wrong(_("must be a whole number, not {shown}").format(shown=_shown(value)))
        if not low <= value <= high:
            raise Wrong(_("must be from {low} to {high}, not {value}").format(low=low, high=high, value=value))
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
            raise Wrong(_("must be one of {words}, not {text!r}").format(words=words, text=text), nearest(text, valid))
        return text

    return convert


def as_duration(low: timedelta | None = timedelta()) -> Callable[[object], timedelta]:
    """Return a converter to a length of time of at least ``low``; ``None`` allows any."""

    def convert(value: object) -> timedelta:
        if not isinstance(value, str):
            raise Wrong(_('must be a length of time like "2h", not {kind}').format(kind=kind_of(value)))
        try:
            length = parse_duration(value)
        except ValueError as error:
            raise Wrong(str(error)) from None
        if low is not None and length < low:
            raise Wrong(
                _("{value!r} is too short").format(value=value)
                if low
                else _("{value!r} must not be negative").format(value=value)
            )
        return length

    return convert


def as_date(value: object) -> date:
    """Convert ``2021-05-03``, as text or as a date of TOML."""
    if isinstance(value, date) and not isinstance(value, datetime):
        return in_range(value)
    text = _dated(value, _("a date like 2021-05-03"))
    found = _DATE.fullmatch(text)
    if found is None:
        raise Wrong(_("{text!r} is not a date like 2021-05-03").format(text=text), _turned(text))
    return in_range(_day(text))


def as_moment(value: object) -> datetime:
    """Convert ``2021-05-03 05:30``, a local time, as text or as a date-time of TOML."""
    if isinstance(value, datetime):
        text = value.isoformat(" ")
    else:
        text = _dated(value, _("a date and time like 2021-05-03 05:30"))
    day, clock = text[:10], text[11:]
    if not _DATE.fullmatch(day) or (text[10:11] or " ") not in " T":
        raise Wrong(_("{text!r} is not a date and time like 2021-05-03 05:30").format(text=text), _turned(text))
    if not clock:
        raise Wrong(_("{text!r} has no time of day").format(text=text), _("write {text}").format(text=f"{day} 08:00"))
    if re.search(r"(?:Z|[+-]\d\d:?\d\d)$", clock):
        raise Wrong(_("{text!r} names a zone").format(text=text), _("times are local to the campaign's zone"))
    return datetime.combine(in_range(_day(day)), as_time(clock))


def as_time(value: object) -> time:
    """Convert ``05:30``, as text or as a time of TOML."""
    if isinstance(value, time):
        return value
    text = _dated(value, _("a time like 05:30"))
    found = _TIME.fullmatch(text)
    if found is None:
        near = _LOOSE_TIME.fullmatch(text)
        hint = _("write {text}").format(text=f"{int(near[1]):02d}:{near[2] or '00'}") if near else ""
        raise Wrong(_("{text!r} is not a time like 05:30").format(text=text), hint)
    try:
        return time(int(found[1]), int(found[2]), int(found[3] or 0))
    except ValueError:
        raise Wrong(_("there is no time {text}").format(text=text)) from None


def as_date_or_moment(value: object) -> date | datetime:
    """Convert a date, or a date with a time."""
    text = value.strip() if isinstance(value, str) else ""
    only_day = _DATE.fullmatch(text) or not isinstance(value, (str, datetime))
    return as_date(value) if only_day else as_moment(value)


def _dated(value: object, form: str) -> str:
    if not isinstance(value, str):
        raise Wrong(_("must be {form}, not {kind}").format(form=form, kind=kind_of(value)))
    return value.strip()


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise Wrong(_("there is no date {text}").format(text=text)) from None


def in_range(day: date) -> date:
    """Return the day. Raises `Wrong` for a year that no campaign falls in, such as a mistyped one."""
    if day.year not in YEARS:
        raise Wrong(
            _("the year {year} is not from {first} to {last}").format(year=day.year, first=YEARS[0], last=YEARS[-1])
        )
    return day


def _turned(text: str) -> str:
    found = _VIETNAMESE.fullmatch(text)
    if found is None:
        return ""
    day = f"{found[3]}-{int(found[2]):02d}-{int(found[1]):02d}{found[4]}"
    try:
        date.fromisoformat(day[:10])
    except ValueError:
        return _("there is no such date either")
    return _("write {text}").format(text=day)


def _shown(value: object) -> str:
    return repr(value) if isinstance(value, str) else kind_of(value)
