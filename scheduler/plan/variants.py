"""The body of a post: its base text, and its variants between ``::: WORDS`` and ``:::``."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

from scheduler.ground.model import Variant
from scheduler.ground.problem import nearest
from scheduler.ground.text import _

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence

    from scheduler.plan.source import Report

_MARK = re.compile(r":::(?!:)[ \t]*(.*?)[ \t]*")
_TITLE = re.compile(r"title:[ \t]*(.*?)[ \t]*")


class Words(NamedTuple):
    """The words that variants may use, by kind. Ids of one kind are never ids of another."""

    channels: Collection[str]
    languages: Collection[str]
    areas: Collection[str]
    audiences: Collection[str]


class Text(NamedTuple):
    """A text and the line of the file on which each of its lines stands."""

    text: str
    lines: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Body:
    """A body taken apart. ``texts`` holds the text of each variant with its lines, in their order."""

    base: Text
    variants: tuple[Variant, ...]
    texts: tuple[Text, ...]


class _Block(NamedTuple):
    words: tuple[str, ...]
    line: int
    lines: list[tuple[int, str]]


def read_body(body: str, first: int, words: Words, report: Report, *, known: bool = True) -> Body:
    """Take ``body`` apart, which begins on line ``first`` of its file.

    A variant that is wrong is left out, with one error. Where ``known`` is false the plan could not be
    read, and a word that names nothing is passed over in silence.
    """
    base, blocks = _blocks(body, first, report)
    variants: list[Variant] = []
    texts: list[Text] = []
    seen: dict[frozenset[str], int] = {}
    for block in blocks:
        kinds = _sorted(block, words, report, known=known)
        made = _variant(block, kinds, report) if kinds is not None else None
        if made is None:
            continue
        same = frozenset(block.words)
        if same in seen:
            report.error(
                _("has the same words as the variant in line {line}").format(line=seen[same]), block.line, _name(block)
            )
            continue
        seen[same] = block.line
        variants.append(made[0])
        texts.append(made[1])
    return Body(_text(base), tuple(variants), tuple(texts))


def _blocks(body: str, first: int, report: Report) -> tuple[list[tuple[int, str]], list[_Block]]:
    base: list[tuple[int, str]] = []
    blocks: list[_Block] = []
    current: _Block | None = None
    nested = False
    for number, line in enumerate(body.split("\n"), first):
        mark = _MARK.fullmatch(line)
        if mark is None:
            (current.lines if current else base).append((number, line))
        elif mark[1]:
            if current:
                nested = True
                message = _("opens inside the variant of line {line}; close that one with ::: first").format(
                    line=current.line
                )
                report.error(message, number, f"::: {mark[1]}")
            current = _Block(tuple(mark[1].split()), number, [])
            blocks.append(current)
        elif current:
            current = None
        elif not nested:
            report.error(_("closes a variant, but none is open"), number, ":::")
    if current:
        report.error(_("is not closed by a line :::"), current.line, _name(current))
    return base, blocks


def _sorted(block: _Block, words: Words, report: Report, *, known: bool) -> Mapping[str, frozenset[str]] | None:
    kinds: dict[str, set[str]] = {kind: set() for kind in Words._fields}
    fine = True
    for word in block.words:
        kind = next((kind for kind, ids in zip(Words._fields, words, strict=True) if word in ids), None)
        if kind is not None:
            kinds[kind].add(word)
        elif known:
            fine = False
            message = _("{word!r} is no channel, language, area or audience").format(word=word)
            report.error(message, block.line, _name(block), nearest(word, [each for ids in words for each in ids]))
    return {kind: frozenset(found) for kind, found in kinds.items()} if fine else None


def _variant(block: _Block, kinds: Mapping[str, frozenset[str]], report: Report) -> tuple[Variant, Text] | None:
    lines = list(block.lines)
    while lines and not lines[0][1].strip():
        lines.pop(0)
    titled = _TITLE.fullmatch(lines[0][1]) if lines else None
    text = _text(lines[1:] if titled else lines)
    if not text.text:
        report.error(_("has no text"), block.line, _name(block))
        return None
    title = titled[1] if titled else ""
    return Variant(text.text, title, **kinds, line=block.line), text


def _text(lines: Sequence[tuple[int, str]]) -> Text:
    kept = list(lines)
    while kept and not kept[0][1].strip():
        kept.pop(0)
    while kept and not kept[-1][1].strip():
        kept.pop()
    return Text("\n".join(line for _, line in kept), tuple(number for number, _ in kept))


def _name(block: _Block) -> str:
    return f"::: {' '.join(block.words)}"
