"""One post through the API: stage its photos, publish, read it back; and find it again later."""

from __future__ import annotations

import hashlib
import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from scheduler.api import OutcomeUnknown, PermanentFailure, Receipt, TemporaryFailure, Verdict, _

from .graph import Duplicate, Graph

if TYPE_CHECKING:
    from scheduler.api import DeliverContext, File, Rendered

    from .settings import FanpageOptions

SKEW = timedelta(minutes=2)
"""How far this machine's clock and Facebook's may lie apart."""
STAGED_FOR = timedelta(hours=6)
"""How long a staged photo is used again; Facebook drops those that were never published."""


@dataclass
class Posting:
    """A call of ``deliver`` on its way. Nothing is public before the last request.

    Its checkpoint is ``{"photos": [{digest, id, at}], "posting_since": time}``; the latter is when
    the first attempt came as far as the last request.
    """

    graph: Graph
    context: DeliverContext[FanpageOptions]
    rendered: Rendered
    photos: list[Mapping[str, Any]] = field(default_factory=list)

    def run(self) -> Receipt:
        """Publish once, and return the proof. Raises verdicts.

        A post that an earlier attempt may have made is looked for first: the API has been seen to
        answer with an error and publish all the same.
        """
        earlier = self.context.previous or {}
        if earlier:  # whatever becomes of this attempt, the next must know of the first
            self.context.checkpoint(earlier)
        since = _time(earlier.get("posting_since"))
        if since and (found := self._find(earlier, since)):
            return found
        try:
            self._stage(earlier)
            self._heed_cancel()
            answer = self._post(since or self.context.clock.now())
        except Duplicate as duplicate:
            return self._duplicate(duplicate, since)
        except PermanentFailure:
            if not since:  # else they may hang on a post that is only not seen yet
                self._unstage()
            raise
        return self._read_back(str(answer["id"]), str(answer.get("permalink_url") or ""))

    def _stage(self, earlier: Mapping[str, Any]) -> None:
        now = self.context.clock.now()
        fresh = {
            each["digest"]: each
            for each in earlier.get("photos", ())
            if now - datetime.fromisoformat(each["at"]) < STAGED_FOR
        }
        for photo, alt in _photos(self.rendered):
            self._heed_cancel()
            digest = hashlib.sha256(photo.data).hexdigest()
            staged = fresh.pop(digest, None)
            if staged is None:
                made = self.graph.stage(photo, alt)
                staged = {"digest": digest, "id": made, "at": now.isoformat()}
            self.photos.append(staged)
            self._checkpoint(earlier.get("posting_since"))

    def _post(self, since: datetime) -> Mapping[str, Any]:
        body = self.rendered.body
        self._checkpoint(since.isoformat())
        self.context.no_return()
        try:
            return self.graph.post(body["message"], body["link"], [p["id"] for p in self.photos])
        except TemporaryFailure as failure:
            wait = max(failure.retry_after or timedelta(), self.context.options.settle_after)
            raise TemporaryFailure(str(failure), retry_after=wait) from failure

    def _duplicate(self, duplicate: Duplicate, since: datetime | None) -> Receipt:
        """Take what stands there for ours only where an earlier attempt may have made it."""
        if since is None:
            self._unstage()
            raise duplicate
        found = self._find({"photos": self.photos}, since)
        if found is None:
            raise OutcomeUnknown(
                _("{duplicate}; it is not seen on the page yet").format(duplicate=duplicate)
            ) from duplicate
        return found

    def _find(self, staged: Mapping[str, Any], since: datetime) -> Receipt | None:
        return find(self.graph, self.rendered, staged, since, self.context)

    def _read_back(self, post: str, link: str) -> Receipt:
        try:
            seen = self.graph.read(post)
        except Verdict as verdict:
            self.context.log.warning(_("post %s could not be read back: %s"), post, verdict)
            return Receipt(post, link or _address(post), {"read_back": False})
        return Receipt(post, str(seen.get("permalink_url") or link or _address(post)))

    def _unstage(self) -> None:
        for photo in self.photos:
            try:
                self.graph.remove(photo["id"])
            except Verdict as verdict:
                self.context.log.warning(_("staged photo %s stays: %s"), photo["id"], verdict)

    def _checkpoint(self, since: str | None) -> None:
        kept: dict[str, Any] = {"photos": [dict(photo) for photo in self.photos]}
        self.context.checkpoint(kept | ({"posting_since": since} if since else {}))

    def _heed_cancel(self) -> None:
        if self.context.cancelled():
            raise TemporaryFailure(_("stopped before anything was published"))


def find(
    graph: Graph,
    rendered: Rendered,
    checkpoint: Mapping[str, Any],
    since: datetime,
    context: DeliverContext[FanpageOptions],
) -> Receipt | None:
    """Return the oldest post since then that is this one and no other delivery's, or ``None``.

    A staged photo proves it; without known photos the text must be the same. Raises verdicts.
    """
    photos = {str(photo["id"]) for photo in checkpoint.get("photos", ())}
    message, found = _folded(rendered.body["message"]), None
    for post in graph.posts(since - SKEW):
        if not post.get("id") or context.taken(str(post["id"])):
            continue
        created = _time(post.get("created_time"))
        if created and created < since - SKEW:
            continue
        if _same(post, message, photos):
            found = post
    if found is None:
        return None
    post_id = str(found["id"])
    return Receipt(post_id, str(found.get("permalink_url") or _address(post_id)), {"found": True})


def first_try(checkpoint: Mapping[str, Any], started_at: datetime) -> datetime:
    """Return from when on a look-up must read: the first attempt that may have published."""
    return min(_time(checkpoint.get("posting_since")) or started_at, started_at)


def _same(post: Mapping[str, Any], message: str, photos: set[str]) -> bool:
    shown = set(_attached(post.get("attachments")))
    if photos and shown:
        return bool(photos & shown)
    return bool(message) and _folded(str(post.get("message", ""))) == message


def _attached(attachments: Any) -> Iterator[str]:
    data = attachments.get("data") if isinstance(attachments, Mapping) else None
    for each in data or ():
        target = each.get("target") or {}
        if target.get("id"):
            yield str(target["id"])
        yield from _attached(each.get("subattachments"))


def _photos(rendered: Rendered) -> Iterator[tuple[File, str]]:
    for photo, about in zip(rendered.files, rendered.body["photos"], strict=True):
        yield photo, about["alt"]


def _folded(text: str) -> str:
    """Return the text as it compares: Facebook trims lines and may compose letters anew."""
    return " ".join(unicodedata.normalize("NFC", text).split())


def _time(text: Any) -> datetime | None:
    """Read ISO 8601 with an offset, also Facebook's ``+0000``; anything else is ``None``."""
    try:
        read = datetime.fromisoformat(text)
    except (TypeError, ValueError):
        return None
    return read if read.tzinfo else None


def _address(post: str) -> str:
    return f"https://www.facebook.com/{post}"
