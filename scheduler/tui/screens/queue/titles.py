"""The heads of the queue's columns: which one orders the rows, and which way; a click on one orders by it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual.content import Content
from textual.message import Message
from textual.style import Style
from textual.widgets import Static

from scheduler.ground.text import _
from scheduler.tui.head import put
from scheduler.tui.screens.queue.table import widths
from scheduler.tui.widgets.lines import fit

if TYPE_CHECKING:
    from textual import events

    from scheduler.store.deliveries import Query

COLUMNS = ("state", "due", "channel", "target", "title")
"""By what a person can order, from left to right."""

_MARK = "sort"


def following(query: Query) -> str:
    """Return the column after the one that orders now."""
    return COLUMNS[(COLUMNS.index(query.sort) + 1) % len(COLUMNS)] if query.sort in COLUMNS else "due"


class Titles(Static):
    """One line above the table."""

    class Chosen(Message):
        """A person wants the rows ordered by a column."""

        def __init__(self, sort: str) -> None:
            super().__init__()
            self.sort = sort

    def draw(self, query: Query, width: int) -> None:
        """Write what stands in the columns."""
        state, when, channel, target, why = widths(width)
        title = max(0, width - 3 - state - when - channel - target - why - 2 * (5 if why else 4))
        names = (_("State"), _("Due"), _("Channel"), _("Target"), _("Title"), _("Reason"))
        parts = []
        for key, name, room in zip((*COLUMNS, ""), names, (state, when, channel, target, title, why), strict=True):
            if not room:
                continue
            arrow = ("▼" if query.newest_first else "▲") if key == query.sort else ""
            part = Content(fit(name + arrow, room)).stylize("bold $foreground" if arrow else "")
            parts.append(part.stylize(Style.from_meta({_MARK: key})) if key else part)
        put(self, Content("  ").join(parts))

    def on_click(self, event: events.Click) -> None:
        if sort := event.style.meta.get(_MARK):
            self.post_message(self.Chosen(sort))
