"""What each answer of a receiver means for the delivery. Nothing of its words is repeated: they may hold anything."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING

from scheduler.api import OutcomeUnknown, PermanentFailure, TemporaryFailure

if TYPE_CHECKING:
    import httpx2

    from scheduler.api import Verdict

PASSING = frozenset((408, 425, 429, 503))
"""Answers that say of themselves that nothing was done."""


def verdict(answer: httpx2.Response, now: datetime) -> Verdict | None:
    """Return what an answer means, or ``None`` where the webhook was taken."""
    status = answer.status_code
    said = f"the receiver answered {status}"
    if answer.is_success:
        return None
    if status in PASSING:
        return TemporaryFailure(said, retry_after=_wait(answer.headers.get("retry-after", ""), now))
    if status == 410:
        return PermanentFailure(f"{said}: it wants no more webhooks; take the target out of config.toml")
    if answer.is_redirect:
        return PermanentFailure(f"{said}: it has moved; put its new address into config.toml")
    if answer.is_client_error:
        return PermanentFailure(said)
    return OutcomeUnknown(said)


def failure(error: Exception) -> Verdict:
    """Return what a failed request means: "not sent" only where no connection was made."""
    import httpx2

    if isinstance(error, httpx2.ConnectError | httpx2.ConnectTimeout | httpx2.PoolTimeout | httpx2.ProxyError):
        return TemporaryFailure("the receiver cannot be reached")
    if isinstance(error, httpx2.UnsupportedProtocol | httpx2.LocalProtocolError | httpx2.InvalidURL):
        return PermanentFailure("the receiver's address cannot be called")
    return OutcomeUnknown(f"the connection broke: {type(error).__name__}")


def _wait(value: str, now: datetime) -> timedelta | None:
    if value.isdecimal() and len(value) < 8:
        return timedelta(seconds=int(value))
    try:
        when = parsedate_to_datetime(value)
    except ValueError:
        return None
    when = when if when.tzinfo else when.replace(tzinfo=UTC)
    return max(when - now, timedelta())
