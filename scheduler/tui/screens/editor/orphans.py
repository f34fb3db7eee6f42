"""Drafts of posts that are gone: read, taken up as a new post, or thrown away after a question; never lost unseen."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual.content import Content

from scheduler.ground.errors import LoaError
from scheduler.ground.text import _, many
from scheduler.tui.screens.editor.opening import write
from scheduler.tui.widgets.dialogs import Ask, Choice, Question
from scheduler.tui.widgets.difference import Leaf
from scheduler.tui.words import minute

if TYPE_CHECKING:
    from zoneinfo import ZoneInfo

    from scheduler.engine.edits.drafts import Draft
    from scheduler.engine.engine import Engine
    from scheduler.tui.app import LoaApp
    from scheduler.tui.widgets.dialogs import Reply


def offer(app: LoaApp) -> None:
    """Ask of each draft of a post that is gone what becomes of it."""
    app.run_worker(_offered(app), group="write", exclusive=True)


def left(engine: Engine) -> list[Draft]:
    """Return one's drafts of posts that are gone. Raises `LoaError`."""
    look, me = engine.look, engine.actor.id
    return [draft for name in look.orphans(me) if (draft := look.draft(name, me)) is not None]


async def _offered(app: LoaApp) -> None:
    try:
        passed: set[str] = set()
        while rest := [each for each in await app.desk.read(left) if each.name not in passed]:
            choice = await _asked(app, rest[0], len(rest))
            if choice == "take":
                await _taken(app, rest[0].name)
                return
            if choice not in ("throw", "next"):
                return
            passed.add(rest[0].name)
    except LoaError as error:
        app.notify(str(error), severity="error", title=_("Not done"), timeout=10)
    finally:
        app.renew_all()


async def _asked(app: LoaApp, draft: Draft, number: int) -> str:
    """Return what becomes of a draft: "take", "throw" (that is done), "next", or "" where one goes back."""
    while True:
        reply: Reply | None = await app.push_screen_wait(Ask(question(draft, number, app.zone)))
        if reply is None:
            return ""
        if reply.choice == "see":
            await app.push_screen_wait(Leaf(draft.name, Content(draft.text)))
        elif reply.choice != "throw":
            return reply.choice
        elif await app.push_screen_wait(Ask(_sure(draft))) is not None:
            await app.desk.act(lambda engine: engine.edit.discard_draft(draft.name))
            return "throw"


async def _taken(app: LoaApp, name: str) -> None:
    file = (await app.desk.act(lambda engine: engine.edit.revive(name))).file
    app.notify(_("A draft is written: {post}").format(post=file))
    posts = app.desk.engine.campaign.posts.values()
    await write(app, next((each.id for each in posts if each.path == file), name))


def question(draft: Draft, number: int, zone: ZoneInfo) -> Question:
    """Ask what becomes of a draft, the first of so many."""
    choices = [Choice("take", _("New post"), "primary"), Choice("see", _("Read"))]
    choices += [Choice("next", _("Another"))] if number > 1 else []
    lines = [
        draft.name,
        "",
        _("On {time} something was typed here and not saved.").format(time=minute(draft.at, zone)),
        _("The post is gone: its file was deleted, or has another id now."),
    ]
    title = many("%d draft of a post that is gone", "%d drafts of posts that are gone", number)
    return Question(title, lines, [*choices, Choice("throw", _("Throw away"), "error")])


def _sure(draft: Draft) -> Question:
    lines = [draft.name, "", _("What was typed cannot be brought back.")]
    return Question(_("Throw this draft away?"), lines, [Choice("throw", _("Throw away"), "error")])
