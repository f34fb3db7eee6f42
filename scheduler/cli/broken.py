"""Saying that files have errors, where a list stays silent about what it leaves out."""

from __future__ import annotations

from typing import TYPE_CHECKING

from scheduler.cli import screen
from scheduler.ground.text import _, many

if TYPE_CHECKING:
    from scheduler.engine.engine import Engine


def number(engine: Engine) -> int:
    """Return how many posts wait because of errors; a file that cannot be read is one."""
    campaign = engine.campaign
    return len({*campaign.invalid, *campaign.torn})


def note_left_out(engine: Engine, *, shown: int = 0) -> None:
    """Say on standard error how many posts with errors are not in a list that has ``shown`` of them.

    Where an error of one file keeps every post back, say that.
    """
    left = number(engine) - shown
    if not _blamed(engine) and left > 0:
        screen.note(
            many(
                "%d post has errors and is not in this list: loa check",
                "%d posts have errors and are not in this list: loa check",
                left,
            )
        )


def note_waiting(engine: Engine) -> None:
    """Say on standard error how many posts do not go out because of errors."""
    waits = number(engine)
    if not _blamed(engine) and waits:
        screen.note(
            many(
                "%d post has errors and does not go out: loa check",
                "%d posts have errors and do not go out: loa check",
                waits,
            )
        )


def _blamed(engine: Engine) -> bool:
    """Say which file keeps every post back, where one does."""
    culprit = engine.snapshot.culprit
    if culprit is not None:
        file = f"{culprit.file}:{culprit.line}" if culprit.line else culprit.file
        screen.note(_("{file} has errors, and no post goes out until they are mended: loa check").format(file=file))
    return culprit is not None
