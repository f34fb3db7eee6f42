"""A letter: plain text and HTML of the same words, and headers by which a reader leaves the list with one click."""

from __future__ import annotations

import hashlib
import hmac
import html
import re
from collections.abc import Iterable
from datetime import datetime
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import EmailPolicy
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from markdown_it import MarkdownIt
from markdown_it.tree import SyntaxTreeNode

if TYPE_CHECKING:
    from collections.abc import Mapping

    from scheduler.api import Message

    from .settings import NewsletterOptions

LEAVE = {
    "vi": "Không muốn nhận thư này nữa, xin bấm vào đây",
    "en": "To receive no more of these letters, follow this link",
}


AS_THEY_ARE = frozenset({"list-unsubscribe", "message-id", "list-id"})
"""Headers that are never folded or encoded, however long: who reads them does not undo that."""


class _Lines(EmailPolicy):
    """The lines of a letter as SMTP has them."""

    def fold(self, name: str, value: str) -> str:
        if name.lower() in AS_THEY_ARE:
            return f"{name}: {value}{self.linesep}"
        return str(super().fold(name, value))

    def fold_binary(self, name: str, value: str) -> bytes:
        if name.lower() in AS_THEY_ARE:
            return self.fold(name, value).encode()
        return super().fold_binary(name, value)


SEVEN, EIGHT = _Lines(linesep="\r\n"), _Lines(linesep="\r\n", utf8=True)


def as_html(markdown: str, title: str, language: str) -> str:
    """Return a whole page; HTML in the text is shown, not obeyed."""
    body = MarkdownIt("commonmark", {"html": False}).enable(["table", "strikethrough"]).render(markdown)
    head = f'<meta charset="utf-8"><title>{html.escape(title)}</title>'
    return (
        f'<!DOCTYPE html>\n<html lang="{html.escape(language)}"><head>{head}</head>'
        f"<body>\n<h1>{html.escape(title)}</h1>\n{body}"
    )


def as_text(markdown: str) -> str:
    """Return the words without Markdown's signs; a link's address stands behind it."""
    parser = MarkdownIt("commonmark", {"html": False}).enable(["table", "strikethrough"])
    return _blocks(SyntaxTreeNode(parser.parse(markdown)).children)


def _blocks(nodes: Iterable[SyntaxTreeNode]) -> str:
    return "\n\n".join(filter(None, map(_block, nodes)))


def _block(node: SyntaxTreeNode) -> str:
    if node.type == "inline":
        return "".join(map(_inline, node.children)).strip()
    if node.type in ("code_block", "fence"):
        return node.content.rstrip()
    if node.type in ("bullet_list", "ordered_list"):
        marks = (f"{n}." if node.type == "ordered_list" else "-" for n in range(1, len(node.children) + 1))
        return "\n".join(f"{mark} {_blocks(item.children)}" for mark, item in zip(marks, node.children, strict=True))
    if node.type == "tr":
        return " | ".join(_blocks(cell.children) for cell in node.children)
    return _blocks(node.children)


def _inline(node: SyntaxTreeNode) -> str:
    if node.type in ("softbreak", "hardbreak"):
        return " " if node.type == "softbreak" else "\n"
    if not node.children:
        return node.content
    words = "".join(map(_inline, node.children))
    if node.type == "link":
        where = str(node.attrs["href"]).removeprefix("mailto:")
        return words if where == words else f"{words} ({where})"
    return words


def token(key: str, address: str) -> str:
    """Return what proves that a link to leave was made by the sender, for this address."""
    return hmac.digest(key.encode(), address.casefold().encode(), hashlib.sha256).hex()[:32]


def leave_link(template: str, key: str, address: str) -> str:
    """Return the address under which one reader leaves."""
    return template.replace("{token}", token(key, address)).replace("{address}", quote(address, safe=""))


def message_id(message: Message, domain: str) -> str:
    """Return the ``Message-ID``: the same each time that a letter is tried, another once it is queued anew."""
    digest = hashlib.sha256(f"{message.key}/{message.round}".encode()).hexdigest()[:32]
    return f"<{digest}@{domain}>"


def needs_utf8(*addresses: str) -> bool:
    """Return whether an address can be written with SMTPUTF8 only."""
    return not all(each.isascii() for each in addresses)


def written(
    body: Mapping[str, Any], message: Message, date: datetime, options: NewsletterOptions, key: str
) -> EmailMessage:
    """Return the letter to one reader. The same arguments give the same bytes."""
    link = leave_link(options.unsubscribe, key, message.address)
    letter = EmailMessage(policy=EIGHT if needs_utf8(message.address, options.sender) else SEVEN)
    letter["From"] = _person(options.sender_name, options.sender)
    letter["To"] = _person(message.name, message.address)
    letter["Subject"] = _clean(body["subject"])
    letter["Date"] = date
    letter["Message-ID"] = message_id(message, options.domain)
    if options.reply_to:
        letter["Reply-To"] = options.reply_to
    letter["Auto-Submitted"] = "auto-generated"
    letter["Content-Language"] = body["language"]
    letter["List-Id"] = f"<{body['list_id']}.{options.domain}>"
    letter["List-Unsubscribe"] = f"<{link}>"
    letter["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
    words = LEAVE.get(body["language"], LEAVE["en"])
    letter.set_content(f"{body['text']}\n\n-- \n{words}:\n{link}\n", cte="quoted-printable")
    foot = f'<hr><p><a href="{html.escape(link)}">{words}</a></p>\n</body></html>\n'
    letter.add_alternative(body["html"] + foot, subtype="html", cte="quoted-printable")
    letter.set_boundary(f"=_{hashlib.sha256(letter['Message-ID'].encode()).hexdigest()[:32]}")
    return letter


def data(letter: EmailMessage) -> bytes:
    """Return a letter as it goes over the wire, with its end."""
    whole = letter.as_bytes().rstrip(b"\r\n") + b"\r\n"
    return re.sub(rb"(?m)^\.", b"..", whole) + b".\r\n"


def _person(name: str, address: str) -> Address:
    box, _at, domain = address.rpartition("@")
    return Address(_clean(name), box, domain)


def _clean(text: str) -> str:
    return " ".join("".join(each if each.isprintable() else " " for each in text).split())
