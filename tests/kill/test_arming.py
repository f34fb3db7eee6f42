"""A folder that is not the one that was armed sends nothing, and arming it does not send the past again."""

from __future__ import annotations

import shutil
import sqlite3
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from scheduler.engine.backup import backup, restore
from scheduler.engine.daemon.runner import Runner
from scheduler.engine.engine import Engine
from scheduler.ground.clock import SimulatedClock
from scheduler.store.deliveries import Query
from tests.kill import campaign
from tests.kill.campaign import Wanted
from tests.kill.inside import arm
from tests.kill.outside import Outside
from tests.kill.process import Daemon, loa, query, states, until

pytestmark = pytest.mark.kill

NINE = datetime(2026, 5, 4, 2, 0, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
CHANNELS = ("once", "again", "staged", "many")
SETTINGS = (("many", "recipients = 4"),)


@dataclass
class Campaign:
    """A campaign on a clock that is stepped: posts at minute 10, 30 and 180."""

    folder: Path
    outside: Outside
    clock: SimulatedClock = field(default_factory=lambda: SimulatedClock(NINE))

    def __post_init__(self) -> None:
        campaign.make(self.folder, Wanted(self.outside.port, CHANNELS, posts=0, settings=SETTINGS))
        campaign.configure(self.folder, Wanted(self.outside.port, CHANNELS, settings=SETTINGS), timedelta())
        for number, minute in enumerate((10, 30, 180), 1):
            campaign.post(self.folder, f"bai-{number}", CHANNELS, NINE + minute * MINUTE)

    def arm(self) -> tuple[int, int]:
        """Arm the folder; return how many are missed and how many unknown."""
        with Engine.open(self.folder, clock=self.clock) as engine:
            report = engine.act.arm()
            return report.missed, report.unknown

    def run(self, minute: float) -> int:
        """Do what is due at ``minute``; return how many keys the receiver got meanwhile."""
        self.clock.advance(NINE + minute * MINUTE)
        before = self.received()
        with Engine.open(self.folder, clock=self.clock) as engine:
            Runner(engine).once()
        return self.received() - before

    def received(self) -> int:
        """Return how many keys have taken effect."""
        return sum(self.outside.received(channel).total() for channel in CHANNELS)

    def why_not(self) -> str:
        """Return why nothing goes out."""
        with Engine.open(self.folder, clock=self.clock) as engine:
            return engine.look.status().unarmed_because

    def states(self, post: str) -> dict[str, str]:
        """Return the state of each channel's delivery of a post."""
        with Engine.open(self.folder, clock=self.clock) as engine:
            return {each.key.channel: each.state.value for each in engine.look.deliveries(Query(posts=[post]))}


EACH = 3 + 4
"""What the receiver gets of one post: three calls, and four recipients."""


@pytest.fixture
def began(tmp_path: Path) -> Iterator[Campaign]:
    """Yield a campaign that has sent its first post."""
    with Outside(tmp_path / "outside", least=1, most=5) as outside:
        found = Campaign(tmp_path / "campaign", outside)
        assert found.run(0) == 0
        assert found.arm() == (0, 0)
        assert found.run(10) == EACH
        yield found
        assert all(set(outside.received(channel).values()) == {1} for channel in CHANNELS)


def goes_on(found: Campaign, why: str) -> tuple[int, int]:
    """Show that nothing goes out until the folder is armed, nothing of the past after that, and then the rest."""
    assert found.run(60) == 0
    assert why in found.why_not()
    counts = found.arm()
    assert found.why_not() == ""
    assert found.run(61) == 0
    assert found.run(180) == EACH
    assert found.run(300) == 0
    return counts


def test_what_was_sent_before_stays_sent(began: Campaign) -> None:
    assert began.run(30) == EACH
    assert began.run(180) == EACH
    assert set(began.states("bai-1").values()) == {"sent"}


def test_a_second_clone(began: Campaign, tmp_path: Path) -> None:
    began.run(30)
    began.folder = Path(
        shutil.copytree(began.folder, tmp_path / "clone", ignore=shutil.ignore_patterns("var", "__pycache__"))
    )
    assert goes_on(began, "not armed") == (0, 0)
    assert set(began.states("bai-2").values()) == {"missed"}


def test_a_deleted_database(began: Campaign) -> None:
    began.run(30)
    for file in (began.folder / "var").glob("loa.db*"):
        file.unlink()
    assert goes_on(began, "not armed") == (0, 0)
    assert set(began.states("bai-1").values()) == {"missed"}


@pytest.mark.parametrize("keep", [True, False])
def test_a_copied_or_moved_folder(began: Campaign, tmp_path: Path, keep: bool) -> None:
    (shutil.copytree if keep else shutil.move)(began.folder, tmp_path / "other")
    began.folder = tmp_path / "other"
    missed, unknown = goes_on(began, "copied or moved")
    assert (missed, unknown) == (4, 0)
    assert set(began.states("bai-2").values()) == {"missed"}


def test_a_restored_backup(began: Campaign, tmp_path: Path) -> None:
    began.run(20)
    with Engine.open(began.folder, clock=began.clock) as engine:
        backup(engine, tmp_path / "backup.tar.gz")
    assert began.run(30) == EACH
    kept = restore(began.folder, tmp_path / "backup.tar.gz", began.clock.now(), "tester").kept
    assert kept is not None
    assert kept.is_file()
    assert goes_on(began, "not armed") == (1, 3)
    assert began.states("bai-1") == dict.fromkeys(CHANNELS, "sent")
    assert began.states("bai-2") == {**dict.fromkeys(CHANNELS, "unknown"), "again": "missed"}


def _copy(source: Path, target: Path) -> None:
    shutil.copyfile(source, target)


def _replace(source: Path, target: Path) -> None:
    shutil.copyfile(source, target.with_name("fresh"))
    target.with_name("fresh").replace(target)


@pytest.mark.parametrize("put", [_copy, _replace])
def test_a_database_put_back_by_hand(began: Campaign, tmp_path: Path, put: Callable[[Path, Path], None]) -> None:
    database = began.folder / "var" / "loa.db"
    began.run(20)
    shutil.copyfile(database, tmp_path / "kept.db")
    assert began.run(30) == EACH
    put(tmp_path / "kept.db", database)
    assert goes_on(began, "not armed") == (1, 3)
    assert began.states("bai-2") == {**dict.fromkeys(CHANNELS, "unknown"), "again": "missed"}


def test_a_database_put_back_by_hand_stays_unarmed_however_much_is_written_to_it(
    began: Campaign, tmp_path: Path
) -> None:
    database = began.folder / "var" / "loa.db"
    began.run(20)
    shutil.copyfile(database, tmp_path / "kept.db")
    assert began.run(30) == EACH
    shutil.copyfile(tmp_path / "kept.db", database)
    began.clock.advance(NINE + 40 * MINUTE)
    with Engine.open(began.folder, clock=began.clock) as engine:
        for _ in range(40):
            engine.act.hold("bai-3")
            engine.act.release("bai-3")
    assert goes_on(began, "not armed") == (1, 3)


def test_a_backlog_that_went_out_after_the_backup_is_in_doubt(began: Campaign, tmp_path: Path) -> None:
    began.clock.advance(NINE + 31 * MINUTE)
    with Engine.open(began.folder, clock=began.clock) as engine:
        backup(engine, tmp_path / "backup.tar.gz")  # due a minute ago, and not sent yet
    assert began.run(32) == EACH
    restore(began.folder, tmp_path / "backup.tar.gz", began.clock.now(), "tester")
    assert goes_on(began, "not armed") == (1, 3)
    assert began.states("bai-2") == {**dict.fromkeys(CHANNELS, "unknown"), "again": "missed"}


@pytest.mark.kill
@pytest.mark.parametrize("run_first", [True, False])
@pytest.mark.parametrize("way", ["restore", "hand"])
def test_a_backup_from_the_middle_of_calls(tmp_path: Path, way: str, run_first: bool) -> None:
    """What the backup saw as not past its point of no return, or not yet called, has gone since."""
    folder, kept = tmp_path / "campaign", tmp_path / "kept"
    settings = (("many", "recipients = 60"), ("staged", "pause = 2000"))
    with Outside(tmp_path / "outside", least=400, most=600) as outside:
        campaign.make(folder, Wanted(outside.port, ("staged", "many"), settings=settings))
        arm(folder)
        with Daemon(folder) as daemon:
            until(lambda: states(folder)["sending"] == 2 and outside.open() == 1, daemon=daemon)
            if way == "restore":
                with Engine.open(folder) as engine:
                    backup(engine, kept)
            else:
                with closing(sqlite3.connect(folder / "var" / "loa.db")) as source:
                    source.execute("VACUUM INTO ?", (str(kept),))
            assert not outside.received("staged")
            until(lambda: states(folder)["sent"] == 2, daemon=daemon)
            daemon.end()
        if way == "restore":
            restore(folder, kept, datetime.now(UTC), "tester")
        else:
            shutil.copyfile(kept, folder / "var" / "loa.db")
        if run_first:
            loa(folder, "run", "--once")
        loa(folder, "arm", "--yes")
        loa(folder, "run", "--once")
        assert outside.received("staged").total() == 1
        assert set(outside.received("many").values()) == {1}
        assert outside.received("many").total() == 60
    assert states(folder) == {"unknown": 2}


@pytest.mark.kill
def test_a_database_that_is_gone_under_a_running_engine(tmp_path: Path) -> None:
    folder = tmp_path / "campaign"
    with Outside(tmp_path / "outside") as outside:
        campaign.make(folder, Wanted(outside.port, targets=3, due=timedelta(seconds=3)))
        arm(folder)
        with Daemon(folder) as daemon:
            until(lambda: bool(query(folder, "SELECT 1 FROM event WHERE event = 'begin'")), daemon=daemon)
            for file in (folder / "var").glob("loa.db*"):
                file.unlink()
            until(lambda: time.monotonic() - daemon.began > 4.5)
            assert outside.calls() == []
            assert "Exception in thread" not in daemon.tail()
            assert daemon.process.poll() is None or "has been replaced or removed" in daemon.tail()


@pytest.mark.kill
def test_arming_wakes_the_engine_that_waits_for_it(tmp_path: Path) -> None:
    folder = tmp_path / "campaign"
    with Outside(tmp_path / "outside") as outside:
        campaign.make(folder, Wanted(outside.port, targets=3, due=timedelta(seconds=3)))
        with Daemon(folder) as daemon:
            until(lambda: "not armed" in daemon.tail(), daemon=daemon)
            loa(folder, "arm", "--yes")
            until(lambda: states(folder)["sent"] == 3, 8, daemon)
            daemon.end()
        assert set(outside.received("once").values()) == {1}
