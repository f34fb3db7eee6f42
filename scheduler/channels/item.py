"""What a channel is given to render. It holds just what an approval covers, so that nothing else can get out."""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import TYPE_CHECKING, Any

from scheduler.ground.borrowed import system
from scheduler.ground.errors import ContentChanged, PluginError
from scheduler.ground.model import Plan
from scheduler.ground.text import _

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime
    from pathlib import Path

    from scheduler.ground.delivery import Key
    from scheduler.ground.model import CampaignEvent, Target

PLAN_VALUES = frozenset({*(each.name for each in fields(Plan)), "slogans"})
"""The values of the plan that a channel may name in ``uses``."""


class PlanValues:
    """The plan as one channel may read it: the values that its ``uses`` names (``plan.message``), and no others.

    An approval covers these, so what a channel has not declared cannot get into what goes out. Any other name raises
    `PluginError`.
    """

    __slots__ = ("_channel", "_values")

    def __init__(self, plan: Plan, uses: Iterable[str], channel: str) -> None:
        self._channel = channel
        self._values = {name: getattr(plan, name) for name in uses}

    def __getattr__(self, name: str) -> Any:
        if name.startswith("_"):
            raise AttributeError(name)
        if name not in self._values:
            raise PluginError(
                self._channel, _("reads plan.{name}, which the channel does not name in `uses`").format(name=name)
            )
        return self._values[name]


@dataclass(frozen=True, slots=True)
class MediaFile:
    """A picture or recording that goes with an item. ``digest`` is the SHA-256 of its bytes, in hex."""

    name: str
    digest: str
    media_type: str
    alt: str
    path: Path

    def read(self) -> bytes:
        """Return the bytes, which are those of ``digest``.

        Raises `ContentChanged` where the file has others by now, or none: let it pass, and the folder is read again.
        """
        try:
            data = self.path.read_bytes()
        except OSError as error:
            raise ContentChanged(
                _("content/media/{name} cannot be read: {why}").format(name=self.name, why=system(error))
            ) from error
        import hashlib  # takes as long as all of this module, and few texts have media

        if hashlib.sha256(data).hexdigest() != self.digest:
            raise ContentChanged(
                _("content/media/{name} is no longer the file that was read and approved").format(name=self.name)
            )
        return data


@dataclass(frozen=True, slots=True)
class Item:
    """What is to be said: one post, at one time, in the variant for one target.

    ``text`` is Markdown with the values of the plan filled in. ``publish_at`` is aware, in UTC. ``event`` is what the
    post hangs on, with local naive times as written; it has its id, title, start, end and place, and no more.
    ``plan`` gives the values that the channel's ``uses`` names. ``audiences`` are for whom it is, a whole audience with
    its parts, and ``areas`` are where, both in the order of the alphabet. ``approved_by`` is a person's name, or "".
    """

    key: Key
    title: str
    text: str
    summary: str
    language: str
    target: Target
    publish_at: datetime
    plan: PlanValues
    link: str = ""
    event: CampaignEvent | None = None
    media: tuple[MediaFile, ...] = ()
    message_class: str = "policy_notice"
    audiences: tuple[str, ...] = ()
    areas: tuple[str, ...] = ()
    approved_by: str = ""
