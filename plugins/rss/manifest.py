"""What a public folder shows, kept beside it, so that a lost or older database takes nothing away."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, ValidationError

from scheduler.api import Key

from .entry import Entry, Row, path_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence


class Shown(BaseModel):
    """One entry of the feed: all that its page and its place in the lists are made of but its media's bytes."""

    model_config = ConfigDict(frozen=True)
    key: Key
    published_at: AwareDatetime
    changed_at: AwareDatetime
    entry: Entry


class Manifest(BaseModel):
    """The manifest: whose folder it is, which files in it are Loa's, and what they show."""

    model_config = ConfigDict(frozen=True)
    target: str = Field(min_length=1)
    files: tuple[str, ...]
    entries: tuple[Shown, ...]

    def rows(self) -> list[Row]:
        """Return the entries, without their media's bytes."""
        return [Row(each.key, each.entry, {}, each.published_at, each.changed_at) for each in self.entries]


def read(data: bytes) -> Manifest | None:
    """Return the manifest, or none where any of it is damaged."""
    try:
        kept = Manifest.model_validate_json(data)
    except ValidationError:
        return None
    return kept if all(each.entry.path == path_of(each.key) for each in kept.entries) else None


def written(target: str, files: Iterable[str], rows: Sequence[Row]) -> bytes:
    """Return the manifest's bytes: the same folder gives the same ones."""
    shown = tuple(
        Shown(key=row.key, published_at=row.published_at, changed_at=row.changed_at, entry=row.entry) for row in rows
    )
    kept = Manifest(target=target, files=tuple(sorted(files)), entries=shown)
    return (kept.model_dump_json(indent=1) + "\n").encode()
