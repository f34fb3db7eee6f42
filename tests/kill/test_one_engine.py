"""One engine for a folder: by the lock, and where that is lost, by the epoch."""

from __future__ import annotations

import signal
import sqlite3
import subprocess
from contextlib import closing
from datetime import timedelta
from pathlib import Path

import pytest

from tests.kill import campaign
from tests.kill.campaign import Wanted
from tests.kill.inside import arm
from tests.kill.outside import Outside
from tests.kill.process import LOA, ROOT, Daemon, loa, query, states, until

pytestmark = pytest.mark.kill


def test_a_second_engine_is_refused_while_the_first_runs(tmp_path: Path) -> None:
    folder = tmp_path / "campaign"
    campaign.make(folder, Wanted(port=1, due=timedelta(hours=1)))
    arm(folder)
    with Daemon(folder) as daemon:
        until(lambda: bool(query(folder, "SELECT 1 FROM epoch")), daemon=daemon)
        for more in ([], ["--once"]):
            second = subprocess.run(
                [*LOA, "-C", str(folder), "run", *more], cwd=ROOT, capture_output=True, text=True, timeout=30
            )
            assert second.returncode == 1
            assert "another engine" in second.stderr
            assert "Traceback" not in second.stderr
        assert query(folder, "SELECT count(*) FROM epoch") == [(1,)]
        daemon.end()


def test_a_killed_engine_leaves_no_lock_behind(tmp_path: Path) -> None:
    folder = tmp_path / "campaign"
    campaign.make(folder, Wanted(port=1, due=timedelta(hours=1)))
    arm(folder)
    with Daemon(folder) as daemon:
        until(lambda: bool(query(folder, "SELECT 1 FROM epoch")), daemon=daemon)
        daemon.kill()
        loa(folder, "run", "--once")
    assert query(folder, "SELECT count(*) FROM epoch") == [(2,)]


def test_the_intents_of_an_engine_that_was_overtaken_are_refused(tmp_path: Path) -> None:
    folder = tmp_path / "campaign"
    with Outside(tmp_path / "outside") as outside:
        campaign.make(folder, Wanted(outside.port, ("once", "again"), targets=5, due=timedelta(seconds=3)))
        arm(folder)
        with Daemon(folder) as daemon:
            until(lambda: bool(query(folder, "SELECT 1 FROM event WHERE event = 'begin'")), daemon=daemon)
            daemon.process.send_signal(signal.SIGSTOP)
            _take_over(folder)
            daemon.process.send_signal(signal.SIGCONT)
            assert daemon.process.wait(20) == 1
            assert "has taken over" in daemon.tail()
            assert "Traceback" not in daemon.tail()
            assert outside.calls() == []
    assert states(folder) == {"scheduled": 10}


def test_an_outcome_that_a_newer_engine_has_given_up_is_heard_late(tmp_path: Path) -> None:
    folder = tmp_path / "campaign"
    with Outside(tmp_path / "outside") as outside:
        campaign.make(folder, Wanted(outside.port, targets=3))
        arm(folder)
        outside.ask("slow 2")
        with Daemon(folder) as daemon:
            until(lambda: outside.open() == 1, daemon=daemon)
            _take_over(folder, found="unknown")
            assert daemon.process.wait(20) == 1
            assert len(outside.calls()) == 1
    assert states(folder) == {"scheduled": 2, "sent": 1}
    assert query(folder, "SELECT count(*) FROM attempt WHERE outcome = 'lose'") == [(1,)]


def test_an_outcome_does_not_pass_for_that_of_a_newer_attempt(tmp_path: Path) -> None:
    folder = tmp_path / "campaign"
    with Outside(tmp_path / "outside") as outside:
        campaign.make(folder, Wanted(outside.port, ("again",)))
        arm(folder)
        outside.ask("slow 2")
        with Daemon(folder) as daemon:
            until(lambda: outside.open() == 1, daemon=daemon)
            _take_over(folder, found="retrying")
            with closing(sqlite3.connect(folder / "var" / "loa.db", timeout=30)) as connection, connection:
                connection.execute("UPDATE delivery SET state = 'sending', wake_at = NULL")
                connection.execute(
                    "INSERT INTO attempt (delivery, round, epoch, payload, body, idempotent, staged, started_at)"
                    " SELECT delivery, round, epoch + 1, payload, body, idempotent, staged, ended_at FROM attempt"
                )
            until(lambda: "too late" in daemon.tail(), daemon=daemon)
            daemon.end()
    assert states(folder) == {"sending": 1}
    assert query(folder, "SELECT epoch FROM attempt WHERE ended_at IS NULL") == [(2,)]


def _take_over(folder: Path, found: str = "") -> None:
    """Write what a newer engine writes when it begins: its epoch, and what it makes of the calls that it finds open."""
    at = "2026-01-01T00:00:00.000000Z"
    with closing(sqlite3.connect(folder / "var" / "loa.db", timeout=30)) as connection, connection:
        connection.execute(
            "INSERT INTO epoch (host, pid, started_at, heartbeat_at) VALUES ('elsewhere', 1, ?, ?)", (at, at)
        )
        if found:
            connection.execute("UPDATE attempt SET ended_at = ?, outcome = 'lose' WHERE ended_at IS NULL", (at,))
            connection.execute(
                "UPDATE delivery SET state = ?, wake_at = iif(? = 'retrying', due_at, NULL) WHERE state = 'sending'",
                (found, found),
            )
