"""Which deliveries a command is about: named one by one, or all that its filters find."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from scheduler.cli import moments
from scheduler.cli.commands.plan import known
from scheduler.cli.moments import MOMENT
from scheduler.ground.lifecycle import State

if TYPE_CHECKING:
    from collections.abc import Callable

    from scheduler.cli.session import Session
    from scheduler.store.deliveries import Query

_STATES = click.Choice([each.value for each in State])
_FILTERS = (
    click.option("--state", "states", multiple=True, type=_STATES, help="Only in this state."),
    click.option("--channel", "channels", multiple=True, metavar="NAME", help="Only of this channel."),
    click.option("--target", "targets", multiple=True, metavar="NAME", help="Only for this target."),
    click.option("--post", "posts", multiple=True, metavar="ID", help="Only of this post."),
    click.option("--from", "start", type=MOMENT, help="Due at this time or later."),
    click.option("--to", "end", type=MOMENT, help="The last due time; a day means all of it."),
    click.option("--text", default="", metavar="TEXT", help="Only with this in title, post or target."),
)
_NAMES = ("states", "channels", "targets", "posts", "start", "end", "text")


def filters(function: Callable[..., Any]) -> Callable[..., Any]:
    """Give a command the filters of ``loa delivery list``."""
    for option in reversed(_FILTERS):
        function = option(function)
    return function


def taken(given: dict[str, Any]) -> dict[str, Any]:
    """Take the filters out of what a command was given."""
    return {name: given.pop(name) for name in _NAMES}


def asked(session: Session, wanted: dict[str, Any], **more: Any) -> Query:
    """Return what the filters ask for. Raises `LoaError` for a channel or post that is not there."""
    from scheduler.store.deliveries import Query

    engine, zone = session.engine, session.zone
    known(engine, wanted["channels"])
    for post in wanted["posts"]:
        engine.look.post(post)
    start, end = wanted["start"], wanted["end"]
    return Query(
        states=[State(each) for each in wanted["states"]],
        channels=wanted["channels"],
        targets=wanted["targets"],
        posts=wanted["posts"],
        start=moments.read(start, zone, engine.clock.now()) if start else None,
        end=moments.after(end, zone, engine.clock.now()) if end else None,
        text=wanted["text"],
        **more,
    )
