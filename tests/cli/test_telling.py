"""What `loa run` logs of outcomes."""

from __future__ import annotations

import logging
from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from scheduler.cli.telling import Telling, told
from scheduler.engine.engine import Engine
from scheduler.ground.delivery import Entry
from scheduler.ground.lifecycle import State
from tests.cli.conftest import put


def test_a_line_has_time_key_state_and_reason_and_no_number_of_a_person() -> None:
    at, reason = datetime(2021, 5, 9, 22, 30, tzinfo=UTC), "no answer for +84 912 345 678 (code 12)"
    entry = Entry(1, at, 7, "tin/20210510/sms/a/publish", "fail", "retrying", "engine", reason)
    assert told(entry, ZoneInfo("Asia/Ho_Chi_Minh")) == (
        "10/05/2021 05:30:00 tin/20210510/sms/a/publish retrying: no answer for … (code 12)"
    )


def test_each_outcome_is_logged_once(open_campaign: Path, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO, "loa.outcome")
    with Engine.open(open_campaign) as engine, Telling(engine):
        put(open_campaign, 1, State.SENT)
        key = str(engine.look.delivery("1").key)
    lines = [each.getMessage() for each in caplog.records if each.name == "loa.outcome"]
    assert [key in line and " sent" in line for line in lines] == [True]
