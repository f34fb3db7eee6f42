"""The filter's little language: words, and ``channel:sms state:failed after:2021-05-10 before:… post:… target:…``.

Half a name is enough (``state:fai``), several are parted by commas, and dates are ``2021-05-10`` or ``10/05/2021``
in the campaign's zone. ``after`` includes its day, ``before`` does not.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from scheduler.ground.letters import bare
from scheduler.ground.lifecycle import State
from scheduler.ground.problem import nearest
from scheduler.ground.text import _
from scheduler.store.deliveries import Query
from scheduler.tui.words import word

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable
    from zoneinfo import ZoneInfo

KEYS = ("channel", "state", "post", "target", "action", "after", "before")
OTHER_KEYS = {
    "kenh": "channel",
    "trang-thai": "state",
    "trangthai": "state",
    "bai": "post",
    "noi": "target",
    "noi-nhan": "target",
    "viec": "action",
    "sau": "after",
    "tu": "after",
    "truoc": "before",
}
"""The keys in Vietnamese, as `fold` writes them; a key is one word, as in ``trạng-thái:giữ``."""
ACTIONS = ("publish", "withdraw")
_TOKEN = re.compile(r'[^\s"]*"[^"]*"?|\S+')
_DATES = ("%Y-%m-%d", "%d/%m/%Y")


@dataclass(frozen=True, slots=True)
class Search:
    """What was typed, as a query; ``trouble`` is one line about what was not understood, or "".

    ``nothing`` says that no row can fit: a name that nothing has.
    """

    query: Query
    trouble: str = ""
    nothing: bool = False


def parse(typed: str, zone: ZoneInfo, channels: Collection[str] = (), targets: Collection[str] = ()) -> Search:
    """Return what ``typed`` asks for. What is not understood is named, and the rest counts."""
    words: list[str] = []
    asked: dict[str, str] = {}
    troubles: list[str] = []
    for token in _tokens(unicodedata.normalize("NFC", typed)):
        key, colon, value = token.partition(":")
        if colon and (known := key_of(key)) in KEYS:
            asked[known] = value
        else:
            words.append(token)
            if colon and (re.fullmatch(r"[a-z]+", key) or (value and key.isalpha())):
                hint = nearest(key, KEYS) or ", ".join(KEYS)
                troubles.append(_("no {what} {name!r}").format(what=_("key"), name=key) + f" ({hint})")
    states = _some(asked.get("state", ""), _state_names(), _("state"), troubles)
    wanted = _some(asked.get("channel", ""), {name: name for name in channels}, _("channel"), troubles)
    reached = _some(asked.get("target", ""), {name: name for name in targets}, _("target"), troubles)
    actions = _some(asked.get("action", ""), {name: name for name in ACTIONS}, _("action"), troubles)
    start, end = (day_of(asked.get(key, ""), zone, troubles) for key in ("after", "before"))
    query = Query(
        states=frozenset(map(State, states)),
        channels=wanted,
        posts=frozenset(filter(None, asked.get("post", "").split(","))),
        start=start,
        end=end,
        text=" ".join(words),
        targets=reached,
        actions=actions,
    )
    named = {"state": states, "channel": wanted, "target": reached, "action": actions}
    missed = any(asked.get(key, "") and not found for key, found in named.items())
    return Search(query, "; ".join(troubles), missed)


def key_of(typed: str) -> str:
    """Return the key that a person wrote, in either language, under its one name."""
    key = fold(typed)
    return OTHER_KEYS.get(key, key)


def _tokens(typed: str) -> list[str]:
    """Return the words; a state of several words, as Vietnamese has them, is one: ``state:đã gửi``, or in quotes."""
    found: list[str] = []
    for token in _TOKEN.findall(typed):
        last = found[-1] if found else ""
        longer = f"{last} {token}"
        part = fold(longer.partition(":")[2].rpartition(",")[2])
        stated = ":" in last and key_of(last.partition(":")[0]) == "state"
        if stated and any(name.startswith(part) for name in _state_names()):
            found[-1] = longer
        else:
            found.append(token.replace('"', ""))
    return found


def fold(text: str) -> str:
    """Return ``text`` in lower case, without accents, with hyphens for spaces: how names are compared."""
    return bare(text).replace(" ", "-")


def _state_names() -> dict[str, str]:
    names = {state.value: state.value for state in State}
    return {**{fold(word(state)): state.value for state in State}, **names}


def _some(value: str, names: dict[str, str], what: str, troubles: list[str]) -> frozenset[str]:
    found: set[str] = set()
    for part in filter(None, value.split(",")):
        fits = set(_fitting(fold(part), names))
        if not fits:
            hint = nearest(part, names)
            troubles.append(_("no {what} {name!r}").format(what=what, name=part) + (f" ({hint})" if hint else ""))
        found |= fits
    return frozenset(found)


def _fitting(part: str, names: dict[str, str]) -> Iterable[str]:
    if part in names:
        return [names[part]]
    return (meaning for name, meaning in names.items() if name.startswith(part))


def day_of(value: str, zone: ZoneInfo, troubles: list[str]) -> datetime | None:
    """Return the beginning of the day that was written, if it is a day already; what cannot become one is told."""
    if not value:
        return None
    for form in _DATES:
        try:
            return datetime.strptime(value, form).replace(tzinfo=zone).astimezone(UTC)
        except ValueError:
            continue
    if len(value) >= len("2021-05-10"):
        troubles.append(_("{value!r} is no date; write 10/05/2021").format(value=value))
    return None
