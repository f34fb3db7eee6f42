"""``loa event``."""

from __future__ import annotations

from datetime import datetime, timedelta
from functools import partial
from typing import TYPE_CHECKING, Any

import click

from scheduler.cli import forms, moments, screen
from scheduler.cli.choosing import free_id, known, local, spelt, workstream
from scheduler.cli.completion import EVENT
from scheduler.cli.moments import MOMENT
from scheduler.cli.moving import carry_out, meant, trying_options
from scheduler.cli.session import Session, pass_session
from scheduler.cli.shape import Group, command, json_option
from scheduler.cli.table import Column
from scheduler.ground.text import _

if TYPE_CHECKING:
    from scheduler.engine.engine import Engine

Tied = dict[tuple[str, str], tuple[str, datetime]]
"""Occurrences of posts: (post, recurrence) → title and time of publication, aware."""
WITHIN = timedelta(days=400)
"""Posts move along within this time before and after the event."""


@click.group(cls=Group, examples=("loa event list", "loa event move ra-quan 2021-05-13"))
def event() -> None:
    """List, read, write and move events.

    Posts may be placed relative to an event, and then move with it.
    """


@command("loa event list", "loa event list --json", group=event, name="list")
@json_option
@pass_session
def list_(session: Session, as_json: bool) -> None:
    """List the events, earliest first."""
    found = sorted(session.engine.look.events(), key=lambda each: (each.start, each.id))
    if as_json:
        screen.write_json([forms.event(each, session.zone) for each in found])
        return
    columns = (
        Column(_("Event"), style=screen.head),
        Column(_("Start")),
        Column(_("End")),
        Column(_("Title"), shrinks=True),
        Column(_("Place"), shrinks=True),
    )
    rows = [
        (
            each.id,
            moments.show_local(each.start),
            each.end.strftime("%H:%M") if each.end.date() == each.start.date() else moments.show_local(each.end),
            each.title + (_(" (of others)") if each.outside else ""),
            each.place,
        )
        for each in found
    ]
    screen.write_table(columns, rows, _("There is no event yet: `loa event new`."))


@command("loa event show ra-quan", "loa event show ra-quan --json", group=event, name="show")
@EVENT
@json_option
@pass_session
def show(session: Session, name: str, as_json: bool) -> None:
    """Show an event, and the posts that are placed relative to it."""
    engine = session.engine
    found = engine.look.event(name)
    placed = tied(engine, name)
    if as_json:
        form = forms.event(found, session.zone)
        form["body"] = found.body
        form["posts"] = [
            {"post": post, "recurrence": recurrence, "title": title, "publish_at": moments.iso(at, session.zone)}
            for (post, recurrence), (title, at) in placed.items()
        ]
        screen.write_json(form)
        return
    click.echo(screen.head(found.title))
    screen.write_fields(
        [
            (_("Event"), found.id),
            (_("File"), found.path),
            (_("Start"), moments.show_local(found.start)),
            (_("End"), moments.show_local(found.end)),
            (_("Place"), found.place),
            (_("Workstream"), found.workstream),
            (_("Areas"), ", ".join(found.areas)),
            (_("Audiences"), ", ".join(found.audiences)),
            (_("Languages"), ", ".join(found.languages)),
            (_("Unit"), found.unit),
            (_("Of others"), _("yes") if found.outside else ""),
        ]
    )
    if found.body.strip():
        click.echo()
        screen.write_text(found.body.strip())
    if placed:
        screen.write_head(_("Posts placed relative to it"))
        columns = (Column(_("Published")), Column(_("Post"), style=screen.head), Column(_("Title"), shrinks=True))
        screen.write_table(columns, _by_time(session, placed), "")


def tied(engine: Engine, name: str) -> Tied:
    """Return the occurrences placed relative to an event: (post, recurrence) → title and time of publication."""
    posts = {each.id: each for each in engine.campaign.posts.values() if each.placement.event == name}
    anchor = engine.campaign.events[name].start.replace(tzinfo=engine.config.zone)
    found: Tied = {}
    for each in engine.look.upcoming(anchor - WITHIN, anchor + WITHIN):
        if each.key.post in posts:
            found[each.key.post, each.key.recurrence] = (posts[each.key.post].title, each.publish_at)
    return found


def _by_time(session: Session, placed: Tied) -> list[tuple[str, str, str]]:
    rows = sorted((at, key[0], title) for key, (title, at) in placed.items())
    return [(moments.show(at, session.zone), post, title) for at, post, title in rows]


@command(
    'loa event new hop-bao --title "Họp báo" --start "2021-05-20 08:00" --place "Hội trường Sở"',
    group=event,
    name="new",
)
@EVENT
@click.option("--title", required=True, metavar="TEXT", help="The title, in one line.")
@click.option("--start", required=True, type=MOMENT, help="When it begins.")
@click.option("--end", type=MOMENT, help="When it ends. Otherwise two hours later.")
@click.option("--place", default="", metavar="TEXT", help="Where it is.")
@click.option("--workstream", "stream", metavar="ID", help="Otherwise the first one that its day falls in.")
@click.option("--area", "areas", multiple=True, metavar="ID", help="Where it concerns people; may be repeated.")
@click.option("--audience", "audiences", multiple=True, metavar="ID", help="For whom; may be repeated.")
@click.option("--unit", default="", metavar="ID", help="Who is responsible.")
@click.option("--edit", "editing", is_flag=True, help="Open it in the editor at once.")
@pass_session
def new(session: Session, name: str, title: str, start: str, end: str | None, editing: bool, **more: Any) -> None:
    """Write a new event, as a file below content/events."""
    from scheduler.plan.writing import new_event, set_keys

    engine, plan = session.engine, session.engine.campaign.plan
    free_id(engine, name)
    begins = local(start, engine)
    keys = {
        "areas": spelt(known("--area", more["areas"], plan.areas)),
        "audiences": spelt(known("--audience", more["audiences"], plan.slogans)),
        "unit": "".join(known("--unit", [more["unit"]] if more["unit"] else [], plan.units)),
    }
    path = new_event(
        engine.folder,
        name,
        title,
        start=begins,
        end=local(end, engine) if end else None,
        place=more["place"],
        workstream=workstream(plan, more["stream"], begins.date()),
    )
    set_keys(path, {key: value for key, value in keys.items() if value})
    written = path.relative_to(engine.folder).as_posix()
    screen.done(_("Written: {file}").format(file=written))
    if editing:
        from scheduler.cli.editing import edit as open_editor

        open_editor(engine, written)


@command("loa event edit ra-quan", group=event, name="edit")
@EVENT
@pass_session
def edit(session: Session, name: str) -> None:
    """Open an event in the editor ($VISUAL, $EDITOR), and check it afterwards."""
    from scheduler.cli.editing import edit as open_editor

    open_editor(session.engine, session.engine.look.event(name).path)


@command(
    "loa event move ra-quan 2021-05-13",
    'loa event move ra-quan "13/05/2021 14:00"',
    "loa event move ra-quan +2d --dry-run",
    group=event,
    name="move",
)
@EVENT
@click.argument("when", metavar="TIME", type=MOMENT)
@trying_options
@pass_session
def move(session: Session, name: str, when: str, dry_run: bool, as_json: bool) -> None:
    """Move an event to another time; its end and the posts placed relative to it move along.

    A day without an hour keeps the hour; +2d or -1h counts from the event's own start. What has gone out stays as it
    was.
    """
    engine = session.engine
    start = meant(when, engine.look.event(name).start, engine)
    foreseen = engine.edit.foresee_event(name, start)
    write = partial(engine.edit.move_event, name, start)
    carry_out(session, foreseen, write, dry_run=dry_run, as_json=as_json)
    if not foreseen.along and not as_json:
        screen.done(_("No post moves along."))
