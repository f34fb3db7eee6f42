"""What others' code says of itself, whatever that code does."""

from __future__ import annotations

import pytest

from scheduler.ground.said import said


class Mute(Exception):
    def __init__(self, instead: BaseException) -> None:
        self.instead = instead

    def __str__(self) -> str:
        raise self.instead


class NoText:
    def __str__(self) -> str:
        return 5  # type: ignore[return-value]  # noqa: PLE0307


class Odd(str):
    def encode(self, *_: object) -> bytes:
        raise RuntimeError("no")


def test_words_stay_as_they_are() -> None:
    assert said(ValueError("hỏng")) == "hỏng"
    assert said("nửa \udcff chữ") == "nửa ? chữ"
    assert said(None) == "None"


@pytest.mark.parametrize("instead", [RuntimeError("no"), SystemExit(1), RecursionError(), KeyboardInterrupt()])
def test_one_that_cannot_say_what_it_is_is_named(instead: BaseException) -> None:
    assert said(Mute(instead)) == "Mute, which cannot say what it means"


def test_what_is_no_text_and_text_of_another_kind() -> None:
    assert said(NoText()) == "NoText, which cannot say what it means"
    assert said(Odd("lời")) == "lời"
