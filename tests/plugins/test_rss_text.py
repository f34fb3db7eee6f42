from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree

from plugins.rss.text import clean, excerpt, has_markup, html, is_clean, plain

SITE = "https://example.org/tin/"
PAGE = SITE + "posts/a-20210505.html"


def made(markdown: str) -> str:
    return html(markdown, SITE, PAGE)[0]


@pytest.mark.parametrize(
    ("markdown", "wanted"),
    [
        ("**đậm** *nghiêng*", "<p><strong>đậm</strong> <em>nghiêng</em></p>"),
        ("# Một\n\n## Hai", "<h2>Một</h2>\n<h3>Hai</h3>"),
        ("### Ba\n\n#### Bốn", "<h2>Ba</h2>\n<h3>Bốn</h3>"),
        ("# Một\n\n###### Sáu", "<h2>Một</h2>\n<h6>Sáu</h6>"),
        ("[x](lich.html)", f'<p><a href="{SITE}lich.html">x</a></p>'),
        ("[x](/goc)", '<p><a href="https://example.org/goc">x</a></p>'),
        ("[x](#phan)", f'<p><a href="{PAGE}#phan">x</a></p>'),
        ("[x](https://a.vn/?b=1&c=2)", '<p><a href="https://a.vn/?b=1&amp;c=2">x</a></p>'),
        ("xem https://a.vn/b.", '<p>xem <a href="https://a.vn/b">https://a.vn/b</a>.</p>'),
        ("xong.la nhé", "<p>xong.la nhé</p>"),
        ("[x](javascript:alert(1))", "<p>[x](javascript:alert(1))</p>"),
        ("<script>alert(1)</script>", "<p>&lt;script&gt;alert(1)&lt;/script&gt;</p>"),
        ('<img src=x onerror="a">', '<p>&lt;img src=x onerror="a"&gt;</p>'),
        ("]]> \x00\x0b", "<p>]]&gt;</p>"),
    ],
)
def test_safe_html(markdown: str, wanted: str) -> None:
    assert made(markdown) == wanted


def test_relative_addresses_are_named() -> None:
    assert html("[a](x.html) ![b](y.png) [c](https://a.vn)", SITE, PAGE)[1] == ("x.html", "y.png")


@given(st.text())
def test_any_markdown_gives_html_that_a_feed_can_hold(markdown: str) -> None:
    text = made(markdown)
    assert is_clean(text)
    assert "<script" not in text.lower()
    element = etree.Element("x")
    element.text = text
    assert etree.fromstring(etree.tostring(element)).text == (text or None)


@given(st.text())
def test_what_was_cleaned_is_clean(text: str) -> None:
    assert is_clean(clean(text))
    assert clean(clean(text)) == clean(text)


def test_vietnamese_and_emoji_are_left_alone() -> None:
    text = "Bảo hiểm xã hội — “điểm tựa” 👵🏽🇻🇳\tꨌꩌ"
    assert clean(text) == text


@pytest.mark.parametrize("title", ["a < b", "R&D", "5 > 3", "AT&T;", "x & y"])
def test_plain_titles(title: str) -> None:
    assert has_markup(title) == (title == "AT&T;")


@pytest.mark.parametrize("title", ["<b>x</b>", "x &amp; y", "&#8211;", "&#x3C;", "<!-- -->", "</p>"])
def test_titles_with_markup(title: str) -> None:
    assert has_markup(title)


def test_plain_words() -> None:
    text = "# Đầu\n\nmột\nhai  \nba **bốn**\n\n- năm\n- [sáu](x)\n\n```\nbảy\n```\n\n![tám](y)"
    assert plain(text) == "Đầu\n\nmột hai\nba bốn\n\n• năm\n• sáu\n\nbảy\n\ntám"
    assert plain("3. a\n4. b\n   - c\n\nd") == "3. a\n4. b\n  • c\n\nd"


def test_an_excerpt_ends_at_a_word() -> None:
    cut = excerpt("hai, " * 60)
    assert len(cut) <= 200
    assert cut.endswith("hai, hai…")
    assert excerpt("# Đầu\n\n- mục\n\nĐoạn **một**\ntiếp\n\nđoạn hai") == "Đoạn một tiếp"
    assert excerpt("# Đầu\n\n- mục") == "Đầu mục"
    assert excerpt("![](x.png)\n\nđoạn") == "đoạn"
    assert len(excerpt("x" * 500)) == 200
