from __future__ import annotations

import tarfile
import time
from datetime import UTC, datetime
from pathlib import Path

import pytest

from scheduler.engine.backup import backup
from scheduler.engine.engine import Engine
from scheduler.ground.clock import SimulatedClock
from tests.cli.conftest import Loa, read_json


def test_there_and_back(loa: Loa, open_campaign: Path) -> None:
    said = loa("backup", "monday.tar.gz", folder=open_campaign).stdout
    assert "monday.tar.gz" in said
    with tarfile.open(open_campaign / "monday.tar.gz") as archive:
        assert {"config.toml", "content/plan.toml", "var/loa.db"} <= set(archive.getnames())
    loa("arm", "--yes", folder=open_campaign)
    loa("delivery", "requeue", "1", folder=open_campaign)
    loa("restore", "monday.tar.gz", "--yes", folder=open_campaign)
    assert read_json(loa("delivery", "show", "1", "--json", folder=open_campaign))["state"] == "missed"
    with Engine.open(open_campaign) as engine:
        assert engine.look.status().unarmed_because


def test_when_it_was_taken_is_told_in_the_campaigns_zone(
    loa: Loa, campaign: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with Engine.open(campaign, clock=SimulatedClock(datetime(2021, 5, 3, 20, 0, tzinfo=UTC))) as engine:
        backup(engine, campaign / "monday.tar.gz")
    monkeypatch.setenv("TZ", "America/Lima")
    time.tzset()
    try:
        said = loa("restore", "monday.tar.gz", "--yes", folder=campaign).stdout
    finally:
        monkeypatch.undo()
        time.tzset()
    assert "04/05/2021 03:00" in said


def test_without_a_name_it_gets_one(loa: Loa, campaign: Path) -> None:
    loa("backup", folder=campaign)
    (archive,) = campaign.glob("loa-campaign-*.tar.gz")
    assert archive.stat().st_mode & 0o077 == 0


def test_an_archive_that_is_there_stays(loa: Loa, campaign: Path) -> None:
    (campaign / "old.tar.gz").write_text("precious")
    assert "is there already" in loa("backup", "old.tar.gz", folder=campaign, code=1).stderr
    assert (campaign / "old.tar.gz").read_text() == "precious"


def test_restore_needs_a_yes_and_an_archive(loa: Loa, campaign: Path) -> None:
    loa("backup", "monday.tar.gz", folder=campaign)
    assert "--yes" in loa("restore", "monday.tar.gz", folder=campaign, code=2).stderr
    loa("restore", "nothing.tar.gz", "--yes", folder=campaign, code=2)
    (campaign / "odd.tar.gz").write_text("odd")
    assert "no backup of Loa" in loa("restore", "odd.tar.gz", "--yes", folder=campaign, code=1).stderr


def test_a_damaged_database_can_be_replaced(loa: Loa, open_campaign: Path) -> None:
    before = loa("delivery", "list", "--json", folder=open_campaign).stdout
    loa("backup", "monday.tar.gz", folder=open_campaign)
    for file in (open_campaign / "var").glob("loa.db*"):
        file.unlink()
    (open_campaign / "var" / "loa.db").write_bytes(b"gone" * 1000)
    loa("post", "list", folder=open_campaign, code=1)
    loa("restore", "monday.tar.gz", "--yes", folder=open_campaign)
    assert loa("delivery", "list", "--json", folder=open_campaign).stdout == before
