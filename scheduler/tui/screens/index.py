"""Which screens there are, in the order of their keys. A screen is imported when it is first gone to."""

from __future__ import annotations

from dataclasses import dataclass
from importlib import import_module
from typing import TYPE_CHECKING

from scheduler.tui.action import Scope

if TYPE_CHECKING:
    from scheduler.tui.frame import Frame


@dataclass(frozen=True, slots=True)
class Entry:
    """A screen: its name, which is also that of the action that leads to it, and of its folder; and its class."""

    name: str
    kind: str

    @property
    def scope(self) -> Scope:
        """Where its actions are called."""
        return Scope(self.name)

    @property
    def module(self) -> str:
        """Where the screen's class stands."""
        return f"scheduler.tui.screens.{self.name}.screen"

    @property
    def screen(self) -> type[Frame[object]]:
        """The screen's class, imported now."""
        found: type[Frame[object]] = getattr(import_module(self.module), self.kind)
        return found

    def make(self) -> Frame[object]:
        """Return a new screen."""
        return self.screen()


def load_all() -> None:
    """Import every screen, so that each opens at once; safe from any thread."""
    for entry in PLACES:
        import_module(entry.module)


SCREENS = (
    Entry("today", "TodayScreen"),
    Entry("calendar", "CalendarScreen"),
    Entry("queue", "QueueScreen"),
    Entry("posts", "PostScreen"),
    Entry("approvals", "ApprovalsScreen"),
    Entry("channels", "ChannelsScreen"),
    Entry("coverage", "CoverageScreen"),
    Entry("rehearsal", "RehearsalScreen"),
    Entry("log", "LogScreen"),
)
PANELS = Entry("panels", "PanelsScreen")
"""The pages of plugins: shown among the screens where a plugin brings one."""

PLACES = (*SCREENS, PANELS)
"""Where one can go."""

DETAIL = Entry("delivery", "DeliveryScreen")
"""One delivery, above any of them."""


EDITOR = Entry("editor", "EditorScreen")
"""A post being written, above any of them."""


def stages() -> list[tuple[str, tuple[Scope, ...]]]:
    """Return the name of each screen with the scopes of its actions; those of all screens are not among them."""
    return [(entry.name, entry.screen.scopes) for entry in (*PLACES, DETAIL, EDITOR)]
