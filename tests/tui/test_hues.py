from __future__ import annotations

from scheduler.tui.hues import HUES, letters, marks


def test_each_channel_has_a_letter_of_its_own_by_their_order() -> None:
    found = marks(["radio", "fanpage", "rss", "sms", "s", "9"])
    assert [mark.letter for mark in found.values()] == ["R", "F", "S", "M", "#", "9"]
    assert [mark.hue for mark in found.values()] == [1, 2, 3, 4, 5, 6]


def test_one_more_channel_changes_nothing_for_those_before_it() -> None:
    assert list(marks(["radio", "rss", "zalo"]).items())[:2] == list(marks(["radio", "rss"]).items())


def test_colours_come_round_again() -> None:
    assert marks([f"kenh-{number}" for number in range(9)])["kenh-8"].hue == 1
    assert HUES == 8


def test_more_channels_than_there_is_room_for_end_in_a_plus() -> None:
    names = ["radio", "fanpage", "rss", "sms"]
    known = marks(names)
    assert "".join(mark.letter for mark in letters(names, known, 4)) == "RFSM"
    assert "".join(mark.letter for mark in letters(names, known, 3)) == "RF+"
    assert letters(["sms", "off"], known, 3) == [known["sms"]]
