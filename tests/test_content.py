from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

import pytest

from scheduler.ground.model import CampaignEvent
from scheduler.plan.content import Entry, read_event
from scheduler.plan.known import Known
from scheduler.plan.plan import read_plan
from tests.broken.cases import good_campaign

if TYPE_CHECKING:
    from pathlib import Path

PATH = "content/events/su-kien.md"
START, END = datetime(2021, 5, 12, 7, 30), datetime(2021, 5, 12, 10)  # noqa: DTZ001


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return good_campaign(tmp_path)


def entry(folder: Path, text: str) -> Entry[CampaignEvent]:
    (folder / PATH).write_text(text, encoding="utf-8")
    return read_event(folder, PATH, Known.of(read_plan(folder, []), {}))


def test_every_key(folder: Path) -> None:
    found = entry(
        folder,
        "---\nid: su-kien\ntitle: Sự kiện\nworkstream: thu-hut\nstart: 2021-05-12 07:30\nend: 2021-05-12 10:00\n"
        "place: Quảng trường\nareas: [ninh-son]\naudiences: [phi-chinh-thuc]\nlanguages: [cjm]\nunit: phong-ld\n"
        "outside: no\n---\n\nViệc cần làm.\n",
    )
    assert not found.problems
    assert found.value == CampaignEvent(
        id="su-kien",
        title="Sự kiện",
        start=START,
        end=END,
        path=PATH,
        place="Quảng trường",
        workstream="thu-hut",
        body="Việc cần làm.",
        areas=("ninh-son",),
        audiences=("phi-chinh-thuc",),
        languages=("cjm",),
        unit="phong-ld",
    )


def test_an_event_of_others_needs_no_workstream_and_lasts_two_hours(folder: Path) -> None:
    found = entry(folder, '+++\nid = "a"\ntitle = "A"\nstart = 2021-05-12 07:30:00\noutside = true\n+++\n')
    assert not found.problems
    assert found.value
    assert found.value.outside
    assert found.value.end == datetime(2021, 5, 12, 9, 30)  # noqa: DTZ001


@pytest.mark.parametrize("times", ["start: x", "start: 2021-05-12 07:30\nend: x", "start: \nend: 2021-05-12 07:30"])
def test_without_its_times_it_has_an_id_and_no_value(folder: Path, times: str) -> None:
    found = entry(folder, f"---\nid: a\ntitle: A\nworkstream: thu-hut\n{times}\n---\n")
    assert (found.id, found.value, found.failed, len(found.problems)) == ("a", None, True, 1)


def test_another_error_leaves_its_times(folder: Path) -> None:
    found = entry(folder, "---\nid: a\ntitle: A\nworkstream: x\nstart: 2021-05-12 07:30\n---\n")
    assert found.failed
    assert found.value
    assert found.value.start == START


def test_the_head_of_a_large_file_tells_its_id(folder: Path) -> None:
    found = entry(folder, "---\nid: to\n---\n" + "x" * 1_000_000)
    assert (found.id, found.value) == ("to", None)
