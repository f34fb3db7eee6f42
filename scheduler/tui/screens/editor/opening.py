"""The way into writing a post: a draft that was left behind is offered first."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from scheduler.ground.errors import LoaError
from scheduler.ground.text import _
from scheduler.tui.screens.editor import questions
from scheduler.tui.screens.editor.screen import EditorScreen
from scheduler.tui.widgets.dialogs import Ask
from scheduler.tui.widgets.difference import Leaf, difference

if TYPE_CHECKING:
    from scheduler.engine.edits.drafts import Draft
    from scheduler.engine.edits.texts import Original
    from scheduler.tui.app import LoaApp


def begin(app: LoaApp, post: str) -> None:
    """Open a post to be written, or say why not."""
    app.run_worker(_begun(app, post), group="write", exclusive=True)


async def _begun(app: LoaApp, post: str) -> None:
    try:
        await write(app, post)
    except LoaError as error:
        app.notify(str(error), severity="error", title=_("Not done"), timeout=10)


def begin_new(app: LoaApp, at: str = "") -> None:
    """Ask for what a new post begins with, and open it to be written; ``at`` is when it may go out, as one types it."""
    app.run_worker(_begun_new(app, at), group="write", exclusive=True)


async def _begun_new(app: LoaApp, at: str) -> None:
    from scheduler.tui.screens.editor.form import NewPostForm, offers

    try:
        found = await app.desk.read(offers)
        if at and not found.before.get("title"):
            found = replace(found, before={**found.before, "at": at})
        post = await app.push_screen_wait(NewPostForm(found))
        if post is not None:
            app.notify(_("A draft is written: {post}").format(post=post))
            await write(app, post)
    except LoaError as error:
        app.notify(str(error), severity="error", title=_("Not done"), timeout=10)


async def write(app: LoaApp, post: str) -> None:
    """Open a post to be written; called in a worker, as it may ask. Raises `LoaError`."""
    original, draft = await app.desk.read(
        lambda engine: (engine.look.original(post), engine.look.draft(post, engine.actor.id))
    )
    if draft is None or draft.text == original.text:
        app.push_screen(EditorScreen(original))
        return
    choice = await _asked(app, draft, original)
    if choice == "take":
        app.push_screen(EditorScreen(replace(original, data=draft.base or original.data), draft.text))
    elif choice == "throw":
        await app.desk.act(lambda engine: engine.edit.discard_draft(post))
        app.push_screen(EditorScreen(original))


async def _asked(app: LoaApp, draft: Draft, original: Original) -> str:
    """Return "take", "throw", or "" where one goes back."""
    while True:
        reply = await app.push_screen_wait(Ask(questions.left_behind(draft, original, app.zone)))
        if reply is None or reply.choice != "see":
            return reply.choice if reply else ""
        await app.push_screen_wait(Leaf(original.path, difference(original.text, draft.text)))
