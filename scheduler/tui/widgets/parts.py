"""What each kind of part is and does, for who asks with F1."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual.containers import ScrollableContainer
from textual.widgets import Input, TextArea

from scheduler.ground.text import _

if TYPE_CHECKING:
    from textual.widget import Widget


def help_of(widget: Widget | None) -> str:
    """Return what a part in focus says of itself (``help_text``), or what its kind does; "" where nothing is known."""
    if widget is None:
        return ""
    says = getattr(widget, "help_text", None)
    if callable(says):
        return str(says())
    if isinstance(widget, TextArea):
        return _("A text: write in it. Ctrl+Z takes back, Ctrl+Y does it again.")
    if isinstance(widget, Input):
        return _("A field: write in it, Enter takes it, Esc leaves it. Telex and VNI work.")
    if isinstance(widget, ScrollableContainer):
        return _("A text to read: arrows, PgUp, PgDn, Home and End move it.")
    return ""
