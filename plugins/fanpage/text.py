"""Markdown to the plain text that a Facebook post is made of."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import unquote

if TYPE_CHECKING:
    from collections.abc import Iterable

    from markdown_it.tree import SyntaxTreeNode


def plain(markdown: str) -> str:
    """Return the text as a post shows it.

    Emphasis is dropped, lists get a bullet, links become ``text (address)``, or the address alone
    where the text says no more. Lines of one paragraph flow together, as in Markdown.
    """
    from markdown_it import MarkdownIt
    from markdown_it.tree import SyntaxTreeNode

    parser = MarkdownIt("commonmark", {"html": False}).enable(["table", "strikethrough"])
    return _blocks(SyntaxTreeNode(parser.parse(markdown)).children).strip()


def _blocks(nodes: Iterable[SyntaxTreeNode], between: str = "\n\n") -> str:
    return between.join(filter(None, (_block(node) for node in nodes)))


def _block(node: SyntaxTreeNode) -> str:
    match node.type:
        case "bullet_list" | "ordered_list":
            return _list(node)
        case "code_block" | "fence":
            return node.content.rstrip("\n")
        case "hr":
            return ""
        case "table":
            return "\n".join(_row(row) for part in node.children for row in part.children)
        case "inline":
            return "".join(_inline(child) for child in node.children).strip()
        case "paragraph" | "heading":
            return _blocks(node.children, "")
        case _:
            return _blocks(node.children)


def _row(row: SyntaxTreeNode) -> str:
    return " – ".join(_blocks(cell.children, "") for cell in row.children)


def _list(node: SyntaxTreeNode) -> str:
    first = int(node.attrs.get("start", 1)) if node.type == "ordered_list" else None
    lines = []
    for number, item in enumerate(node.children):
        mark = "•" if first is None else f"{first + number}."
        head, *rest = _blocks(item.children, "\n").split("\n")
        lines.append(f"{mark} {head}".rstrip())
        lines += [f"   {line}" if line else line for line in rest]
    return "\n".join(lines)


def _inline(node: SyntaxTreeNode) -> str:
    match node.type:
        case "text" | "code_inline":
            return node.content
        case "softbreak":
            return " "
        case "hardbreak":
            return "\n"
        case "link":
            return _link("".join(map(_inline, node.children)), str(node.attrs["href"]))
        case _:  # emphasis; of a picture, the words that stand for it
            return "".join(_inline(child) for child in node.children)


def _link(text: str, address: str) -> str:
    bare = address.removeprefix("mailto:").removeprefix("tel:")
    if text.strip() in {"", address, bare, unquote(address)}:
        return bare
    return f"{text} ({bare})"
