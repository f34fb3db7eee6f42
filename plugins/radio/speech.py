"""Markdown as speech: blocks of plain words, then sentences, one a line."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from markdown_it import MarkdownIt
    from markdown_it.token import Token

_HASHTAG = re.compile(r"(?<!\w)#[^\W\d_]\w*")
_END = re.compile(r"(?<=[.!?…])\s+|(?<=[.!?…][”\"’»)])\s+|(?<=;)\s+")
_SYLLABLE = re.compile(r"[^\W\d_]+|\d")
_DROPPED = frozenset({"So", "Cs", "Co", "Cn"})
_TONES = frozenset(map(chr, range(0x1F3FB, 0x1F400)))
_JOINERS = frozenset("\u200b\u200d\u20e3\ufe0e\ufe0f")
_MEANT = frozenset("°№℃℉㎡㎥㎞㎏")
"""What Unicode counts among the pictures and a text means as words."""


@dataclass(frozen=True, slots=True)
class Block:
    """A paragraph, heading, list item or cell; a block quote is not ``spoken``: it directs those who air it."""

    text: str
    spoken: bool = True


def blocks(markdown: str) -> Iterator[Block]:
    """Yield the blocks of a text, in plain words and NFC.

    Pictures, addresses of links, hashtags and emoji fall away.
    """
    quoted = 0
    for token in _parser().parse(markdown):
        if token.type.startswith("blockquote"):
            quoted += token.nesting
        elif token.type == "inline":
            text = clean(_inline(token.children or ()))
            if any(each.isalnum() for each in text):
                yield Block(text, spoken=not quoted)


@cache
def _parser() -> MarkdownIt:
    from markdown_it import MarkdownIt

    parser = MarkdownIt("commonmark", {"html": False}).enable("table")
    parser.parse("It compiles its rules at the first use, which two threads must not do at once.")
    return parser


def _inline(tokens: Iterable[Token]) -> str:
    kept = {"text": "", "code_inline": "", "softbreak": " ", "hardbreak": " "}
    return "".join(token.content or kept[token.type] for token in tokens if token.type in kept)


def clean(text: str) -> str:
    """Return ``text`` in NFC and on one line, without hashtags and emoji."""
    text = _HASHTAG.sub("", unicodedata.normalize("NFC", text))
    kept = "".join(" " if each.isspace() else each for each in text if not _dropped(each))
    return re.sub(r" {2,}", " ", re.sub(r" +([.,;:!?])", r"\1", kept)).strip()


def _dropped(each: str) -> bool:
    return each not in _MEANT and (unicodedata.category(each) in _DROPPED or each in _TONES or each in _JOINERS)


def sentences(text: str) -> list[str]:
    """Return one sentence a line: each starts with a capital and ends with its mark."""
    pieces = map(str.strip, _END.split(text))
    return [_finished(piece) for piece in pieces if any(each.isalnum() for each in piece)]


def _finished(sentence: str) -> str:
    sentence = sentence[:1].upper() + sentence[1:]
    if sentence.endswith(";"):
        return sentence[:-1] + "."
    if sentence.rstrip('”"’»)')[-1:] in set(".!?…:"):
        return sentence
    return sentence.rstrip(",") + "."


def syllables(text: str) -> int:
    """Count what the mouth has to say: Vietnamese writes each syllable as a word."""
    return len(_SYLLABLE.findall(text))
