"""The campaign as plugins beyond channels see it: the `Host` of their commands, checks, observers and panels."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from scheduler.channels.host import PostText, Wording
from scheduler.ground.errors import LoaError
from scheduler.ground.text import _
from scheduler.plan.matching import variant_name
from scheduler.store import deliveries
from scheduler.store.deliveries import Query

if TYPE_CHECKING:
    from collections.abc import Collection
    from datetime import datetime
    from pathlib import Path
    from zoneinfo import ZoneInfo

    from scheduler.channels.options import Options, Secret
    from scheduler.engine.core import Core
    from scheduler.ground.clock import Clock
    from scheduler.ground.delivery import Delivery
    from scheduler.ground.lifecycle import State
    from scheduler.ground.model import Post

_NAME = re.compile(r"[a-z0-9][a-z0-9-]{0,63}")


class Hosted:
    """What one plugin is let see of a core; see `scheduler.channels.host.Host`."""

    def __init__(self, core: Core) -> None:
        self._core = core

    @property
    def folder(self) -> Path:
        """The campaign folder."""
        return self._core.folder

    @property
    def zone(self) -> ZoneInfo:
        """The campaign's time zone."""
        return self._core.snapshot.config.zone

    @property
    def clock(self) -> Clock:
        """The only clock."""
        return self._core.clock

    @property
    def rehearsal(self) -> bool:
        """Whether this is a rehearsal."""
        return self._core.rehearsal

    def posts(self) -> list[PostText]:
        """Return every post, by id."""
        posts = self._core.snapshot.campaign.posts
        return [post_text(posts[each]) for each in sorted(posts)]

    def deliveries(
        self,
        *,
        states: Collection[State] = (),
        channels: Collection[str] = (),
        posts: Collection[str] = (),
        start: datetime | None = None,
        end: datetime | None = None,
    ) -> list[Delivery]:
        """Return deliveries by due time."""
        return list(deliveries.find(self._core.store.read(), Query(states, channels, posts, start, end)))

    def options(self, channel: str) -> Options | None:
        """Return the options in force of a channel."""
        configured = self._core.snapshot.registry.channels.get(channel)
        return configured.options if configured else None

    def out(self, name: str) -> Path:
        """Return a folder below ``var/`` for what the plugin makes. Raises `LoaError`."""
        if not _NAME.fullmatch(name):
            raise LoaError(_("{name!r} is no name of a folder: small letters, digits and hyphens").format(name=name))
        place = self._core.var / "plugins" / name
        place.mkdir(mode=0o700, parents=True, exist_ok=True)
        return place

    def reveal(self, secret: Secret) -> str:
        """Return a secret's value, which is masked from now on. Raises `LoaError`."""
        if self.rehearsal:
            return "rehearsal"
        value = secret.resolve(self._core.folder)
        self._core.redactor.learn(value)
        return value

    def masked(self, text: str) -> str:
        """Return a text with every known secret masked."""
        return self._core.redactor.text(text)


def post_text(post: Post) -> PostText:
    """Return a post as plugins see it."""
    own = Wording("", post.title, post.body, post.body_line)
    others = (Wording(variant_name(each), each.title, each.text, each.line) for each in post.variants)
    return PostText(
        id=post.id,
        file=post.path,
        title=post.title,
        summary=post.summary,
        link=post.link,
        wordings=(own, *others),
        channels=tuple(post.channels),
        audiences=post.audiences,
        areas=post.areas,
        workstream=post.workstream,
        draft=post.draft,
    )
