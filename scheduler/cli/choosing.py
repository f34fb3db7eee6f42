"""What a person named on the command line, held against what the campaign has."""

from __future__ import annotations

from datetime import time, timedelta
from typing import TYPE_CHECKING

import click

from scheduler.cli import moments
from scheduler.ground.errors import NotFound
from scheduler.ground.text import _
from scheduler.plan.values import is_id

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import date, datetime

    from scheduler.engine.engine import Engine
    from scheduler.ground.model import Plan


def free_id(engine: Engine, name: str) -> None:
    """Raise `click.UsageError` where ``name`` is no id, or a post or event has it already."""
    if not is_id(name):
        raise click.UsageError(_("{name!r} is no id: lower-case letters, digits and hyphens").format(name=name))
    for kind in (engine.campaign.posts, engine.campaign.events):
        if name in kind:
            raise click.UsageError(_("{name} is taken by {file}").format(name=name, file=kind[name].path))


def local(text: str, engine: Engine, *, hour: time | None = None) -> datetime:
    """Return the naive local time that ``text`` means, in whole minutes; with ``hour``, a bare day has that hour.

    Seconds make it the next minute, so that a post placed ``now`` is not late before it is written.
    """
    zone, now = engine.config.zone, engine.clock.now()
    found = moments.read(text, zone, now)
    if hour is not None and found != moments.read(text, zone, now, whole_day_ends=True):
        found = found.replace(hour=hour.hour, minute=hour.minute)
    whole = found.astimezone(zone).replace(tzinfo=None, second=0, microsecond=0)
    return whole + timedelta(minutes=1) if found.second or found.microsecond else whole


def known(what: str, wanted: Iterable[str], valid: Iterable[str]) -> list[str]:
    """Return ``wanted``. Raises `click.UsageError`, with the nearest name, for one that the campaign does not have."""
    names = list(valid)
    for name in wanted:
        if name not in names:
            error = NotFound.named(_("there is no {name!r}"), name, names, ", ".join(names))
            raise click.UsageError(f"{what}: {error}")
    return list(wanted)


def spelt(names: Sequence[str]) -> str:
    """Return ids as a list in front matter is written; nothing for none."""
    return f"[{', '.join(names)}]" if names else ""


def workstream(plan: Plan, wanted: str | None, day: date | None) -> str:
    """Return the workstream asked for, or the first one that ``day`` falls in. Raises `click.UsageError`."""
    if wanted:
        return known("--workstream", [wanted], plan.workstreams)[0]
    for each in plan.workstreams.values():
        if day is None or each.start <= day <= each.end:
            return each.id
    names = ", ".join(plan.workstreams)
    raise click.UsageError(_("no workstream has that day; name one with --workstream: {names}").format(names=names))
