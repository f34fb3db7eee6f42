from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from plugins.fanpage.text import plain


@pytest.mark.parametrize(
    ("markdown", "text"),
    [
        ("một\nhai", "một hai"),
        ("một  \nhai", "một\nhai"),
        ("một\n\nhai", "một\n\nhai"),
        ("# Đầu đề\nchữ", "Đầu đề\n\nchữ"),
        ("**đậm** *nghiêng* ~~bỏ~~ `mã`", "đậm nghiêng bỏ mã"),
        ("#BHXHchoTatCaMoiNguoi #An_sinh", "#BHXHchoTatCaMoiNguoi #An_sinh"),
        ("- một\n- hai\n  - trong\n- ba", "• một\n• hai\n   • trong\n• ba"),
        ("3. ba\n4. bốn", "3. ba\n4. bốn"),
        ("[trang](https://a.vn/x?y=1&z=2)", "trang (https://a.vn/x?y=1&z=2)"),
        ("[https://a.vn](https://a.vn)", "https://a.vn"),
        ("<https://a.vn/%C4%91>", "https://a.vn/%C4%91"),
        ("[hộp thư](mailto:a@b.vn), [a@b.vn](mailto:a@b.vn)", "hộp thư (a@b.vn), a@b.vn"),
        ("[0259 3822 000](tel:02593822000)", "0259 3822 000 (02593822000)"),
        ("![thẻ](the.png)", "thẻ"),
        ("> trích\n\n---\n\nhết", "trích\n\nhết"),
        ("| a | b |\n|---|---|\n| 1 | **2** |", "a – b\n1 – 2"),
        ("<b>không</b> &amp; \\*sao\\*", "<b>không</b> & *sao*"),
        ("    mã\n    nữa", "mã\nnữa"),
        ("", ""),
    ],
)
def test_each_form(markdown: str, text: str) -> None:
    assert plain(markdown) == text


@given(st.lists(st.text("aăâbđêơưÀỘ1,.!? ", min_size=1).filter(str.strip), min_size=1))
def test_plain_words_stay(paragraphs: list[str]) -> None:
    words = [" ".join(each.split()) for each in paragraphs]
    words = [each for each in words if not each[0].isdigit()]
    assert plain("\n\n".join(words)) == "\n\n".join(words)


@given(st.text())
def test_any_text_is_taken(markdown: str) -> None:
    text = plain(markdown)
    assert text == text.strip()
