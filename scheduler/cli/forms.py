"""What ``--json`` writes: one function for each kind of value. The fields are documented in docs/commands.md.

Times are ISO 8601 with the campaign's offset; ids, keys and states are as in the database, never translated.
"""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from scheduler.cli.moments import iso

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from zoneinfo import ZoneInfo

    from scheduler.channels.channel import Forecast
    from scheduler.channels.showing import Block
    from scheduler.engine.acts.deliveries import Done
    from scheduler.engine.delivering.withdrawing import Withdrawal
    from scheduler.engine.edits.drafts import Draft
    from scheduler.engine.edits.record import Edit
    from scheduler.engine.looks.channel_views import OptionRow
    from scheduler.engine.looks.logbook import Line
    from scheduler.engine.looks.post_views import PostStatus
    from scheduler.engine.looks.reach import Cell
    from scheduler.engine.looks.status import ChannelStatus
    from scheduler.engine.planning.foresight import Moving
    from scheduler.engine.rehearsing.summary import Summary
    from scheduler.engine.views import Planned, Preview
    from scheduler.ground.delivery import Attempt, Delivery, Entry, Key
    from scheduler.ground.model import CampaignEvent, Post
    from scheduler.ground.problem import Problem
    from scheduler.plan.post_templates import Template
    from scheduler.store.messages import MessageRow
    from scheduler.tui.action import Action

Form = dict[str, Any]


def _key(key: Key) -> Form:
    return {"key": str(key), **key._asdict()}


def done(found: Done) -> Form:
    """Return what an act on many deliveries came to, by their numbers."""
    return {
        "done": list(found.done),
        "refused": [
            {
                "number": each.id,
                "state": each.state.value,
                "holds": sorted(hold.value for hold in each.holds),
                "reason": each.why,
            }
            for each in found.refused
        ],
    }


def message(each: MessageRow) -> Form:
    """Return one recipient's part of a bulk delivery."""
    return {
        "address": each.address,
        "name": each.name,
        "state": each.state.value,
        "round": each.round,
        "attempts": each.attempts,
        "reason": each.reason,
        "receipt": each.receipt,
    }


def counts(numbers: Mapping[Any, int]) -> Form:
    """Return how many deliveries there are in each state that has any."""
    return {state.value: number for state, number in numbers.items() if number}


def problem(found: Problem) -> Form:
    """Return a problem; ``line`` is null where there is none."""
    return {
        "file": found.file,
        "line": found.line,
        "severity": found.severity.value,
        "key": found.key,
        "message": found.message,
        "hint": found.hint,
    }


def planned(each: Planned, state: str | None, zone: ZoneInfo) -> Form:
    """Return what is due; ``state`` is null where it is not planned yet."""
    return {
        **_key(each.key),
        "title": each.title,
        "variant": each.variant,
        "due_at": iso(each.due_at, zone),
        "publish_at": iso(each.publish_at, zone),
        "expires_at": iso(each.expires_at, zone),
        "state": state,
    }


def delivery(each: Delivery, zone: ZoneInfo) -> Form:
    """Return a delivery."""
    return {
        "number": each.id,
        **_key(each.key),
        "title": each.title,
        "variant": each.variant,
        "state": each.state.value,
        "holds": sorted(hold.value for hold in each.holds),
        "due_at": iso(each.due_at, zone),
        "publish_at": iso(each.publish_at, zone),
        "expires_at": iso(each.expires_at, zone),
        "next_at": iso(each.next_at, zone),
        "done_at": iso(each.done_at, zone),
        "late": each.late.value,
        "round": each.round,
        "attempts": each.attempts,
        "reason": each.reason,
        "actor": each.actor,
        "receipt": None if each.receipt is None else dict(each.receipt),
    }


def withdrawal(found: Withdrawal, zone: ZoneInfo) -> Form:
    """Return what was taken back, by what, and what was not."""
    form: Form = {
        name: [delivery(each, zone) for each in getattr(found, name)]
        for name in ("made", "back", "stopped", "already", "later")
    }
    return form | {"cannot": [{**delivery(each, zone), "why": why} for each, why in found.cannot]}


def attempt(each: Attempt, zone: ZoneInfo) -> Form:
    """Return one execution of a delivery."""
    return {
        "number": each.id,
        "round": each.round,
        "started_at": iso(each.started_at, zone),
        "ended_at": iso(each.ended_at, zone),
        "outcome": each.outcome,
        "reason": each.reason,
        "payload": each.payload,
    }


def entry(each: Entry, zone: ZoneInfo) -> Form:
    """Return a line of the journal."""
    return {
        "at": iso(each.at, zone),
        "event": each.event,
        "state": each.state,
        "actor": each.actor,
        "reason": each.reason,
    }


def line(each: Line, zone: ZoneInfo) -> Form:
    """Return a line of the log."""
    return {
        "at": iso(each.at, zone),
        "level": each.level.value,
        "subject": each.subject,
        "event": each.event,
        "text": each.text,
        "actor": each.actor,
        "delivery": each.delivery,
    }


def reach(each: Cell, zone: ZoneInfo) -> Form:
    """Return one cell of the coverage grid."""
    return {
        "audience": each.audience,
        "channel": each.channel,
        "area": each.area,
        "standing": each.standing.value,
        "times": each.times,
        "targets": list(each.targets),
        "posts": [
            {
                "post": one.post,
                "title": one.title,
                "times": one.times,
                "first": iso(one.first, zone),
                "last": iso(one.last, zone),
                "targets": list(one.targets),
                "counts": counts(one.counts),
            }
            for one in each.posts
        ],
    }


def draft(each: Draft, zone: ZoneInfo) -> Form:
    """Return what was typed in a post that is gone, and never saved."""
    return {"post": each.name, "at": iso(each.at, zone), "text": each.text}


def template(each: Template) -> Form:
    """Return what a new post can start from."""
    return {"name": each.name, "about": each.about, "file": each.path}


def post(status: PostStatus, zone: ZoneInfo) -> Form:
    """Return a post as it stands; ``approval`` is null where nobody has approved this text."""
    found: Post = status.post
    return {
        "id": found.id,
        "title": found.title,
        "file": found.path,
        "workstream": found.workstream,
        "channels": {name: list(targets) for name, targets in found.channels.items()},
        "draft": found.draft,
        "valid": status.valid,
        "digest": status.digest,
        "approval_required": status.approval_required,
        "approval": None
        if status.approval is None
        else {"by": status.approval.by, "at": iso(status.approval.at, zone), "note": status.approval.note},
        "returned": None
        if status.returned is None
        else {"by": status.returned.by, "at": iso(status.returned.at, zone), "reason": status.returned.note},
        "held_by": status.held_by,
        "held_reason": status.held_reason,
        "counts": counts(status.counts),
        "next_at": iso(status.next_at, zone),
    }


def event(each: CampaignEvent, zone: ZoneInfo) -> Form:
    """Return an event."""
    return {
        "id": each.id,
        "title": each.title,
        "file": each.path,
        "start": each.start.replace(tzinfo=zone).isoformat(),
        "end": each.end.replace(tzinfo=zone).isoformat(),
        "place": each.place,
        "workstream": each.workstream,
        "areas": list(each.areas),
        "audiences": list(each.audiences),
        "languages": list(each.languages),
        "unit": each.unit,
        "outside": each.outside,
    }


def moving(each: Moving, written: Edit | None, zone: ZoneInfo) -> Form:
    """Return what a change of times does; ``edit`` is null where nothing was written."""
    return {
        "title": each.title,
        "file": each.file,
        "before": iso(each.before, zone),
        "after": iso(each.after, zone),
        "along": [
            {
                "post": found.post,
                "recurrence": found.recurrence,
                "title": found.title,
                "before": iso(found.before, zone),
                "after": iso(found.after, zone),
            }
            for found in each.along
        ],
        "stays": [
            {"key": str(row.key), "state": row.state.value, "due_at": iso(row.due_at, zone)} for row in each.stays
        ],
        "reapproval": list(each.reapproval),
        "problems": [problem(found) for found in each.problems],
        "refused": each.refused,
        "edit": None if written is None else written.id,
    }


def edit(each: Edit, zone: ZoneInfo) -> Form:
    """Return a change of a file; ``undone_at`` is null while it stands."""
    return {
        "number": each.id,
        "at": iso(each.at, zone),
        "by": each.by,
        "file": each.file,
        "what": each.what,
        "undone_at": iso(each.undone_at, zone),
    }


def forecast(each: Forecast | None) -> Form | None:
    """Return what a delivery will cost, in đồng, and whom it reaches; null where the channel cannot say."""
    return None if each is None else {"cost": each.cost, "units": each.units, "unit": each.unit, "people": each.people}


def preview(each: Preview, zone: ZoneInfo) -> Form:
    """Return a text as it will go out; ``text`` and ``figures`` are null where it cannot be made."""
    rendered = each.rendered
    return {
        "channel": each.target.channel,
        "target": each.target.name,
        "variant": each.variant,
        "publish_at": iso(each.publish_at, zone),
        "due_at": iso(each.due_at, zone),
        "text": None if rendered is None else rendered.text,
        "figures": None if rendered is None else dict(rendered.figures),
        "files": []
        if rendered is None
        else [{"name": f.name, "media_type": f.media_type, "bytes": len(f.data)} for f in rendered.files],
        "forecast": forecast(each.forecast),
        "blocks": [block(found, zone) for found in each.blocks],
        "problems": [problem(found) for found in each.problems],
    }


def block(each: Block, zone: ZoneInfo) -> Form:
    """Return one block of a preview, with its kind."""
    found = {name: iso(value, zone) if name == "when" else value for name, value in asdict(each).items()}
    return {"kind": type(each).__name__.lower(), **found}


def channel(each: ChannelStatus, zone: ZoneInfo) -> Form:
    """Return a channel with its switch and its health."""
    return {
        "name": each.name,
        "title": each.title,
        "kind": str(each.kind),
        "plugin": each.plugin,
        "targets": [{"name": target.name, "title": target.title} for target in each.targets],
        "paused_by": each.paused_by,
        "paused_at": iso(each.paused_at, zone),
        "pause_reason": each.pause_reason,
        "failures": each.failures,
        "open_until": iso(each.open_until, zone),
        "last_error": each.last_error,
        "last_error_at": iso(each.last_error_at, zone),
        "last_success_at": iso(each.last_success_at, zone),
        "health": [
            {
                "target": found.target,
                "ok": found.health.ok,
                "detail": found.health.detail,
                "until": iso(found.health.until, zone),
                "at": iso(found.at, zone),
            }
            for found in each.probed
        ],
        "rate": str(each.rate) if each.rate else None,
        "used": each.used,
        "sends_tests": each.tests,
        "counts": counts(each.counts),
        "next_at": iso(each.next_at, zone),
    }


def option(each: OptionRow) -> Form:
    """Return an option in force; of a secret, ``value`` is only where it stands."""
    return {
        "key": each.key,
        "value": each.value,
        "kind": each.kind,
        "default": each.default,
        "source": each.source,
        "wrong": each.wrong,
    }


def summary(each: Summary) -> Form:
    """Return a rehearsal's summary, as its own JSON has it."""
    import json

    found: Form = json.loads(each.to_json())
    return found


def action(each: Action, keys: Sequence[str]) -> Form:
    """Return an action of the screens with the keys that it has."""
    return {
        "screen": each.scope.value,
        "name": each.id,
        "label": each.label(),
        "keys": list(keys),
        "about": each.help(),
        "command": each.command,
    }
