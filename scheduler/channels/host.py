"""What a plugin beyond channels is given, and what it gives: its view of the campaign, panels, feed elements."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from functools import wraps
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence
    from datetime import datetime
    from pathlib import Path
    from zoneinfo import ZoneInfo

    from scheduler.channels.options import Options, Secret
    from scheduler.channels.showing import Block
    from scheduler.ground.clock import Clock
    from scheduler.ground.delivery import Delivery
    from scheduler.ground.lifecycle import State

_NONE: Mapping[str, str] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class Wording:
    """One text of a post: its own, or that of a variant. ``name`` is "" for its own; ``line`` is where it begins."""

    name: str
    title: str
    text: str
    line: int


@dataclass(frozen=True, slots=True)
class PostText:
    """A post as it stands in its file. ``file`` is relative to the campaign folder, with ``/``.

    The texts are as written: Markdown in which the values of the plan are not yet filled in.
    """

    id: str
    file: str
    title: str
    summary: str
    link: str
    wordings: tuple[Wording, ...]
    channels: tuple[str, ...]
    audiences: tuple[str, ...]
    areas: tuple[str, ...]
    workstream: str
    draft: bool = False


class Host(Protocol):
    """The campaign as a plugin's commands, checks, observers and panels may see it. It changes nothing."""

    @property
    def folder(self) -> Path:
        """The campaign folder."""

    @property
    def zone(self) -> ZoneInfo:
        """The campaign's time zone."""

    @property
    def clock(self) -> Clock:
        """The only clock: a rehearsal steps it."""

    @property
    def rehearsal(self) -> bool:
        """Whether this is a rehearsal, from which nothing may leave the machine."""

    def posts(self) -> Sequence[PostText]:
        """Return every post, by id."""

    def deliveries(
        self,
        *,
        states: Collection[State] = (),
        channels: Collection[str] = (),
        posts: Collection[str] = (),
        start: datetime | None = None,
        end: datetime | None = None,
    ) -> Sequence[Delivery]:
        """Return deliveries by due time, from ``start`` to before ``end``, both aware; what is empty means any."""

    def options(self, channel: str) -> Options | None:
        """Return the options in force of a channel, ``None`` where it is not switched on or does not work."""

    def out(self, name: str) -> Path:
        """Return a folder below ``var/`` for what the plugin makes; it is there. Raises `LoaError` for a bad name."""

    def reveal(self, secret: Secret) -> str:
        """Return a secret's value, which is masked in the log from now on. Raises `LoaError`."""


@dataclass(frozen=True, slots=True)
class Panel:
    """A page of a plugin's own among the screens, and what ``loa plugins panel`` writes.

    ``name`` is permanent, lower-case, and unlike any other panel's. ``title`` and ``about`` are sentences, translated
    when shown. ``show`` yields the blocks that previews are made of, from above; it is called off the screens' thread,
    each time the page is looked at or renewed, and may take its time.
    """

    name: str
    title: str
    about: str
    show: Callable[[Host], Iterable[Block]]


@dataclass(frozen=True, slots=True)
class FeedElement:
    """An element that an entry of a feed has beside the usual ones.

    ``namespace`` is its XML namespace (an address), ``prefix`` how it is written. Those of RSS, Atom and of the feed
    itself are refused.
    """

    namespace: str
    prefix: str
    name: str
    text: str = ""
    attributes: Mapping[str, str] = field(default_factory=lambda: _NONE)


def pass_host(function: Callable[..., Any]) -> Callable[..., Any]:
    """Give a plugin's command the `Host` as its first argument."""

    @wraps(function)
    def called(*args: Any, **kwargs: Any) -> Any:
        import click

        context = click.get_current_context()
        return context.invoke(function, context.find_root().obj.host, *args, **kwargs)

    return called
