"""Events and posts moved, occurrences moved and left out: on real files and a real store, and never sent twice."""

# ruff: noqa: DTZ001  (times in files are local and naive)
from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest

from scheduler.api import Receipt
from scheduler.engine.editing import Edits
from scheduler.ground.errors import CampaignInvalid, LoaError, NotAllowed, NotFound
from scheduler.ground.lifecycle import Hold, State
from scheduler.ground.problem import Severity
from tests.campaign import LOCAL, NOON, Desk, Folder

if TYPE_CHECKING:
    from collections.abc import Callable

DAY, HOUR = timedelta(days=1), timedelta(hours=1)
FIFTH = NOON + 2 * DAY
START = datetime(2021, 5, 5, 12)
"""Noon of 5 May in Viet Nam, when the post or event of each case stands."""


def local(moment: datetime) -> datetime:
    return (moment + LOCAL).replace(tzinfo=None)


def edits(desk: Desk) -> Edits:
    return desk.engine.edit


def rows(desk: Desk, post: str = "tin") -> dict[str, tuple[str, str]]:
    """Return, by recurrence, when each delivery of a post is due and its state."""
    return {
        row.key.recurrence: (f"{local(row.due_at):%d/%m %H:%M}", row.state.value)
        for row in desk.look.deliveries()
        if row.key.post == post
    }


@pytest.fixture
def folder(folder: Folder) -> Folder:
    folder.channel(sure=False)
    return folder


EVENT = {"at": None, "event": "le"}


@pytest.mark.parametrize(
    ("front", "at", "written"),
    [
        ({"at": FIFTH}, datetime(2021, 5, 6, 8), {"at": "2021-05-06 08:00"}),
        ({"at": FIFTH, "times": "[12:00]"}, datetime(2021, 5, 6, 8), {"at": "2021-05-06 08:00", "times": "[\"08:00\"]"}),
        ({**EVENT}, datetime(2021, 5, 6, 12), {"offset": "+1d"}),
        ({**EVENT}, datetime(2021, 5, 5, 13), {"offset": "+1h"}),
        ({**EVENT, "offset": "-1d"}, datetime(2021, 5, 6, 12), {"offset": "+1d"}),
        ({**EVENT, "offset": "-1d"}, datetime(2021, 5, 4, 13), {"offset": "-23h"}),
        ({**EVENT, "offset": "-1d"}, datetime(2021, 5, 3, 13, 30), {"offset": "-1d 22h 30m"}),
        ({**EVENT, "offset": "-1d"}, datetime(2021, 5, 5, 12), {"offset": None}),
        ({**EVENT, "offset": "-1d", "time": "17:00"}, datetime(2021, 5, 5, 17), {"offset": None}),
        ({**EVENT, "offset": "-1d", "time": "17:00"}, datetime(2021, 5, 4, 18), {"time": "18:00"}),
        ({**EVENT, "offset": "-1d", "time": "17:00"}, datetime(2021, 5, 7, 8), {"offset": "+2d", "time": "08:00"}),
        ({**EVENT, "anchor": "end"}, datetime(2021, 5, 5, 15), {"offset": "+1h"}),
        ({**EVENT, "times": "[17:00]"}, datetime(2021, 5, 6, 8), {"offset": "+1d", "times": "[\"08:00\"]"}),
    ],
)  # fmt: skip
def test_a_post_moves_as_it_is_placed_and_takes_its_delivery_along(
    front: dict[str, Any], at: datetime, written: dict[str, str | None], folder: Folder, desks: Callable[..., Desk]
) -> None:
    folder.event("le", FIFTH)
    folder.post(**front)
    desk = desks(folder)
    before, text = desk.row(), folder.file().read_text("utf-8")
    moving = edits(desk).foresee_post("tin", at)
    assert (moving.before, moving.after) == (before.due_at, (at - LOCAL).replace(tzinfo=UTC))
    assert (moving.along, moving.stays, moving.refused, moving.reapproval) == ((), (), "", ())
    assert folder.file().read_text("utf-8") == text, "nothing is written by looking ahead"

    edit = edits(desk).move_post("tin", at)
    after = desk.row()
    assert (after.id, after.key, after.state) == (before.id, before.key, State.SCHEDULED)
    assert after.due_at == moving.after
    lines, was = set(folder.file().read_text("utf-8").splitlines()), set(text.splitlines())
    keys = {line.split(":")[0]: line.split(": ", 1)[1] for line in lines - was}
    assert keys == {key: value for key, value in written.items() if value is not None}
    assert {line.split(":")[0] for line in was - lines} <= {*written}
    assert edit.what == f"Bài tin: {local(before.due_at):%d/%m/%Y %H:%M} → {at:%d/%m/%Y %H:%M}"
    assert (edit.by, edit.at, edit.file) == ("giam-doc", NOON, "content/posts/tin.md")

    edits(desk).undo()
    assert folder.file().read_text("utf-8") == text
    assert desk.row() == before
    edits(desk).redo()
    assert desk.row().due_at == moving.after


WEEKLY = {"at": FIFTH, "repeat": "FREQ=WEEKLY;BYDAY=WE;COUNT=3"}


@pytest.mark.parametrize(
    ("front", "recurrence", "due"),
    [
        (WEEKLY, "20210512", "12/05 12:00"),
        ({"at": FIFTH, "times": "[07:00, 12:00]"}, "20210505-2", "05/05 12:00"),
        ({"at": FIFTH, "also": '["2021-05-12 12:00"]'}, "20210512", "12/05 12:00"),
        ({"at": FIFTH, "also": '["2021-05-12 12:00"]'}, "20210505", "05/05 12:00"),
        ({**EVENT, "times": "[07:00, 12:00]"}, "20210505-2", "05/05 12:00"),
    ],
)
@pytest.mark.parametrize("fence", ["---", "+++"])
def test_one_occurrence_moves_alone_keeps_its_key_and_goes_out_once(
    front: dict[str, Any], recurrence: str, due: str, fence: str, folder: Folder, desks: Callable[..., Desk]
) -> None:
    folder.event("le", FIFTH)
    folder.post(**front)
    if fence == "+++":
        in_toml(folder)
    desk = desks(folder)
    before, text = rows(desk), folder.file().read_bytes()
    assert before[recurrence] == (due, "scheduled")
    edits(desk).move_post("tin", datetime(2021, 5, 7, 9), recurrence)
    assert rows(desk) == {**before, recurrence: ("07/05 09:00", "scheduled")}
    edits(desk).move_post("tin", datetime(2021, 5, 8, 9), recurrence)
    assert rows(desk) == {**before, recurrence: ("08/05 09:00", "scheduled")}
    edits(desk).undo()
    edits(desk).undo()
    assert folder.file().read_bytes() == text
    assert {name: when for name, (when, _state) in rows(desk).items()} == {n: w for n, (w, _s) in before.items()}


def in_toml(folder: Folder) -> None:
    """Write the post's front matter as TOML."""
    head = folder.file().read_text("utf-8").split("---\n")[1].replace("at: None\n", "")
    lines = []
    for line in head.splitlines():
        key, value = line.split(": ", 1)
        shown = value if value.startswith('["') else f'"{value}"' if not value.startswith("[") else _quoted(value)
        lines.append(f"{key} = {shown}")
    folder.file().write_text("+++\n" + "\n".join(lines) + "\n+++\nXin chào.\n", "utf-8")


def _quoted(value: str) -> str:
    return "[" + ", ".join(f'"{each.strip()}"' for each in value.strip("[]").split(",")) + "]"
