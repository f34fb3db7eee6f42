"""The processes of an isolated plugin are killed over and over: nothing is lost, nothing goes out twice."""

from __future__ import annotations

import os
import random
import signal
import time
from contextlib import suppress
from pathlib import Path

import pytest

from tests.kill import campaign
from tests.kill.campaign import Wanted
from tests.kill.inside import arm
from tests.kill.outside import Outside
from tests.kill.process import Daemon, query, states, until

SETTINGS = """\
workers = 3
time_limit = "20s"
recipients = 200
retry = { first = "20ms", most = "100ms", attempts = 1000 }
breaker = { failures = 1000 }
"""
KILLS = 40


def children(pid: int) -> list[int]:
    """Return the processes that work for a daemon."""
    found = []
    for each in Path("/proc").glob("[0-9]*/stat"):
        with suppress(OSError):
            state, parent = each.read_text().rpartition(")")[2].split()[:2]
            if int(parent) == pid and state != "Z":
                found.append(int(each.parent.name))
    return found


def isolated(folder: Path, outside: Outside, *channels: str, posts: int, targets: int) -> None:
    """Make a campaign whose channels run in processes of their own, all of it due at once."""
    settings = tuple((name, SETTINGS) for name in channels)
    campaign.make(folder, Wanted(outside.port, channels, posts, targets, settings=settings))
    config = folder / "config.toml"
    config.write_text(config.read_text(encoding="utf-8") + "\n[plugins.wire]\nisolated = true\n", encoding="utf-8")
    arm(folder)


@pytest.mark.kill
@pytest.mark.parametrize("channel", ["once", "again", "staged", "many"])
def test_a_process_that_is_killed_loses_nothing_and_sends_nothing_twice(tmp_path: Path, channel: str) -> None:
    folder, chance, kills = tmp_path / "campaign", random.Random(channel), 0
    with Outside(tmp_path / "outside", least=5, most=50) as outside:
        many = channel == "many"
        isolated(folder, outside, channel, posts=6 if many else 15, targets=4 if many else 20)
        with Daemon(folder) as daemon:
            until(lambda: outside.open() > 0, 30, daemon)
            end = time.monotonic() + 60
            while set(states(folder)) != {"sent"}:
                daemon.running()
                assert time.monotonic() < end, (states(folder), why(folder), daemon.tail())
                aimed = chance.random() < 0.2 or outside.open()
                if aimed and kills < KILLS and (found := children(daemon.process.pid)):
                    with suppress(ProcessLookupError):
                        os.kill(chance.choice(found), signal.SIGKILL)
                        kills += 1
                time.sleep(chance.uniform(0.0, 0.5))
            assert not [each for each in children(daemon.process.pid) if not alive(each)]
            daemon.end()
        received = outside.received(channel)
        keys = _keys(folder, many=many)
        assert len(keys) == (4800 if many else 300)
        assert not [key for key in keys if not received[key]], "lost"
        assert channel == "again" or not [key for key, number in received.items() if number > 1], "twice"
        assert kills >= KILLS / 5
        assert query(folder, "PRAGMA integrity_check") == [("ok",)]


def _keys(folder: Path, *, many: bool) -> list[str]:
    last, more = ("m.address", "JOIN message m ON d.id = m.delivery") if many else ("d.target", "")
    name = f"d.post || '/' || d.recurrence || '/' || d.channel || '/' || {last} || '/' || d.action"
    return [row[0] for row in query(folder, f"SELECT {name} FROM delivery d {more}")]


def alive(pid: int) -> bool:
    """Whether a process is there."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


@pytest.mark.kill
def test_the_processes_end_when_loa_is_killed(tmp_path: Path) -> None:
    folder = tmp_path / "campaign"
    with Outside(tmp_path / "outside", least=3000, most=5000) as outside:
        isolated(folder, outside, "once", posts=1, targets=5)
        with Daemon(folder) as daemon:
            until(lambda: outside.open() >= 2, 30, daemon)
            found = children(daemon.process.pid)
            assert len(found) >= 2
            daemon.kill()
        until(lambda: not any(map(alive, found)), 2)


def why(folder: Path) -> list[tuple[object, ...]]:
    """Return for what reasons deliveries stand where they do."""
    return query(folder, "SELECT state, reason, count(*) FROM delivery GROUP BY state, reason")
