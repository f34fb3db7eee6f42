"""Markdown to safe HTML, and text that any feed and page can carry."""

from __future__ import annotations

import re
from functools import cache
from html import escape
from itertools import pairwise
from typing import TYPE_CHECKING
from urllib.parse import urljoin, urlsplit

if TYPE_CHECKING:
    from collections.abc import Sequence

    from markdown_it import MarkdownIt
    from markdown_it.token import Token

# All but what XML 1.0, section 2.2, counts among its characters, and the controls that it allows and discourages
_UNFIT = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff\ufdd0-\ufdef\ufffe\uffff]")
_MARKUP = re.compile(r"<[A-Za-z/!?]|&(#\d+|#x[0-9A-Fa-f]+|[A-Za-z][A-Za-z0-9]*);")
_TAGS = {
    *("p", "br", "hr", "h2", "h3", "h4", "h5", "h6", "ul", "ol", "li", "blockquote", "pre", "code"),
    *("strong", "em", "s", "a", "img", "table", "thead", "tbody", "tr", "th", "td"),
}
_ATTRIBUTES = {"a": {"href", "title"}, "img": {"src", "alt", "title"}, "ol": {"start"}}
_EXCERPT = 200


def clean(text: str) -> str:
    """Return the text without the characters that XML cannot hold, its lines ended by a line feed."""
    return _UNFIT.sub("", text.replace("\r\n", "\n").replace("\r", "\n"))


def is_clean(text: str) -> bool:
    """Whether XML can hold the text as it is."""
    return _UNFIT.search(text) is None


def has_markup(text: str) -> bool:
    """Whether a reader that takes a title for HTML would see a tag or an entity in it."""
    return _MARKUP.search(text) is not None


def html(markdown: str, site: str, page: str) -> tuple[str, tuple[str, ...]]:
    """Return sanitised HTML, and the addresses in it that were relative.

    Those are made absolute: a bare fragment against ``page``, all others against ``site``. The highest
    heading becomes one of the second level, since the page's title is the first.
    """
    import nh3

    relative: list[str] = []

    def absolute(_tag: str, name: str, value: str) -> str | None:
        if name not in {"href", "src"} or urlsplit(value).scheme:
            return value
        relative.append(value)
        return urljoin(page if value.startswith("#") else site, value)

    tokens = _tokens(markdown)
    headings = [token for token in tokens if token.type in {"heading_open", "heading_close"}]
    down = 2 - min((int(token.tag[1]) for token in headings), default=2)
    for token in headings:
        token.tag = f"h{min(int(token.tag[1]) + down, 6)}"
    raw = _parser().renderer.render(tokens, _parser().options, {})
    made = nh3.clean(
        raw,
        tags=_TAGS,
        attributes=_ATTRIBUTES,
        attribute_filter=absolute,
        url_schemes={"http", "https", "mailto", "tel"},
        link_rel=None,
    )
    return clean(made).strip(), tuple(relative)


def plain(markdown: str, *, marks: bool = True) -> str:
    """Return the words as the page shows them, paragraphs apart by an empty line, items with their ``marks``."""
    blocks: list[str] = []
    lists: list[int | None] = []
    mark = ""
    for token in _tokens(markdown):
        match token.type:
            case "bullet_list_open" | "ordered_list_open":
                lists.append(int(token.attrs.get("start", 1)) if token.type.startswith("ordered") else None)
            case "bullet_list_close" | "ordered_list_close":
                lists.pop()
            case "list_item_open":
                number = lists[-1]
                mark = marks * f"{'  ' * (len(lists) - 1)}{'•' if number is None else f'{number}.'} "
                lists[-1] = None if number is None else number + 1
            case "inline" | "fence" | "code_block":
                inline = token.type == "inline"
                words = clean("".join(map(_words, token.children or ())) if inline else token.content).strip()
                if words:
                    blocks += ["\n" if mark and blocks and lists and _listed(blocks) else "\n\n"] * bool(blocks)
                    blocks.append(mark + words)
                    mark = ""
    return "".join(blocks)


def _listed(blocks: Sequence[str]) -> bool:
    """Whether the last block is an item of a list."""
    return re.match(r" *(?:•|\d+\.) ", blocks[-1]) is not None


def reads_on(link: str, html: str) -> bool:
    """Whether a page needs a line for the link of its post, since its text has it not."""
    return bool(link) and f'"{escape(link).rstrip("/")}' not in html


def excerpt(markdown: str) -> str:
    """Return the first paragraph, in one line, with an ellipsis where it was cut.

    Where there is no paragraph, only lists or headings, it is the first words of all.
    """
    tokens = _tokens(markdown)
    first = (inline for before, inline in pairwise(tokens) if before.type == "paragraph_open" and not before.level)
    words = ("".join(map(_words, inline.children or ())) for inline in first)
    line = " ".join((next(filter(str.strip, words), "") or plain(markdown, marks=False)).split())
    if len(line) <= _EXCERPT:
        return line
    head, _, _ = line[:_EXCERPT].rpartition(" ")
    return (head or line[: _EXCERPT - 1]).rstrip(".,;:–-") + "…"


def _words(token: Token) -> str:
    match token.type:
        case "softbreak":
            return " "
        case "hardbreak":
            return "\n"
        case "image":
            return "".join(map(_words, token.children or ()))
        case _:
            return token.content


def _tokens(markdown: str) -> Sequence[Token]:
    return _parser().parse(clean(markdown))


@cache
def _parser() -> MarkdownIt:
    from markdown_it import MarkdownIt

    parser = MarkdownIt("commonmark", {"html": False, "linkify": True})
    parser.enable(["table", "strikethrough", "linkify"])
    if parser.linkify is not None:
        parser.linkify.set({"fuzzy_link": False, "fuzzy_email": False})
    return parser
