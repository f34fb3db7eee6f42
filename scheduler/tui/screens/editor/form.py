"""A new post, by a short form: what is wrong stands at its field, and nothing that was entered is lost."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar

from textual import on, work
from textual.binding import Binding
from textual.containers import Horizontal, Vertical, VerticalScroll
from textual.content import Content
from textual.widgets import Button, Input, Select, SelectionList, Static

from scheduler.engine.edits.drafts import NEW_POST
from scheduler.engine.edits.text_edits import NewPost
from scheduler.ground.errors import CampaignInvalid, LoaError
from scheduler.ground.letters import slug
from scheduler.ground.text import _
from scheduler.tui.screens.delivery.deeds import moment
from scheduler.tui.screens.editor.keeper import Keeper
from scheduler.tui.widgets.dialogs import Box
from scheduler.tui.widgets.field import Field
from scheduler.tui.widgets.several import Several

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from textual.app import ComposeResult
    from textual.widget import Widget

    from scheduler.engine.engine import Engine
    from scheduler.ground.problem import Problem
    from scheduler.tui.app import LoaApp

FIELDS = ("title", "id", "at", "offset")
CHOICES = ("template", "workstream", "event")
LISTS = ("channels", "audiences", "areas")
ORDER = ("title", "id", "template", "workstream", "at", "event", "offset", *LISTS)
"""The fields as they stand in the form."""


@dataclass(frozen=True, slots=True)
class Offers:
    """What can be chosen, each as its words and its name; and what was entered before and not written."""

    choices: Mapping[str, tuple[tuple[str, str], ...]]
    before: Mapping[str, Any]

    @property
    def unfinished(self) -> bool:
        """Whether a form of before comes back."""
        return bool(self.before.get("title") or self.before.get("id"))


def offers(engine: Engine) -> Offers:
    """Read what can be chosen. Raises `LoaError`."""
    plan = engine.campaign.plan
    audiences = [each for whole in plan.audiences.values() for each in (whole, *whole.parts)]
    choices = {
        "template": tuple((f"{each.about or each.name}", each.name) for each in engine.look.templates()),
        "workstream": tuple((each.title, each.id) for each in plan.workstreams.values()),
        "event": tuple((f"{each.start:%d/%m} {each.title}", each.id) for each in engine.look.events()),
        "channels": tuple((c.title, name) for name, c in engine.registry.channels.items()),
        "audiences": tuple((each.title, each.id) for each in audiences),
        "areas": tuple((each.title, each.id) for each in plan.areas.values()),
    }
    draft = engine.look.draft(NEW_POST, engine.actor.id)
    return Offers(choices, _read(draft.text) if draft else {})


def _read(text: str) -> Mapping[str, Any]:
    try:
        found = json.loads(text)
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}


class NewPostForm(Box["str | None"]):
    """Asks for what a new post begins with, and writes it; gives its id, or ``None``."""

    DEFAULT_CSS = """
    NewPostForm { align: center middle; background: $background 60%; }
    NewPostForm > VerticalScroll {
        width: 100; max-width: 100%; height: auto; max-height: 100%;
        background: $surface; border: round $primary; padding: 0 2; scrollbar-size-vertical: 1;
        border-title-color: $primary; border-title-style: bold;
    }
    NewPostForm .row { height: 1; margin: 0 0 0 0; }
    NewPostForm .label { width: 15; color: $quiet; }
    NewPostForm .wide { width: 1fr; }
    NewPostForm Field { height: 1; background: $field; padding: 0 1; }
    NewPostForm #at { width: 20; }
    NewPostForm #offset { width: 14; }
    NewPostForm .hint { width: 1fr; color: $quiet; padding: 0 1; }
    NewPostForm #before { height: auto; color: $warning; }
    NewPostForm .wrong { height: auto; color: $error; padding: 0 0 0 15; display: none; }
    NewPostForm .wrong.-shown { display: block; }
    NewPostForm .wrong.-warning { color: $warning; }
    NewPostForm #lists { height: 9; margin: 1 0 0 0; }
    NewPostForm .list { width: 1fr; height: 9; padding: 0 1 0 0; }
    NewPostForm .list > .label { width: 1fr; }
    NewPostForm Select { width: 1fr; }
    NewPostForm #buttons { height: 1; align-horizontal: right; margin: 1 0 0 0; }
    NewPostForm Button {
        height: 1; border: none; min-width: 8; margin: 0 0 0 2; padding: 0 1; background: $panel; color: $foreground;
    }
    NewPostForm Button.-primary { color: $primary; text-style: bold; }
    NewPostForm Button:focus {
        background: $block-cursor-background; color: $block-cursor-foreground; text-style: bold;
    }
    """
    BINDINGS: ClassVar[list[Binding]] = [
        Binding("escape", "give_up", show=False),
        Binding("f2,alt+s", "write", show=False),
        Binding("f5", "anew", show=False),
    ]

    def __init__(self, offers: Offers) -> None:
        super().__init__()
        self.offers = offers
        self._told: frozenset[str] = frozenset()
        self.keeper = Keeper(self._keep, lambda _why: None)
        self._suggested = slug(offers.before.get("title", ""))
        self._own_id = bool(offers.before.get("id")) and offers.before.get("id") != self._suggested

    @property
    def loa(self) -> LoaApp:
        """The app, by its own type."""
        return self.app  # type: ignore[return-value]

    def compose(self) -> ComposeResult:
        with VerticalScroll() as box:
            box.border_title = Content(_("New post"))
            if self.offers.unfinished:
                yield Static(Content(_("This is an unfinished form of before. F5 begins anew.")), id="before")
            yield from self._row(_("Title"), self._field("title"))
            yield from self._row(_("Post id"), self._field("id"))
            yield from self._row(_("Template"), self._choice("template", _("none")))
            yield from self._row(_("Workstream"), self._choice("workstream", _("by its day")))
            hint = Static(Content(_("dd/mm/yyyy hh:mm; or by an event:")), classes="hint")
            yield from self._row(_("When"), self._field("at"), hint)
            yield from self._row(_("Event"), self._choice("event", _("none")))
            hint = Static(Content(_("before or after it: -3d, -1d 2h, +30m")), classes="hint")
            yield from self._row(_("Offset"), self._field("offset"), hint)
            with Horizontal(id="lists"):
                for name, title in zip(LISTS, (_("Channels"), _("Audiences"), _("Areas")), strict=True):
                    with Vertical(classes="list"):
                        yield Static(Content(title), classes="label")
                        yield self._several(name)
            yield from (Static(id=f"wrong-{name}", classes="wrong") for name in LISTS)
            with Horizontal(id="buttons"):
                if self.offers.unfinished:
                    yield Button(Content(_("Begin anew")), id="anew", compact=True)
                yield Button(Content(_("Back")), id="back", compact=True)
                yield Button(Content(_("Write it")), id="write", classes="-primary", compact=True)

    def _row(self, label: str, widget: Widget, *more: Widget) -> Iterator[Widget]:
        yield Horizontal(Static(Content(label), classes="label"), widget, *more, classes="row")
        yield Static(id=f"wrong-{widget.id}", classes="wrong")

    def _field(self, name: str) -> Field:
        return Field(str(self.offers.before.get(name, "")), id=name, compact=True, select_on_focus=False)

    def _choice(self, name: str, nothing: str) -> Select[str]:
        options = self.offers.choices[name]
        before = self.offers.before.get(name)
        value = before if before in {each for _words, each in options} else Select.NULL
        return Select(options, id=name, prompt=nothing, value=value, compact=True)

    def _several(self, name: str) -> Several:
        every = [each for _words, each in self.offers.choices[name]] if name == "channels" else []
        before = self.offers.before.get(name, every)
        rows = [(words, each, each in before) for words, each in self.offers.choices[name]]
        return Several(*rows, id=name, compact=True)

    def on_mount(self) -> None:
        self.loa.keepers.add(self.keeper)
        title = self.query_one("#title", Field)
        title.focus()
        title.action_select_all()

    def on_unmount(self) -> None:
        self.keeper.close()
        self.loa.keepers.discard(self.keeper)

    # --- what is entered -------------------------------------------------------------------------------------------

    def values(self) -> dict[str, Any]:
        """Return what stands in the form, as JSON values."""
        found: dict[str, Any] = {name: self.query_one(f"#{name}", Field).value for name in FIELDS}
        for name in CHOICES:
            value = self.query_one(f"#{name}", Select).value
            found[name] = "" if value is Select.NULL else str(value)
        chosen = {name: set(self.query_one(f"#{name}", Several).selected) for name in LISTS}
        found |= {name: [each for _words, each in self.offers.choices[name] if each in chosen[name]] for name in LISTS}
        return found

    @on(Input.Changed)
    def typed(self, event: Input.Changed) -> None:
        """Keep what was entered; the id follows the title as long as nobody has written one."""
        own = self.query_one("#id", Field)
        if event.input.id == "id":
            self._own_id = bool(own.value) and own.value != self._suggested
        elif event.input.id == "title" and not self._own_id:
            own.value = self._suggested = slug(event.value)
            own.cursor_position = len(own.value)
        self._note()

    @on(Input.Blurred)
    def left(self, event: Input.Blurred) -> None:
        """Say what is wrong in a field that is left with something in it."""
        if event.value:
            self._told |= {event.input.id or "", *(("id",) if event.input.id == "title" else ())}
            self._check()

    @on(Select.Changed)
    @on(SelectionList.SelectedChanged)
    def chosen(self) -> None:
        """Keep what was chosen."""
        self._note()

    def _note(self) -> None:
        self.keeper.put(json.dumps(self.values(), ensure_ascii=False))
        if self._told or any(self.query_one(f"#{name}").value for name in ("at", "event")):  # type: ignore[attr-defined]
            self._check()

    def _keep(self, text: str | None) -> None:
        edit = self.loa.desk.engine.edit
        if text is None:
            edit.discard_draft(NEW_POST)
        else:
            edit.keep_draft(NEW_POST, text, b"")

    def wanted(self) -> tuple[NewPost, dict[str, str]]:
        """Return the post that was asked for, and by its field what cannot be read."""
        found, unread = self.values(), {}
        at = None
        if typed := found["at"].strip():
            zone = self.loa.zone
            try:
                at = moment(typed, zone).astimezone(zone).replace(tzinfo=None)
            except LoaError as error:
                unread["at"] = str(error)
        several: dict[str, Any] = {name: tuple(found[name]) for name in LISTS}
        words = {name: found[name].strip() for name in ("id", "title", "offset", *CHOICES)}
        return NewPost(at=at, **words, **several), unread

    @work(exclusive=True, group="check")
    async def _check(self) -> None:
        """Say what is wrong in the fields that were left or written once, and what the time is too late for."""
        wanted, unread = self.wanted()
        problems, late = await self._found(wanted)
        if self.is_running:
            wrong = _by_field(problems) | unread
            self._say({name: text for name, text in wrong.items() if name in self._told}, late)

    async def _found(self, wanted: NewPost) -> tuple[list[Problem], list[Problem]]:
        """Return what is wrong in a new post, and what it is too late for."""
        return await self.loa.desk.read(lambda engine: (engine.edit.wrong_in(wanted), engine.edit.too_late_for(wanted)))

    # --- writing it ------------------------------------------------------------------------------------------------

    @on(Input.Submitted)
    def onward(self) -> None:
        """Go to the next field."""
        self.focus_next()

    @on(Button.Pressed)
    def pressed(self, event: Button.Pressed) -> None:
        """Write the post, or go back."""
        if event.button.id == "write":
            self.action_write()
        elif event.button.id == "anew":
            self.action_anew()
        else:
            self.action_give_up()

    def action_anew(self) -> None:
        """Empty the form of before."""
        if not self.query("#before"):
            return
        for name in FIELDS:
            self.query_one(f"#{name}", Field).value = ""
        for name in CHOICES:
            self.query_one(f"#{name}", Select).clear()
        for name in LISTS:
            several = self.query_one(f"#{name}", Several)
            several.select_all() if name == "channels" else several.deselect_all()
        self._own_id, self._suggested, self._told = False, "", frozenset()
        self.query("#before, #anew").remove()
        self._say({})
        self.query_one("#title").focus()

    def action_give_up(self) -> None:
        """Close; what was entered stands here the next time."""
        self.dismiss(None)

    @work(exclusive=True, group="write")
    async def action_write(self) -> None:
        """Write the post's file, or say at each field what is wrong."""
        wanted, unread = self.wanted()
        self._told = frozenset(ORDER)
        try:
            problems, late = await self._found(wanted)
            if not self.is_running:
                return
            if problems or unread:
                self._say(_by_field(problems) | unread, late, go=True)
                return
            await self.loa.desk.act(lambda engine: engine.edit.new_post(wanted))
        except CampaignInvalid as error:
            self._say(_by_field(error.problems), go=True)
        except LoaError as error:
            self._say({"title": str(error)}, go=True)
        else:
            self.keeper.put(None)
            self.dismiss(wanted.id)

    def _say(self, wrong: Mapping[str, str], late: Sequence[Problem] = (), *, go: bool = False) -> None:
        """Write below each field what is wrong with it, or else what it is too late for; ``go`` to the first error."""
        for name in ORDER:
            warnings = "\n".join(f"! {each.message}" for each in late if each.key == name)
            said = wrong.get(name, warnings)
            place = self.query_one(f"#wrong-{name}", Static)
            place.update(Content(said))
            place.set_class(bool(said), "-shown")
            place.set_class(bool(said) and name not in wrong, "-warning")
        first = next((name for name in ORDER if name in wrong), "")
        if go and first:
            self.query_one(f"#{first}").focus()


def _by_field(problems: Iterable[Problem]) -> dict[str, str]:
    said: dict[str, str] = {}
    for each in problems:
        said.setdefault(each.key or "title", f"{each.message} ({each.hint})" if each.hint else each.message)
    return said
