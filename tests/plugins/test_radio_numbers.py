from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from plugins.radio.numbers import cardinal, decimal, digits, month, ordinal

READINGS = {
    0: "không",
    1: "một",
    4: "bốn",
    5: "năm",
    10: "mười",
    11: "mười một",
    14: "mười bốn",
    15: "mười lăm",
    20: "hai mươi",
    21: "hai mươi mốt",
    24: "hai mươi tư",
    25: "hai mươi lăm",
    65: "sáu mươi lăm",
    100: "một trăm",
    101: "một trăm linh một",
    104: "một trăm linh bốn",
    105: "một trăm linh năm",
    110: "một trăm mười",
    115: "một trăm mười lăm",
    555: "năm trăm năm mươi lăm",
    1_000: "một nghìn",
    1_001: "một nghìn không trăm linh một",
    1_010: "một nghìn không trăm mười",
    1_189: "một nghìn một trăm tám mươi chín",
    2_021: "hai nghìn không trăm hai mươi mốt",
    10_000: "mười nghìn",
    107_800: "một trăm linh bảy nghìn tám trăm",
    1_000_000: "một triệu",
    1_000_001: "một triệu không trăm linh một",
    1_001_000: "một triệu không trăm linh một nghìn",
    21_000_015: "hai mươi mốt triệu không trăm mười lăm",
    1_000_000_000: "một tỷ",
    1_000_000_005: "một tỷ không trăm linh năm",
    5_000_000_000_000: "năm nghìn tỷ",
    -5: "âm năm",
}


@pytest.mark.parametrize("number", READINGS)
def test_known_readings(number: int) -> None:
    assert cardinal(number) == READINGS[number]


def test_the_south_says_it_its_way() -> None:
    assert cardinal(1_004, south=True) == "một ngàn không trăm lẻ bốn"


@pytest.mark.parametrize(
    ("whole", "fraction", "words"),
    [
        ("2", "5", "hai phẩy năm"),
        ("2", "64", "hai phẩy sáu mươi tư"),
        ("0", "05", "không phẩy không năm"),
        ("3", "1416", "ba phẩy một bốn một sáu"),
        ("1", "0", "một phẩy không"),
        ("1", "00", "một phẩy không không"),
    ],
)
def test_decimals(whole: str, fraction: str, words: str) -> None:
    assert decimal(whole, fraction) == words


def test_digits_months_and_ordinals() -> None:
    assert digits("1900 9068") == "một chín không không chín không sáu tám"
    assert [month(each) for each in (1, 4, 5)] == ["một", "tư", "năm"]
    assert [ordinal(each) for each in (1, 2, 4, 5)] == ["nhất", "hai", "tư", "năm"]


UNITS = {"không": 0, "một": 1, "mốt": 1, "hai": 2, "ba": 3, "bốn": 4, "tư": 4, "năm": 5, "lăm": 5}
UNITS |= {"sáu": 6, "bảy": 7, "tám": 8, "chín": 9}
SCALES = {"nghìn": 10**3, "triệu": 10**6}


def heard(words: str) -> int:
    """Work a number out from its reading, independently of how it was made."""
    total = millions = hundreds = 0
    last = 0
    for word in words.split():
        if word in UNITS:
            last = UNITS[word]
        elif word == "mười":
            hundreds, last = hundreds + 10, 0
        elif word == "mươi":
            hundreds, last = hundreds + last * 10, 0
        elif word == "trăm":
            hundreds, last = last * 100, 0
        elif word in SCALES:
            millions, hundreds, last = millions + (hundreds + last) * SCALES[word], 0, 0
        elif word == "tỷ":
            total = (total + millions + hundreds + last) * 10**9
            millions = hundreds = last = 0
        else:
            assert word == "linh"
    return total + millions + hundreds + last


@given(st.integers(0, 10**15 - 1))
def test_what_is_said_is_what_was_written(number: int) -> None:
    assert heard(cardinal(number)) == number
