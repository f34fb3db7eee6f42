"""``loa post list``, ``show`` and ``preview``."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from scheduler.cli import forms, looking, moments, screen
from scheduler.cli.broken import note_left_out
from scheduler.cli.commands.check import line
from scheduler.cli.commands.delivery_read import columns, row
from scheduler.cli.completion import POST
from scheduler.cli.session import Session, pass_session
from scheduler.cli.shape import command, json_option
from scheduler.cli.table import Column
from scheduler.ground.problem import Severity
from scheduler.ground.text import _, many, measures

if TYPE_CHECKING:
    from collections.abc import Callable, Collection
    from zoneinfo import ZoneInfo

    from scheduler.engine.looks.post_views import PostStatus
    from scheduler.engine.views import Preview
    from scheduler.ground.delivery import Approval
    from scheduler.ground.model import Occurrence
    from scheduler.ground.problem import Problem


@command(
    "loa post list",
    "loa post list --waiting",
    "loa post list --channel radio --json",
    name="list",
)
@click.option("--waiting", is_flag=True, help="Only those that wait for approval, or have errors.")
@click.option("--channel", "channels", multiple=True, metavar="NAME", help="Only those that this channel carries.")
@json_option
@pass_session
def list_(session: Session, waiting: bool, channels: tuple[str, ...], as_json: bool) -> None:
    """List the posts, with their approval and when each goes out next."""
    from scheduler.cli.choosing import known

    known("--channel", channels, session.engine.registry.channels)
    found = [
        each
        for each in session.engine.look.posts()
        if (not channels or set(channels) & set(each.post.channels)) and (not waiting or needs_someone(each))
    ]
    if as_json:
        screen.write_json([forms.post(each, session.zone) for each in found])
        note_left_out(session.engine, shown=_broken_and_listed(session))
        return
    table = (
        Column(_("Post"), style=screen.head),
        Column(_("Title"), shrinks=True),
        Column(_("Condition"), style=_condition_style({each.fault for each in found if each.fault})),
        Column(_("Next")),
        Column(_("Channels"), shrinks=True),
    )
    rows = [
        (
            each.post.id,
            each.post.title,
            condition(each, session.engine.look.name_of),
            moments.show(each.next_at, session.zone),
            ", ".join(each.post.channels),
        )
        for each in found
    ]
    empty = _("No post waits for anyone.") if waiting else _("There is no post yet: `loa post new`.")
    screen.write_table(table, rows, empty)
    if found and screen.for_people():
        screen.note(screen.faint(many("%d post", "%d posts", len(found))))
    note_left_out(session.engine, shown=_broken_and_listed(session))


def _broken_and_listed(session: Session) -> int:
    campaign = session.engine.campaign
    return len(campaign.invalid & campaign.posts.keys())


def needs_someone(each: PostStatus) -> bool:
    """Return whether a person must do something before the post can go out."""
    return not each.post.draft and (not each.valid or each.waits)


def condition(each: PostStatus, name_of: Callable[[str], str]) -> str:
    """Return in a word or two how a post stands."""
    if each.post.draft:
        return _("draft")
    if not each.valid:
        return each.fault
    if each.held_by:
        return _("held by {person}").format(person=name_of(each.held_by))
    if not each.approval_required:
        return _("ready")
    if each.returned is not None:
        return _("sent back by {person}").format(person=name_of(each.returned.by))
    if each.over and each.approval is None:
        return _("has gone out as a whole")
    return _("approved") if each.approval is not None else _("waits for approval")


def _condition_style(faults: Collection[str]) -> Callable[[str], str]:
    colours = {_("waits for approval"): "yellow", _("approved"): "green", _("ready"): "green"}
    return lambda text: click.style(text, fg="red" if text in faults else colours.get(text))


@command("loa post show tv-loi-moi", "loa post show tv-loi-moi --json", name="show")
@POST
@json_option
@pass_session
def show(session: Session, name: str, as_json: bool) -> None:
    """Show a post: what it is, who approved it, and every delivery of it."""
    from scheduler.store.deliveries import Query

    look, zone = session.engine.look, session.zone
    found = look.post(name)
    deliveries = look.deliveries(Query(posts=[name]))
    if as_json:
        form = forms.post(found, zone)
        form["occurrences"] = [
            {"recurrence": each.recurrence, "publish_at": moments.iso(each.publish_at, zone)}
            for each in falls(session, found)
        ]
        form["deliveries"] = [forms.delivery(each, zone) for each in deliveries]
        screen.write_json(form)
        return
    click.echo(f"{screen.head(found.post.title)}  {condition(found, look.name_of)}")
    screen.write_fields(_fields(found, zone, look.name_of))
    if found.post.body.strip():
        click.echo()
        screen.write_text(found.post.body.strip())
    screen.write_head(_("Occurrences"))
    times = [f"{moments.show(each.publish_at, zone)} ({each.recurrence})" for each in falls(session, found)]
    screen.write_text(", ".join(times) or _("none: it is a draft, or all of them are excepted"))
    screen.write_head(_("Deliveries"))
    empty = _("None is planned yet; see `loa plan`.")
    screen.write_table(columns(), [row(each, zone, look) for each in deliveries], empty)


def falls(session: Session, found: PostStatus) -> list[Occurrence]:
    """Return when the post is published, as far ahead as deliveries are planned; nothing where its file has errors."""
    from scheduler.plan.calendar import occurrences

    engine = session.engine
    until = engine.clock.now() + engine.config.horizon
    return occurrences(found.post, engine.campaign.events, session.zone, until) if found.valid else []


def _fields(found: PostStatus, zone: ZoneInfo, name_of: Callable[[str], str]) -> list[tuple[str, str]]:
    each, approval, back = found.post, found.approval, found.returned

    def said(decision: Approval) -> str:
        return _("{person}, {time}").format(person=name_of(decision.by), time=moments.show(decision.at, zone))

    held = ": ".join(filter(None, (name_of(found.held_by or ""), found.held_reason)))
    return [
        (_("Post"), each.id),
        (_("File"), each.path),
        (_("Workstream"), each.workstream),
        (_("Summary"), each.summary),
        (_("Placed"), placement(found, zone)),
        (_("Channels"), ", ".join(_carried(name, targets) for name, targets in each.channels.items())),
        (_("Audiences"), ", ".join(each.audiences)),
        (_("Areas"), ", ".join(each.areas)),
        (_("Variants"), str(len(each.variants)) if each.variants else ""),
        (_("Author"), name_of(each.author)),
        (_("Unit"), each.unit),
        (_("Approved"), f"{said(approval)}  {approval.note}".rstrip() if approval else ""),
        (_("Sent back"), f"{said(back)}: {back.note}" if back else ""),
        (_("Held"), held),
        (_("Next"), moments.show(found.next_at, zone)),
    ]


def _carried(name: str, targets: tuple[str, ...]) -> str:
    return f"{name} ({', '.join(targets)})" if targets else name


def placement(found: PostStatus, zone: ZoneInfo) -> str:
    """Return in words when a post is published."""
    from scheduler.plan.durations import format_duration

    each = found.post.placement
    parts = []
    if each.at is not None:
        parts.append(moments.show_local(each.at))
    if each.event:
        hour = _(" at {time}").format(time=f"{each.time:%H:%M}") if each.time else ""
        sign = "+" if each.offset.total_seconds() > 0 else ""
        parts.append(
            _("{offset} from the {anchor} of {event}").format(
                offset=sign + format_duration(each.offset), anchor=_(each.anchor), event=each.event
            )
            + hour
        )
    if each.repeat:
        parts.append(each.repeat)
    if each.times:
        parts.append(", ".join(f"{time:%H:%M}" for time in each.times))
    return "; ".join(parts)


@command(
    "loa post preview tv-loi-moi",
    "loa post preview sms-bhxh-tu-nguyen --channel sms",
    "loa post preview tv-loi-moi --json",
    name="preview",
)
@POST
@click.option("--channel", "channels", multiple=True, metavar="NAME", help="Only for this channel; may be repeated.")
@json_option
@pass_session
def preview(session: Session, name: str, channels: tuple[str, ...], as_json: bool) -> None:
    """Show the text of a post for every channel and target, exactly as it will go out.

    With its figures (parts, seconds, letters), what it will cost, whom it reaches, and what is wrong with it. Ends
    with 1 where a text has errors.
    """
    from scheduler.cli.choosing import known

    known("--channel", channels, session.engine.registry.channels)
    found = session.engine.look.preview(name, channels)
    if as_json:
        screen.write_json([forms.preview(each, session.zone) for each in found])
    elif not found:
        click.echo(_("No target takes this post."))
    else:
        shared = [problem for problem in found[0].problems if all(problem in each.problems for each in found)]
        if len(found) > 1 and shared:
            click.echo("\n".join([*map(line, shared), ""]))
        for position, each in enumerate(found):
            if position:
                click.echo()
            _write(each, session.zone, shared if len(found) > 1 else ())
    if any(problem.severity is Severity.ERROR for each in found for problem in each.problems):
        raise click.exceptions.Exit(1)


def _write(each: Preview, zone: ZoneInfo, told: Collection[Problem]) -> None:
    target = each.target
    time = moments.show(each.publish_at, zone)
    click.echo(f"{screen.head(f'{target.channel}/{target.name}')}  {target.title}  {screen.faint(time)}".rstrip())
    screen.write_fields([(_("Variant"), each.variant), (_("Due"), moments.show(each.due_at, zone))])
    if each.rendered is not None:
        looking.write(each.blocks, zone)
        click.echo()
        screen.write_fields(
            [
                (_("Figures"), ", ".join(measures(each.rendered.figures))),
                (_("Files"), "\n".join(file.name for file in each.rendered.files)),
                (_("Forecast"), _forecast(each)),
            ]
        )
    for problem in each.problems:
        if problem not in told:
            click.echo(line(problem))


def _forecast(each: Preview) -> str:
    from scheduler.cli.commands.rehearse import money

    found = each.forecast
    if found is None:
        return ""
    parts = [f"{money(found.units)} {_(found.unit)}" if found.units else ""]
    parts += [many("%d person", "%d people", found.people) if found.people is not None else ""]
    parts += [_("{amount} đồng").format(amount=money(found.cost)) if found.cost else ""]
    return ", ".join(part for part in parts if part)
