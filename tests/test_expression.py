"""Parts of values: what a name may reach, and what it is called where it may not."""

from __future__ import annotations

from types import MappingProxyType
from typing import Any

import pytest

from scheduler.ground.model import Audience, Fact, Plan
from scheduler.plan.expression import part_of

PLAN = Plan("bhxh", "BHXH", 2021, audiences={"sv": Audience("sv", "Sinh viên", "Sắp đi làm?")})


@pytest.mark.parametrize(
    ("whole", "key", "part"),
    [
        (PLAN, "year", 2021),
        (PLAN, "slogans", {"sv": "Sắp đi làm?"}),
        (MappingProxyType({"items": 1}), "items", 1),
        (("a", "b"), 1, "b"),
        (Fact("f", "Lời"), "text", "Lời"),
    ],
)
def test_fields_properties_keys_and_entries(whole: Any, key: str | int, part: Any) -> None:
    assert part_of(whole, key, "x") == part


@pytest.mark.parametrize(
    ("whole", "key"),
    [
        (PLAN, "parts_of"),
        (PLAN, "__class__"),
        (PLAN, "__slots__"),
        (Plan, "slogans"),
        ({"a": 1}, "get"),
        ({"a": 1}, 0),
        ("text", 0),
        ("text", "upper"),
        (("a",), -1),
        (("a",), 1),
        (None, "a"),
    ],
)
def test_nothing_else_is_a_part(whole: Any, key: str | int) -> None:
    with pytest.raises(ValueError, match=r"that\.thing"):
        part_of(whole, key, "that.thing")
