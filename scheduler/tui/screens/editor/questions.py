"""What is asked while a post is being written."""

from __future__ import annotations

from typing import TYPE_CHECKING

from scheduler.ground.text import _, many
from scheduler.tui.widgets.dialogs import Choice, Question
from scheduler.tui.words import minute

if TYPE_CHECKING:
    from zoneinfo import ZoneInfo

    from scheduler.engine.edits.drafts import Draft
    from scheduler.engine.edits.texts import Original, Trial
    from scheduler.ground.problem import Problem

SHOWN = 5


def unsaved(original: Original) -> Question:
    """Ask what becomes of a text that is not saved."""
    return Question(
        _("Not saved"),
        [original.path, "", _("A draft is offered again when you next write this post.")],
        [
            Choice("save", _("Save"), "primary"),
            Choice("keep", _("Keep as draft")),
            Choice("throw", _("Throw away"), "error"),
        ],
    )


def doubtful(original: Original, trial: Trial, danger: str) -> Question | None:
    """Ask whether to save a text with errors, also of previews, under another id, or by which something goes out twice.

    ``danger`` says the last; ``None`` where nothing is doubtful.
    """
    errors = [*trial.wrong, *trial.unsayable]
    lines = [_said(each, each in trial.unsayable) for each in errors[:SHOWN]]
    if len(errors) > SHOWN:
        lines.append(many("and %d more", "and %d more", len(errors) - SHOWN))
    if trial.wrong:
        lines += ["", _("Saved like this, all its deliveries are held until it is mended.")]
    elif errors:
        lines += ["", _("Saved like this, it cannot be approved, and does not go out there until it is mended.")]
    if trial.post is not None and trial.post.id != original.post:
        lines += ["", _("It is another post by its id, {id}: what waits of {old} is cancelled.").format(
            id=trial.post.id, old=original.post)]  # fmt: skip
    if danger:
        lines += ["", danger]
    if not lines:
        return None
    title = many("%d error", "%d errors", len(errors)) if errors else _("Save it like this?")
    return Question(title, lines, [Choice("save", _("Save all the same"), "error")])


def _said(problem: Problem, placed: bool) -> str:
    text = f"{problem.key}: {problem.message}" if placed else problem.message
    return f"{problem.line}: {text}" if problem.line else text


def conflict(theirs: Original) -> Question:
    """Ask which of two texts counts."""
    return Question(
        _("Changed by someone else"),
        [
            theirs.path,
            "",
            _("Since you began to write, the file was changed elsewhere. Which text counts?"),
            _("If you take theirs, undo brings yours back."),
        ],
        [
            Choice("both", _("See both"), "primary"),
            Choice("mine", _("Keep mine"), "error"),
            Choice("theirs", _("Take theirs"), "error"),
        ],
    )


def left_behind(draft: Draft, original: Original, zone: ZoneInfo) -> Question:
    """Ask what becomes of a draft that is there already."""
    lines = [
        original.path,
        "",
        _("On {time} something was typed here and not saved.").format(time=minute(draft.at, zone)),
    ]
    if draft.base != original.data:
        lines.append(_("The file was changed since."))
    return Question(
        _("There is a draft"),
        lines,
        [
            Choice("take", _("Take it up"), "primary"),
            Choice("see", _("Difference")),
            Choice("throw", _("Throw away"), "error"),
        ],
    )
