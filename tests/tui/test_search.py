from __future__ import annotations

import unicodedata
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from hypothesis import given
from hypothesis import strategies as st

from scheduler.ground.lifecycle import State
from scheduler.ground.text import use
from scheduler.tui.screens.queue.search import KEYS, Search, fold, parse

HOME = ZoneInfo("Asia/Ho_Chi_Minh")
CHANNELS = ("radio", "rss", "sms")


def asked(typed: str) -> Search:
    return parse(typed, HOME, CHANNELS)


def test_words_and_keys_stand_in_any_order() -> None:
    found = asked("hội state:failed nghị channel:sms post:ra-quan,loi-moi")
    assert found.query.text == "hội nghị"
    assert found.query.states == {State.FAILED}
    assert found.query.channels == {"sms"}
    assert found.query.posts == {"ra-quan", "loi-moi"}
    assert not found.trouble
    assert not found.nothing


def test_half_a_name_is_enough_and_several_are_parted_by_commas() -> None:
    assert asked("channel:r").query.channels == {"radio", "rss"}
    assert asked("state:fai,sen").query.states == {State.FAILED, State.SENT, State.SENDING}
    assert asked("state:").query.states == frozenset()


def test_states_have_their_words_in_the_language_of_the_screen() -> None:
    use("vi")
    word = fold("đã gửi")
    assert asked(f"state:{word}").query.states or asked("state:sent").query.states == {State.SENT}
    assert asked("state:failed").query.states == {State.FAILED}


def test_after_includes_its_day_and_before_does_not_in_the_zone_of_the_campaign() -> None:
    found = asked("after:2021-05-10 before:12/05/2021").query
    assert found.start == datetime(2021, 5, 9, 17, tzinfo=UTC)
    assert found.end == datetime(2021, 5, 11, 17, tzinfo=UTC)


def test_a_date_that_is_being_typed_is_no_trouble_and_a_wrong_one_is() -> None:
    assert not asked("after:2021-05").trouble
    assert "31/02/2021" in asked("after:31/02/2021").trouble
    assert asked("after:31/02/2021").query.start is None


def test_what_nothing_has_finds_nothing_and_names_the_nearest() -> None:
    found = asked("channel:smss")
    assert found.nothing
    assert "sms" in found.trouble
    assert asked("chanel:sms").trouble == "no key 'chanel' (did you mean 'channel'?)"
    assert asked("chanel:sms").query.text == "chanel:sms"


def test_text_is_composed() -> None:
    assert asked(unicodedata.normalize("NFD", "bảo hiểm")).query.text == "bảo hiểm"


@given(
    st.text()
    | st.lists(st.tuples(st.sampled_from((*KEYS, "chanel", "")), st.text())).map(
        lambda pairs: " ".join(f"{key}:{value}" for key, value in pairs)
    )
)
def test_whatever_is_typed_is_understood_somehow(typed: str) -> None:
    query = asked(typed).query
    assert query.limit == -1
    assert query.text == unicodedata.normalize("NFC", query.text)
    assert set(query.channels) <= set(CHANNELS)


def test_a_wrong_key_is_named_with_the_nearest() -> None:
    assert "'chanel'" in asked("chanel:sms").trouble
    assert "'channel'" in asked("chanel:sms").trouble
    assert "channel, state, post" in asked("xyz:sms").trouble
    assert not asked("08:30").trouble


def test_states_of_several_words_may_be_typed_in_vietnamese() -> None:
    use("vi")
    for typed in ("state:đã gửi", 'state:"đã gửi"', "state:da-gui", "state:ĐÃ GỬI radio"):
        assert asked(typed).query.states == {State.SENT}
    assert asked("state:đã gửi radio").query.text == "radio"
    use("en")
    assert asked("state:sent radio").query.text == "radio"


def test_keys_may_be_typed_in_vietnamese() -> None:
    for typed in ("kênh:sms", "KENH:sms", "channel:sms"):
        assert (asked(typed).query.channels, asked(typed).trouble) == (frozenset({"sms"}), "")
    assert asked("trạng-thái:held").query == asked("state:held").query
    assert asked("sau:2021-05-10 trước:2021-05-12").query == asked("after:2021-05-10 before:2021-05-12").query


def test_of_two_mistakes_both_are_named() -> None:
    trouble = asked("kêng:sms state:nhầm").trouble
    assert "'kêng'" in trouble
    assert "'nhầm'" in trouble
