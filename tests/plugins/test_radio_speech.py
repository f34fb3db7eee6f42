from __future__ import annotations

import unicodedata

from plugins.radio.speech import Block, blocks, sentences, syllables


def test_markdown_becomes_plain_blocks() -> None:
    text = (
        "# Thưa **bà con**\n\nXem [trang *này*](https://example.org), rồi\nhỏi `cán bộ`. 😀\n\n"
        "1. một\n2. hai\n\n---\n\n![ảnh](a.png)\n\n#BHXHchoTatCaMoiNguoi\n\n"
        "| Mức | Tiền |\n|---|---|\n| a | b |\n"
    )
    assert [each.text for each in blocks(text)] == [
        "Thưa bà con",
        "Xem trang này, rồi hỏi cán bộ.",
        "một",
        "hai",
        "Mức",
        "Tiền",
        "a",
        "b",
    ]


def test_a_block_quote_directs_and_is_not_spoken() -> None:
    text = "> Đọc *chậm*,\n> hai lần.\n>\n> > Lặng 2 giây.\n>\n> - Nhạc\n\nThưa bà con."
    assert [*blocks(text)] == [
        Block("Đọc chậm, hai lần.", spoken=False),
        Block("Lặng 2 giây.", spoken=False),
        Block("Nhạc", spoken=False),
        Block("Thưa bà con."),
    ]


def test_text_is_composed() -> None:
    assert [*blocks(unicodedata.normalize("NFD", "được"))] == [Block("được")]


def test_a_hashtag_leaves_no_gap_before_a_mark() -> None:
    assert [*blocks("Hỏi ngay #BHXH .")] == [Block("Hỏi ngay.")]


def test_pictures_fall_away_and_signs_that_mean_something_stay() -> None:
    assert [*blocks("Nóng 38°C 🌞👵🏽, 1️⃣ điều, № 5.")] == [Block("Nóng 38°C, 1 điều, № 5.")]


def test_sentences_stand_alone() -> None:
    assert sentences("Một. “Hai!” Ba? Bốn… năm") == ["Một.", "“Hai!”", "Ba?", "Bốn…", "Năm."]
    assert [*map(sentences, ("gồm:", "ba tháng; sáu tháng,"))] == [["Gồm:"], ["Ba tháng.", "Sáu tháng."]]


def test_syllables_are_what_is_said() -> None:
    assert syllables("Bảo hiểm xã hội – “hôm nay”, cô-vít mười chín.") == 10
