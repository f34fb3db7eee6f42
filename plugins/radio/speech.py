"""Markdown as speech: blocks of plain words, then sentences, one a line."""

from __future__ import annotations

import re
import unicodedata
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from markdown_it.token import Token

_HASHTAG = re.compile(r"(?<!\w)#[^\W\d_]\w*")
_END = re.compile(r"(?<=[.!?…])\s+|(?<=[.!?…][”\"’»)])\s+|(?<=;)\s+")
_SYLLABLE = re.compile(r"[^\W\d_]+|\d")
_DROPPED = frozenset({"So", "Sk", "Cs", "Co", "Cn"})


def blocks(markdown: str) -> list[str]:
    """Return paragraphs, headings and list items as plain text in NFC.

    Pictures, addresses of links, hashtags and emoji fall away.
    """
    from markdown_it import MarkdownIt

    parser = MarkdownIt("commonmark", {"html": False}).enable("table")
    texts = [_inline(each.children or ()) for each in parser.parse(markdown) if each.type == "inline"]
    return [text for text in map(_clean, texts) if any(each.isalnum() for each in text)]


def _inline(tokens: Iterable[Token]) -> str:
    kept = {"text": "", "code_inline": "", "softbreak": " ", "hardbreak": " "}
    return "".join(token.content or kept[token.type] for token in tokens if token.type in kept)


def _clean(text: str) -> str:
    text = _HASHTAG.sub("", unicodedata.normalize("NFC", text))
    kept = "".join(
        " " if each.isspace() else each
        for each in text
        if unicodedata.category(each) not in _DROPPED and each not in "\u200b\u200d\ufe0e\ufe0f"
    )
    return re.sub(r" {2,}", " ", re.sub(r" +([.,;:!?])", r"\1", kept)).strip()


def sentences(texts: Sequence[str]) -> list[str]:
    """Return one sentence a line: each starts with a capital and ends with its mark."""
    pieces = (piece.strip() for text in texts for piece in _END.split(text))
    return [_finished(piece) for piece in pieces if any(each.isalnum() for each in piece)]


def _finished(sentence: str) -> str:
    sentence = sentence[:1].upper() + sentence[1:]
    if sentence.endswith(";"):
        return sentence[:-1] + "."
    if sentence.rstrip('”"’»)')[-1:] in set(".!?…:"):
        return sentence
    return sentence.rstrip(",") + "."


def syllables(texts: Iterable[str]) -> int:
    """Count what the mouth has to say: Vietnamese writes each syllable as a word."""
    return sum(len(_SYLLABLE.findall(text)) for text in texts)
