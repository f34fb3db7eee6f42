"""Watching for a wall clock that steps, so that nothing is sent or missed on a wrong time."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from scheduler.ground.text import N_, _

if TYPE_CHECKING:
    from scheduler.ground.clock import Clock

TOLERANCE = timedelta(minutes=1)
STEADY = timedelta(minutes=5)


class ClockWatch:
    """Compares the wall clock with one that never steps.

    Where they part by more than `TOLERANCE`, there is trouble until they have kept together for `STEADY`, or until a
    person confirms the new time. ``last_seen`` is the last heartbeat on disk: a clock that starts before it is in
    trouble too. ``suspicions`` counts how often there was trouble.
    """

    def __init__(self, clock: Clock, last_seen: datetime | None = None) -> None:
        self._clock = clock
        self._base = self._offset()
        self._since: float | None = None
        self.suspicions = 0
        self._why: tuple[str, dict[str, Any]] = ("", {})
        if last_seen is not None and clock.now() < last_seen - TOLERANCE:
            self._suspect(
                N_("the clock says {now:%Y-%m-%d %H:%M}, which is before the last heartbeat"), now=clock.now()
            )

    def trouble(self) -> str:
        """Return what is wrong with the clock now, or "" where it can be trusted."""
        offset = self._offset()
        if abs(offset - self._base) > TOLERANCE.total_seconds():
            step = timedelta(seconds=round(offset - self._base))
            self._base = offset
            self._suspect(N_("the clock stepped by {step}"), step=step)
        if self._since is not None and self._clock.elapsed() - self._since >= STEADY.total_seconds():
            self.confirm()
        sentence, values = self._why
        return _(sentence).format(**values)

    def confirm(self) -> None:
        """Take the time as it is: a person looked at it, or it has been steady for long enough."""
        self._base, self._since, self._why = self._offset(), None, ("", {})

    def _suspect(self, sentence: str, **values: object) -> None:
        self.suspicions += 1
        self._since, self._why = self._clock.elapsed(), (sentence, values)

    def _offset(self) -> float:
        return (self._clock.now() - datetime(1970, 1, 1, tzinfo=UTC)).total_seconds() - self._clock.elapsed()
