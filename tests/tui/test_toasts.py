"""What is said in passing: few at a time, nothing twice, and every sign as it is."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.tui.screen import seated

if TYPE_CHECKING:
    from scheduler.engine.engine import Engine


async def test_of_many_things_said_in_passing_only_the_newest_stand(engine: Engine) -> None:
    async with seated(engine) as seat:
        for number in range(9):
            seat.app.notify(f"word {number}")
        await seat.says("word 8")
        assert seat.messages == ["word 6", "word 7", "word 8"]
        assert "word 5" not in seat.text


async def test_what_is_said_again_does_not_stand_there_twice(engine: Engine) -> None:
    async with seated(engine) as seat:
        for said in ("one", "two", "one", "one"):
            seat.app.notify(said)
        await seat.says("one")
        assert seat.messages == ["two", "one"]


async def test_brackets_are_brackets(engine: Engine) -> None:
    async with seated(engine) as seat:
        for said in ("a [b]c", "not [/b] closed", "[=", "[link=x"):
            seat.app.notify(said, title=said)
            await seat.says(said)
