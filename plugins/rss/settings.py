"""The options of the channel: where the site stands on the web, and where its files are written."""

from __future__ import annotations

from typing import Annotated, ClassVar
from urllib.parse import quote, urlsplit

from pydantic import AfterValidator, Field

from scheduler.api import Options

FEED = "feed.xml"


def _site(value: str) -> str:
    """Take an http or https address of a folder, and return it with a slash at its end."""
    parts = urlsplit(value)
    if parts.scheme not in {"http", "https"} or not parts.hostname:
        raise ValueError("give an address like https://example.org/tin/")
    if parts.query or parts.fragment or parts.username:
        raise ValueError("the address of the site has neither a query nor a fragment nor a name")
    path = quote(parts.path.rstrip("/") + "/", safe="/%-._~")
    return f"{parts.scheme}://{parts.netloc.encode('idna').decode()}{path}"


Site = Annotated[str, AfterValidator(_site)]


class FeedTarget(Options):
    """A target is a feed: a file of its own below the folder, with its own pages."""

    feed: str = Field(FEED, pattern=r"^[a-z0-9-]{1,64}\.xml$")


class FeedOptions(Options):
    """What the feed is called, and where it is found.

    ``site`` is the public address of ``folder``. ``limit`` is how many of the newest entries stand in
    the feed; their pages stay all.
    """

    operational: ClassVar[frozenset[str]] = frozenset({"folder", "limit"})
    site: Site
    title: str = Field(min_length=1, max_length=200)
    description: str = Field("", max_length=1000)
    language: str = Field("vi", pattern=r"^[a-z]{2,3}(-[A-Za-z0-9]{2,8})*$")
    folder: str = Field("var/public", min_length=1)
    limit: int = Field(50, ge=1, le=1000)
