"""What an answer of the Graph API means, by code and subcode and never by its text.

Sources: Meta's "Handling Errors" for the Graph API and "Rate Limits" for pages, and
the error codes that public schedulers report for page posts.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from typing import Any

from scheduler.api import N_


class Meaning(StrEnum):
    """What a call's error says about the post."""

    TEMPORARY = "temporary"
    THROTTLED = "throttled"
    PERMANENT = "permanent"
    DUPLICATE = "duplicate"
    GONE = "gone"


@dataclass(frozen=True, slots=True)
class Rule:
    """One row: the codes it covers, one subcode where that matters, and the least wait."""

    codes: range
    subcode: int | None
    meaning: Meaning
    says: str
    wait: timedelta | None = None

    def fits(self, code: int, subcode: int | None) -> bool:
        return code in self.codes and self.subcode in {None, subcode}


def _code(code: int) -> range:
    return range(code, code + 1)


_ANY = range(1, 10**9)
_TEMPORARY, _THROTTLED, _PERMANENT = Meaning.TEMPORARY, Meaning.THROTTLED, Meaning.PERMANENT
_QUARTER = timedelta(minutes=15)

RULES: tuple[Rule, ...] = (
    # subcodes first: they say more than the code they come with
    Rule(_ANY, 1366046, _PERMANENT, N_("a photo was refused: over 4 MB, or of a wrong type")),
    Rule(_ANY, 1609005, _TEMPORARY, N_("the link could not be fetched"), _QUARTER),
    Rule(_code(368), 1390008, _TEMPORARY, N_("blocked: posted too fast"), timedelta(hours=1)),
    Rule(_code(100), 33, Meaning.GONE, N_("no such page or post, or the token may not see it")),
    Rule(
        _code(190),
        458,
        _PERMANENT,
        N_("the page's app was removed: get a new page token and put it where config.toml says"),
    ),
    Rule(_code(190), 459, _PERMANENT, N_("the token's owner must sign in to Facebook and clear a check")),
    Rule(
        _code(190),
        460,
        _PERMANENT,
        N_("the password was changed: get a new page token and put it where config.toml says"),
    ),
    Rule(
        _code(190), 463, _PERMANENT, N_("the token has expired: get a new page token and put it where config.toml says")
    ),
    Rule(_code(190), 464, _PERMANENT, N_("the token's owner is not confirmed on Facebook")),
    Rule(
        _code(190),
        467,
        _PERMANENT,
        N_("the token was made invalid: get a new page token and put it where config.toml says"),
    ),
    Rule(_code(190), 492, _PERMANENT, N_("the token's owner has no role on the page any more")),
    # codes
    Rule(_code(1), None, _TEMPORARY, N_("an unknown error on Facebook's side")),
    Rule(_code(2), None, _TEMPORARY, N_("Facebook's service is down for now")),
    Rule(_code(3), None, _PERMANENT, N_("the app lacks this capability")),
    Rule(_code(4), None, _THROTTLED, N_("the app's limit of calls is reached"), _QUARTER),
    Rule(_code(10), None, _PERMANENT, N_("a permission is missing: pages_manage_posts")),
    Rule(_code(17), None, _THROTTLED, N_("the user's limit of calls is reached"), _QUARTER),
    Rule(_code(32), None, _THROTTLED, N_("the page's limit of calls is reached"), _QUARTER),
    Rule(_code(100), None, _PERMANENT, N_("a parameter was refused")),
    Rule(
        _code(102), None, _PERMANENT, N_("the session is over: get a new page token and put it where config.toml says")
    ),
    Rule(
        _code(190),
        None,
        _PERMANENT,
        N_("the token was refused, or is no page token: get a new page token and put it where config.toml says"),
    ),
    Rule(range(200, 300), None, _PERMANENT, N_("a permission is missing: pages_manage_posts")),
    Rule(_code(341), None, _THROTTLED, N_("the app's limit of posts is reached"), timedelta(hours=1)),
    Rule(_code(368), None, _TEMPORARY, N_("blocked for breaking a rule"), timedelta(hours=3)),
    Rule(_code(506), None, Meaning.DUPLICATE, N_("the same post stands on the page already")),
    Rule(_code(613), None, _THROTTLED, N_("a limit of calls is reached"), _QUARTER),
    Rule(range(80000, 80015), None, _THROTTLED, N_("the page's business limit is reached"), _QUARTER),
    Rule(_code(1366046), None, _PERMANENT, N_("a photo was refused: over 4 MB, or of a wrong type")),
    Rule(_code(1609005), None, _TEMPORARY, N_("the link could not be fetched"), _QUARTER),
)


def rule_for(code: int, subcode: int | None = None) -> Rule | None:
    """Return the first row that covers them, or ``None`` where the table knows nothing."""
    return next((rule for rule in RULES if rule.fits(code, subcode)), None)


def wait_of(rule: Rule, headers: Mapping[str, str]) -> timedelta | None:
    """Return the least wait: the longest that the headers name, else the row's own.

    ``X-App-Usage`` and ``X-Business-Use-Case-Usage`` hold JSON with minutes; ``Retry-After`` holds
    seconds. What cannot be read counts as absent; a day is the most.
    """
    waits = [timedelta(minutes=minutes) for minutes in _minutes(headers)]
    if headers.get("retry-after", "").isdigit():
        waits.append(timedelta(seconds=min(int(headers["retry-after"]), 86400)))
    longest = max(waits, default=timedelta())
    return min(longest, timedelta(days=1)) if longest else rule.wait


def _minutes(headers: Mapping[str, str]) -> Iterator[float]:
    for name in ("x-app-usage", "x-business-use-case-usage"):
        try:
            usage = json.loads(headers.get(name, "null"))
        except ValueError:
            continue
        yield from _regain(usage)


def _regain(value: Any) -> Iterator[float]:
    if isinstance(value, list):
        for each in value:
            yield from _regain(each)
    elif isinstance(value, dict):
        for name, each in value.items():
            if name != "estimated_time_to_regain_access":
                yield from _regain(each)
            elif isinstance(each, int | float) and 0 < each < 10**6:
                yield float(each)
