"""Templates of posts: Markdown files below ``content/templates`` that a new post starts from.

A template is written like a post. Its ``about`` says in a line what it is for, and its keys and its text are taken over
but for that, its id and its title.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from scheduler.ground.errors import CampaignInvalid, NotFound
from scheduler.ground.problem import Problem
from scheduler.ground.text import _
from scheduler.plan.frontmatter import read_matter
from scheduler.plan.source import Report, printable, read_source, text_files
from scheduler.plan.writing import with_keys

if TYPE_CHECKING:
    from collections.abc import Mapping

FOLDER = "content/templates"
EMPTY = b"---\nid: new\n---\n"
_PLACED = ("at", "repeat", "times", "except", "also", "event", "offset", "anchor", "time")
"""Keys that say when: those of the template count only where nothing else does."""


@dataclass(frozen=True, slots=True)
class Template:
    """A template: its name, what it is for, its file, and what its front matter says."""

    name: str
    about: str
    path: str
    values: Mapping[str, object]
    text: str


def templates(folder: Path) -> tuple[list[Template], list[Problem]]:
    """Return the templates of a campaign folder, by name, and what is wrong with those that cannot be read."""
    problems: list[Problem] = []
    paths, _closed = text_files(folder, FOLDER, problems)
    found = []
    for path in paths:
        report = Report(printable(path), problems)
        source = read_source(folder, path, report)
        matter = read_matter(source.text, report) if source else None
        if source and matter:
            about = matter.values.get("about", "")
            found.append(Template(Path(path).stem, str(about), path, matter.values, source.text))
    return sorted(found, key=lambda each: each.name), problems


def find(folder: Path, name: str) -> Template:
    """Return the template of that name. Raises `NotFound`, and `CampaignInvalid` where it cannot be read."""
    found, problems = templates(folder)
    for each in found:
        if each.name == name:
            return each
    own = [each for each in problems if Path(each.file).stem == name]
    if own:
        raise CampaignInvalid(own)
    names = [each.name for each in found]
    raise NotFound.named(_("there is no template {name!r} below content/templates"), name, names)


def filled(template: Template | None, keys: Mapping[str, str | None]) -> bytes:
    """Return the text of a new post from a template, or from nothing: its front matter with ``keys``, its body.

    Raises `CampaignInvalid`.
    """
    if template is None:
        return with_keys(Path("new.md"), EMPTY, keys)
    taken_out = {"about", *(_PLACED if {"at", "event"} & keys.keys() else ())} & template.values.keys()
    changes = {**dict.fromkeys(sorted(taken_out - keys.keys()), None), **keys}
    text = template.text
    if "id" not in template.values:
        fence, rest = text.split("\n", 1)
        first = 'id = "new"' if fence.startswith("+++") else "id: new"
        text = f"{fence}\n{first}\n{rest}"
    return with_keys(Path(template.path), text.encode(), changes)
