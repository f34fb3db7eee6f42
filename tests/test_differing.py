from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from scheduler.plan.differing import About, Changed, Line, Piece, Side, differing

BEFORE = """\
---
id: tin
title: "Hỏi ở đâu"
at: 2021-05-10 09:00
channels: [sms, rss]
audiences: [lao-dong]
---
Đóng hôm nay, có lương hưu ngày mai.

Hỏi cơ quan BHXH huyện.
"""


def both(text: str) -> Line:
    return Line(Side.BOTH, (Piece(text),))


def test_nothing_differs() -> None:
    found = differing(BEFORE, BEFORE)
    assert found.keys == ()
    assert [line.side for line in found.lines] == [Side.BOTH] * 3


def test_keys_differ_in_groups_time_first() -> None:
    after = BEFORE.replace('title: "Hỏi ở đâu"', "title: Hỏi ai\nsummary: Ngắn").replace("[lao-dong]", "[nong-dan]")
    after = after.replace("[sms, rss]", "{sms: [tinh], rss: []}").replace(
        "at: 2021-05-10 09:00\n", "at: 2021-05-11 09:00\n"
    )
    assert differing(BEFORE, after).keys == (
        Changed(About.TIME, "at", "2021-05-10 09:00", "2021-05-11 09:00"),
        Changed(About.CHANNELS, "channels", "sms, rss", "sms: tinh, rss"),
        Changed(About.AUDIENCES, "audiences", "lao-dong", "nong-dan"),
        Changed(About.OTHER, "title", "Hỏi ở đâu", "Hỏi ai"),
        Changed(About.OTHER, "summary", None, "Ngắn"),
    )


def test_a_line_that_was_rewritten_differs_in_its_words() -> None:
    found = differing(BEFORE, BEFORE.replace("hôm nay, có", "mỗi tháng, có"))
    assert found.lines == (
        Line(Side.BEFORE, (Piece("Đóng "), Piece("hôm", differs=True), Piece(" "), Piece("nay", differs=True),
                           Piece(", có lương hưu ngày mai."))),
        Line(Side.AFTER, (Piece("Đóng "), Piece("mỗi", differs=True), Piece(" "), Piece("tháng", differs=True),
                          Piece(", có lương hưu ngày mai."))),
        both(""),
        both("Hỏi cơ quan BHXH huyện."),
    )  # fmt: skip


def test_a_new_line_and_one_that_went() -> None:
    found = differing(BEFORE, BEFORE.replace("Hỏi cơ quan BHXH huyện.", "Hỏi cơ quan BHXH huyện.\nGọi 1900 9068."))
    assert found.lines[-1] == Line(Side.AFTER, (Piece("Gọi 1900 9068.", differs=True),))
    gone = differing(BEFORE, BEFORE.replace("\nHỏi cơ quan BHXH huyện.\n", ""))
    assert [line.side for line in gone.lines] == [Side.BOTH, Side.BEFORE, Side.BEFORE]


def test_a_front_matter_that_cannot_be_read_is_compared_as_text() -> None:
    found = differing(BEFORE, BEFORE.replace("channels: [sms, rss]", "channels: [sms, rss"))
    assert found.keys == ()
    assert [line.text for line in found.lines if line.side is Side.AFTER] == ["channels: [sms, rss"]


TEXTS = st.text(st.sampled_from("aă b\n."), max_size=40)


@given(TEXTS, TEXTS)
def test_each_side_of_a_difference_is_its_text_again(before: str, after: str) -> None:
    head = "---\nid: tin\n---\n"
    lines = differing(head + before, head + after).lines
    for text, side in ((before, Side.BEFORE), (after, Side.AFTER)):
        assert [line.text for line in lines if line.side in (Side.BOTH, side)] == text.strip("\n").splitlines()
