"""``loa post diff``."""

from __future__ import annotations

from itertools import groupby
from typing import TYPE_CHECKING

import click

from scheduler.cli import moments, screen
from scheduler.cli.completion import POST
from scheduler.cli.session import Session, pass_session
from scheduler.cli.shape import command, json_option
from scheduler.ground.text import _, many
from scheduler.plan.differing import Side

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from zoneinfo import ZoneInfo

    from scheduler.cli.forms import Form
    from scheduler.engine.planning.versions import Difference
    from scheduler.plan.differing import Line

AROUND = 1
"""Lines that both versions have and that are shown around what differs."""


@command("loa post diff tv-loi-moi", "loa post diff tv-loi-moi --json", name="diff")
@POST
@json_option
@pass_session
def diff(session: Session, name: str, as_json: bool) -> None:
    """Show what has changed in a post since it was last approved.

    Its front matter key by key, its text word by word, and what else an approval covers: values of the plan, the event,
    media, options of channels.
    """
    found = session.engine.look.difference(name)
    if as_json:
        screen.write_json(_form(found, session.zone))
        return
    engine = session.engine
    click.echo(f"{screen.head(engine.campaign.posts[name].title)}  {since(found, session.zone, engine.look.name_of)}")
    if found.before is None:
        return
    screen.write_fields([(each.key, _turned(each.before, each.after)) for each in found.keys])
    screen.write_fields([(f"{_(each.kind)}: {each.name}", _turned(each.before, each.after)) for each in found.asides])
    if any(line.side is not Side.BOTH for line in found.lines):
        click.echo()
        click.echo("\n".join(_written(found.lines)))


def since(found: Difference, zone: ZoneInfo, name_of: Callable[[str], str]) -> str:
    """Return in words what a text is held beside."""
    if found.approval is None:
        return _("was never approved")
    said = {"person": name_of(found.approval.by), "time": moments.show(found.approval.at, zone)}
    if found.before is None:
        return _("approved by {person}, {time}, on another machine: that text is not kept here").format(**said)
    if not found.differs:
        return _("is what {person} approved, {time}").format(**said)
    return _("since {person} approved it, {time}").format(**said)


def _turned(before: str | None, after: str | None) -> str:
    return f"{_('(nothing)') if before is None else before} → {_('(nothing)') if after is None else after}"


def _written(lines: Iterable[Line]) -> Iterator[str]:
    """Yield the text with signs at what differs; what both versions have is folded."""
    groups = [list(group) for _both, group in groupby(lines, lambda line: line.side is Side.BOTH)]
    for place, group in enumerate(groups):
        if group[0].side is not Side.BOTH:
            yield from map(_line, group)
            continue
        head = AROUND if place else 0
        tail = AROUND if place + 1 < len(groups) else 0
        hidden = len(group) - head - tail
        if hidden <= 1:
            yield from map(_line, group)
            continue
        yield from map(_line, group[:head])
        yield screen.faint("  " + many("… %d line as before", "… %d lines as before", hidden))
        yield from map(_line, group[len(group) - tail :])


def _line(line: Line) -> str:
    if line.side is Side.BOTH:
        return f"  {line.text}".rstrip()
    colour, sign = ("red", "-") if line.side is Side.BEFORE else ("green", "+")
    parts = [click.style(each.text, fg=colour, reverse=each.differs and len(line.pieces) > 1) for each in line.pieces]
    return click.style(sign, fg=colour) + " " + "".join(parts)


def _form(found: Difference, zone: ZoneInfo) -> Form:
    approval = found.approval
    return {
        "post": found.post,
        "approval": None
        if approval is None
        else {"by": approval.by, "at": moments.iso(approval.at, zone), "note": approval.note},
        "kept": found.before is not None,
        "before": found.before.source if found.before else None,
        "after": found.source,
        "keys": [
            {"about": each.about.value, "key": each.key, "before": each.before, "after": each.after}
            for each in found.keys
        ],
        "lines": [{"side": each.side.value, "text": each.text} for each in found.lines],
        "asides": [
            {"kind": each.kind, "name": each.name, "before": each.before, "after": each.after} for each in found.asides
        ],
    }
