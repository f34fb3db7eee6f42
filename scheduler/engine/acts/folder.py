"""Acts on the whole folder: arm it, stop everything, lift the stop."""

from __future__ import annotations

from dataclasses import dataclass

from scheduler.engine.acts.acting import Acting
from scheduler.engine.planning.past import past, sure
from scheduler.ground.errors import LoaError
from scheduler.ground.lifecycle import State
from scheduler.ground.text import _
from scheduler.store import deliveries, moves, settings


@dataclass(frozen=True, slots=True)
class ArmReport:
    """What arming found: what had been due before, what nobody can know, what will go, what waits for a person."""

    missed: int
    unknown: int
    scheduled: int
    held: int


class FolderActs(Acting):
    """What is done to the folder."""

    def arm(self) -> ArmReport:
        """Let this folder send from now on. What was due before is missed, or unknown where a restored one cannot know.

        Also confirms the clock, and lifts nothing: a stop stays.
        """
        self.sync()
        core, now = self._core, self._core.clock.now()
        already, reading = not core.arming.why_not(), core.store.read()
        put_back = settings.doubt_from(reading) is not None or core.arming.older(reading)
        routes = sure(reading, core.snapshot, now) if put_back and not already else set()
        with core.store.write() as connection:
            changes = [] if already else past(connection, now, self._by, put_back=put_back, idempotent=routes)
            moves.apply(connection, changes, now)
            token = core.arming.arm(connection, now)
            settings.end_doubt(connection)
            moves.note(connection, now, "arm", "folder", self._by)
        core.arming.seal(token)
        core.clock_trouble()
        core.wake()
        counts = _by_state(deliveries.states(core.store.read()))
        return ArmReport(
            sum(move.after is State.MISSED for move in changes),
            sum(move.after is State.UNKNOWN for move in changes),
            counts.get(State.SCHEDULED, 0),
            counts.get(State.HELD, 0),
        )

    def stop(self, reason: str = "") -> None:
        """Stop everything that goes out, now; it stays stopped through restarts until `lift`."""
        with self._core.store.write() as connection:
            settings.stop(connection, self._by, reason, self._core.clock.now())
            moves.note(connection, self._core.clock.now(), "stop", "folder", self._by, reason)
        self._core.wake()

    def say_why_stopped(self, reason: str) -> None:
        """Write why everything is stopped, after it has been. Raises `LoaError` where the stop is lifted already."""
        with self._core.store.write() as connection:
            if settings.stopped(connection) is None:
                raise LoaError(_("the stop has been lifted meanwhile, so its reason is written nowhere"))
            settings.explain_stop(connection, reason)
            moves.note(connection, self._core.clock.now(), "stop-reason", "folder", self._by, reason)

    def lift(self) -> None:
        """Take a stop back."""
        with self._core.store.write() as connection:
            settings.lift(connection)
            moves.note(connection, self._core.clock.now(), "lift", "folder", self._by)
        self._core.wake()


def _by_state(counts: dict[tuple[str, State], int]) -> dict[State, int]:
    found: dict[State, int] = {}
    for (_channel, state), number in counts.items():
        found[state] = found.get(state, 0) + number
    return found
