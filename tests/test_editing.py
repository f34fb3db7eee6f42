"""Undo and redo: byte for byte, over restarts and crashes, beside an engine, and never over somebody's own change."""

# ruff: noqa: DTZ001  (times in files are local and naive)
from __future__ import annotations

import os
import stat
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from scheduler.engine.editing import Edits
from scheduler.engine.edits.record import Record
from scheduler.engine.engine import Engine
from scheduler.ground.errors import CampaignInvalid, ContentChanged, LoaError, NotAllowed, NotFound, StoreFull
from scheduler.ground.lifecycle import State
from scheduler.ground.text import use
from scheduler.plan.writing import put_text
from scheduler.store import edits as table
from tests.campaign import NOON, Desk, Folder
from tests.running import Daemon

if TYPE_CHECKING:
    from collections.abc import Callable

DAY, HOUR = timedelta(days=1), timedelta(hours=1)
FIFTH = NOON + 2 * DAY
MOVED, FURTHER = datetime(2021, 5, 6, 8), datetime(2021, 5, 7, 8)


@pytest.fixture
def desk(folder: Folder, desks: Callable[..., Desk]) -> Desk:
    folder.channel(sure=False)
    folder.post(at=FIFTH)
    folder.post("khac", at=FIFTH)
    return desks(folder)


def edits(desk: Desk) -> Edits:
    return desk.engine.edit


def text(desk: Desk, post: str = "tin") -> str:
    return desk.folder.file(post).read_text("utf-8")


def test_changes_are_undone_and_done_again_in_order(desk: Desk) -> None:
    first = text(desk)
    assert edits(desk).next_undo() is None
    edits(desk).move_post("tin", MOVED)
    second = text(desk)
    edits(desk).move_post("tin", FURTHER)
    third = text(desk)
    last = edits(desk).next_undo()
    assert last
    assert last.what == "Bài tin: 06/05/2021 08:00 → 07/05/2021 08:00"
    undone = edits(desk).undo()
    assert (undone.id, undone.undone_at, text(desk)) == (last.id, NOON, second)
    assert edits(desk).next_redo() == undone
    edits(desk).undo()
    assert text(desk) == first
    with pytest.raises(NotFound, match="there is nothing to undo"):
        edits(desk).undo()
    edits(desk).redo()
    assert text(desk) == second
    edits(desk).redo()
    assert text(desk) == third
    with pytest.raises(NotFound, match="there is nothing to do again"):
        edits(desk).redo()


def test_a_new_change_ends_what_could_be_done_again(desk: Desk) -> None:
    edits(desk).move_post("tin", MOVED)
    edits(desk).undo()
    edits(desk).move_post("khac", MOVED)
    assert edits(desk).next_redo() is None
    assert [each.file for each in edits(desk).edits()] == ["content/posts/khac.md"]


def test_a_change_in_between_is_undone_by_its_number(desk: Desk) -> None:
    first = text(desk)
    one, two = edits(desk).move_post("tin", MOVED), edits(desk).move_post("khac", MOVED)
    assert [each.id for each in edits(desk).edits()] == [two.id, one.id]
    edits(desk).undo(one.id)
    assert text(desk) == first
    with pytest.raises(NotAllowed, match=f"change {one.id} is undone already"):
        edits(desk).undo(one.id)
    with pytest.raises(NotAllowed, match=f"change {two.id} stands"):
        edits(desk).redo(two.id)
    with pytest.raises(NotFound, match="there is no change 99: `loa undo --list` shows them"):
        edits(desk).undo(99)


def test_undo_works_from_another_process_in_another_name_and_language(desk: Desk, folder: Folder) -> None:
    before = text(desk)
    edits(desk).move_post("tin", MOVED)
    with Engine.open(folder.path, clock=desk.clock, person="can-bo") as other:
        use("vi")
        try:
            last = other.edit.next_undo()
        finally:
            use("en")
        assert last
        assert (last.by, last.what) == ("giam-doc", "Bài tin: 05/05/2021 12:00 → 06/05/2021 08:00")
        other.edit.undo()
    assert text(desk) == before
    assert [(e.event, e.actor) for e in desk.look.journal(3) if e.event in ("edit", "undo")] == [
        ("undo", "can-bo"),
        ("edit", "giam-doc"),
    ]


def test_mode_links_and_line_endings_stay(desk: Desk, folder: Folder) -> None:
    real = folder.path / "content" / "posts" / "that.txt"
    data = ("\ufeff" + text(desk)).replace("\n", "\r\n").encode()
    real.write_bytes(data)
    real.chmod(0o640)
    folder.file().unlink()
    folder.file().symlink_to("that.txt")
    edits(desk).move_post("tin", MOVED)
    assert real.read_bytes() == data.replace(b"2021-05-05 12:00", b"2021-05-06 08:00")
    edits(desk).undo()
    assert real.read_bytes() == data
    assert (folder.file().is_symlink(), stat.S_IMODE(real.stat().st_mode)) == (True, 0o640)


@pytest.mark.parametrize("how", ["edited", "gone"])
def test_what_somebody_changed_since_is_not_undone(how: str, desk: Desk, folder: Folder) -> None:
    edits(desk).move_post("tin", MOVED)
    if how == "edited":
        folder.file().write_text(text(desk) + "Thêm.\n", "utf-8")
    else:
        folder.file().unlink()
    before, dump = folder.file().exists() and text(desk), desk.dump()
    with pytest.raises(ContentChanged) as error:
        edits(desk).undo()
    said = "has been changed since, by hand or by another program" if how == "edited" else "is not there any more"
    assert f"content/posts/tin.md {said}" in str(error.value)
    assert (folder.file().exists() and text(desk), desk.dump()) == (before, dump)


def test_what_somebody_put_back_by_hand_counts_as_undone(desk: Desk, folder: Folder) -> None:
    before = text(desk)
    edits(desk).move_post("tin", MOVED)
    folder.file().write_text(before, "utf-8")
    assert edits(desk).undo().undone_at == NOON
    assert text(desk) == before


def test_only_so_many_changes_are_kept(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(table, "MOST", 3)
    for day in range(6, 11):
        edits(desk).move_post("tin", datetime(2021, 5, day, 8))
    assert [each.id for each in edits(desk).edits()] == [5, 4, 3]


# --- crashes ---------------------------------------------------------------------------------------------------------


class Crash(BaseException):
    """The process ends here."""


@pytest.mark.parametrize("when", ["before the file", "after the file"])
def test_a_crash_while_writing_loses_nothing(when: str, desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    before = text(desk)

    def crash(*args: Any) -> None:
        if when == "after the file":
            put_text(*args)
        raise Crash

    monkeypatch.setattr("scheduler.engine.edits.record.put_text", crash)
    monkeypatch.setattr(Record, "settle", lambda self: None)
    with pytest.raises(Crash):
        edits(desk).move_post("tin", MOVED)
    monkeypatch.undo()
    if when == "before the file":
        assert (text(desk), edits(desk).next_undo(), edits(desk).edits()) == (before, None, [])
        return
    assert "2021-05-06 08:00" in text(desk)
    last = edits(desk).next_undo()
    assert last
    assert last.what == "Bài tin: 05/05/2021 12:00 → 06/05/2021 08:00"
    edits(desk).undo()
    assert text(desk) == before


@pytest.mark.parametrize("when", ["before the file", "after the file"])
def test_a_crash_while_undoing_loses_nothing(when: str, desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    before = text(desk)
    edits(desk).move_post("tin", MOVED)

    def crash(*args: Any) -> None:
        if when == "after the file":
            put_text(*args)
        raise Crash

    monkeypatch.setattr("scheduler.engine.edits.record.put_text", crash)
    with pytest.raises(Crash):
        edits(desk).undo()
    monkeypatch.undo()
    assert edits(desk).undo().undone_at == NOON
    assert text(desk) == before
    assert edits(desk).redo().undone_at is None


def test_a_change_that_another_process_took_for_one_that_never_came_is_kept(
    desk: Desk, folder: Folder, monkeypatch: pytest.MonkeyPatch
) -> None:
    before, begin = text(desk), table.begin

    def begin_and_be_overtaken(connection: Any, change: Any) -> int:
        number = begin(connection, change)
        connection.execute("COMMIT")
        with Engine.open(folder.path, clock=desk.clock) as other:
            assert other.edit.next_undo() is None
        connection.execute("BEGIN IMMEDIATE")
        monkeypatch.undo()
        return number

    monkeypatch.setattr(table, "begin", begin_and_be_overtaken)
    edits(desk).move_post("tin", MOVED)
    edits(desk).undo()
    assert text(desk) == before


def test_a_file_that_cannot_be_written_leaves_no_change(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    before = text(desk)

    def full(*_: Any) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(CampaignInvalid, match="cannot be written"):
        edits(desk).move_post("tin", MOVED)
    monkeypatch.undo()
    assert (text(desk), edits(desk).edits()) == (before, [])
    assert not [each for each in desk.folder.file().parent.iterdir() if each.suffix == ".part"]


def test_a_full_store_leaves_the_file_alone(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    before = text(desk)

    def full(*_: Any) -> None:
        raise StoreFull("voll")

    monkeypatch.setattr(table, "begin", full)
    with pytest.raises(StoreFull):
        edits(desk).move_post("tin", MOVED)
    assert text(desk) == before


def test_a_change_meanwhile_is_not_lost(desk: Desk, folder: Folder, monkeypatch: pytest.MonkeyPatch) -> None:
    fsync = os.fsync

    def meanwhile(handle: int) -> None:
        folder.file().write_text("của người khác\n", "utf-8")
        fsync(handle)

    monkeypatch.setattr(os, "fsync", meanwhile)
    with pytest.raises(CampaignInvalid, match="was changed by someone else meanwhile; nothing was written"):
        edits(desk).move_post("tin", MOVED)
    monkeypatch.undo()
    assert text(desk) == "của người khác\n"


# --- beside others ---------------------------------------------------------------------------------------------------


def test_beside_an_engine_at_work_it_plans_and_nothing_goes_out_twice(folder: Folder) -> None:
    module = folder.channel(sure=False)
    folder.post(at=NOON + HOUR)
    daemon = Daemon(folder)
    try:
        daemon.becomes(State.SCHEDULED)
        desk = daemon.desk
        desk.edit.move_post("tin", datetime(2021, 5, 3, 18))
        (row,) = desk.look.deliveries()
        assert (row.due_at, row.key.recurrence) == (NOON + 6 * HOUR, "20210503")
        desk.edit.undo()
        assert desk.look.deliveries()[0].due_at == NOON + HOUR
        desk.edit.move_post("tin", datetime(2021, 5, 3, 12))
        daemon.becomes(State.SENT)
        with pytest.raises(NotAllowed, match="it has gone out"):
            desk.edit.move_post("tin", datetime(2021, 5, 4, 12))
        desk.edit.undo()
        assert [each.state for each in desk.look.deliveries()] == [State.SENT]
        assert len(module.calls) == 1
    finally:
        daemon.end()


def test_a_rehearsal_changes_no_real_file(desk: Desk, folder: Folder) -> None:
    before = text(desk)
    edits(desk).move_post("khac", MOVED)
    with Engine.open(folder.path, clock=desk.clock, var=folder.path.parent / "thử", rehearsal=True) as engine:
        with pytest.raises(NotAllowed, match="a rehearsal does not write to the campaign's own files"):
            engine.edit.move_post("tin", MOVED)
        assert engine.edit.foresee_post("tin", MOVED).refused == ""
    assert text(desk) == before


# --- any file --------------------------------------------------------------------------------------------------------

LAYOUTS = (
    "---\nid: tin\ntitle: Bài   # ghi chú\nworkstream: chung\n{place}channels: [kenh]\n\n---\nXin chào.\n",
    '---\r\nchannels:\r\n  - kenh\r\n# ghi chú\r\n{place}"id": tin\r\ntitle: "T"\r\nworkstream: chung\r\n---\r\nA\r\n',
    '+++\nid = "tin"\ntitle = "Bài" # ghi chú\nworkstream = "chung"\n{place}channels = ["kenh"]\n+++\nXin chào.',
    '+++\nid = "tin"\ntitle = "Bài"\nworkstream = "chung"\n{place}[channels]\nkenh = ["noi"]\n+++\n\n\nXin chào.\n',
)
PLACES = (
    ("at: 2021-05-05 12:00", 'at = 2021-05-05T12:00:00'),
    (
        "at: '2021-05-05 12:00:00'  # trưa\nrepeat: FREQ=DAILY;COUNT=4",
        "at = 2021-05-05 12:00:00 # trưa\nrepeat = 'FREQ=DAILY;COUNT=4'",
    ),
    (
        "at: 2021-05-05 12:00\ntimes:\n  - 07:00 # sáng\n  - 12:00",
        "at = 2021-05-05 12:00:00\ntimes = [07:00:00, # sáng\n 12:00:00]",
    ),
    ("event: le\noffset:   -1d", 'event = "le"\noffset = "-1d"'),
    ("event: le\noffset: +1d 2h\nanchor: end", 'event = "le"\noffset = "1d 2h"\nanchor = "end"'),
    ("event: le\ntime: 17:00\nalso: [2021-05-09 08:00]", 'event = "le"\ntime = 17:00:00\nalso = [2021-05-09 08:00:00]'),
)  # fmt: skip


@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.integers(0, len(LAYOUTS) - 1),
    st.integers(0, len(PLACES) - 1),
    st.datetimes(datetime(2021, 5, 4), datetime(2021, 6, 20)).map(lambda at: at.replace(second=0, microsecond=0)),
    st.lists(st.sampled_from(["series", "one", "skip"]), min_size=1, max_size=4),
)
def test_whatever_is_moved_and_undone_is_byte_for_byte_what_it_was(
    anything: Desk, layout: int, place: int, at: datetime, acts: list[str]
) -> None:
    desk, file = anything, anything.folder.file()
    newline = "\r\n" if "\r\n" in LAYOUTS[layout] else "\n"
    written = PLACES[place][LAYOUTS[layout].startswith("+++")].replace("\n", newline) + newline
    data = LAYOUTS[layout].replace("{place}", written).encode()
    file.write_bytes(data)
    desk.act.sync()
    assert "tin" in desk.engine.campaign.sound
    first = next(iter(desk.rows().values())).key.recurrence
    done = sum(_tried(desk, act, at, first) for act in acts)
    moved = file.read_bytes()
    for _ in range(done):
        edits(desk).undo()
    assert file.read_bytes() == data
    for _ in range(done):
        edits(desk).redo()
    assert file.read_bytes() == moved
    assert all(each.state in (State.SCHEDULED, State.CANCELLED) for each in desk.rows().values())


@pytest.fixture
def anything(folder: Folder, desks: Callable[..., Desk]) -> Desk:
    folder.channel()
    folder.event("le", NOON + 5 * DAY)
    return desks(folder)


def _tried(desk: Desk, act: str, at: datetime, recurrence: str) -> int:
    """Do one of the acts; return how many changes came of it: a placement cannot say everything."""
    try:
        if act == "series":
            edits(desk).move_post("tin", at)
        elif act == "one":
            edits(desk).move_post("tin", at, recurrence)
        else:
            edits(desk).skip("tin", recurrence)
    except (NotAllowed, NotFound, LoaError):
        return 0
    return 1


# --- whatever is done, whenever --------------------------------------------------------------------------------------

ACTS = st.lists(
    st.one_of(
        st.tuples(st.just("series"), st.integers(-8, 8), st.sampled_from([0, 0, 5])),
        st.tuples(st.just("one"), st.integers(0, 3), st.integers(-3, 3)),
        st.tuples(st.sampled_from(["skip", "unskip"]), st.integers(0, 3), st.just(0)),
        st.tuples(st.sampled_from(["undo", "redo"]), st.just(0), st.just(0)),
        st.tuples(st.just("wait"), st.integers(1, 60), st.just(0)),
        st.tuples(st.just("wait"), st.integers(1, 60), st.just(0)),
    ),
    min_size=3,
    max_size=12,
)


@settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(ACTS, st.sampled_from(["FREQ=DAILY;COUNT=3", "FREQ=WEEKLY;BYDAY=TU;COUNT=3", "FREQ=DAILY;INTERVAL=2;COUNT=3"]))
def test_no_order_of_moves_sends_more_often_than_there_are_times(
    tmp_path_factory: pytest.TempPathFactory, acts: list[tuple[str, int, int]], rule: str
) -> None:
    folder = Folder(tmp_path_factory.mktemp("campaign") / "folder")
    folder.channel(sure=False, grace=100 * 3600)
    folder.post(at=NOON + DAY, repeat=rule)
    desk = Desk(folder)
    try:
        for act in acts:
            _done(desk, *act)
        for _day in range(35):
            desk.after(days=1).run()
        keys = [key for key, _round, _text in folder.module("kenh").calls]
        assert len(keys) == len(set(keys)) <= 3
    finally:
        desk.close()


def _done(desk: Desk, act: str, first: int, second: int) -> None:
    """Do one act, or be told that it cannot be done."""
    names = sorted({row.key.recurrence for row in desk.look.deliveries()})
    name = names[first % len(names)]
    try:
        if act == "wait":
            desk.after(hours=first).run()
        elif act == "series":
            stands = edits(desk).stands("tin")
            assert stands
            edits(desk).move_post("tin", stands + timedelta(days=first, hours=second))
        elif act == "one":
            stands = edits(desk).stands("tin", name)
            assert stands
            edits(desk).move_post("tin", stands + timedelta(days=second, hours=1), name)
        elif act in ("skip", "unskip"):
            getattr(edits(desk), act)("tin", name)
        else:
            getattr(edits(desk), act)()
    except LoaError:
        return
