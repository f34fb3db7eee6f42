"""Questions to a person: a choice, with a line of text where one is wanted."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar, NamedTuple, TypeVar

from textual.binding import Binding
from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Button, Static

from scheduler.ground.text import _
from scheduler.tui.widgets.field import Field

if TYPE_CHECKING:
    from collections.abc import Sequence

    from textual.app import ComposeResult
    from textual.widgets import Input


class Choice(NamedTuple):
    """A button: what is returned, what it says, and its kind: ``primary``, ``error`` or ``default``."""

    id: str
    label: str
    kind: str = "default"


class Reply(NamedTuple):
    """What was chosen, and what was written."""

    choice: str
    text: str


@dataclass(frozen=True, slots=True)
class Question:
    """A title, lines of explanation, choices, and the label of a field; ``required`` wants something in it."""

    title: str
    lines: Sequence[str]
    choices: Sequence[Choice]
    field: str = ""
    required: bool = False


T = TypeVar("T")


class Box(ModalScreen[T]):
    """A question or a help above a screen, in a box, which says too when everything is stopped.

    Tab is done when it comes: what is typed right behind it belongs to the next field.
    """

    BINDINGS: ClassVar[list[Binding]] = [  # type: ignore[assignment]
        Binding("tab", "app.focus_next", show=False, priority=True),
        Binding("shift+tab", "app.focus_previous", show=False, priority=True),
        Binding("f1", "explain", show=False, id="loa.keys"),
        Binding("ctrl+l", "wait", show=False, id="loa.language"),
        Binding("ctrl+t", "recolour", show=False, id="loa.theme"),
    ]
    DEFAULT_CSS = """
    Box > * { border-subtitle-color: $quiet; }
    Box > .-stopped { border-subtitle-color: $error; border-subtitle-style: bold; }
    """

    def on_mount(self) -> None:
        self.say_stopped(getattr(self.app, "stopped", ""))

    def say_stopped(self, text: str) -> None:
        """Write ``text`` on the lower edge of the box, in place of what stands there."""
        for box in self.children:
            box.border_subtitle = Content(text.partition(" — ")[0] or self.foot())
            box.set_class(bool(text), "-stopped")

    def action_explain(self) -> None:
        """Say what the part in focus is, and which keys lead on and out."""
        from scheduler.tui.widgets.parts import help_of

        keys = _("Tab goes on, Enter takes what stands out, Esc goes back.")
        self.notify("\n".join(filter(None, (help_of(self.focused), keys))))

    def action_wait(self) -> None:
        """Say why the language cannot be switched now: every screen would be made anew."""
        self.notify(_("Answer first, or leave with Esc: then the language can be switched."), severity="warning")

    def action_recolour(self) -> None:
        """Take the next colours, as everywhere."""
        self.app.do_theme()  # type: ignore[attr-defined]

    def foot(self) -> str:
        """Return what stands on its lower edge, where nothing is stopped."""
        return ""


class Ask(Box["Reply | None"]):
    """Asks one question. Escape is no answer."""

    DEFAULT_CSS = """
    Ask { align: center middle; background: $background 60%; }
    Ask > Vertical {
        width: 72; max-width: 96%; height: auto; max-height: 90%;
        background: $surface; border: round $primary; padding: 0 2;
        border-title-color: $primary; border-title-style: bold;
    }
    Ask #lines { margin: 1 0; height: auto; }
    Ask Field { height: 1; background: $field; padding: 0 1; margin: 0 0 1 0; }
    Ask #label { color: $quiet; }
    Ask #missing { color: $error; display: none; }
    Ask #missing.-shown { display: block; }
    Ask Horizontal { height: auto; align-horizontal: right; }
    Ask Button {
        height: 1; border: none; min-width: 8; margin: 0 0 0 2; padding: 0 1;
        background: $panel; color: $foreground;
    }
    Ask Button.-error { color: $error; }
    Ask Button.-primary { color: $primary; text-style: bold; }
    Ask Button:focus {
        background: $block-cursor-background; color: $block-cursor-foreground; text-style: bold;
    }
    Ask #rule { color: $rule; }
    """
    BINDINGS: ClassVar[list[Binding]] = [
        Binding("escape", "give_up", show=False),
        Binding("left", "app.focus_previous", show=False),
        Binding("right", "app.focus_next", show=False),
    ]

    def __init__(self, question: Question) -> None:
        super().__init__()
        self.question = question

    def compose(self) -> ComposeResult:
        question = self.question
        with Vertical() as box:
            box.border_title = Content(question.title)
            yield Static(Content("\n".join(question.lines)), id="lines")
            if question.field:
                yield Static(Content(question.field), id="label")
                yield Field(id="text", compact=True)
                yield Static(Content(_("This is needed.")), id="missing")
            with Horizontal():
                yield Button(Content(_("Back")), id="back", compact=True)
                for choice in question.choices:
                    yield Button(Content(choice.label), id=choice.id, classes=f"-{choice.kind}", compact=True)

    def on_mount(self) -> None:
        first = "text" if self.question.field else self.question.choices[0].id
        self.query_one(f"#{first}").focus()

    def on_input_submitted(self, event: Input.Submitted) -> None:
        if len(self.question.choices) == 1:
            self.answer(self.question.choices[0].id)
        else:
            self.query_one(f"#{self.question.choices[0].id}").focus()

    def on_button_pressed(self, event: Button.Pressed) -> None:
        if event.button.id == "back":
            self.dismiss(None)
        else:
            self.answer(str(event.button.id))

    def answer(self, choice: str) -> None:
        """Close with a choice, unless the field still needs something."""
        text = self.query_one("#text", Field).value.strip() if self.question.field else ""
        if self.question.required and not text:
            self.query_one("#missing").add_class("-shown")
            self.query_one("#text").focus()
            return
        self.dismiss(Reply(choice, text))

    def action_give_up(self) -> None:
        """Close without an answer."""
        self.dismiss(None)
