from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from plugins.sms.segments import BASIC, EXTENDED, Encoding, cost, foreign, split

ROOM = {Encoding.GSM7: (160, 153), Encoding.UCS2: (70, 67)}
letters = st.sampled_from([*sorted(BASIC), *sorted(EXTENDED)])
anything = st.one_of(letters, st.sampled_from("ạẫđƯ☎"), st.sampled_from("😀🏠"))


@pytest.mark.parametrize(
    ("text", "encoding", "parts", "left"),
    [
        ("", Encoding.GSM7, 1, 160),
        ("a" * 160, Encoding.GSM7, 1, 0),
        ("a" * 161, Encoding.GSM7, 2, 145),
        ("a" * 306, Encoding.GSM7, 2, 0),
        ("a" * 307, Encoding.GSM7, 3, 152),
        ("€" * 80, Encoding.GSM7, 1, 0),
        ("€" * 81, Encoding.GSM7, 2, 143),
        ("a" * 152 + "{" + "a" * 152, Encoding.GSM7, 3, 152),
        ("ế" * 70, Encoding.UCS2, 1, 0),
        ("ế" * 71, Encoding.UCS2, 2, 63),
        ("ế" * 134, Encoding.UCS2, 2, 0),
        ("😀" * 35, Encoding.UCS2, 1, 0),
        ("😀" * 70, Encoding.UCS2, 3, 59),
        ("é" * 160, Encoding.GSM7, 1, 0),
        ("\f" * 80, Encoding.GSM7, 1, 0),
        ("a\nb\r", Encoding.GSM7, 1, 156),
        ("ç", Encoding.UCS2, 1, 69),
    ],
)
def test_known_sizes(text: str, encoding: Encoding, parts: int, left: int) -> None:
    cut = split(text)
    assert (cut.encoding, len(cut.parts), cut.left) == (encoding, parts, left)


def test_septets_are_counted_and_not_utf8_bytes() -> None:
    assert split("à" * 160).units == 160


def test_an_escape_pair_moves_to_the_next_part_whole() -> None:
    assert split("a" * 152 + "{" + "a" * 152).parts[1].startswith("{")


def test_the_alphabet_has_127_characters_and_ten_extended() -> None:
    assert len(BASIC) == 127
    assert len(EXTENDED) == 10
    assert not BASIC & EXTENDED


@given(st.lists(anything, max_size=400).map("".join))
def test_parts_join_to_the_text_and_fit(text: str) -> None:
    cut = split(text)
    alone, joined = ROOM[cut.encoding]
    assert "".join(cut.parts) == text
    assert cut.encoding is (Encoding.UCS2 if foreign(text) else Encoding.GSM7)
    sizes = [sum(cost(each, cut.encoding) for each in part) for part in cut.parts]
    assert sum(sizes) == cut.units
    room = alone if len(cut.parts) == 1 else joined
    assert all(size <= room for size in sizes)
    assert cut.left == room - sizes[-1]
    for size, following in zip(sizes, cut.parts[1:], strict=False):
        assert size + cost(following[0], cut.encoding) > joined


@given(st.text(max_size=200))
def test_ucs2_units_are_those_of_utf16(text: str) -> None:
    clean = "".join(each for each in text if not 0xD800 <= ord(each) <= 0xDFFF)
    if (cut := split(clean)).encoding is Encoding.UCS2:
        assert cut.units == len(clean.encode("utf-16-be")) // 2
