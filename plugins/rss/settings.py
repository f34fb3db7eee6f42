"""The options of the channel: where the site stands on the web, and where its files are written."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, ClassVar
from urllib.parse import quote, urlsplit

from pydantic import AfterValidator, Field

from scheduler.api import Options, _

from .text import clean, has_markup, is_clean

if TYPE_CHECKING:
    from scheduler.api import Target

FEED = "feed.xml"
_OURS = {"posts", "media"}


def _address(value: str) -> str:
    """Take an http or https address of a folder, and return it with a slash at its end."""
    parts = urlsplit(value)
    if parts.scheme not in {"http", "https"} or not parts.hostname:
        raise ValueError(_("give an address like https://example.org/tin/"))
    if parts.query or parts.fragment or parts.username:
        raise ValueError(_("the address of the site has neither a query nor a fragment nor a name"))
    path = quote(parts.path.rstrip("/") + "/", safe="/%-._~")
    return f"{parts.scheme}://{parts.netloc.encode('idna').decode()}{path}"


def _subfolder(value: str) -> str:
    if value in _OURS:
        raise ValueError(
            _("the folder {value} holds the pages of the first feed; take another name").format(value=value)
        )
    return value


def _plain(value: str) -> str:
    if not is_clean(value) or has_markup(value):
        raise ValueError(_("give plain text, without tags, entities and control characters"))
    return value


class FeedTarget(Options):
    """A target is a feed with its pages: in the public folder itself, or in one of its own below it."""

    folder: Annotated[str, AfterValidator(_subfolder)] = Field("", pattern=r"^([a-z0-9-]{1,64})?$")


class FeedOptions(Options):
    """What the feed is called, and where it is found.

    ``site`` is the public address of ``folder``. ``limit`` is how many of the newest entries stand in
    the feed; their pages stay all.
    """

    operational: ClassVar[frozenset[str]] = frozenset({"folder", "limit"})
    site: Annotated[str, AfterValidator(_address)]
    title: Annotated[str, AfterValidator(_plain)] = Field(min_length=1, max_length=200)
    description: Annotated[str, AfterValidator(_plain)] = Field("", max_length=1000)
    language: str = Field("vi", pattern=r"^[a-z]{2,3}(-[A-Za-z0-9]{2,8})*$")
    folder: str = Field("var/public", min_length=1)
    limit: int = Field(50, ge=1, le=1000)


@dataclass(frozen=True, slots=True)
class Site:
    """What one target's feed and pages are: where they stand on the web and on disk, and how they are headed.

    ``base`` is the public address of ``folder``, with a slash at its end.
    """

    base: str
    folder: str
    title: str
    description: str
    language: str
    limit: int


def site_of(target: Target, options: FeedOptions) -> Site:
    """Return the site of a target."""
    below = target.settings.folder if isinstance(target.settings, FeedTarget) else ""
    return Site(
        base=f"{options.site}{below}/" if below else options.site,
        folder=f"{options.folder}/{below}" if below else options.folder,
        title=f"{options.title} – {clean(target.title or target.name)}" if below else options.title,
        description=options.description or options.title,
        language=options.language,
        limit=options.limit,
    )
