"""The hooks that a plugin may implement."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pluggy

if TYPE_CHECKING:
    from collections.abc import Iterable

    from scheduler.channels.channel import Channel

PROJECT = "loa"

hookspec = pluggy.HookspecMarker(PROJECT)
hookimpl = pluggy.HookimplMarker(PROJECT)


@hookspec
def register_channels() -> Iterable[Channel[Any]]:  # type: ignore[empty-body]
    """Return the channels that this plugin brings, one object each."""
