"""A text beside the last version that was approved, as lines: what was there, what is there now."""

from __future__ import annotations

import re
from dataclasses import dataclass
from itertools import groupby
from typing import TYPE_CHECKING

from textual.content import Content

from scheduler.ground.problem import Severity
from scheduler.ground.text import N_, _, many
from scheduler.plan.differing import Side
from scheduler.tui.words import minute, until

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence
    from datetime import datetime
    from zoneinfo import ZoneInfo

    from scheduler.engine.looks.post_views import PostStatus
    from scheduler.engine.planning.versions import Aside, Difference
    from scheduler.ground.problem import Problem
    from scheduler.plan.differing import Changed, Line

AROUND = 1
"""Lines that both versions have and that are shown around what differs."""

_ASIDE = {
    "values": N_("the plan"),
    "facts": N_("a fact of the plan"),
    "event": N_("its event"),
    "media": N_("media"),
    "channels": N_("a channel"),
    "zone": N_("the time zone"),
}
_DAY = re.compile(r"\b(\d{4})-(\d\d)-(\d\d)\b")
_HEX = re.compile(r"\b([0-9a-f]{8})[0-9a-f]{32,}\b")
_STYLES = {Side.BOTH: "", Side.BEFORE: "$error", Side.AFTER: "$success"}
_SIGNS = {Side.BOTH: "  ", Side.BEFORE: "− ", Side.AFTER: "+ "}


@dataclass(frozen=True, slots=True)
class Paper:
    """What an approver has before them: the post, what differs, and what is wrong with its file."""

    status: PostStatus
    difference: Difference
    problems: tuple[Problem, ...] = ()


@dataclass(frozen=True, slots=True)
class Reader:
    """How it is read: the moment, the zone, people's names, and whether the whole text is wanted."""

    now: datetime
    zone: ZoneInfo
    name_of: Callable[[str], str]
    whole: bool = False


def lines(paper: Paper, reader: Reader, width: int) -> list[Content]:
    """Return the paper in lines of at most ``width`` cells."""
    found = paper.difference
    parts = [_head(paper, reader, width)]
    if found.before is not None and found.differs and not reader.whole:
        parts += [_keys(found.keys, width), _asides(found.asides, width)]
        if any(line.side is not Side.BOTH for line in found.lines):
            parts.append([_title(_("Text")), *_folded(found.lines, width)])
    else:
        parts.append([_title(_("The whole file")), *_whole(found.source, width)])
    blank = [Content("")]
    return [line for part in parts if part for line in (*part, *blank)][:-1]


def _title(text: str) -> Content:
    return Content.styled(text, "bold $primary")


def _head(paper: Paper, reader: Reader, width: int) -> list[Content]:
    status, post = paper.status, paper.status.post
    found = Content.styled(post.title, "bold").wrap(width)
    author = reader.name_of(post.author) if post.author else ""
    found += _flow(" · ".join(each for each in (author, post.id, ", ".join(post.channels)) if each), width, "$quiet")
    if status.next_at:
        due = _("first due {time}, {until}").format(
            time=minute(status.next_at, reader.zone), until=until(status.next_at, reader.now)
        )
        number = many("%d delivery", "%d deliveries", sum(status.counts.values()))
        found += _flow(f"{due} · {number}", width)
    if status.returned:
        back = _("↩ sent back by {who}, {time}: {reason}").format(
            who=reader.name_of(status.returned.by),
            time=minute(status.returned.at, reader.zone),
            reason=status.returned.note,
        )
        found += _flow(back, width, "$warning")
    for problem in paper.problems:
        sign, style = ("✗", "bold $error") if problem.severity is Severity.ERROR else ("!", "$warning")
        found += _flow(f"{sign} {located(problem)}", width, style)
    if status.returned and not paper.difference.differs:
        return found
    return found + _flow(since(paper.difference, reader), width, "$quiet")


def located(problem: Problem) -> str:
    """Return a problem with its place: its file, or the target that it stands for."""
    return str(problem) if problem.file or not problem.key else f"{problem.key}: {problem.message}"


def since(found: Difference, reader: Reader) -> str:
    """Say what the text is held beside."""
    if found.approval is None:
        return _("It was never approved: this is all new.")
    words = {"who": reader.name_of(found.approval.by), "time": minute(found.approval.at, reader.zone)}
    if found.before is None:
        return _("{who} approved another text, {time}, on another machine: it is not kept here.").format(**words)
    if not found.differs:
        return _("{who} approved this very text, {time}; that was taken back.").format(**words)
    return _("What has changed since {who} approved it, {time}:").format(**words)


def _flow(text: str, width: int, style: str = "") -> list[Content]:
    return Content.styled(text, style).wrap(width)


def _keys(keys: Sequence[Changed], width: int) -> list[Content]:
    """Return what differs in the front matter: when first, then where, then for whom."""
    widest = max((len(each.key) for each in keys), default=0)
    rows = [line for each in keys for line in _turned(each.key.ljust(widest), each.before, each.after, width)]
    return [_title(_("Front matter")), *rows] if rows else []


def _asides(asides: Sequence[Aside], width: int) -> list[Content]:
    found: list[Content] = []
    for kind, group in groupby(asides, key=lambda each: each.kind):
        found.append(_title(_("Not in the file, but covered: {what}").format(what=_(_ASIDE[kind]))))
        for each in group:
            found += _turned(each.name, each.before, each.after, width)
    return found


def _turned(name: str, before: str | None, after: str | None, width: int) -> list[Content]:
    """Return a name with its value before and after."""
    was = Content.styled(_short(before), "$error") if before is not None else Content.styled(_("(nothing)"), "$quiet")
    now = Content.styled(_short(after), "$success") if after is not None else Content.styled(_("(nothing)"), "$quiet")
    label = Content.styled(f"  {name}  ", "$quiet")
    whole = Content.assemble(label, was, (" → ", "$quiet"), now)
    if whole.cell_length <= width:
        return [whole]
    found = [label.rstrip()]
    for sign, style, value in (("− ", "$error", was), ("+ ", "$success", now)):
        found += _hanging(Content.styled(f"  {sign}", style), value, width)
    return found


def _short(value: str) -> str:
    return _DAY.sub(r"\3/\2/\1", _HEX.sub(r"\1…", value))


def _hanging(sign: Content, text: Content, width: int) -> list[Content]:
    """Return a text behind a sign; its further lines begin below the text."""
    first, *more = text.wrap(max(2, width - sign.cell_length)) or [Content("")]
    blank = Content(" " * sign.cell_length)
    return [sign + first, *(blank + line for line in more)]


def _folded(text: Iterable[Line], width: int) -> Iterator[Content]:
    """Yield what differs with a line around it; what both versions have is folded."""
    groups = [list(group) for _both, group in groupby(text, key=lambda line: line.side is Side.BOTH)]
    for place, group in enumerate(groups):
        if group[0].side is not Side.BOTH:
            for line in group:
                yield from _line(line, width)
            continue
        head = AROUND if place else 0
        tail = AROUND if place + 1 < len(groups) else 0
        hidden = len(group) - head - tail
        kept = (group, []) if hidden <= 1 else (group[:head], group[len(group) - tail :])
        for line in kept[0]:
            yield from _line(line, width)
        if hidden > 1:
            yield Content.styled("  " + many("… %d line as before", "… %d lines as before", hidden), "$quiet")
        for line in kept[1]:
            yield from _line(line, width)


def _line(line: Line, width: int) -> list[Content]:
    style = _STYLES[line.side]
    marked = len(line.pieces) > 1
    pieces = [
        Content.styled(piece.text, f"{style} reverse".strip() if piece.differs and marked else style)
        for piece in line.pieces
    ]
    return _hanging(Content.styled(_SIGNS[line.side], f"bold {style}".strip()), Content("").join(pieces), width)


def _whole(source: str, width: int) -> Iterator[Content]:
    """Yield the file, its front matter set back."""
    fences = 0
    for line in source.rstrip("\n").split("\n"):
        fence = line.rstrip() in ("---", "+++") and fences < 2
        fences += fence
        yield from Content.styled(line, "$quiet" if fence or fences == 1 else "").wrap(width) if line else [Content("")]
