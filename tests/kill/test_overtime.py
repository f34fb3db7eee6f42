"""A call past its time limit: nobody waits for it, and nobody makes it a second time while it goes on."""

from __future__ import annotations

import time
from pathlib import Path

import pytest

from tests.kill import campaign
from tests.kill.campaign import Wanted
from tests.kill.inside import arm
from tests.kill.outside import Outside
from tests.kill.process import Daemon, query, states, until

pytestmark = pytest.mark.kill

SLOW = 2.5


def test_it_is_unknown_at_once_and_its_receipt_still_counts(tmp_path: Path) -> None:
    folder = tmp_path / "campaign"
    with Outside(tmp_path / "outside") as outside:
        campaign.make(
            folder, Wanted(outside.port, targets=2, settings=(("once", 'time_limit = "300ms"\nworkers = 1'),))
        )
        arm(folder)
        outside.ask(f"slow {SLOW}")
        with Daemon(folder) as daemon:
            until(lambda: states(folder)["unknown"] == 1, daemon=daemon)
            first = outside.calls()[0]
            assert time.monotonic() - first.began < 1.0
            until(lambda: states(folder)["sent"] == 1, daemon=daemon)  # the other one is not held up
            assert time.monotonic() - first.began < SLOW
            until(lambda: states(folder)["sent"] == 2, daemon=daemon)
            assert [call.keys for call in outside.calls()].count(first.keys) == 1
            assert set(outside.received("once").values()) == {1}
            daemon.end()
    assert query(folder, "SELECT event FROM event WHERE event IN ('lose', 'hear', 'settle-not-sent') ORDER BY id") == [
        ("lose",),
        ("hear",),
    ]


def test_an_idempotent_call_is_made_again_only_once_the_first_has_ended(tmp_path: Path) -> None:
    settings = 'time_limit = "300ms"\nworkers = 3\n[channels.again.retry]\nfirst = "100ms"'
    folder = tmp_path / "campaign"
    with Outside(tmp_path / "outside") as outside:
        campaign.make(folder, Wanted(outside.port, ("again",), settings=(("again", settings),)))
        arm(folder)
        outside.ask(f"slow {SLOW}")
        with Daemon(folder) as daemon:
            until(lambda: states(folder)["sent"] == 1, daemon=daemon)
            daemon.end()
            first, second = outside.calls()
    assert first.keys == second.keys
    assert first.answered is not None
    assert second.began >= first.answered


def test_absence_counts_from_when_the_call_may_have_been_made(tmp_path: Path) -> None:
    """The call begins long after its intent, the engine dies in it, and its effect shows late, but in time."""
    folder = tmp_path / "campaign"
    with Outside(tmp_path / "outside") as outside:
        campaign.make(folder, Wanted(outside.port, ("lasting",), settings=(("lasting", "pause = 1500"),)))
        arm(folder)
        outside.ask(f"slow {SLOW}")
        with Daemon(folder) as daemon:
            until(lambda: outside.open() == 1, daemon=daemon)
            daemon.kill()
        with Daemon(folder) as daemon:
            until(lambda: states(folder)["sent"] == 1, daemon=daemon)
            daemon.end()
        assert outside.received("lasting").total() == 1
