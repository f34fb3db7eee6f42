"""``loa post drafts``: what was typed on the screens in posts that are gone."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from scheduler.cli import forms, moments, screen
from scheduler.cli.session import Session, pass_session
from scheduler.cli.shape import command, json_option, yes_option
from scheduler.cli.table import Column
from scheduler.ground.text import _

if TYPE_CHECKING:
    from scheduler.engine.edits.drafts import Draft
    from scheduler.engine.engine import Engine


@command("loa post drafts", "loa post drafts --json", name="drafts")
@click.option("--take", metavar="ID", help="Write this draft as a new post, unfinished until its status is taken out.")
@click.option("--discard", metavar="ID", help="Throw this draft away.")
@yes_option
@json_option
@pass_session
def drafts(session: Session, take: str | None, discard: str | None, yes: bool, as_json: bool) -> None:
    """List your drafts of posts that are gone: what was typed on the screens and never saved."""
    if take and discard:
        raise click.UsageError(_("--take and --discard exclude each other"))
    engine = session.engine
    if take:
        screen.done(_("Written: {file}").format(file=engine.edit.revive(take).file))
    elif discard:
        _throw(engine, discard, yes=yes)
    else:
        _list(session, _left(engine), as_json)


def _left(engine: Engine) -> list[Draft]:
    look, me = engine.look, engine.actor.id
    return [draft for name in look.orphans(me) if (draft := look.draft(name, me)) is not None]


def _throw(engine: Engine, name: str, *, yes: bool) -> None:
    from scheduler.cli.choosing import known

    known("--discard", [name], engine.look.orphans(engine.actor.id))
    screen.confirm(_("Throw this draft away?"), yes=yes, required=True)
    engine.edit.discard_draft(name)
    screen.done(_("Thrown away: {name}").format(name=name))


def _list(session: Session, found: list[Draft], as_json: bool) -> None:
    if as_json:
        screen.write_json([forms.draft(each, session.zone) for each in found])
        return
    columns = (Column(_("Post"), style=screen.head), Column(_("Typed")), Column(_("Text"), shrinks=True))
    rows = [(each.name, moments.show(each.at, session.zone), " ".join(each.text.split())) for each in found]
    screen.write_table(columns, rows, _("There is no draft of a post that is gone."))
