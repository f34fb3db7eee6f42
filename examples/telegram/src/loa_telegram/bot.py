"""The calls to the Bot API, and what each of its answers means.

The token stands in every address, so no address is ever put into words, and what the API says has it cut out.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING, Any

from scheduler.api import OutcomeUnknown, PermanentFailure, TemporaryFailure, Verdict

if TYPE_CHECKING:
    from collections.abc import Mapping

    import httpx2

    from scheduler.api import DeliverContext, File

PASSING = frozenset((408, 425, 429, 503))
"""Answers that say of themselves that nothing was done."""


class Gone(PermanentFailure):
    """The message is not there any more."""


class TooOld(PermanentFailure):
    """The message may not be deleted by a bot."""


class Bot:
    """One bot at one address of the API. Every method raises a verdict where it fails."""

    def __init__(self, context: DeliverContext[Any]) -> None:
        self._context = context
        self._token = context.reveal(context.options.token)

    def call(self, method: str, fields: Mapping[str, Any], photo: File | None = None) -> Any:
        """Make one call, and return its ``result``."""
        import httpx2

        address = f"{self._context.options.api}/bot{self._token}/{method}"
        files = {"photo": (photo.name, photo.data, photo.media_type)} if photo else None
        try:
            if files:
                answer = self._context.http.post(address, data=dict(fields), files=files)
            else:
                answer = self._context.http.post(address, json=dict(fields))
        except (httpx2.ConnectError, httpx2.ConnectTimeout, httpx2.PoolTimeout, httpx2.ProxyError):
            raise TemporaryFailure("Telegram cannot be reached") from None
        except (httpx2.UnsupportedProtocol, httpx2.LocalProtocolError, httpx2.InvalidURL):
            raise PermanentFailure("the call cannot be made: are `api` and the token right?") from None
        except httpx2.HTTPError as error:
            raise OutcomeUnknown(f"the connection broke during the call: {type(error).__name__}") from None
        return self._result(answer)

    def _result(self, answer: httpx2.Response) -> Any:
        try:
            said = answer.json()
        except ValueError:
            said = None
        said = said if isinstance(said, dict) else {}
        if said.get("ok") is True and answer.is_success and "result" in said:
            return said["result"]
        raise self._verdict(answer, said)

    def _verdict(self, answer: httpx2.Response, said: Mapping[str, Any]) -> Verdict:
        status = answer.status_code
        about = said.get("parameters")
        about = about if isinstance(about, dict) else {}
        described = str(said.get("description", "")).replace(self._token, "•••")
        words = f"Telegram answered {status}: {' '.join(described.split())[:160]}".rstrip(": ")
        if status in PASSING:
            return TemporaryFailure(words, retry_after=self._wait(about.get("retry_after"), answer))
        if moved := about.get("migrate_to_chat_id"):
            return PermanentFailure(f"the group has become a supergroup: put chat = {moved!r} into config.toml")
        if "message to delete not found" in described:
            return Gone(words)
        if "message can't be deleted" in described:
            return TooOld(words)
        if status in (401, 404) and not described.startswith("Bad Request"):
            return PermanentFailure(f"{words}; is the token right, and the bot still there?")
        if answer.is_client_error or answer.is_redirect:
            return PermanentFailure(words)
        return OutcomeUnknown(words)

    def _wait(self, seconds: Any, answer: httpx2.Response) -> timedelta | None:
        if isinstance(seconds, int):
            return timedelta(seconds=seconds)
        header = answer.headers.get("retry-after", "")
        if header.isdecimal() and len(header) < 8:
            return timedelta(seconds=int(header))
        try:
            when = parsedate_to_datetime(header)
        except ValueError:
            return None
        return max((when if when.tzinfo else when.replace(tzinfo=UTC)) - self._context.clock.now(), timedelta())


def link_of(message: Mapping[str, Any]) -> str:
    """Return where people find a message: by the name of its chat, or for members by its number."""
    chat, number = message["chat"], message["message_id"]
    if name := chat.get("username"):
        return f"https://t.me/{name}/{number}"
    inner = str(chat["id"]).removeprefix("-100")
    return f"https://t.me/c/{inner}/{number}" if inner != str(chat["id"]) else ""


def sent_at(message: Mapping[str, Any]) -> datetime:
    """Return when Telegram says that it was sent (aware, in UTC)."""
    return datetime.fromtimestamp(int(message["date"]), UTC)
