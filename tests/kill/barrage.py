"""Killing ``loa run`` over and over while it works, and counting what that did."""

from __future__ import annotations

import random
import time
from dataclasses import dataclass, field, replace
from pathlib import Path

from tests.kill import campaign
from tests.kill.campaign import Wanted
from tests.kill.inside import arm, withdraw
from tests.kill.outside import Outside
from tests.kill.process import Daemon, query, states, until

SAFE = frozenset({"again"})
"""Channels whose route is idempotent."""


@dataclass
class Figures:
    """What a barrage did. ``in_flight`` are intents found open after the kills, on routes that are not idempotent."""

    deliveries: int = 0
    kills: int = 0
    open_kills: int = 0
    seconds: float = 0.0
    in_flight: int = 0
    unknown: int = 0
    settled: int = 0
    returned: int = 0
    again: int = 0
    lost: int = 0
    twice: int = 0
    left: int = 0
    integrity: set[str] = field(default_factory=set)

    def __add__(self, other: Figures) -> Figures:
        names = tuple(name for name, value in vars(self).items() if isinstance(value, int))
        sums = {name: getattr(self, name) + getattr(other, name) for name in names}
        longer = max(self.seconds, other.seconds)
        return Figures(**sums, seconds=longer, integrity=self.integrity | other.integrity)

    def table(self) -> str:
        """Return the figures for a person, a line each."""
        rows = (
            ("deliveries (or recipients)", self.deliveries),
            ("kills", self.kills),
            ("… while a call was open", self.open_kills),
            ("seconds", f"{self.seconds:.0f}"),
            ("intents open at the kills, not idempotent", self.in_flight),
            ("became unknown", self.unknown),
            ("… and settled by look-up", self.settled),
            ("staged calls cut before their no return", self.returned),
            ("idempotent calls repeated", self.again),
            ("lost", self.lost),
            ("received twice, not idempotent", self.twice),
            ("left without an outcome", self.left),
            ("integrity_check", ", ".join(sorted(self.integrity))),
        )
        return "\n".join(f"{name:<44}{value!s:>8}" for name, value in rows)


@dataclass
class Barrage:
    """One folder under fire, with a receiver of its own. ``bulk`` counts messages in place of deliveries.

    With ``withdraws`` all goes out in peace first, and the fire begins when all of it is taken back.
    """

    place: Path
    wanted: Wanted
    seed: int
    bulk: bool = False
    withdraws: bool = False
    deaths: list[tuple[float, float]] = field(default_factory=list)
    in_flight: set[tuple[int, int]] = field(default_factory=set)
    doubted: set[int] = field(default_factory=set)

    def run(self, kills: int, seconds: float) -> Figures:
        """Kill up to ``kills`` times, no longer than ``seconds``; then let it end its work, and count."""
        began = time.monotonic()
        self._random = random.Random(self.seed)
        self.folder = self.place / f"campaign-{self.seed}"
        self.folder.mkdir(parents=True)
        with Outside(self.place / f"outside-{self.seed}", seed=self.seed) as outside:
            wanted = replace(self.wanted, port=outside.port)
            campaign.make(self.folder, wanted)
            arm(self.folder)
            if self.withdraws:
                self._work_to_the_end()
                withdraw(self.folder)
            while len(self.deaths) < kills and time.monotonic() - began < seconds and not self._done():
                self._one_life(outside)
            self._work_to_the_end()
            return self._count(outside, wanted, time.monotonic() - began)

    def _one_life(self, outside: Outside) -> None:
        with Daemon(self.folder) as daemon:
            self._live(outside, daemon)
            self.deaths.append((daemon.began, daemon.kill()))
        self.in_flight |= self._in_flight()
        if self.bulk:  # messages have no journal of their own
            self.doubted |= {row[0] for row in query(self.folder, "SELECT id FROM message WHERE state = 'unknown'")}

    def _live(self, outside: Outside, daemon: Daemon) -> None:
        chance = self._random.random()
        if chance < 0.15:  # anywhere: in the start, the recovery, the planning, the work
            time.sleep(self._random.uniform(0.0, 0.8))
        else:
            until(lambda: not outside.open())  # what the last life left is still on its way
            self._wait_open(outside, daemon)
            time.sleep(self._random.uniform(0.0, 0.03 if chance < 0.9 else 0.4))

    @staticmethod
    def _wait_open(outside: Outside, daemon: Daemon) -> None:
        try:
            outside.wait_open(90)
        except TimeoutError:
            daemon.running()
            raise

    def _done(self) -> bool:
        counts = states(self.folder)
        return set(counts) == {"sent"}

    def _in_flight(self) -> set[tuple[int, int]]:
        """Return the intents that are on disk without an outcome, on routes that are not idempotent."""
        sql = "SELECT id, 0 FROM attempt WHERE ended_at IS NULL AND NOT idempotent AND (no_return OR NOT staged)"
        if self.bulk:
            sql = "SELECT attempt, id FROM message WHERE state = 'sending'"
        return {(row[0], row[1]) for row in query(self.folder, sql)}

    def _work_to_the_end(self) -> None:
        with Daemon(self.folder) as daemon:
            until(self._done, 120, daemon)
            daemon.end()

    def _count(self, outside: Outside, wanted: Wanted, seconds: float) -> Figures:
        calls = outside.calls()
        opened = sum(any(call.began > born and call.open_at(died) for call in calls) for born, died in self.deaths)
        figures = Figures(kills=len(self.deaths), open_kills=opened, seconds=seconds, in_flight=len(self.in_flight))
        for channel in wanted.channels:
            received = outside.received(channel)
            keys = self._keys(channel)
            extra = sum(number - 1 for number in received.values())
            figures.deliveries += len(keys)
            figures.lost += sum(not received[key] for key in keys)
            figures.again += extra if channel in SAFE else 0
            figures.twice += 0 if channel in SAFE else extra
            assert set(received) <= keys, "calls for keys that are nobody's"
        figures.unknown, open_still = self._unknown()
        figures.settled = figures.unknown - open_still
        figures.returned = self._returned()
        waiting = "'held', 'scheduled', 'sending', 'retrying', 'unknown'"
        figures.left = (
            sum(
                query(self.folder, f"SELECT count(*) FROM {table} WHERE state IN ({waiting})")[0][0]
                for table in ("delivery", "message")
            )
            + query(self.folder, "SELECT count(*) FROM attempt WHERE ended_at IS NULL")[0][0]
        )
        figures.integrity = {row[0] for row in query(self.folder, "PRAGMA integrity_check")}
        return figures

    def _keys(self, channel: str) -> set[str]:
        if self.bulk:
            name = "d.post || '/' || d.recurrence || '/' || d.channel || '/' || m.address || '/' || d.action"
            sql = f"SELECT {name} FROM message m JOIN delivery d ON d.id = m.delivery WHERE d.channel = ?"
        else:
            name = "post || '/' || recurrence || '/' || channel || '/' || target || '/' || action"
            sql = f"SELECT {name} FROM delivery WHERE channel = ?"
        return {row[0] for row in query(self.folder, sql, channel)}

    def _unknown(self) -> tuple[int, int]:
        """Return how many became unknown, and how many are."""
        if self.bulk:
            return len(self.doubted), query(self.folder, "SELECT count(*) FROM message WHERE state = 'unknown'")[0][0]
        lost = query(self.folder, "SELECT count(*) FROM event WHERE event IN ('lose', 'doubt')")[0][0]
        return lost, states(self.folder)["unknown"]

    def _returned(self) -> int:
        sql = "SELECT count(*) FROM attempt WHERE outcome = 'recover' AND staged AND NOT idempotent AND NOT no_return"
        return int(query(self.folder, sql)[0][0])
