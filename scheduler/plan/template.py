"""The values of the plan in a text: ``{{ plan.message }}``, ``{{ event.start|time }}``.

Allowed are names and their parts, plain texts and whole numbers, and the filters of `expression`. A text cannot call,
count or repeat anything, and what it uses can be read off it. The syntax is Jinja's, which is imported and asked only
about what is more than a plain name; its templates are never compiled nor run. Single braces, ``{#`` included, mean
nothing special.
"""

from __future__ import annotations

import dataclasses
from datetime import date, datetime, time
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from scheduler.ground.borrowed import borrowed
from scheduler.ground.text import _
from scheduler.plan.expression import PLAIN, USUAL, Expression, language_in, plain, taken

if TYPE_CHECKING:
    from collections.abc import Mapping

    from jinja2 import Environment, nodes

    from scheduler.ground.model import CampaignEvent, Plan, Post


def needs(text: str) -> bool:
    """Return whether ``text`` has anything to fill in, or to refuse."""
    return "{{" in text or "{%" in text


def fill(text: str, values: Mapping[str, Any]) -> str:
    """Return ``text`` with its values filled in; nothing is escaped.

    Raises `ValueError` with the line, counted from 1, of the first thing that `check` finds.
    """
    if not needs(text):
        return text
    for line, message in check(text, values):
        raise ValueError(_("line {line}: {message}").format(line=line, message=message))
    return "".join(each if isinstance(each, str) else _read(each).printed(values) for each in _pieces(text))


def check(text: str, values: Mapping[str, Any]) -> list[tuple[int, str]]:
    """Return everything that is wrong with ``text``, as line (from 1) and message, in order.

    That is: what is not allowed, an unknown name (with the nearest valid one), a value that is empty or
    no text. Of a text whose syntax is broken it is the first error.
    """
    if not needs(text):
        return []
    statements = [
        (number, _("only {{ … }} is filled in; a text cannot have {% … %}"))
        for number, line in enumerate(text.split("\n"), 1)
        if "{%" in line
    ]
    if statements:
        return statements
    try:
        pieces = _pieces(text)
    except _Broken as broken:
        return [(broken.line, str(broken))]
    found = []
    for piece in pieces:
        if isinstance(piece, str):
            continue
        try:
            _read(piece).printed(values)
        except ValueError as error:
            found.append((piece.line if isinstance(piece, Expression) else piece.lineno, str(error)))
    return found


def names_used(text: str) -> frozenset[str]:
    """Return the names in ``text``, such as ``plan.message`` and ``plan.slogans["sinh-vien"]``.

    Raises `ValueError` where the text is broken, or has something that is not allowed.
    """
    return frozenset(name.spelled for name in _names(text))


def values_used(text: str, values: Mapping[str, Any]) -> dict[str, Any]:
    """Return the text, number or time behind each of `names_used`; ``None`` where there is none.

    A weekday also uses the plan's language, which is told where it is not the usual one. Raises as `names_used` does.
    """
    found: dict[str, Any] = {}
    language = language_in(values)
    for name in _names(text):
        if "weekday" in name.filters and language != USUAL:
            found["plan.language"] = language
        try:
            value = dataclasses.replace(name, filters=()).value(values)
        except ValueError:
            value = None
        found[name.spelled] = value if isinstance(value, (str, int, date, time)) else None
    return found


def values_for(plan: Plan, post: Post, event: CampaignEvent | None, publish: datetime) -> dict[str, Any]:
    """Return what a text of ``post`` may use. ``publish`` is local and naive, like the times of ``event``.

    ``facts`` maps ids to facts; ``event`` is there only where the post has one. Values in the post's own
    title and summary are filled in, so that ``{{ post.title }}`` shows no braces; where they are wrong
    they stay as written, and the check of the title itself says so.
    """
    values: dict[str, Any] = {
        "plan": plan,
        "facts": plan.facts,
        "link": post.link,
        "publish": publish,
        **({"event": event} if event else {}),
    }
    title, summary = (each if check(each, values) else fill(each, values) for each in (post.title, post.summary))
    as_it_stands = (title, summary) == (post.title, post.summary)
    return {**values, "post": post if as_it_stands else dataclasses.replace(post, title=title, summary=summary)}


class _Broken(ValueError):
    """A text that does not parse."""

    def __init__(self, message: str, line: int) -> None:
        super().__init__(message)
        self.line = line


def _names(text: str) -> list[Expression]:
    """Return what is named in ``text``, with the filters behind it."""
    pieces = _pieces(text) if needs(text) else ()
    read = [_read(piece) for piece in pieces if not isinstance(piece, str)]
    return [each for each in read if each.steps]


def _read(piece: Expression | nodes.Expr) -> Expression:
    return piece if isinstance(piece, Expression) else taken(piece)


@lru_cache(maxsize=1024)
def _pieces(text: str) -> tuple[str | Expression | nodes.Expr, ...]:
    """Take ``text`` apart into what stays as it is, and what is filled in. Raises `_Broken`."""
    return tuple(_plain(text) or _parsed(text))


def _plain(text: str) -> list[str | Expression]:
    """Take a text apart that has nothing but plain names in it; nothing is returned where Jinja must be asked."""
    pieces: list[str | Expression] = []
    at = 0
    while (start := text.find("{{", at)) >= 0:
        found = PLAIN.match(text, start)
        name = plain(found, text.count("\n", 0, start) + 1) if found else None
        if found is None or name is None:
            return []
        pieces += [text[at:start], name]
        at = found.end()
    # Jinja reads a carriage return as a line feed, and our mark of a comment has a NUL.
    return [] if "\r" in text or "\0" in text else [*pieces, text[at:]]


@lru_cache(maxsize=1)
def _environment() -> Environment:
    from jinja2 import Environment

    return Environment(  # noqa: S701 - it only parses
        keep_trailing_newline=True, comment_start_string="\0{#", comment_end_string="#}\0"
    )


def _parsed(text: str) -> list[str | nodes.Expr]:
    from jinja2 import TemplateSyntaxError, nodes

    try:
        tree = _environment().parse(text)
    except TemplateSyntaxError as error:
        raise _Broken(
            _("{{{{ … }}}} cannot be read: {what}").format(what=borrowed((error.message or "").rstrip("."))),
            error.lineno,
        ) from None
    except (RecursionError, ValueError, OverflowError):
        line = text.count("\n", 0, text.find("{{")) + 1
        raise _Broken(_("this is too long or too deep to be a value of the plan"), line) from None
    found = [node for output in tree.body for node in getattr(output, "nodes", ())]
    return [node.data if isinstance(node, nodes.TemplateData) else node for node in found]
