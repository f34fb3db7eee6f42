from __future__ import annotations

import unicodedata

import pytest

from plugins.sms.plain import links, plain, without_accents
from plugins.sms.segments import foreign

VOWELS = "aăâeêioôơuưy"
TONES = ["", "\u0300", "\u0301", "\u0303", "\u0309", "\u0323"]


def test_every_vietnamese_letter_becomes_ascii() -> None:
    every = [unicodedata.normalize("NFC", vowel + tone) for vowel in VOWELS for tone in TONES]
    text = "".join([*every, "đ"])
    assert without_accents(text + text.upper()).isascii()
    assert without_accents("Đường") == "Duong"


@pytest.mark.parametrize(
    ("written", "bare"),
    [
        ("Tháng Năm – “tháng vận động”…", 'Thang Nam - "thang van dong"...'),
        ("10.000\u00a0₫", "10.000 d"),
        ("ế\u200b", "e"),
        ("Đây là ‘thẻ’ — y tế", "Day la 'the' - y te"),
        (unicodedata.normalize("NFD", "được"), "duoc"),
    ],
)
def test_typography_becomes_ascii(written: str, bare: str) -> None:
    assert without_accents(written) == bare
    assert not foreign(bare)


def test_vowel_signs_of_cham_script_stay() -> None:
    cham = "\uaa00\uaa29\uaa34"
    assert without_accents(cham) == cham


def test_markdown_is_flattened() -> None:
    text = "# Mời *bà con*\n\nHỏi [tại đây](https://example.org/a), hoặc\nbưu điện.\n\n- một\n- hai\n\n![x](y.png)"
    assert plain(text) == "Mời bà con\nHỏi tại đây https://example.org/a, hoặc bưu điện.\n- một\n- hai"


def test_a_bare_link_stands_once() -> None:
    assert plain("<https://example.org/>") == "https://example.org/"
    assert links("xem https://example.org/a?b=1 và www.example.org") == [
        "https://example.org/a?b=1",
        "www.example.org",
    ]
