"""How the screens begin: Today is read while they are still being imported, and ahead of any plugin.

The engine may have been opened ahead of its plugins: of what Today shows the database knows enough. Whatever else is
read or done goes through the desk, which has them loaded first.
"""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

from scheduler.tui.standing import Standing

if TYPE_CHECKING:
    from scheduler.engine.engine import Engine
    from scheduler.tui.screens.today.board import Board


def start(engine: Engine, *, language_given: bool = False) -> None:
    """Give the terminal to the screens until they are left. Raises `SystemExit` where they ended otherwise."""
    with ThreadPoolExecutor(1, "loa-ahead") as reading:
        ahead = reading.submit(today, engine)
        from scheduler.tui.app import run

        run(engine, language_given=language_given, ahead=ahead)


def today(engine: Engine) -> Standing[Board]:
    """Read what Today shows. Raises `LoaError`."""
    from scheduler.tui.screens.today.board import read_board

    return Standing(engine.clock.now(), engine.look.status(), read_board(engine))
