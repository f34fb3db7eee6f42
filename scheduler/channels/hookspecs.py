"""The hooks that a plugin may implement. Each is called for one plugin at a time: one that raises stops no other."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pluggy

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    import click

    from scheduler.channels.channel import Channel
    from scheduler.channels.host import FeedElement, Host, Panel, PostText
    from scheduler.channels.item import Item
    from scheduler.ground.delivery import Entry
    from scheduler.ground.problem import Problem

PROJECT = "loa"

hookspec = pluggy.HookspecMarker(PROJECT)
hookimpl = pluggy.HookimplMarker(PROJECT)


@hookspec
def register_channels() -> Iterable[Channel[Any]]:  # type: ignore[empty-body]
    """Return the channels that this plugin brings, one object each."""


@hookspec
def register_commands() -> Iterable[click.Command]:  # type: ignore[empty-body]
    """Return commands of ``loa``. The name of one that is there already is refused.

    The hook's name must stand in the plugin's main file: only such plugins are imported for ``loa --help``.
    """


@hookspec
def check_post(post: PostText, host: Host) -> Iterable[Problem]:  # type: ignore[empty-body]
    """Yield what is wrong with a post. An error holds its deliveries, a warning or a notice is only shown.

    Asked once for each text and not again before it changes, so it should depend on nothing but ``post``. A `Problem`
    without a ``line`` stands where the text begins. One that raises, or takes over five seconds, is warned of, and
    holds nothing.
    """


@hookspec
def observe(entry: Entry, host: Host) -> None:
    """Take note of one line of the journal, after it has been written: at least once, in order.

    One that raises is given the same line again, later; other observers go on. A rehearsal has no observers.
    """


@hookspec
def register_panels() -> Iterable[Panel]:  # type: ignore[empty-body]
    """Return pages of the plugin's own for the screens."""


@hookspec
def spoken_forms(language: str) -> Mapping[str, str]:  # type: ignore[empty-body]
    """Return how words are read out, written form to spoken form, whole words only, capitals told apart.

    ``language`` is that of the text (``vi``). Channels that say ``speaks = True`` read by it. What is returned is
    covered by approvals, so it must not change by itself: asked once, when the campaign is read. Of two plugins with
    one word the one that was found first is heard.
    """


@hookspec
def feed_elements(item: Item) -> Iterable[FeedElement]:  # type: ignore[empty-body]
    """Return elements that a feed's entry for this item has beside the usual ones. Pure, as ``render`` is.

    Where it raises, or returns what cannot stand in a feed, the delivery is refused, with the plugin's name.
    """
