"""``loa post new``, ``templates`` and ``edit``."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any

import click

from scheduler.cli import forms, screen
from scheduler.cli.choosing import free_id, known, local, workstream
from scheduler.cli.completion import POST, event_ids
from scheduler.cli.moments import MOMENT
from scheduler.cli.session import Session, pass_session
from scheduler.cli.shape import command, json_option
from scheduler.cli.table import Column
from scheduler.ground.text import _

if TYPE_CHECKING:
    from datetime import datetime

    from scheduler.engine.engine import Engine


@command(
    'loa post new nhac-dong --title "Nhớ đóng đúng hạn" --at "2021-06-10 08:00" --text "Nhớ đóng trước ngày 15."',
    'loa post new moi-du --title "Mời dự lễ ra quân" --event ra-quan --offset "-2d" --channel fanpage',
    'loa post new moi-doi-thoai --title "Hội nghị đối thoại" --event ra-quan --offset "-3d" --template loi-moi',
    name="new",
)
@click.argument("name", metavar="ID")
@click.option("--title", required=True, metavar="TEXT", help="The title, in one line.")
@click.option("--at", "when", type=MOMENT, help="When it is published.")
@click.option("--event", "event", metavar="ID", shell_complete=event_ids, help="Place it relative to this event.")
@click.option("--offset", default="", metavar="SPAN", help="With --event: how long before or after, like -3d or +30m.")
@click.option("--template", default="", metavar="NAME", help="Start from this template (`loa post templates`).")
@click.option("--text", metavar="TEXT", help="What it says, in Markdown; - reads it from standard input.")
@click.option("--channel", "channels", multiple=True, metavar="NAME", help="Who carries it. Otherwise all channels.")
@click.option("--workstream", "stream", metavar="ID", help="Otherwise the first one that its day falls in.")
@click.option("--audience", "audiences", multiple=True, metavar="ID", help="For whom; may be repeated.")
@click.option("--area", "areas", multiple=True, metavar="ID", help="Where; may be repeated.")
@click.option("--edit", "editing", is_flag=True, help="Open it in the editor at once.")
@pass_session
def new(session: Session, name: str, title: str, text: str | None, editing: bool, **more: Any) -> None:
    """Write a new post, as a file below content/posts.

    Without --text it is a draft, which is checked but never planned, until its status is taken out.
    """
    from scheduler.engine.edits.text_edits import NewPost

    engine, plan = session.engine, session.engine.campaign.plan
    free_id(engine, name)
    when = _when(engine, more["when"], more["event"], more["offset"])
    if more["template"]:
        if text is not None:
            raise click.UsageError(_("--text and --template exclude each other"))
        known("--template", [more["template"]], [each.name for each in engine.look.templates()])
    stream = more["stream"] or not more["template"]
    wanted = NewPost(
        name,
        title,
        at=None if more["event"] else when,
        event=more["event"] or "",
        offset=more["offset"],
        workstream=workstream(plan, more["stream"], when.date()) if stream else "",
        channels=tuple(known("--channel", more["channels"], engine.registry.channels)),
        audiences=tuple(known("--audience", more["audiences"], plan.slogans)),
        areas=tuple(known("--area", more["areas"], plan.areas)),
        template=more["template"],
        text=(sys.stdin.read() if text == "-" else text or "").strip(),
    )
    written = engine.edit.new_post(wanted).file
    screen.done(_("Written: {file}").format(file=written))
    if not wanted.text:
        screen.done(_("It is a draft: write its text, then take the line `status: draft` out."))
    for warning in engine.edit.too_late_for(wanted):
        screen.note(str(warning))
    if editing:
        _edit(engine, written)


@command("loa post templates", "loa post templates --json")
@json_option
@pass_session
def templates(session: Session, as_json: bool) -> None:
    """List the templates that a new post can start from: the files below content/templates."""
    found = session.engine.look.templates()
    if as_json:
        screen.write_json([forms.template(each) for each in found])
        return
    table = (Column(_("Template"), style=screen.head), Column(_("For"), shrinks=True), Column(_("File"), shrinks=True))
    rows = [(each.name, each.about, each.path) for each in found]
    screen.write_table(table, rows, _("There is no template below content/templates."))


def _when(engine: Engine, at: str | None, event: str | None, offset: str) -> datetime:
    """Return when it falls, local and naive. Raises `click.UsageError` where nothing, or too much, says so."""
    if (at is None) == (event is None):
        raise click.UsageError(_("a post needs exactly one of --at and --event"))
    if event is None:
        if offset:
            raise click.UsageError(_("--offset goes with --event"))
        return local(str(at), engine)
    from scheduler.plan.durations import parse_duration

    known("--event", [event], engine.campaign.events)
    try:
        return engine.campaign.events[event].start + parse_duration(offset or "0s")
    except (ValueError, OverflowError) as error:
        raise click.UsageError(str(error)) from None


@command("loa post edit tv-loi-moi", name="edit")
@POST
@pass_session
def edit(session: Session, name: str) -> None:
    """Open a post in the editor ($VISUAL, $EDITOR), and check it afterwards."""
    _edit(session.engine, session.engine.look.post(name).post.path)


def _edit(engine: Engine, path: str) -> None:
    from scheduler.cli.editing import edit as open_editor

    open_editor(engine, path)
