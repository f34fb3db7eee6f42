"""``loa undo`` and ``loa redo``: changes of the campaign's files, taken back and made again."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from scheduler.cli import forms, moments, screen
from scheduler.cli.metavars import Number
from scheduler.cli.session import Session, pass_session
from scheduler.cli.shape import command, json_option, yes_option
from scheduler.cli.table import Column
from scheduler.ground.text import _

if TYPE_CHECKING:
    from scheduler.engine.edits.record import Edit


@command("loa undo", "loa undo 1", "loa undo --list", "loa undo --list --json")
@click.argument("number", metavar="[NUMBER]", type=Number(min=1), required=False)
@click.option("--list", "listing", is_flag=True, help="Only show what was changed, the newest first.")
@yes_option
@json_option
@pass_session
def undo(session: Session, number: int | None, listing: bool, yes: bool, as_json: bool) -> None:
    """Take back the last change that Loa made in the campaign's files.

    A move, a skip, a saved text, a new post: the file gets byte for byte what it had, unless somebody has changed it
    since. NUMBER names an earlier change. It asks first where the change is somebody else's, or a whole new file.
    """
    if listing and number is not None:
        raise click.UsageError(_("--list takes no number"))
    if listing:
        _list(session, as_json)
        return
    edit = session.engine.edit
    found = _named(session, number) if number else edit.next_undo()
    if found is not None and found.undone_at is None:
        new, change = _("Take this new file away?"), _("Take this change of {who} back?")
        _ask(session, found, new if found.new else change, yes=yes)
    done = edit.undo(number if found is None else found.id)
    _told(session, done, _("Undone: {what}").format(what=done.back), as_json)


@command("loa redo", "loa redo 1", "loa redo --yes")
@click.argument("number", metavar="[NUMBER]", type=Number(min=1), required=False)
@yes_option
@json_option
@pass_session
def redo(session: Session, number: int | None, yes: bool, as_json: bool) -> None:
    """Make again what was last taken back with `loa undo`.

    NUMBER names an earlier change. It asks first where the change is somebody else's, or a whole new file.
    """
    edit = session.engine.edit
    found = _named(session, number) if number else edit.next_redo()
    if found is not None and found.undone_at is not None:
        new, change = _("Write this new file again?"), _("Make this change of {who} again?")
        _ask(session, found, new if found.new else change, yes=yes)
    done = edit.redo(number if found is None else found.id)
    _told(session, done, _("Done again: {what}").format(what=done.what), as_json)


def _named(session: Session, number: int) -> Edit | None:
    return next((each for each in session.engine.edit.edits() if each.id == number), None)


def _ask(session: Session, found: Edit, question: str, *, yes: bool) -> None:
    """Ask where a change needs that. Raises `click.Abort` and `click.UsageError` as `screen.confirm`."""
    if not session.engine.edit.asks_first(found):
        return
    who = session.engine.look.name_of(found.by)
    if not yes:
        screen.note(f"{found.what}  ({who}, {moments.show(found.at, session.zone)}, {found.file})")
    screen.confirm(question.format(who=who), yes=yes, required=True)


def _told(session: Session, edit: Edit, sentence: str, as_json: bool) -> None:
    if as_json:
        screen.write_json(forms.edit(edit, session.zone))
    else:
        screen.done(sentence)


def _list(session: Session, as_json: bool) -> None:
    found = session.engine.edit.edits()
    if as_json:
        screen.write_json([forms.edit(each, session.zone) for each in found])
        return
    columns = (
        Column(_("Number"), right=True, style=screen.head),
        Column(_("When")),
        Column(_("Who")),
        Column(_("What"), shrinks=True),
        Column(_("Undone")),
    )
    rows = [
        (
            str(each.id),
            moments.show(each.at, session.zone),
            session.engine.look.name_of(each.by),
            each.what,
            moments.show(each.undone_at, session.zone),
        )
        for each in found
    ]
    screen.write_table(columns, rows, _("Nothing was changed yet."))
