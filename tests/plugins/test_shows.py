"""How the four channels show what goes out: the blocks of each preview."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from plugins.fanpage import SEEN, Fanpage
from plugins.fanpage.settings import FanpageOptions, PageTarget
from plugins.radio import Radio
from plugins.radio.options import RadioOptions, RadioTarget
from plugins.rss import Rss
from plugins.rss.settings import FeedOptions, FeedTarget
from plugins.sms import Sms, SmsOptions, SmsTarget
from scheduler.api import Beside, Block, Card, Item, Key, Measure, MediaFile, Passage, Picture, Plan, PlanValues, Target
from scheduler.api import Shows as CanShow

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from scheduler.api import Options, Rendered
    from tests.plugins.conftest import Context

AT = datetime(2021, 5, 10, 2, tzinfo=UTC)
TEXT = "Bảo hiểm xã hội là **đầu tư** cho tương lai."
PLAN = Plan("p", "Kế hoạch", 2021, message="Đóng hôm nay, yên tâm ngày mai.")


def shown(
    channel: Any, context: Context[Any], settings: Options, text: str = TEXT, **more: Any
) -> tuple[Item, Rendered, list[Block]]:
    """Render a text for a target with these settings, and return how it shows."""
    target = Target(channel.name, "dau", "Nơi nhận", settings=settings)
    plan = PlanValues(PLAN, channel.uses, channel.name)
    key = Key("bai", "20210510", channel.name, "dau")
    item = Item(key, "Bài một", text, more.pop("summary", ""), "vi", target, AT, plan, **more)
    can: object = channel
    assert isinstance(can, CanShow)
    before = rendered = channel.render(item, context.render)
    blocks = list(channel.show(item, rendered, context.render))
    assert channel.render(item, context.render) == before
    return item, rendered, blocks


def test_an_sms_stands_with_and_without_accents_and_says_which_goes_out(
    make_context: Callable[..., Context[Any]],
) -> None:
    context = make_context(SmsOptions(sender="SO LD", price_per_part=300))
    _item, rendered, (block,) = shown(Sms(), context, SmsTarget(list="a.csv"))
    assert isinstance(block, Beside)
    accented, plain = block.passages
    assert (accented.text, plain.text) == ("Bảo hiểm xã hội là đầu tư cho tương lai.", rendered.text)
    assert (accented.goes_out, plain.goes_out) == (False, True)
    assert accented.notes == ("1 part", "40 used, 30 left", "UCS-2", "300 đ a person")
    assert plain.notes == ("1 part", "40 used, 120 left", "GSM-7", "300 đ a person", "from SO LD")
    assert (accented.part, plain.part) == ("", "text")


def test_where_accents_are_wanted_that_is_the_text_that_goes_out(make_context: Callable[..., Context[Any]]) -> None:
    context = make_context(SmsOptions(accents=True))
    _item, rendered, (block,) = shown(Sms(), context, SmsTarget(list="a.csv"))
    assert isinstance(block, Beside)
    assert [(each.goes_out, each.text == rendered.text) for each in block.passages] == [(True, True), (False, False)]


def test_an_sms_shows_where_each_part_begins(make_context: Callable[..., Context[Any]]) -> None:
    context = make_context(SmsOptions(price_per_part=300))
    _item, rendered, (block,) = shown(Sms(), context, SmsTarget(list="a.csv"), "ư" * 140)
    assert isinstance(block, Beside)
    accented, plain = block.passages
    assert accented.cuts == (67, 134)
    assert "".join(accented.pieces()) == accented.text
    assert [len(piece) for piece in accented.pieces()] == [67, 67, 6]
    assert accented.notes[:2] == ("3 parts", "6 used, 61 left in the last")
    assert accented.notes[3] == "900 đ a person"
    assert plain.pieces() == [rendered.text]


def test_an_sms_without_accents_in_it_is_one_text(make_context: Callable[..., Context[Any]]) -> None:
    _item, rendered, blocks = shown(Sms(), make_context(SmsOptions()), SmsTarget(list="a.csv"), "Hoi BHXH.")
    (block,) = blocks
    assert isinstance(block, Passage)
    assert block.text == rendered.text


def test_a_script_shows_its_time_against_the_slot(make_context: Callable[..., Context[Any]]) -> None:
    context = make_context(RadioOptions())
    slot = RadioTarget(slot=timedelta(seconds=20))
    _item, rendered, blocks = shown(Radio(), context, slot)
    gauge, head, spoken = blocks
    assert isinstance(gauge, Measure)
    assert isinstance(head, Passage)
    assert isinstance(spoken, Passage)
    assert (gauge.value, gauge.limit, gauge.over) == (
        rendered.figures["seconds"], 20, rendered.body["over"],
    )  # fmt: skip
    assert gauge.over > 0
    (problem,) = [each for each in Radio().check(rendered, context.render) if each.part == gauge.part]
    assert "over the slot" in problem.message
    assert head.own
    assert not spoken.own
    assert f"{head.text}\n\n{spoken.text}\n" == rendered.text


def test_scripts_of_two_stations_differ_only_in_what_is_their_own(make_context: Callable[..., Context[Any]]) -> None:
    context = make_context(RadioOptions())
    one = shown(Radio(), context, RadioTarget(slot=timedelta(minutes=2)))[2]
    other = shown(Radio(), context, RadioTarget(slot=timedelta(minutes=3), programme="Tin tức"))[2]
    assert one[2] == other[2]
    assert one[:2] != other[:2]


def picture(folder: Path) -> MediaFile:
    """Return a picture that lies in a folder."""
    import hashlib

    data = b"\x89PNG\r\n\x1a\nrest"
    path = folder / "anh.png"
    path.write_bytes(data)
    return MediaFile("anh.png", hashlib.sha256(data).hexdigest(), "image/png", "Hội nghị", path)


def test_a_page_shows_the_post_as_a_card(make_context: Callable[..., Context[Any]], tmp_path: Path) -> None:
    context = make_context(FanpageOptions())
    media = (picture(tmp_path),)
    _item, rendered, (block,) = shown(Fanpage(), context, PageTarget(), media=media, link="https://vi.du/x")
    assert block == Card("Nơi nhận", AT, rendered.text, media=(Picture("anh.png", "Hội nghị"),))
    assert block.text.endswith("https://vi.du/x")


def test_a_long_post_on_a_page_shows_where_a_reader_must_ask_for_more(
    make_context: Callable[..., Context[Any]],
) -> None:
    context = make_context(FanpageOptions())
    for length, seen in ((SEEN, 0), (SEEN + 1, SEEN)):
        (block,) = shown(Fanpage(), context, PageTarget(), "a" * length, link="https://vi.du/x")[2]
        assert isinstance(block, Card)
        assert (block.seen, block.link) == (seen, "https://vi.du/x")


def test_an_entry_shows_as_a_reader_lists_it_above_its_page(
    make_context: Callable[..., Context[Any]], tmp_path: Path
) -> None:
    options = FeedOptions(site="https://vi.du/tin/", title="Bản tin")
    context = make_context(options)
    item, rendered, blocks = shown(Rss(), context, FeedTarget(), summary="Nói ngắn.", media=(picture(tmp_path),))
    card, page = blocks
    assert isinstance(card, Card)
    assert (card.source, card.title, card.text) == ("Bản tin", "Bài một", "Nói ngắn.")
    assert card.link == f"https://vi.du/tin/posts/{item.key.post}-{item.key.recurrence}.html"
    assert [each.alt for each in card.media] == ["Hội nghị"]
    assert isinstance(page, Passage)
    assert replace(page, title="") == Passage(rendered.text, part="html")
