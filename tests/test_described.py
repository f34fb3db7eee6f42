"""What a plugin's options are, in words."""

from __future__ import annotations

from datetime import timedelta
from enum import StrEnum
from typing import Annotated, ClassVar, Literal

import pytest
from pydantic import BeforeValidator, Field

from scheduler.api import Options, Secret
from scheduler.channels.described import described
from scheduler.channels.loader import load_plugins


class Size(StrEnum):
    SMALL = "small"
    LARGE = "large"


class Every(Options):
    operational: ClassVar[frozenset[str]] = frozenset({"token", "wait"})
    token: Secret
    other: Secret | None = None
    copies: int = Field(default=1, gt=0, le=50, description="How many.")
    wait: Annotated[timedelta, BeforeValidator(lambda value: value)] = timedelta(minutes=90)
    side: Literal["north", "south"] = "north"
    size: Size = Size.LARGE
    names: tuple[str, ...] = ("a", "b")
    words: dict[str, str] = Field(default_factory=dict)
    on: bool = False
    code: str = Field(default="VN", pattern="^[A-Z]{2}$")
    port: int | str = 25


@pytest.mark.parametrize(
    ("name", "kind", "default"),
    [
        ("token", "secret", ""),
        ("other", "secret", ""),
        ("copies", "number above 0 to 50", "1"),
        ("wait", "duration", "1h 30m"),
        ("side", "one of north, south", "north"),
        ("size", "one of small, large", "large"),
        ("names", "list of: text", "a, b"),
        ("words", "table", ""),
        ("on", "yes or no", "false"),
        ("code", "text like ^[A-Z]{2}$", "VN"),
        ("port", "number or text", "25"),
    ],
)
def test_a_key_in_words(name: str, kind: str, default: str) -> None:
    (found,) = [each for each in described(Every) if each.name == name]
    assert (found.kind, found.default) == (kind, default)
    assert found.required == (name == "token")
    assert found.secret == (name in ("token", "other"))
    assert found.operational == (name in ("token", "wait"))
    assert found.about == ("How many." if name == "copies" else "")


def test_every_option_of_the_shipped_channels_has_words() -> None:
    for channel, _plugin in load_plugins().channels.values():
        for each in (*described(channel.options), *described(channel.target_options)):
            assert each.kind not in ("", "value"), f"{channel.name}: {each.name}"
