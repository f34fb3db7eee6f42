"""Markdown to the HTML that the Bot API reads, and how long it is there: in UTF-16 units, without its tags."""

from __future__ import annotations

import html
import re
from collections.abc import Iterable

from markdown_it import MarkdownIt
from markdown_it.tree import SyntaxTreeNode

_TAGS = {"strong": "b", "em": "i", "s": "s"}


def escaped(text: str) -> str:
    """Return words as they stand in the API's HTML."""
    return html.escape(text, quote=False)


def marked(markdown: str) -> str:
    """Return Markdown in the tags that the API knows; a picture in it becomes the words that stand for it."""
    parser = MarkdownIt("commonmark", {"html": False}).enable(["table", "strikethrough"])
    return _blocks(SyntaxTreeNode(parser.parse(markdown)).children, quoted=False).strip()


def plain(markup: str) -> str:
    """Return what a reader sees of it."""
    return html.unescape(re.sub(r"<[^>]*>", "", markup))


def length(markup: str) -> int:
    """Return how long the API finds it: UTF-16 units of what a reader sees."""
    return len(plain(markup).encode("utf-16-le")) // 2


def _blocks(nodes: Iterable[SyntaxTreeNode], *, quoted: bool, between: str = "\n\n") -> str:
    return between.join(filter(None, (_block(node, quoted=quoted) for node in nodes)))


def _block(node: SyntaxTreeNode, *, quoted: bool) -> str:
    match node.type:
        case "inline":
            return _inline(node.children).strip()
        case "heading":
            words = "".join(map(_inner, node.children[0].children)).strip()
            return f"<b>{words}</b>" if words else ""
        case "code_block" | "fence":
            return f"<pre>{escaped(node.content.rstrip())}</pre>"
        case "bullet_list" | "ordered_list":
            return _list(node, quoted=quoted)
        case "blockquote" if not quoted:
            return f"<blockquote>{_blocks(node.children, quoted=True)}</blockquote>"
        case "tr":
            return " – ".join(_blocks(cell.children, quoted=quoted) for cell in node.children)
        case "table" | "thead" | "tbody":
            return _blocks(node.children, quoted=quoted, between="\n")
        case "hr":
            return ""
        case _:
            return _blocks(node.children, quoted=quoted)


def _list(node: SyntaxTreeNode, *, quoted: bool) -> str:
    first = int(node.attrs.get("start", 1)) if node.type == "ordered_list" else None
    lines = []
    for number, item in enumerate(node.children):
        mark = "•" if first is None else f"{first + number}."
        lines.append(f"{mark} {_blocks(item.children, quoted=quoted, between=chr(10))}")
    return "\n".join(lines)


def _inline(nodes: Iterable[SyntaxTreeNode]) -> str:
    return "".join(
        f"<code>{escaped(node.content)}</code>" if node.type == "code_inline" else _inner(node) for node in nodes
    )


def _inner(node: SyntaxTreeNode) -> str:
    """Return what may stand within another tag, where the API allows no code."""
    match node.type:
        case "text" | "code_inline":
            return escaped(node.content)
        case "softbreak":
            return " "
        case "hardbreak":
            return "\n"
        case "link":
            words = "".join(map(_inner, node.children))
            return f'<a href="{html.escape(str(node.attrs["href"]))}">{words}</a>' if words else ""
        case "strong" | "em" | "s":
            tag = _TAGS[node.type]
            return f"<{tag}>{''.join(map(_inner, node.children))}</{tag}>"
        case _:
            return "".join(map(_inner, node.children))
