"""One reading of a screen."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Generic, TypeVar

if TYPE_CHECKING:
    from datetime import datetime

    from scheduler.engine.looks.status import Status

F = TypeVar("F")


@dataclass(frozen=True, slots=True)
class Standing(Generic[F]):
    """One reading: the clock, the state of the whole folder, and what the screen itself shows."""

    now: datetime
    status: Status
    found: F
