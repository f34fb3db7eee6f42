"""The approved versions of posts: keeping them, and holding a text beside the last of them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from scheduler.engine.snapshot import covered_of
from scheduler.plan.approvals import read_approvals
from scheduler.plan.differing import Side, differing
from scheduler.plan.source import Report, read_source
from scheduler.store import versions
from scheduler.store.versions import Version

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Iterable, Iterator, Mapping, Set

    from scheduler.engine.core import Core
    from scheduler.engine.snapshot import Snapshot
    from scheduler.ground.delivery import Approval
    from scheduler.ground.model import Post
    from scheduler.plan.differing import Changed, Line
    from scheduler.store.store import Store


@dataclass(frozen=True, slots=True)
class Aside:
    """Something outside the file that its approval covers, and that differs; ``None`` where it is not there.

    ``kind`` is where it comes from: ``values`` or ``facts`` of the plan, the ``event``, ``media``, ``channels`` (their
    options and targets), the ``zone``.
    """

    kind: str
    name: str
    before: str | None
    after: str | None


@dataclass(frozen=True, slots=True)
class Difference:
    """A post's text beside the last version that was approved.

    ``approval`` is the last yes to any text of the post, ``before`` that text, ``None`` where it was not kept here.
    ``lines`` are the whole text; where there is no ``before``, as it stands.
    """

    post: str
    approval: Approval | None
    before: Version | None
    source: str
    keys: tuple[Changed, ...]
    lines: tuple[Line, ...]
    asides: tuple[Aside, ...]

    @property
    def first(self) -> bool:
        """Whether no text of the post was ever approved."""
        return self.approval is None

    @property
    def differs(self) -> bool:
        """Whether anything differs from the version before."""
        return bool(self.keys or self.asides or any(line.side is not Side.BOTH for line in self.lines))


def keep(connection: sqlite3.Connection, made: Iterable[Version]) -> None:
    """Write versions that were `made`."""
    for version in made:
        versions.put(connection, version)


def made(snapshot: Snapshot, approvals: Iterable[Approval]) -> Iterator[Version]:
    """Yield what was approved, as far as the file still is what the snapshot has read."""
    for approval in approvals:
        post = snapshot.campaign.posts.get(approval.post)
        if post is None or snapshot.digests[post.id] != approval.digest:
            continue
        source = _source(snapshot, post)
        if source is not None:
            yield Version(post.id, approval.digest, source, covered_now(snapshot, post), approval.by, approval.at)


def keep_approved(store: Store, snapshot: Snapshot) -> None:
    """Keep each text that is approved now and that is not kept yet: it may have been approved on another machine."""
    known = versions.known(store.read())
    missing = [each for each in snapshot.approvals.values() if (each.post, each.digest) not in known]
    found = list(made(snapshot, missing))
    if found:
        with store.write() as connection:
            keep(connection, found)


def difference(core: Core, post: Post) -> Difference:
    """Hold a post beside the last version of it that was approved."""
    snapshot = core.snapshot
    decisions, _torn = read_approvals(core.folder)
    yes = [each for each in decisions if each.post == post.id and each.verdict == "approved"]
    approval = yes[-1] if yes else None
    before = _version(core, approval) if approval else None
    source = _source(snapshot, post) or ""
    found = differing(before.source if before else source, source)
    asides = tuple(_asides(before.covered, covered_now(snapshot, post))) if before else ()
    return Difference(post.id, approval, before, source, found.keys, found.lines, asides)


def _version(core: Core, approval: Approval) -> Version | None:
    kept = versions.get(core.store.read(), approval.post, approval.digest)
    return kept or next(made(core.snapshot, [approval]), None)


def covered_now(snapshot: Snapshot, post: Post) -> dict[str, Any]:
    """Return what an approval of the post covers at this reading."""
    return covered_of(post, snapshot.campaign, snapshot.config, snapshot.coverage)


def _source(snapshot: Snapshot, post: Post) -> str | None:
    source = read_source(snapshot.config.folder, post.path, Report(post.path))
    return source.text if source is not None and source.digest == post.source_digest else None


def _asides(before: Mapping[str, Any], after: Mapping[str, Any]) -> Iterator[Aside]:
    carried = before["post"]["channels"].keys() & after["post"]["channels"].keys()
    shared = carried & before["channels"].keys() & after["channels"].keys()
    for kind, one, two in (
        *((kind, before.get(kind), after.get(kind)) for kind in ("values", "facts", "event", "zone")),
        ("channels", _channels(before, carried, shared), _channels(after, carried, shared)),
        ("media", _media(before), _media(after)),
    ):
        was, now = dict(_leaves(one)), dict(_leaves(two))
        for name in sorted({*was, *now}):
            if was.get(name) != now.get(name):
                yield Aside(kind, name, was.get(name), now.get(name))


def _channels(covered: Mapping[str, Any], carried: Set[str], shared: Set[str]) -> dict[str, Any]:
    """Return what is covered of the channels that both versions name: of one that was not there, that it is now."""
    known = covered["channels"]
    return {name: known[name] if name in shared else {"enabled": True} for name in sorted(carried & known.keys())}


def _media(covered: Mapping[str, Any]) -> dict[str, str]:
    return {file: digest for file, digest, _alt in covered["post"]["media"]}


def _leaves(value: Any, path: str = "") -> Iterator[tuple[str, str]]:
    """Yield each plain value below ``value`` with its path; a list of plain values is one."""
    if isinstance(value, dict):
        for name, each in value.items():
            yield from _leaves(each, f"{path}.{name}" if path else name)
    elif isinstance(value, list) and value:
        yield path, ", ".join(str(each) for each in value)
    elif isinstance(value, bool):
        yield path, str(value).lower()
    elif value not in (None, ""):
        yield path, str(value)
