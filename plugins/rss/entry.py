"""One entry of the feed, validated, so that a bad one is left out and the others stay."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import TYPE_CHECKING, Annotated
from urllib.parse import urlsplit

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError, model_validator

from scheduler.api import _, complaint

from .text import has_markup, is_clean

if TYPE_CHECKING:
    from scheduler.api import Key, Published, Rendered


def _fit(value: str) -> str:
    if not is_clean(value):
        raise ValueError(_("it has control characters, which no feed can hold"))
    return value


def _title(value: str) -> str:
    if has_markup(value):
        raise ValueError(_("a title is plain text: it has a tag or an entity in it"))
    if not value.strip():
        raise ValueError(_("it is empty"))
    return value


def _address(value: str) -> str:
    if value and urlsplit(value).scheme not in {"http", "https"}:
        raise ValueError(_("a link is an http or https address"))
    return value


NAME = r"^[A-Za-z_][A-Za-z0-9._-]*$"
Text = Annotated[str, AfterValidator(_fit)]


class Medium(BaseModel):
    """A file that goes with an entry; ``path`` is below the public folder, ``length`` in bytes."""

    model_config = ConfigDict(frozen=True)
    path: str = Field(pattern=r"^media/[a-z0-9-]+\.[a-z0-9]{1,8}$")
    type: str = Field(pattern=r"^[a-z]+/[a-z0-9.+-]+$")
    length: int = Field(ge=1)
    alt: Text = ""


class Element(BaseModel):
    """An element that another plugin adds to the entry, in a namespace of its own."""

    model_config = ConfigDict(frozen=True)
    namespace: Text = Field(min_length=1)
    prefix: str = Field(pattern=NAME)
    name: str = Field(pattern=NAME)
    text: Text = ""
    attributes: dict[Annotated[str, Field(pattern=NAME)], Text] = Field(default_factory=dict)

    def __str__(self) -> str:
        named = " ".join(f"{name}={value!r}" for name, value in self.attributes.items())
        head = " ".join(filter(None, (f"{self.prefix}:{self.name}", named)))
        return f"{head}: {self.text}" if self.text else head


class Entry(BaseModel):
    """The body of a payload. ``html`` is sanitised, ``guid`` never changes when the text does."""

    model_config = ConfigDict(frozen=True)
    title: Annotated[Text, AfterValidator(_title), Field(max_length=500)]
    summary: Annotated[Text, Field(max_length=5_000)]
    html: Annotated[Text, Field(min_length=1, max_length=1_000_000)]
    language: str = Field(pattern=r"^[a-z]{2,3}(-[A-Za-z0-9]{2,8})*$")
    link: Annotated[Text, AfterValidator(_address)] = ""
    path: str = Field(pattern=r"^posts/[a-z0-9-]+\.html$")
    guid: str = Field(pattern=r"^tag:[a-z0-9.:\[\]-]+,\d{4}:[!-~]+$")
    media: tuple[Medium, ...] = ()
    relative: tuple[Text, ...] = ()
    elements: tuple[Element, ...] = ()

    @model_validator(mode="after")
    def _one_path_each(self) -> Entry:
        if len({medium.path for medium in self.media}) != len(self.media):
            raise ValueError(_("a file is given twice"))
        return self


@dataclass(frozen=True, slots=True)
class Row:
    """An entry as it was published, first at ``published_at`` and last at ``changed_at``, in UTC.

    ``files`` are the media by their path; of an entry that only the folder still knows they lie there already.
    """

    key: Key
    entry: Entry
    files: dict[str, bytes]
    published_at: datetime
    changed_at: datetime


@dataclass(frozen=True, slots=True)
class Refused:
    """A payload that no feed can carry, and why."""

    key: Key
    reason: str


def faults(rendered: Rendered) -> Iterator[tuple[str, str]]:
    """Yield what keeps a payload out of the feed, as field and sentence."""
    try:
        _read(rendered)
    except ValidationError as error:
        for each in error.errors(include_url=False, include_input=False):
            said = complaint(each)
            yield ".".join(map(str, each["loc"])), said
    except ValueError as error:
        yield "media", str(error)


def rows(published: Sequence[Published]) -> tuple[list[Row], list[Refused]]:
    """Return the entries, newest first, and what had to be left out.

    Several publications of one entry, as revisions are, become one: the last text, the first date. What was
    withdrawn is in neither.
    """
    kept: dict[str, Row] = {}
    refused = []
    for each in published:
        if each.withdrawn:
            continue
        reasons = [f"{field}: {said}" for field, said in faults(each.rendered)]
        if reasons or each.published_at.tzinfo is None:
            refused.append(Refused(each.key, "; ".join(reasons) or _("its time has no zone")))
            continue
        entry, files = _read(each.rendered)
        row = Row(each.key, entry, files, each.published_at, each.published_at)
        earlier = kept.get(entry.guid)
        kept[entry.guid] = replace(row, published_at=earlier.published_at) if earlier else row
    return _newest_first(kept.values()), refused


def with_earlier(fresh: Sequence[Row], earlier: Sequence[Row], published: Sequence[Published]) -> list[Row]:
    """Return ``fresh`` and what else the folder shows, newest first, without what of it was withdrawn.

    A database that was lost or restored knows less than the folder: what it does not name has its place still.
    """
    gone = {path_of(each.key) for each in published if each.withdrawn} | {row.entry.path for row in fresh}
    return _newest_first([*fresh, *(row for row in earlier if row.entry.path not in gone)])


def path_of(key: Key) -> str:
    """Return the path of an entry's page below the public folder: whatever is done to its text, it stays."""
    return f"posts/{key.post}-{key.recurrence}.html"


def _newest_first(rows: Iterable[Row]) -> list[Row]:
    return sorted(rows, key=lambda row: (row.published_at, row.key), reverse=True)


def _read(rendered: Rendered) -> tuple[Entry, dict[str, bytes]]:
    """Raise `ValidationError`, or `ValueError` where the files are not those that the body names."""
    entry = Entry.model_validate(dict(rendered.body))
    files = {file.name: file.data for file in rendered.files}
    if {medium.path: medium.length for medium in entry.media} != {path: len(data) for path, data in files.items()}:
        raise ValueError(_("the files are not those that the entry names"))
    return entry, files
