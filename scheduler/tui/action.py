"""What a person can do on a screen: one action with its key, its words and its command. Knows nothing of Textual."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from scheduler.ground.lifecycle import TRANSITIONS, Event
from scheduler.ground.text import _

if TYPE_CHECKING:
    from scheduler.ground.lifecycle import State


class Scope(StrEnum):
    """Where an action can be called."""

    EVERYWHERE = "everywhere"
    DELIVERY = "delivery"  # wherever a delivery is under the cursor
    SHEET = "sheet"  # one delivery with all that is known of it
    TODAY = "today"
    CALENDAR = "calendar"
    QUEUE = "queue"
    POSTS = "posts"
    EDITOR = "editor"  # while a post is being written
    APPROVALS = "approvals"
    CHANNELS = "channels"
    COVERAGE = "coverage"
    REHEARSAL = "rehearsal"
    LOG = "log"
    PANELS = "panels"


@dataclass(frozen=True, slots=True)
class Action:
    """One thing a person can do; its screen implements it as ``do_<id>``.

    ``key`` is one key or several parted by commas, as Textual names them. ``name`` and ``about`` are marked with `N_`
    and translated when they are shown. ``command`` is the command that does the same (``loa delivery hold``), "" where
    only the screen itself changes. ``event`` is what it does to a delivery, so that the lifecycle says where it is
    possible. ``weight`` orders the footer: where it is too narrow, the highest go first; none keeps an action out.
    """

    id: str
    key: str
    scope: Scope
    name: str
    about: str
    command: str = ""
    event: Event | None = None
    weight: int | None = 50
    priority: bool = False

    def label(self) -> str:
        """Return its name in the language of the screen."""
        return _(self.name)

    def help(self) -> str:
        """Return what it does, in the language of the screen."""
        return _(self.about)

    def possible(self, state: State) -> bool:
        """Return whether a delivery in that state can be treated so."""
        return self.event is None or (state, self.event) in TRANSITIONS
