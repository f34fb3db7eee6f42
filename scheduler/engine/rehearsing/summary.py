"""What a rehearsal came to: what, when, where, at what cost, and every problem. As values, JSON and HTML."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from scheduler.ground.delivery import Key
from scheduler.ground.lifecycle import State
from scheduler.ground.problem import Problem, Severity

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path
    from zoneinfo import ZoneInfo


@dataclass(frozen=True, slots=True)
class Row:
    """One delivery of a rehearsal. Times are aware, ``cost`` is in đồng."""

    at: datetime
    publish_at: datetime
    key: str
    channel: str
    target: str
    title: str
    state: State
    reason: str
    cost: int
    units: int
    unit: str
    people: int | None
    text: str
    receipt: str


@dataclass(frozen=True, slots=True)
class Summary:
    """A whole rehearsal. ``by_channel`` counts deliveries by channel and state."""

    title: str
    start: datetime
    end: datetime
    zone: ZoneInfo
    rows: tuple[Row, ...]
    problems: tuple[Problem, ...]
    by_channel: Mapping[str, Mapping[State, int]]

    @property
    def cost(self) -> int:
        """What all of it would cost, in đồng."""
        return sum(row.cost for row in self.rows)

    def to_json(self) -> str:
        """Return the summary as JSON, times in the campaign's zone, the same bytes for the same rehearsal."""
        document = {
            "title": self.title,
            "start": self._time(self.start),
            "end": self._time(self.end),
            "cost": self.cost,
            "deliveries": len(self.rows),
            "by_channel": {
                name: {state.value: number for state, number in sorted(counts.items())}
                for name, counts in sorted(self.by_channel.items())
            },
            "rows": [self._row(row) for row in self.rows],
            "problems": [
                {"severity": p.severity.value, "file": p.file, "line": p.line, "key": p.key, "message": p.message}
                for p in self.problems
            ],
        }
        return json.dumps(document, ensure_ascii=False, indent=2) + "\n"

    def to_html(self) -> str:
        """Return the summary as one HTML page that needs nothing else."""
        from scheduler.engine.rehearsing.summary_page import page

        return page(self)

    def _row(self, row: Row) -> dict[str, Any]:
        return {
            "at": self._time(row.at),
            "publish_at": self._time(row.publish_at),
            "key": row.key,
            "title": row.title,
            "state": row.state.value,
            "reason": row.reason,
            "cost": row.cost,
            "units": row.units,
            "unit": row.unit,
            "people": row.people,
            "receipt": row.receipt,
        }

    def _time(self, moment: datetime) -> str:
        return moment.astimezone(self.zone).isoformat(timespec="seconds")


def load(path: Path, zone: ZoneInfo) -> Summary | None:
    """Return the summary that a rehearsal left in ``summary.json``, without texts; ``None`` where there is none."""
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
        rows = tuple(_read_row(each) for each in found["rows"])
        problems = tuple(
            Problem(p["message"], p["file"], p["line"], p["key"], Severity(p["severity"])) for p in found["problems"]
        )
        counts = {
            name: {State(state): number for state, number in states.items()}
            for name, states in found["by_channel"].items()
        }
        start, end = (datetime.fromisoformat(found[name]) for name in ("start", "end"))
    except (OSError, ValueError, LookupError, TypeError):
        return None
    return Summary(found["title"], start, end, zone, rows, problems, counts)


def _read_row(row: Mapping[str, Any]) -> Row:
    key = Key(*row["key"].split("/"))
    at, publish_at = (datetime.fromisoformat(row[name]) for name in ("at", "publish_at"))
    told: dict[str, Any] = {
        name: row[name] for name in ("key", "title", "reason", "cost", "units", "unit", "people", "receipt")
    }
    channel, target, state = key.channel, key.target, State(row["state"])
    return Row(at=at, publish_at=publish_at, channel=channel, target=target, state=state, text="", **told)
