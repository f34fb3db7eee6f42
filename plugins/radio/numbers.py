"""Numbers as Vietnamese says them.

Up to a thousand billion they agree with the package vn-numberwords on all but 4 and 5 after tens,
where it says ``bốn`` and ``năm`` for ``tư`` and ``lăm``. The South says ``lẻ`` and ``ngàn`` where
the North says ``linh`` and ``nghìn``.
"""

from __future__ import annotations

_DIGITS = ("không", "một", "hai", "ba", "bốn", "năm", "sáu", "bảy", "tám", "chín")
_BILLION = 1_000_000_000


def cardinal(number: int, *, south: bool = False) -> str:
    """Return a whole number in words: 2021 is ``hai nghìn không trăm hai mươi mốt``."""
    if number < 0:
        return f"âm {cardinal(-number, south=south)}"
    return " ".join(_words(number, south, padded=False)) or _DIGITS[0]


def _words(number: int, south: bool, *, padded: bool) -> list[str]:
    if number >= _BILLION:
        high, low = divmod(number, _BILLION)
        return [*_words(high, south, padded=padded), "tỷ", *_words(low, south, padded=True)]
    words: list[str] = []
    thousand = "ngàn" if south else "nghìn"
    for size, name in ((1_000_000, "triệu"), (1_000, thousand), (1, "")):
        group, number = divmod(number, size)
        if group:
            words += [*_below_thousand(group, south, padded=padded or bool(words)), name]
    return [word for word in words if word]


def _below_thousand(number: int, south: bool, *, padded: bool) -> list[str]:
    hundreds, rest = divmod(number, 100)
    words = [_DIGITS[hundreds], "trăm"] if hundreds or padded else []
    if 0 < rest < 10 and words:
        return [*words, "lẻ" if south else "linh", _DIGITS[rest]]
    return [*words, *_below_hundred(rest)]


def _below_hundred(number: int) -> list[str]:
    tens, unit = divmod(number, 10)
    if tens == 0:
        return [_DIGITS[unit]] if unit else []
    words = ["mười"] if tens == 1 else [_DIGITS[tens], "mươi"]
    if unit == 5:
        return [*words, "lăm"]
    if tens > 1 and unit in {1, 4}:
        return [*words, "mốt" if unit == 1 else "tư"]
    return [*words, _DIGITS[unit]] if unit else words


def decimal(whole: str, fraction: str, *, south: bool = False) -> str:
    """Return a decimal number in words: ``2`` and ``64`` is ``hai phẩy sáu mươi tư``.

    Zeros that lead the fraction are said one by one, and a long fraction digit by digit.
    """
    bare = fraction.lstrip("0")
    zeros = [_DIGITS[0]] * (len(fraction) - len(bare))
    spoken = [cardinal(int(bare), south=south)] if 0 < len(bare) <= 2 else [digits(bare)]
    return " ".join([cardinal(int(whole), south=south), "phẩy", *zeros, *filter(None, spoken)])


def digits(text: str) -> str:
    """Return the digits in ``text`` one by one, as a telephone number is read."""
    return " ".join(_DIGITS[int(each)] for each in text if each.isdecimal())


def month(number: int) -> str:
    """Return a month's number in words: the fourth is ``tư``."""
    return "tư" if number == 4 else cardinal(number)


def ordinal(number: int) -> str:
    """Return what follows ``thứ``: ``nhất``, ``hai``, ``ba``, ``tư``, ``năm``."""
    return {1: "nhất", 4: "tư"}.get(number, cardinal(number))
