"""The values of the plan in a text: ``{{ plan.message }}``, ``{{ event.start|time }}``.

Allowed are names and their parts, plain texts and whole numbers, and the three filters below; this is
held against the syntax tree before anything is compiled. So a text cannot call, count or repeat
anything, and what it uses can be read off it. Rendering is Jinja's, in its immutable sandbox. Single
braces, ``{#`` included, mean nothing special. Jinja is imported only for a text that has values.
"""

from __future__ import annotations

import dataclasses
from datetime import date, datetime, time
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from scheduler.ground.borrowed import borrowed
from scheduler.ground.text import _
from scheduler.plan.expression import FILTERS, check_allowed, check_printable, part_of, spell, unfiltered, value_of

if TYPE_CHECKING:
    from collections.abc import Mapping

    from jinja2 import Template, nodes
    from jinja2.sandbox import ImmutableSandboxedEnvironment

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
    return _compiled(text).render(values)


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
        expressions = _expressions(text)
    except _Broken as broken:
        return [(broken.line, str(broken))]
    found = []
    for expression in expressions:
        try:
            check_allowed(expression)
            check_printable(expression, value_of(expression, values))
        except ValueError as error:
            found.append((expression.lineno, str(error)))
    return found


def names_used(text: str) -> frozenset[str]:
    """Return the names in ``text``, such as ``plan.message`` and ``plan.slogans["sinh-vien"]``.

    Raises `ValueError` where the text is broken, or has something that is not allowed.
    """
    return frozenset(spell(node) for node in _names(text))


def values_used(text: str, values: Mapping[str, Any]) -> dict[str, Any]:
    """Return the text, number or time behind each of `names_used`; ``None`` where there is none.

    Raises as `names_used` does.
    """
    found: dict[str, Any] = {}
    for node in _names(text):
        try:
            value = value_of(node, values)
        except ValueError:
            value = None
        found[spell(node)] = value if isinstance(value, (str, int, date, time)) else None
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
    return {**values, "post": dataclasses.replace(post, title=title, summary=summary)}


class _Broken(ValueError):
    """A text that does not parse."""

    def __init__(self, message: str, line: int) -> None:
        super().__init__(message)
        self.line = line


@lru_cache(maxsize=1)
def _environment() -> ImmutableSandboxedEnvironment:
    from jinja2 import StrictUndefined
    from jinja2.sandbox import ImmutableSandboxedEnvironment

    class Environment(ImmutableSandboxedEnvironment):
        """Resolves parts as the check does, and nothing else."""

        def getattr(self, obj: Any, attribute: str) -> Any:
            return part_of(obj, attribute, attribute)

        def getitem(self, obj: Any, argument: str | int) -> Any:
            return part_of(obj, argument, str(argument))

    environment = Environment(
        undefined=StrictUndefined,
        autoescape=False,
        keep_trailing_newline=True,
        comment_start_string="\0{#",
        comment_end_string="#}\0",
    )
    environment.globals.clear()
    environment.filters = dict(FILTERS)
    return environment


@lru_cache(maxsize=1024)
def _compiled(text: str) -> Template:
    return _environment().from_string(text)


@lru_cache(maxsize=1024)
def _expressions(text: str) -> tuple[nodes.Expr, ...]:
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
    return tuple(
        node
        for output in tree.body
        for node in getattr(output, "nodes", ())
        if not isinstance(node, nodes.TemplateData)
    )


def _names(text: str) -> list[nodes.Expr]:
    from jinja2 import nodes

    found = []
    for expression in _expressions(text) if needs(text) else ():
        check_allowed(expression)
        bare = unfiltered(expression)
        if not isinstance(bare, nodes.Const):
            found.append(bare)
    return found
