"""The options of the channel, and what a target may say for itself."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Annotated, Any, ClassVar
from urllib.parse import urlsplit

from pydantic import BeforeValidator, Field, computed_field, field_validator

from scheduler.api import Options, Secret, _

if TYPE_CHECKING:
    from scheduler.api import Target

_UNITS = {"s": 1, "m": 60, "min": 60, "h": 3600, "d": 86400}


def _duration(value: Any) -> Any:
    """Read ``90s``, ``2m``, ``1h`` or ``1d``; anything else is left to pydantic."""
    found = re.fullmatch(r"(\d{1,6})\s*(s|m|min|h|d)", value) if isinstance(value, str) else None
    return timedelta(seconds=int(found[1]) * _UNITS[found[2]]) if found else value


def _loopback(host: str) -> bool:
    from ipaddress import ip_address

    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


Duration = Annotated[timedelta, BeforeValidator(_duration)]
PageId = Annotated[str, Field(pattern=r"^[0-9]{1,32}$")]


class PageTarget(Options):
    """A target that is a page of its own: its number, and its token. Absent: the channel's."""

    operational: ClassVar[frozenset[str]] = frozenset({"token"})
    page_id: PageId | None = None
    token: Secret | None = None

    @computed_field  # type: ignore[prop-decorator]
    @property
    def by_token(self) -> bool:
        """Whether a token is given: that decides who posts, so an approval covers it. Which one it is, it does not."""
        return self.token is not None


class FanpageOptions(Options):
    """How the Graph API is reached. Without a page and a token, packages to paste are written.

    ``settle_after`` is how long a post may take to be seen in the page's own list; a look-up that
    finds nothing before that says that it cannot tell.
    """

    operational: ClassVar[frozenset[str]] = frozenset({"api", "api_version", "token", "settle_after"})
    api: str = "https://graph.facebook.com"
    api_version: str = Field("v25.0", pattern=r"^v[0-9]+\.[0-9]+$")
    page_id: PageId | None = None
    token: Secret | None = None
    settle_after: Duration = timedelta(minutes=2)

    @computed_field  # type: ignore[prop-decorator]
    @property
    def by_token(self) -> bool:
        """Whether a token is given; see `PageTarget`."""
        return self.token is not None

    @field_validator("api")
    @classmethod
    def _address(cls, value: str) -> str:
        """Take https only, since a token travels with every call; http for this machine itself."""
        parts = urlsplit(value)
        host = parts.hostname or ""
        if not host or parts.query or parts.fragment or parts.username:
            raise ValueError(_("give an address like https://graph.facebook.com"))
        if parts.scheme != "https" and not (parts.scheme == "http" and _loopback(host)):
            raise ValueError(_("a token may only travel over https"))
        return value.rstrip("/")


@dataclass(frozen=True, slots=True)
class Page:
    """The page that a target means; it can be posted to where both its parts are known."""

    id: str | None
    token: Secret | None

    @property
    def reachable(self) -> bool:
        return bool(self.id and self.token)


def page_of(target: Target, options: FanpageOptions) -> Page:
    """Return the target's own page and token, or the channel's where it names none."""
    own = target.settings if isinstance(target.settings, PageTarget) else PageTarget()
    return Page(own.page_id or options.page_id, own.token or options.token)
