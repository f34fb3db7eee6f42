from __future__ import annotations

from datetime import timedelta

import pytest

from plugins.fanpage.verdicts import RULES, Meaning, rule_for, wait_of

T, L, P, D = Meaning.TEMPORARY, Meaning.THROTTLED, Meaning.PERMANENT, Meaning.DUPLICATE
QUARTER, HOUR = 15, 60


@pytest.mark.parametrize(
    ("code", "subcode", "meaning", "minutes", "word"),
    [
        (1, None, T, None, "unknown error"),
        (2, None, T, None, "down"),
        (3, None, P, None, "capability"),
        (4, None, L, QUARTER, "app's limit of calls"),
        (10, None, P, None, "permission"),
        (17, None, L, QUARTER, "user's limit"),
        (32, None, L, QUARTER, "page's limit"),
        (100, None, P, None, "parameter"),
        (100, 33, Meaning.GONE, None, "no such page"),
        (100, 1366046, P, None, "photo"),
        (324, 1366046, P, None, "photo"),
        (1366046, None, P, None, "photo"),
        (100, 1609005, T, QUARTER, "link"),
        (1609005, None, T, QUARTER, "link"),
        (102, None, P, None, "session"),
        (190, None, P, None, "token was refused"),
        (190, 458, P, None, "app was removed"),
        (190, 459, P, None, "sign in"),
        (190, 460, P, None, "password"),
        (190, 463, P, None, "expired"),
        (190, 464, P, None, "not confirmed"),
        (190, 467, P, None, "made invalid"),
        (190, 492, P, None, "no role"),
        (200, None, P, None, "permission"),
        (299, None, P, None, "permission"),
        (341, None, L, HOUR, "limit of posts"),
        (368, None, T, 3 * HOUR, "blocked"),
        (368, 1390008, T, HOUR, "too fast"),
        (506, None, D, None, "same post"),
        (613, None, L, QUARTER, "limit"),
        (80000, None, L, QUARTER, "business"),
        (80001, None, L, QUARTER, "business"),
        (80014, None, L, QUARTER, "business"),
    ],
)
def test_each_code(code: int, subcode: int | None, meaning: Meaning, minutes: int | None, word: str) -> None:
    rule = rule_for(code, subcode)
    assert rule is not None
    assert rule.meaning is meaning
    assert word in rule.says
    assert rule.wait == (timedelta(minutes=minutes) if minutes else None)


@pytest.mark.parametrize("code", [0, 5, 300, 490, 1900, 79999, 80015])
def test_what_the_table_does_not_know(code: int) -> None:
    assert rule_for(code) is None


def test_an_unknown_subcode_falls_back_to_its_code() -> None:
    assert rule_for(190, 123456) == rule_for(190)


def test_every_row_can_be_reached() -> None:
    for rule in RULES:
        assert rule_for(rule.codes.start, rule.subcode) is not None
        assert any(rule_for(code, rule.subcode) == rule for code in (rule.codes[0], rule.codes[-1]))


BUSINESS = '{"1001": [{"type": "pages", "estimated_time_to_regain_access": 42}, {"x": 1}]}'


@pytest.mark.parametrize(
    ("headers", "wait"),
    [
        ({}, timedelta(minutes=15)),
        ({"x-business-use-case-usage": BUSINESS}, timedelta(minutes=42)),
        ({"x-app-usage": '{"estimated_time_to_regain_access": 5}'}, timedelta(minutes=5)),
        ({"x-app-usage": '{"call_count": 100}'}, timedelta(minutes=15)),
        ({"x-app-usage": "not json"}, timedelta(minutes=15)),
        ({"x-app-usage": "[1, null]"}, timedelta(minutes=15)),
        ({"x-app-usage": '{"estimated_time_to_regain_access": 0}'}, timedelta(minutes=15)),
        ({"x-app-usage": '{"estimated_time_to_regain_access": 1e5}'}, timedelta(days=1)),
        ({"retry-after": "90"}, timedelta(seconds=90)),
        ({"retry-after": "Wed, 21 Oct"}, timedelta(minutes=15)),
        ({"retry-after": "90", "x-business-use-case-usage": BUSINESS}, timedelta(minutes=42)),
    ],
)
def test_the_wait_is_what_the_headers_say(headers: dict[str, str], wait: timedelta) -> None:
    rule = rule_for(4)
    assert rule is not None
    assert wait_of(rule, headers) == wait
