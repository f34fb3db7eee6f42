"""A clean stop: calls under way end, their outcomes are written, and nothing is in doubt."""

from __future__ import annotations

import signal
import time
from pathlib import Path

import pytest

from scheduler.engine.daemon import runner
from tests.kill import campaign
from tests.kill.campaign import Wanted
from tests.kill.inside import arm, running
from tests.kill.outside import Outside
from tests.kill.process import Daemon, query, states, until

pytestmark = pytest.mark.kill

SETTINGS = (("once", "workers = 4"), ("many", "recipients = 200"))


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_in_the_middle_of_calls_leaves_no_doubt(tmp_path: Path, number: int) -> None:
    folder = tmp_path / "campaign"
    with Outside(tmp_path / "outside", least=150, most=250) as outside:
        campaign.make(folder, Wanted(outside.port, ("once", "again", "staged", "many"), targets=40, settings=SETTINGS))
        arm(folder)
        with Daemon(folder) as daemon:
            until(lambda: outside.open() >= 4 and bool(outside.received("many")), daemon=daemon)
            seconds = daemon.end(number)
            assert seconds < 5
            assert not outside.open()
            assert query(folder, "SELECT count(*) FROM attempt WHERE ended_at IS NULL") == [(0,)]
            assert states(folder)["unknown"] == states(folder)["sending"] == 0
            assert query(folder, "SELECT count(*) FROM message WHERE state IN ('sending', 'unknown')") == [(0,)]
            assert query(folder, "SELECT count(*) FROM epoch WHERE ended_at IS NULL") == [(0,)]
            for channel in ("once", "again", "staged"):
                assert states(folder, channel)["sent"] == len(outside.received(channel))
            assert states(folder, "once")["sent"]
            sent = query(folder, "SELECT count(*) FROM message WHERE state = 'sent'")[0][0]
            assert sent == len(outside.received("many")) > 0


def test_calls_that_do_not_end_are_waited_for_together(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(runner, "STOP_SECONDS", 1.0)
    folder = tmp_path / "campaign"
    with Outside(tmp_path / "outside") as outside:
        campaign.make(folder, Wanted(outside.port, ("once",), targets=4, settings=SETTINGS))
        outside.ask("slow 4 4")
        with running(folder) as engine:
            until(lambda: outside.open() == 4)
            began = time.monotonic()
        assert time.monotonic() - began < 2.0
        assert engine.core.stopping.is_set()
        until(lambda: not outside.open())
    assert states(folder)["sending"] + states(folder)["unknown"] + states(folder)["sent"] == 4
