from __future__ import annotations

import unicodedata

from plugins.radio.speech import blocks, sentences, syllables


def test_markdown_becomes_plain_blocks() -> None:
    text = (
        "# Thưa **bà con**\n\nXem [trang *này*](https://example.org), rồi\nhỏi `cán bộ`. 😀\n\n"
        "1. một\n2. hai\n\n> trích\n\n---\n\n![ảnh](a.png)\n\n#BHXHchoTatCaMoiNguoi\n\n"
        "| Mức | Tiền |\n|---|---|\n| a | b |\n"
    )
    assert blocks(text) == [
        "Thưa bà con",
        "Xem trang này, rồi hỏi cán bộ.",
        "một",
        "hai",
        "trích",
        "Mức",
        "Tiền",
        "a",
        "b",
    ]


def test_text_is_composed() -> None:
    assert blocks(unicodedata.normalize("NFD", "được")) == ["được"]


def test_a_hashtag_leaves_no_gap_before_a_mark() -> None:
    assert blocks("Hỏi ngay #BHXH .") == ["Hỏi ngay."]


def test_sentences_stand_alone() -> None:
    assert sentences(["Một. “Hai!” Ba? Bốn… năm", "gồm:", "ba tháng;", "sáu tháng,"]) == [
        "Một.",
        "“Hai!”",
        "Ba?",
        "Bốn…",
        "Năm.",
        "Gồm:",
        "Ba tháng.",
        "Sáu tháng.",
    ]


def test_syllables_are_what_is_said() -> None:
    assert syllables(["Bảo hiểm xã hội – “hôm nay”.", "cô-vít mười chín"]) == 10
