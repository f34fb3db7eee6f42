"""What the shell offers for an argument. Completion must be quick and silent: it reads ids, and never an engine."""

from __future__ import annotations

import re

import click

from scheduler.cli.session import Session
from scheduler.ground.errors import LoaError

_ID = re.compile(rb"""^id[ \t]*[:=][ \t]*["']?([a-z0-9-]+)""", re.MULTILINE)
_FRONT = 2048
"""Bytes of a file in which its id is looked for."""


def post_ids(ctx: click.Context, param: click.Parameter, incomplete: str) -> list[str]:
    """Return the ids of posts that begin so."""
    return _ids(ctx, "posts", incomplete)


def event_ids(ctx: click.Context, param: click.Parameter, incomplete: str) -> list[str]:
    """Return the ids of events that begin so."""
    return _ids(ctx, "events", incomplete)


def channel_names(ctx: click.Context, param: click.Parameter, incomplete: str) -> list[str]:
    """Return the channels of config.toml that begin so."""
    import tomllib

    try:
        with (_session(ctx).folder / "config.toml").open("rb") as file:
            channels = tomllib.load(file).get("channels", {})
    except (LoaError, OSError, ValueError):
        return []
    return sorted(name for name in channels if name.startswith(incomplete))


def plugin_names(ctx: click.Context, param: click.Parameter, incomplete: str) -> list[str]:
    """Return the plugins that are there and begin so; none is imported."""
    from scheduler.channels.finding import candidates

    try:
        folder = _session(ctx).folder
    except LoaError:
        folder = None
    return sorted({each.name for each in candidates(folder) if each.name.startswith(incomplete)})


def delivery_refs(ctx: click.Context, param: click.Parameter, incomplete: str) -> list[str]:
    """Return the posts with whose keys a delivery's key may begin."""
    return [f"{found}/" for found in post_ids(ctx, param, incomplete)]


def _session(ctx: click.Context) -> Session:
    return ctx.ensure_object(Session)


def _ids(ctx: click.Context, kind: str, incomplete: str) -> list[str]:
    try:
        files = sorted((_session(ctx).folder / "content" / kind).rglob("*.md"))
    except (LoaError, OSError):
        return []
    found = []
    for path in files:
        try:
            with path.open("rb") as file:
                match = _ID.search(file.read(_FRONT))
        except OSError:
            continue
        if match and match[1].decode().startswith(incomplete):
            found.append(match[1].decode())
    return found


POST = click.argument("name", metavar="POST", shell_complete=post_ids)
POSTS = click.argument("names", metavar="POST...", nargs=-1, required=True, shell_complete=post_ids)
EVENT = click.argument("name", metavar="EVENT", shell_complete=event_ids)
PLUGIN = click.argument("name", metavar="PLUGIN", shell_complete=plugin_names)
CHANNEL = click.argument("name", metavar="CHANNEL", shell_complete=channel_names)
DELIVERY = click.argument("ref", metavar="DELIVERY", shell_complete=delivery_refs)
