from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scheduler.ground.letters import bare, folded, slug


@pytest.mark.parametrize(
    ("text", "as_folded", "as_bare"),
    [
        ("BẢO HIỂM", "bảo hiểm", "bao hiem"),
        ("Đường Điện Biên", "đường điện biên", "duong dien bien"),
        (unicodedata.normalize("NFD", "Ưu đãi"), "ưu đãi", "uu dai"),
        ("BHXH 2021", "bhxh 2021", "bhxh 2021"),
        ("Straße", "strasse", "strasse"),
    ],
)
def test_letters(text: str, as_folded: str, as_bare: str) -> None:
    assert (folded(text), bare(text)) == (as_folded, as_bare)


@given(st.text(alphabet=st.characters(min_codepoint=32, max_codepoint=0x1EFF)))
def test_both_are_stable_and_bare_says_less(text: str) -> None:
    assert bare(bare(text)) == bare(text)
    assert bare(folded(text)) == bare(text)


@pytest.mark.parametrize(
    ("title", "suggested"),
    [
        ("Mời dự lễ ra quân", "moi-du-le-ra-quan"),
        ("  Đóng 30.000 đ – có lương hưu!", "dong-30-000-d-co-luong-huu"),
        ("“…”", ""),
        ("a" * 60, "a" * 48),
        ("Tháng vận động triển khai bảo hiểm xã hội toàn dân", "thang-van-dong-trien-khai-bao-hiem-xa-hoi-toan"),
    ],
)
def test_a_title_suggests_an_id(title: str, suggested: str) -> None:
    assert slug(title) == suggested
