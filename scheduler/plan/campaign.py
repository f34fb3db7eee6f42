"""A whole campaign folder: the plan, its posts and events, and everything that is wrong with them."""

from __future__ import annotations

import hashlib
import os
from collections import defaultdict
from dataclasses import dataclass, replace
from types import MappingProxyType
from typing import TYPE_CHECKING, TypeVar

from scheduler.ground.problem import Problem
from scheduler.ground.text import _
from scheduler.plan.config import FILE as CONFIG
from scheduler.plan.content import read_event
from scheduler.plan.known import Known
from scheduler.plan.plan import read_plan
from scheduler.plan.posts import read_post
from scheduler.plan.source import printable, text_files
from scheduler.plan.values import Wrong

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
    from pathlib import Path

    from scheduler.ground.model import CampaignEvent, Plan, Post
    from scheduler.plan.config import Config
    from scheduler.plan.content import Entry

T = TypeVar("T")
POSTS, EVENTS = "content/posts", "content/events"


@dataclass(frozen=True, slots=True)
class Campaign:
    """What stands in a campaign folder, as far as it could be read.

    ``posts`` has every post whose front matter could be taken apart and whose id is known, also those in
    ``invalid``, in which a wrong value is replaced by its default: they can be shown, and must not be planned.
    ``invalid`` are the ids of posts that have an error, of unreadable files where the id could still be told,
    of posts placed on an event that is broken, and of all posts where an error in the plan touches what
    texts say or whom they reach. ``unreadable`` are the paths of post files whose id could not be told; a
    folder among them stands for all that was below it. ``torn`` is the path of each post file of which there is
    nothing in ``posts``, by its id or, where that could not be told, by the file's name. ``problems`` are ordered by
    file and line; those of config.toml itself come from `load_config`.
    """

    folder: Path
    plan: Plan
    posts: Mapping[str, Post]
    events: Mapping[str, CampaignEvent]
    problems: tuple[Problem, ...]
    invalid: frozenset[str]
    unreadable: frozenset[str]
    torn: Mapping[str, str]

    @property
    def sound(self) -> dict[str, Post]:
        """Return the posts that have no error."""
        return {name: post for name, post in self.posts.items() if name not in self.invalid}

    def hides(self, post: str, path: str) -> bool:
        """Whether a post that is not among ``posts``, last seen at ``path``, may still be there, unread."""
        above = {path[:at] for at, letter in enumerate(path) if letter == "/"}
        return post in self.invalid or not self.unreadable.isdisjoint({path, *above})


def read_campaign(folder: Path, config: Config, targets: Mapping[str, Sequence[str]]) -> Campaign:
    """Read ``content/`` below ``folder``; nothing that stands there makes this raise.

    ``targets`` is from the name of each channel that may be named to the names of its targets.
    """
    plan = read_plan(folder, targets)
    known = Known.of(plan, targets, told=config.parsed)
    problems = [*plan.problems, *_target_problems(config, known)]
    found, closed = _read_all(folder, EVENTS, problems, lambda path: read_event(folder, path, known))
    _report_doubled(found, problems)
    events = {each.id: each.value for each in reversed(found) if each.id}
    all_told = not closed and all(each.id for each in found)
    known = replace(known, events=events, all_events=all_told)

    entries, closed = _read_all(folder, POSTS, problems, lambda path: read_post(folder, path, known))
    doubled = _report_doubled(entries, problems)
    posts = {each.id: each.value for each in reversed(entries) if each.value}
    invalid = {each.id for each in entries if each.id and (each.failed or each.tied or not plan.sound)}
    return Campaign(
        folder=folder,
        plan=plan.plan,
        posts=MappingProxyType(dict(sorted(posts.items()))),
        events=MappingProxyType({name: event for name, event in sorted(events.items()) if event}),
        problems=tuple(sorted(problems, key=lambda each: (each.file, each.line or 0))),
        invalid=frozenset(invalid | doubled),
        unreadable=frozenset({*(each.path for each in entries if not each.id), *closed}),
        torn=MappingProxyType({each.id or stem(each.path): each.path for each in entries if each.value is None}),
    )


def stem(path: str) -> str:
    """Return the name of a text's file, without its ending."""
    return path.rpartition("/")[2].removesuffix(".md")


def _read_all(
    folder: Path, below: str, problems: list[Problem], read: Callable[[str], Entry[T]]
) -> tuple[list[Entry[T]], list[str]]:
    paths, closed = text_files(folder, below, problems)
    entries = [read(path) for path in paths]
    for entry in entries:
        problems.extend(entry.problems)
    return entries, closed


def _report_doubled(entries: Iterable[Entry[T]], problems: list[Problem]) -> set[str]:
    """Report each id that several files have, in each of them, and return these ids."""
    by_id: defaultdict[str, list[Entry[T]]] = defaultdict(list)
    for entry in entries:
        if entry.value is not None:
            by_id[entry.id].append(entry)
    doubled = {name: several for name, several in by_id.items() if len(several) > 1}
    for name, several in doubled.items():
        for entry in several:
            other = next(each for each in several if each is not entry)
            where = f"{printable(other.path)}:{other.line}"
            problems.append(
                Problem(
                    _("{name!r} is also the id of {where}").format(name=name, where=where),
                    printable(entry.path),
                    entry.line,
                    "id",
                )
            )
    return set(doubled)


def _target_problems(config: Config, known: Known) -> Iterator[Problem]:
    for channel in config.channels.values():
        for index, target in enumerate(channel.targets):
            named = (
                *(("areas", name) for name in target.areas),
                *(("audiences", name) for name in target.audiences),
                *((("languages", target.language),) if target.language else ()),
            )
            for table, name in named:
                try:
                    known.one(table)(name)
                except Wrong as wrong:
                    key = "language" if table == "languages" else table
                    line = channel.lines.get(f"targets.{index}.{key}", target.line)
                    where = f"channels.{channel.name}.targets.{target.name}.{key}"
                    yield Problem(str(wrong), CONFIG, line, where, hint=wrong.hint)


def fingerprint(folder: Path) -> str:
    """Return what changes when config.toml or anything below ``content/`` does: names, sizes, times, inodes.

    Nothing is opened, so that this can run every few seconds.
    """
    marks = [_mark(folder / CONFIG)]
    waiting = [os.path.join(folder, "content")]  # noqa: PTH118 - ten times faster than paths, over thousands of files
    while waiting:
        path = waiting.pop()
        try:
            with os.scandir(path) as entries:
                for entry in entries:
                    if entry.is_dir(follow_symlinks=False):
                        waiting.append(entry.path)
                    else:
                        marks.append(_mark(entry))
        except OSError as error:
            marks.append(f"{path}: {error.errno}")
    return hashlib.sha256("\n".join(sorted(marks)).encode("utf-8", "surrogateescape")).hexdigest()


def _mark(entry: os.DirEntry[str] | Path) -> str:
    try:
        status = entry.stat()
    except OSError as error:
        return f"{os.fspath(entry)}: {error.errno}"
    return f"{os.fspath(entry)}: {status.st_size} {status.st_mtime_ns} {status.st_ino} {status.st_mode}"
