"""What happened, as one list: the journal together with the engine's own log."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import timedelta

import pytest

from scheduler.engine.looks import logfile
from scheduler.engine.looks.logbook import LEVELS, Level, Wanted, happened, level_of
from scheduler.ground.lifecycle import Event
from tests.campaign import NOON, Desk, Folder


@pytest.fixture
def desk(folder: Folder, desks: Callable[..., Desk]) -> Desk:
    folder.channel()
    folder.post("hoi-nghi", title="Hội nghị đối thoại", at=NOON + timedelta(hours=2))
    desk = desks(folder)
    desk.act.sync()
    return desk


def logged(desk: Desk, *lines: tuple[int, str, str]) -> None:
    """Write lines of the engine's own log: minutes after noon, level and text."""
    file = desk.core.var / logfile.FOLDER / logfile.NAME
    file.parent.mkdir(exist_ok=True)
    with file.open("a", encoding="utf-8") as stream:
        for minutes, level, text in lines:
            at = (NOON + timedelta(minutes=minutes)).isoformat()
            stream.write(json.dumps({"at": at, "level": level, "source": "loa.engine", "text": text}) + "\n")


def test_journal_and_log_are_one_list_by_time(desk: Desk) -> None:
    row = desk.row("hoi-nghi")
    desk.clock.advance(NOON + timedelta(minutes=1))
    desk.act.hold_delivery(row.id, "chờ số liệu")
    logged(desk, (0, "info", "planned"), (2, "error", "the disk is full"), (3, "debug", "nothing to say"))
    desk.clock.advance(NOON + timedelta(minutes=4))
    desk.act.stop("sai")
    lines = desk.look.log(Wanted(after=NOON))
    assert [(each.level, happened(each.event) or each.text) for each in lines if each.event != "begin"][:3] == [
        (Level.WARNING, "everything was stopped"),
        (Level.ERROR, "the disk is full"),
        (Level.INFO, "kept back"),
    ]
    held = next(each for each in lines if each.event == Event.HOLD)
    assert (held.delivery, held.subject, held.text, held.actor) == (row.id, str(row.key), "chờ số liệu", "giam-doc")


@pytest.mark.parametrize("level", LEVELS)
def test_a_level_shows_itself_and_what_matters_more(desk: Desk, level: Level) -> None:
    logged(desk, *((1, each.value, each.value) for each in LEVELS))
    desk.act.hold_delivery(desk.row("hoi-nghi").id)
    desk.act.stop()
    found = {each.level for each in desk.look.log(Wanted(level))}
    assert found == set(LEVELS[LEVELS.index(level) :])


@pytest.mark.parametrize(
    ("text", "number"),
    [("hoi-nghi", 1), ("so lieu", 1), ("số liệu", 1), ("sô lieu", 0), ("KEPT BACK", 1), ("khong-co", 0)],
)
def test_a_text_is_looked_for_in_all_that_a_line_says(desk: Desk, text: str, number: int) -> None:
    desk.act.hold_delivery(desk.row("hoi-nghi").id, "chờ số liệu")
    assert len(desk.look.log(Wanted(text=text))) == number


def test_a_span_of_time_and_a_limit(desk: Desk) -> None:
    logged(desk, *((minute, "info", f"line {minute}") for minute in range(60)))
    start, end = NOON + timedelta(minutes=10), NOON + timedelta(minutes=20)
    texts = [each.text for each in desk.look.log(Wanted(text="line", after=start, before=end))]
    assert texts == [f"line {minute}" for minute in range(19, 9, -1)]
    assert [each.text for each in desk.look.log(Wanted(text="line", limit=2))] == ["line 59", "line 58"]


def test_one_looks_no_further_than_asked_and_goes_on_from_before(desk: Desk) -> None:
    logged(desk, *((minute, "info", f"line {minute}") for minute in range(60)))
    assert desk.look.log(Wanted(text="line 3", reach=20)) == []
    assert desk.look.log(Wanted(text="line 3", reach=30))[0].text == "line 39"
    end = NOON + timedelta(minutes=10)
    assert [each.text for each in desk.look.log(Wanted(text="line 3", before=end, reach=7))] == ["line 3"]
    assert desk.look.log(Wanted(text="line 3", before=end, reach=6)) == []


def test_many_lines_of_no_interest_do_not_hide_what_is_before_them(desk: Desk) -> None:
    desk.act.hold_delivery(desk.row("hoi-nghi").id, "đầu tiên")
    for number in range(1200):
        desk.folder.post(f"tin-{number:04}", at=NOON + timedelta(days=1))
    desk.act.sync()
    assert [each.text for each in desk.look.log(Wanted()) if each.event == Event.HOLD] == ["đầu tiên"]
    assert len(desk.look.log(Wanted(Level.DEBUG, limit=100_000))) > 1200


def test_every_event_of_the_lifecycle_has_words_and_a_level() -> None:
    for event in (*Event, "plan", "messages", "approved", "revoked", "returned", "arm", "stop", "lift", "pause"):
        assert happened(event) not in ("", event) or event in (Event.REFUSE, "messages", "approved"), event
        assert level_of(event) in LEVELS
    assert happened("something-new") == "something-new"
    assert happened("") == ""
