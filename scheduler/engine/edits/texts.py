"""The text of a post as its file has it, as a person writes it anew, and what would become of it."""

from __future__ import annotations

import copy
import unicodedata
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from scheduler.engine.planning.post_checks import checked
from scheduler.engine.planning.unwritten import foreseen
from scheduler.ground.errors import LoaError, NotFound
from scheduler.ground.problem import Severity
from scheduler.ground.text import _
from scheduler.plan.source import printable
from scheduler.plan.writing import read_bytes, with_keys

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from scheduler.engine.core import Core
    from scheduler.engine.views import Preview
    from scheduler.ground.model import Post
    from scheduler.ground.problem import Problem

_MARK = b"\xef\xbb\xbf"


@dataclass(frozen=True, slots=True)
class Original:
    """The file of a post, byte for byte; ``path`` is relative to the campaign folder."""

    post: str
    path: str
    data: bytes

    @property
    def text(self) -> str:
        """The text as a person edits it: without encoding mark, with lines that end in a line feed, composed."""
        text = self.data.removeprefix(_MARK).decode("utf-8")
        return unicodedata.normalize("NFC", text.replace("\r\n", "\n"))

    def with_text(self, text: str, post: str) -> Original:
        """Return the file as it is once ``text``, which makes it the file of ``post``, is saved."""
        return Original(post, self.path, laid_out(text, self.data))


@dataclass(frozen=True, slots=True)
class Trial:
    """What would become of a text: the post that it gives, all that is wrong with the file, and its previews.

    ``post`` is ``None`` where the text cannot be taken apart.
    """

    post: Post | None
    problems: tuple[Problem, ...]
    previews: tuple[Preview, ...]

    @property
    def wrong(self) -> tuple[Problem, ...]:
        """The errors of the file."""
        return tuple(each for each in self.problems if each.severity is Severity.ERROR)

    @property
    def unsayable(self) -> tuple[Problem, ...]:
        """The errors of what targets would get, each once, that are no errors of the file; ``key`` names a target."""
        found: dict[Problem, Problem] = {}
        for preview in self.previews:
            place = f"{preview.target.channel}/{preview.target.name}"
            for each in preview.problems:
                if each.severity is Severity.ERROR and each not in self.problems:
                    found.setdefault(each, replace(each, key=place))
        return tuple(found.values())


def original(core: Core, post: str) -> Original:
    """Return the file of a post, also of one that cannot be read as a post. Raises `LoaError`."""
    campaign = core.snapshot.campaign
    path = campaign.posts[post].path if post in campaign.posts else campaign.torn.get(post)
    if path is None:
        raise NotFound.named(_("there is no post {name!r}"), post, campaign.posts)
    found = Original(post, path, read_bytes(core.folder / path))
    try:
        found.data.decode("utf-8")
    except UnicodeDecodeError:
        raise LoaError(_("{file} is not UTF-8 and cannot be edited here").format(file=printable(path))) from None
    return found


def laid_out(text: str, like: bytes) -> bytes:
    """Return ``text`` composed, as bytes with the encoding mark and the line endings of ``like``."""
    text = unicodedata.normalize("NFC", text.removeprefix("\ufeff").replace("\r\n", "\n"))
    if like.count(b"\r\n") * 2 > like.count(b"\n"):
        text = text.replace("\n", "\r\n")
    return (_MARK if like.startswith(_MARK) else b"") + text.encode()


def as_draft(text: str, *, draft: bool) -> str:
    """Return a post's text as a draft, or as a finished one. Raises `CampaignInvalid` where it has no parts."""
    return with_keys(Path("post.md"), text.encode(), {"status": "draft" if draft else None}).decode()


def trial(core: Core, post: str, text: str, seen: bytes, preview: Callable[[Core, str], Iterable[Preview]]) -> Trial:
    """Return what would become of a text, as each target would get it; nothing is written. Raises `LoaError`.

    ``preview`` renders a post, by its id, as another core has it.
    """
    path = original(core, post).path
    beside = copy.copy(core)
    beside.snapshot = checked(core, foreseen(core.snapshot, {path: laid_out(text, seen)}))
    campaign, shown = beside.snapshot.campaign, printable(path)
    problems = tuple(each for each in campaign.problems if each.file == shown)
    found = next((each for each in campaign.posts.values() if each.path == path), None)
    if found is None:
        return Trial(None, problems, ())
    return Trial(found, problems, tuple(_beside(each, problems) for each in preview(beside, found.id)))


def _beside(preview: Preview, problems: tuple[Problem, ...]) -> Preview:
    """Return a preview without what is said of the file; one that could not be rendered says why, once."""
    errors = [each for each in problems if each.severity is Severity.ERROR]
    if preview.rendered is None and errors:
        return replace(preview, problems=(errors[0],))
    return replace(preview, problems=tuple(each for each in preview.problems if each not in problems))
