"""The calls to the Graph API, and what each failure of a call means for the post.

The token travels in the Authorization header, never in an address; the one question that is about
the token itself has it in its body. It is cut out of every text that the outside sends back, since
Facebook repeats a malformed token in its message.
"""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl, urlsplit

from scheduler.api import OutcomeUnknown, PermanentFailure, TemporaryFailure, _, borrowed

from .verdicts import Meaning, Rule, rule_for, wait_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    import httpx2

    from scheduler.api import File, Verdict

_LIST_FIELDS = (
    "id,message,created_time,permalink_url,from{id},attachments{target{id},subattachments.limit(20){target{id}}}"
)
_PAGES_OF_LIST = 20
_PASSING = frozenset((408, 425, 429))
"""Answers that say of themselves that nothing was done, and that it may be tried again."""
_PLAIN = Rule(range(0), None, Meaning.TEMPORARY, "")


class Duplicate(PermanentFailure):
    """Facebook refused the post since the same one stands there already."""


class Gone(PermanentFailure):
    """Facebook knows no such page or post, or the token may not see it."""


class TooMany(TemporaryFailure):
    """The page's list is longer than a look-up reads."""


class Graph:
    """One page of the API under one token. Every method raises a verdict where it fails."""

    def __init__(self, http: httpx2.Client, root: str, page: str, token: str) -> None:
        """Take ``root`` as base address and version, without a slash at its end."""
        self._http, self._root, self._page, self._token = http, root, page, token

    def page(self) -> Mapping[str, Any]:
        """Return the page's id and name, as the token sees them."""
        return self._call("GET", self._page, params={"fields": "id,name"})

    def ends(self) -> datetime | None:
        """Return when the token runs out (aware, in UTC); ``None`` where it has no end."""
        asked = {"method": "get", "input_token": self._token}  # a GET by its body, which keeps it out of the address
        data = self._call("POST", "debug_token", data=asked).get("data")
        ends = data.get("expires_at") if isinstance(data, dict) else None
        return datetime.fromtimestamp(ends, UTC) if isinstance(ends, int) and ends > 0 else None

    def stage(self, photo: File, alt: str) -> str:
        """Upload a photo that nobody sees yet, and return its id."""
        data = {"published": "false"} | ({"alt_text_custom": alt} if alt else {})
        source = {"source": (photo.name, photo.data, photo.media_type)}
        return self._id(self._call("POST", f"{self._page}/photos", data=data, files=source))

    def post(self, message: str, link: str, photos: list[str]) -> Mapping[str, Any]:
        """Publish, and return the post's ``id`` and, where given, its ``permalink_url``.

        Raises `OutcomeUnknown` whenever the post may stand on the page all the same.
        """
        data = {"fields": "id,permalink_url", "message": message, "link": link}
        if photos:
            data["attached_media"] = json.dumps([{"media_fbid": each} for each in photos])
        filled = {name: value for name, value in data.items() if value}
        answer = self._call("POST", f"{self._page}/feed", decisive=True, data=filled)
        if not answer.get("id"):
            raise OutcomeUnknown(_("Facebook answered without the post's id"))
        return answer

    def draft(self, message: str) -> str:
        """Write a post that only the page's own people can see, and return its id."""
        return self._id(self._call("POST", f"{self._page}/feed", data={"message": message, "published": "false"}))

    def read(self, post: str) -> Mapping[str, Any]:
        """Return ``id`` and ``permalink_url`` of a post, as the page shows it now."""
        return self._call("GET", post, params={"fields": "id,permalink_url"})

    def remove(self, thing: str) -> Mapping[str, Any]:
        """Take back a staged photo, or a post. Raises `Gone` where it is not there."""
        return self._call("DELETE", thing)

    def posts(self, since: datetime) -> Iterator[Mapping[str, Any]]:
        """Stream the page's own posts made after ``since``, newest first, page by page.

        Visitors' posts stand in the same list and are passed over.
        The address of the next page holds a token and may name any host, so only its parameters
        are used. Raises `TooMany` rather than end early.
        """
        params = {"fields": _LIST_FIELDS, "since": str(int(since.timestamp())), "limit": "100"}
        for _page in range(_PAGES_OF_LIST):
            answer = self._call("GET", f"{self._page}/feed", params=params)
            yield from filter(self._own, answer.get("data") or ())
            following = (answer.get("paging") or {}).get("next")
            if not following:
                return
            cursor = dict(parse_qsl(urlsplit(str(following)).query))
            params = {name: cursor[name] for name in cursor if name != "access_token"}
        raise TooMany(_("the page has too many posts since then to look through"))

    def _own(self, post: Any) -> bool:
        if not isinstance(post, dict):
            return False
        author = (post.get("from") or {}).get("id", self._page)
        return str(author) == self._page

    def _id(self, answer: Mapping[str, Any]) -> str:
        if not answer.get("id"):
            raise TemporaryFailure(_("Facebook answered without an id"))
        return str(answer["id"])

    def _call(self, method: str, path: str, *, decisive: bool = False, **content: Any) -> Mapping[str, Any]:
        """Make one call. ``decisive``: sent and never answered, it leaves the post unknown."""
        import httpx2

        headers = {"Authorization": f"Bearer {self._token}"}
        url = f"{self._root}/{path}"
        try:
            response = self._http.request(method, url, headers=headers, **content)
        except (httpx2.ConnectError, httpx2.ConnectTimeout, httpx2.PoolTimeout) as error:
            raise TemporaryFailure(
                self._clean(_("Facebook cannot be reached: {error}").format(error=borrowed(str(error))))
            ) from error
        except httpx2.ProxyError as error:
            raise TemporaryFailure(
                self._clean(_("the proxy refused: {error}").format(error=borrowed(str(error))))
            ) from error
        except (httpx2.UnsupportedProtocol, httpx2.LocalProtocolError) as error:
            raise PermanentFailure(
                self._clean(_("the call cannot be made: {error}").format(error=borrowed(str(error))))
            ) from error
        except httpx2.HTTPError as error:
            kind = OutcomeUnknown if decisive else TemporaryFailure
            said = borrowed(str(error)) or type(error).__name__
            raise kind(self._clean(_("the connection broke during the call: {said}").format(said=said))) from error
        return self._answer(response, decisive=decisive)

    def _answer(self, response: httpx2.Response, *, decisive: bool) -> Mapping[str, Any]:
        try:
            answer = response.json()
        except ValueError:
            answer = None
        if isinstance(answer, dict) and isinstance(answer.get("error"), dict):
            raise self._verdict(answer["error"], response, decisive=decisive)
        if response.is_success and isinstance(answer, dict):
            return answer
        said = _("an answer that is not the Graph API's: HTTP {status}").format(status=response.status_code)
        if response.status_code in _PASSING:
            raise TemporaryFailure(said, retry_after=wait_of(_PLAIN, response.headers))
        if 400 <= response.status_code < 500:
            raise PermanentFailure(_("{said}; is `api` in config.toml right?").format(said=said))
        raise OutcomeUnknown(said) if decisive else TemporaryFailure(said)

    def _verdict(self, error: Mapping[str, Any], response: httpx2.Response, *, decisive: bool) -> Verdict:
        code, subcode = _number(error.get("code")), _number(error.get("error_subcode"))
        rule = rule_for(code, subcode)
        said = self._said(rule, error)
        if rule is None:
            if error.get("is_transient") is True or response.status_code in _PASSING:
                return TemporaryFailure(said, retry_after=wait_of(_PLAIN, response.headers))
            if response.is_server_error:
                return OutcomeUnknown(said) if decisive else TemporaryFailure(said)
            return PermanentFailure(said)
        match rule.meaning:
            case Meaning.DUPLICATE:
                return Duplicate(said)
            case Meaning.GONE:
                return Gone(said)
            case Meaning.PERMANENT:
                return PermanentFailure(said)
            case _:
                return TemporaryFailure(said, retry_after=wait_of(rule, response.headers))

    def _said(self, rule: Rule | None, error: Mapping[str, Any]) -> str:
        numbers = [_("code {number}").format(number=error.get("code"))]
        if error.get("error_subcode"):
            numbers.append(_("subcode {number}").format(number=error["error_subcode"]))
        if error.get("fbtrace_id"):
            numbers.append(_("trace {number}").format(number=error["fbtrace_id"]))
        head = _(rule.says) if rule else _("an error that Loa does not know")
        message = self._clean(" ".join(str(error.get("message", "")).split()))[:200]
        return self._clean(f"{head} ({', '.join(numbers)}): {message}")

    def _clean(self, text: str) -> str:
        return text.replace(self._token, "•••")


def _number(value: Any) -> int:
    return value if isinstance(value, int) else 0
