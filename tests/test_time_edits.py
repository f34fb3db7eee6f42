"""Events and posts moved, occurrences moved and left out: on real files and a real store, and never sent twice."""

# ruff: noqa: DTZ001  (times in files are local and naive)
from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest

from scheduler.api import Receipt
from scheduler.engine.editing import Edits
from scheduler.ground.errors import CampaignInvalid, LoaError, NotAllowed, NotFound
from scheduler.ground.lifecycle import State
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
        (
            {"at": FIFTH, "times": "[12:00]"},
            datetime(2021, 5, 6, 8),
            {"at": "2021-05-06 08:00", "times": '["08:00"]'},
        ),
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


# --- what has gone out -----------------------------------------------------------------------------------------------


def sent(folder: Folder) -> list[str]:
    """Return the keys of all calls that were made, in order."""
    return [key for key, _round, _text in folder.module("kenh").calls]


def test_what_has_gone_out_is_not_moved_and_nothing_goes_out_twice(folder: Folder, desks: Callable[..., Desk]) -> None:
    folder.post(at=NOON + HOUR)
    desk = desks(folder)
    desk.at(NOON + HOUR).run()
    text = folder.file().read_bytes()
    moving = edits(desk).foresee_post("tin", datetime(2021, 5, 9, 8))
    assert [row.state for row in moving.stays] == [State.SENT]
    assert moving.refused == "it has gone out, and stays at its time"
    with pytest.raises(NotAllowed, match="it has gone out"):
        edits(desk).move_post("tin", datetime(2021, 5, 9, 8))
    assert folder.file().read_bytes() == text
    folder.file().write_text(text.decode().replace("2021-05-03 13:00", "2021-05-09 08:00"), "utf-8")
    desk.act.sync()
    desk.at(NOON + 10 * DAY).run()
    assert len(sent(folder)) == 1, "not even where somebody moves it by hand"


def test_what_has_not_gone_out_moves_and_what_has_stays(folder: Folder, desks: Callable[..., Desk]) -> None:
    folder.channel("dai", sure=False, table='lead = "2d"\n')
    folder.post(at=NOON + 3 * DAY)
    desk = desks(folder)
    folder.module("dai").does["deliver"] = lambda *_: Receipt("kịch bản", handed=True)
    desk.at(NOON + 2 * DAY).run()
    assert desk.row(channel="dai").state is State.HANDED
    moving = edits(desk).foresee_post("tin", datetime(2021, 5, 8, 12))
    assert [(row.key.channel, row.state) for row in moving.stays] == [("dai", State.HANDED)]
    edits(desk).move_post("tin", datetime(2021, 5, 8, 12))
    assert local(desk.row(channel="kenh").due_at) == datetime(2021, 5, 8, 12)
    assert local(desk.row(channel="dai").due_at) == datetime(2021, 5, 4, 12)
    desk.at(NOON + 5 * DAY).run()
    assert len(folder.module("kenh").calls) == len(folder.module("dai").calls) == 1


def test_a_series_that_has_begun_moves_by_the_hour_and_not_by_the_day(
    folder: Folder, desks: Callable[..., Desk]
) -> None:
    folder.post(at=NOON, repeat="FREQ=WEEKLY;BYDAY=MO;COUNT=3")
    desk = desks(folder, now=NOON - HOUR)
    desk.at(NOON).run()
    with pytest.raises(NotAllowed, match=r"tin/20210503/kenh/noi/publish has gone out, and would go by another date"):
        edits(desk).move_post("tin", datetime(2021, 5, 4, 12))
    moving = edits(desk).foresee_post("tin", datetime(2021, 5, 3, 17))
    assert [(each.recurrence, local(each.after or NOON)) for each in moving.along] == [
        ("20210510", datetime(2021, 5, 10, 17)),
        ("20210517", datetime(2021, 5, 17, 17)),
    ]
    edits(desk).move_post("tin", datetime(2021, 5, 3, 17))
    assert rows(desk) == {
        "20210503": ("03/05 12:00", "sent"),
        "20210510": ("10/05 17:00", "scheduled"),
        "20210517": ("17/05 17:00", "scheduled"),
    }
    desk.at(NOON + 10 * HOUR).run()
    assert len(sent(folder)) == 1


def test_what_goes_out_within_minutes_keeps_its_name_too(folder: Folder, desks: Callable[..., Desk]) -> None:
    folder.post(at=NOON + timedelta(minutes=3), repeat="FREQ=WEEKLY;BYDAY=MO;COUNT=3")
    desk = desks(folder)
    with pytest.raises(NotAllowed, match="goes out within minutes, and would go by another date: hold it first"):
        edits(desk).move_post("tin", datetime(2021, 5, 4, 12, 3))
    edits(desk).move_post("tin", datetime(2021, 5, 4, 12, 3), "20210503")
    assert rows(desk)["20210503"] == ("04/05 12:03", "scheduled"), (
        "one alone keeps its name, so it may move at any time"
    )
    edits(desk).undo()
    desk.act.hold("tin")
    edits(desk).move_post("tin", datetime(2021, 5, 4, 12, 3))
    held = {name for name, (_due, state) in rows(desk).items() if state == "held"}
    assert held == {
        "20210504",
        "20210511",
        "20210518",
    }


@pytest.mark.parametrize("how", ["held", "cancelled", "given up", "half sent"])
def test_what_a_person_decided_or_was_called_once_does_not_begin_anew(
    how: str, folder: Folder, desks: Callable[..., Desk]
) -> None:
    folder.post(at=NOON, repeat="FREQ=WEEKLY;BYDAY=MO;COUNT=2")
    desk = desks(folder, now=NOON - HOUR)
    number = desk.row(day="20210503").id
    if how == "held":
        desk.act.hold_delivery(number)
    elif how == "cancelled":
        desk.act.cancel(number)
    else:
        desk.at(NOON)
        put(desk, State.UNKNOWN)
        desk.act.settle(number, "abandon" if how == "given up" else "not-sent", "xem trang")
    said = "held or cancelled by a person" if how in ("held", "cancelled") else "has gone out, and would go by another"
    with pytest.raises(NotAllowed, match=said):
        edits(desk).move_post("tin", datetime(2021, 5, 4, 12))
    edits(desk).move_post("tin", datetime(2021, 5, 4, 12), "20210503")
    assert set(rows(desk)) == {"20210503", "20210510"}


def test_a_daily_series_moves_by_its_first_time(folder: Folder, desks: Callable[..., Desk]) -> None:
    folder.post(at=NOON + HOUR, repeat="FREQ=DAILY;COUNT=3")
    desk = desks(folder)
    moving = edits(desk).foresee_post("tin", datetime(2021, 5, 4, 13))
    assert (moving.before, moving.after) == (NOON + HOUR, NOON + HOUR + DAY)
    assert edits(desk).move_post("tin", datetime(2021, 5, 4, 13)).what == "Bài tin: 03/05/2021 13:00 → 04/05/2021 13:00"
    assert sorted(due for due, state in rows(desk).values() if state == "scheduled") == [
        "04/05 13:00", "05/05 13:00", "06/05 13:00",
    ]  # fmt: skip


def test_undoing_never_brings_back_what_has_gone_out(folder: Folder, desks: Callable[..., Desk]) -> None:
    folder.post(at=NOON + 2 * DAY, repeat="FREQ=WEEKLY;BYDAY=WE;COUNT=2")
    desk = desks(folder)
    edits(desk).move_post("tin", datetime(2021, 5, 4, 12))
    assert rows(desk)["20210504"] == ("04/05 12:00", "scheduled")
    desk.at(NOON + DAY).run()
    assert len(sent(folder)) == 1
    with pytest.raises(NotAllowed, match="has gone out, and would go by another date"):
        edits(desk).undo()
    assert rows(desk) == {"20210504": ("04/05 12:00", "sent"), "20210511": ("11/05 12:00", "scheduled")} | CANCELLED


CANCELLED = {"20210505": ("05/05 12:00", "cancelled"), "20210512": ("12/05 12:00", "cancelled")}
"""What a series leaves behind that was moved by a day before it began."""


@pytest.mark.parametrize("state", [State.SENDING, State.UNKNOWN, State.HANDED, State.SENT])
def test_a_skip_of_what_is_out_is_refused(state: State, folder: Folder, desks: Callable[..., Desk]) -> None:
    folder.post(at=NOON, repeat="FREQ=DAILY;COUNT=3")
    desk = desks(folder, now=NOON - HOUR)
    desk.at(NOON)
    if state is State.HANDED:
        folder.module("kenh").does["deliver"] = lambda *_: Receipt("gói", handed=True)
    if state in (State.SENDING, State.UNKNOWN):
        put(desk, state)
    else:
        desk.run()
    assert desk.row(day="20210503").state is state
    with pytest.raises(NotAllowed, match="has gone out"):
        edits(desk).skip("tin", "20210503")
    with pytest.raises(NotAllowed, match="it has gone out, and stays"):
        edits(desk).move_post("tin", datetime(2021, 5, 9, 8), "20210503")


def put(desk: Desk, state: State) -> None:
    """Bring the first delivery under way, and lose sight of it where that is asked for."""
    from scheduler.channels.channel import Rendered
    from scheduler.engine.delivering.payload import pack
    from scheduler.ground.lifecycle import Event
    from scheduler.store import attempts, moves
    from scheduler.store.attempts import Intent
    from scheduler.store.moves import Move

    row, payload = desk.row(day="20210503"), pack(Rendered({}, "chữ"))
    with desk.store.write() as connection:
        attempts.begin(connection, [Intent(row.id, 1, payload, False, False)], desk.core.epoch, desk.clock.now())
        intend = Move(row.id, row.state, Event.INTEND, State.SENDING, "thử", payload=payload.digest, intends=True)
        moves.apply(connection, [intend], desk.clock.now())
        if state is State.UNKNOWN:
            lose = Move(row.id, State.SENDING, Event.LOSE, State.UNKNOWN, "thử", wake_at=desk.clock.now() + DAY)
            moves.apply(connection, [lose], desk.clock.now())


# --- series, skips ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("front", "at", "written", "days"),
    [
        (WEEKLY, datetime(2021, 5, 6, 12), "repeat: FREQ=WEEKLY;BYDAY=TH;COUNT=3", ["06/05 12:00", "13/05", "20/05"]),
        (WEEKLY, datetime(2021, 5, 5, 18), "at: 2021-05-05 18:00", ["05/05 18:00", "12/05 18:00", "19/05"]),
        (
            {"at": FIFTH, "repeat": "FREQ=WEEKLY;INTERVAL=2;BYDAY=WE,SU;UNTIL=20210602"},
            datetime(2021, 5, 6, 12),
            "repeat: FREQ=WEEKLY;INTERVAL=2;BYDAY=TH,MO;UNTIL=20210603;WKST=TU",
            ["06/05", "10/05", "20/05", "24/05", "03/06"],
        ),
        (
            {**WEEKLY, "except": '[2021-05-12, "2021-05-19 12:00"]', "also": '["2021-05-13 08:00"]'},
            datetime(2021, 5, 6, 13),
            'except: [2021-05-13, "2021-05-20 13:00"]\nalso: ["2021-05-14 09:00"]',
            ["06/05 13:00", "14/05 09:00"],
        ),
        (
            {"at": FIFTH, "times": "[07:00, 12:00]"},
            datetime(2021, 5, 6, 8),
            'times: ["08:00", "13:00"]',
            ["06/05 08:00", "06/05 13:00"],
        ),
        (
            {**EVENT, "times": "[07:00, 12:00]"},
            datetime(2021, 5, 6, 8),
            'times: ["08:00", "13:00"]\noffset: +1d',
            ["06/05 08:00", "06/05 13:00"],
        ),
        (
            {**WEEKLY, "moved": "{20210512: 2021-05-13 17:00}"},
            datetime(2021, 5, 6, 12),
            'moved: {20210513: "2021-05-14 17:00"}',
            ["06/05", "14/05 17:00", "20/05"],
        ),
        (
            {"at": FIFTH, "repeat": "FREQ=MONTHLY;COUNT=2"},
            datetime(2021, 5, 7, 12),
            "at: 2021-05-07 12:00",
            ["07/05 12:00", "07/06 12:00"],
        ),
    ],
)
def test_a_whole_series_moves(
    front: dict[str, Any], at: datetime, written: str, days: list[str], folder: Folder, desks: Callable[..., Desk]
) -> None:
    folder.event("le", FIFTH)
    folder.post(**front)
    desk = desks(folder)
    text, before = folder.file().read_bytes(), rows(desk)
    edits(desk).move_post("tin", at)
    assert written in folder.file().read_text("utf-8")
    waiting = sorted(due for due, state in rows(desk).values() if state == "scheduled")
    assert len(waiting) == len(days)
    assert all(due.startswith(day) for due, day in zip(sorted(waiting, key=_by_date), days, strict=True))
    edits(desk).undo()
    assert folder.file().read_bytes() == text
    assert {n: row for n, row in rows(desk).items() if row[1] == "scheduled"} == before


def _by_date(due: str) -> tuple[str, ...]:
    return (due[3:5], due[:2], due[6:])


@pytest.mark.parametrize(
    ("front", "at", "said"),
    [
        (
            {"at": FIFTH, "repeat": "FREQ=MONTHLY;BYMONTHDAY=5;COUNT=2"},
            datetime(2021, 5, 6, 12),
            "content/posts/tin.md: the rule FREQ=MONTHLY;BYMONTHDAY=5;COUNT=2 names its days itself",
        ),
        (
            {"at": FIFTH, "times": "[00:30, 12:00]"},
            datetime(2021, 5, 5, 13, 0),
            "would fall on another day: edit `times`",
        ),
        ({"at": FIFTH}, datetime(2021, 5, 5, 12), "it is at that time already"),
        (WEEKLY, datetime(2021, 5, 5, 12), "it is at that time already"),
    ],
)
def test_what_a_placement_cannot_say_is_said(
    front: dict[str, Any], at: datetime, said: str, folder: Folder, desks: Callable[..., Desk]
) -> None:
    folder.post(**front)
    desk = desks(folder)
    text, dump = folder.file().read_bytes(), desk.dump()
    with pytest.raises(NotAllowed) as error:
        edits(desk).move_post("tin", at)
    assert said in str(error.value)
    assert (folder.file().read_bytes(), desk.dump()) == (text, dump)


@pytest.mark.parametrize(
    ("front", "recurrence", "written", "left"),
    [
        (WEEKLY, "20210512", "except: [2021-05-12]", ["20210505", "20210519"]),
        ({"at": FIFTH, "times": "[07:00, 12:00]"}, "20210505-2", 'except: ["2021-05-05 12:00"]', ["20210505"]),
        ({"at": FIFTH, "also": '["2021-05-12 12:00"]'}, "20210505", "except: [2021-05-05]", ["20210512"]),
        ({**WEEKLY, "except": "[2021-05-19]"}, "20210512", "except: [2021-05-19, 2021-05-12]", ["20210505"]),
        (
            {**WEEKLY, "moved": "{20210512: 2021-05-13 17:00}"},
            "20210512",
            "except: [2021-05-12]",
            ["20210505", "20210519"],
        ),
        ({**EVENT, "times": "[07:00, 12:00]"}, "20210505", 'except: ["2021-05-05 07:00"]', ["20210505-2"]),
    ],
)
def test_one_occurrence_is_left_out_and_taken_in_again(
    front: dict[str, Any], recurrence: str, written: str, left: list[str], folder: Folder, desks: Callable[..., Desk]
) -> None:
    folder.event("le", FIFTH)
    folder.post(**front)
    desk = desks(folder)
    before = rows(desk)
    edit = edits(desk).skip("tin", recurrence)
    assert edit.what == f"Bài tin: not on {before[recurrence][0][:5]}/2021 {before[recurrence][0][6:]}"
    assert written in folder.file().read_text("utf-8")
    assert "moved" not in folder.file().read_text("utf-8")
    after = rows(desk)
    assert sorted(name for name, (_due, state) in after.items() if state == "scheduled") == left
    assert after[recurrence][1] == "cancelled"
    edits(desk).unskip("tin", recurrence)
    assert rows(desk)[recurrence][1] == "scheduled"
    with pytest.raises(NotAllowed, match="is not left out by `except`"):
        edits(desk).unskip("tin", recurrence)
    for _ in range(2):
        edits(desk).undo()
    assert rows(desk) == before


def test_an_occurrence_that_was_added_is_taken_off_the_list(folder: Folder, desks: Callable[..., Desk]) -> None:
    folder.post(at=FIFTH, also='["2021-05-12 12:00", "2021-05-13 12:00"]')
    desk = desks(folder)
    edits(desk).skip("tin", "20210512")
    assert 'also: ["2021-05-13 12:00"]' in folder.file().read_text("utf-8")
    edits(desk).skip("tin", "20210513")
    assert "also" not in folder.file().read_text("utf-8")


def test_one_of_a_day_that_is_left_out_whole_comes_back_alone(folder: Folder, desks: Callable[..., Desk]) -> None:
    folder.post(at=FIFTH, times="[07:00, 12:00]", repeat="FREQ=DAILY;COUNT=2", **{"except": "[2021-05-06]"})
    desk = desks(folder)
    edits(desk).unskip("tin", "20210506-2")
    assert set(rows(desk)) == {"20210505", "20210505-2", "20210506-2"}
    assert 'except: ["2021-05-06 07:00"]' in folder.file().read_text("utf-8")


@pytest.mark.parametrize(
    ("post", "recurrence", "said"),
    [
        ("tim", "20210505", "there is no post 'tim': did you mean 'tin'?"),
        ("tin", "20210506", "tin has no occurrence '20210506': did you mean '20210505'?"),
        ("tin", "99991231", "the year 9999 is not from 1900 to 2199"),
        ("tin", "thứ-hai", "'thứ-hai' names no occurrence: write its first date, like 20210503"),
        ("mot", "20210505", "mot is published once: hold it (`loa post hold`), or make it a draft"),
        ("hong", "20210505", "hong has errors: run 'loa check'"),
    ],
)
def test_errors(post: str, recurrence: str, said: str, folder: Folder, desks: Callable[..., Desk]) -> None:
    folder.post(at=FIFTH, repeat="FREQ=WEEKLY;BYDAY=WE;COUNT=3")
    folder.post("mot", at=FIFTH)
    folder.post("hong", at=FIFTH, late="never")
    desk = desks(folder)
    for act in (lambda: edits(desk).skip(post, recurrence), lambda: edits(desk).foresee_skip(post, recurrence)):
        with pytest.raises((NotFound, NotAllowed)) as error:
            act()
        assert said in str(error.value)
    assert edits(desk).next_undo() is None


def test_a_post_that_cannot_be_changed_in_place_is_left_alone(folder: Folder, desks: Callable[..., Desk]) -> None:
    folder.file().write_text(
        "---\n{id: tin, title: T, workstream: chung, at: 2021-05-05 12:00, channels: [kenh]}\n---\nA\n"
    )
    desk = desks(folder)
    with pytest.raises(CampaignInvalid, match="cannot be changed in place; edit the file by hand"):
        edits(desk).move_post("tin", datetime(2021, 5, 6, 12))
    with pytest.raises(LoaError, match="there is no event 'le'"):
        edits(desk).move_event("le", START)


@pytest.mark.parametrize("at", [datetime(1, 1, 1), datetime(9999, 12, 31, 23, 59)])
@pytest.mark.parametrize("front", [{}, {"repeat": "FREQ=DAILY"}, {"at": None, "event": "le", "offset": "-3d"}])
def test_a_year_that_nobody_means_is_refused(
    at: datetime, front: dict[str, Any], folder: Folder, desks: Callable[..., Desk]
) -> None:
    folder.event("le", FIFTH)
    folder.post(**{"at": FIFTH, **front})
    desk = desks(folder)
    before = folder.file().read_bytes()
    for move in (
        lambda: desk.edit.foresee_post("tin", at),
        lambda: desk.edit.move_post("tin", at, "20210505"),
        lambda: desk.edit.move_event("le", at),
    ):
        with pytest.raises(NotAllowed, match=f"the year {at.year} is not from 1900 to 2199"):
            move()
    assert folder.file().read_bytes() == before
