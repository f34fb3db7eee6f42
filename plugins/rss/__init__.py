"""The news feed: RSS 2.0 in a folder that a web server shows, with a page per post.

Feed and pages are a picture of all that was published, and are made anew as a whole.
"""

from __future__ import annotations

import errno
import os
import re
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from datetime import timedelta
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from scheduler.api import (
    BaseChannel,
    Block,
    Card,
    Channel,
    DeliverContext,
    FeedElement,
    File,
    Health,
    Item,
    Kind,
    Late,
    MediaFile,
    Options,
    Passage,
    PermanentFailure,
    Picture,
    Problem,
    Published,
    Receipt,
    RenderContext,
    Rendered,
    Severity,
    TemporaryFailure,
    _,
    borrowed,
    hookimpl,
    system,
)

from .folder import MANIFEST, Folder, NotOurs
from .frame import frame
from .settings import FEED, FeedOptions, FeedTarget, Site, site_of
from .text import clean, excerpt, html, plain, reads_on

if TYPE_CHECKING:
    from .entry import Row

loa_contract = "1.0"


class Rss(BaseChannel[FeedOptions]):
    """A target is a feed: one entry per occurrence, with a page whose address never changes.

    The payload's body is an `entry.Entry`; its files are the media, named by their public path.
    """

    name = "rss"
    title = "RSS"
    kind = Kind.DIGITAL
    options = FeedOptions
    target_options: type[Options] = FeedTarget
    uses: tuple[str, ...] = ("id", "year")
    late = Late.SEND
    grace = timedelta(days=7)

    def render(self, item: Item, context: RenderContext[FeedOptions]) -> Rendered:
        """Make the entry. Characters that XML cannot hold are dropped."""
        from .entry import path_of

        base, path = site_of(item.target, context.options).base, path_of(item.key)
        text, relative = html(item.text, base, base + path)
        files = tuple({file.name: file for file in map(_file, item.media)}.values())
        alts = {_path(each): " ".join(clean(each.alt).split()) for each in item.media}
        body = {
            "title": " ".join(clean(item.title).split()),
            "summary": " ".join(clean(item.summary).split()) or excerpt(item.text),
            "html": text,
            "language": item.language,
            "link": item.link,
            "path": path,
            "guid": _guid(item, context.options.site),
            "media": [
                {"path": f.name, "type": f.media_type, "length": len(f.data), "alt": alts[f.name]} for f in files
            ],
            "relative": list(relative),
            **_elements(context.feed_elements(item)),
        }
        words = plain(item.text)
        shown = f"{body['title']}\n\n{words}"
        if reads_on(item.link, text):
            shown += f"\n\n{frame(item.language, context.options.language).more}: {item.link}"
        return Rendered(
            body,
            shown,
            files,
            {"words": sum(any(map(str.isalnum, each)) for each in words.split()), "files": len(files)},
        )

    def check(self, rendered: Rendered, context: RenderContext[FeedOptions]) -> Iterator[Problem]:
        """Yield what would keep it out of the feed, and links that only hold within the site."""
        from .entry import faults

        for field, said in faults(rendered):
            yield Problem(said, key=field)
        for address in rendered.body.get("relative", ()):
            said = _("the link {address!r} is relative and must be found below the site").format(address=address)
            yield Problem(said, key="text", severity=Severity.WARNING)

    def show(self, item: Item, rendered: Rendered, context: RenderContext[FeedOptions]) -> Iterator[Block]:
        """Show the entry as a reader lists it, and below it the page that it leads to."""
        from .entry import Element

        body, site = rendered.body, site_of(item.target, context.options)
        media = tuple(Picture(each["path"].rpartition("/")[2], each["alt"]) for each in body["media"])
        link = site.base + body["path"]
        yield Card(site.title, item.publish_at, body["summary"], body["title"], media=media, link=link)
        yield Passage(rendered.text, _("The page"), part="html")
        if body.get("elements"):
            said = "\n".join(str(Element.model_validate(each)) for each in body["elements"])
            yield Passage(said, _("Elements of other plugins"), part="elements")

    def idempotent(self, rendered: Rendered, context: RenderContext[FeedOptions]) -> bool:
        """Yes: the same publications give the same files."""
        return True

    def deliver(self, rendered: Rendered, context: DeliverContext[FeedOptions]) -> Receipt:
        """Refuse: one entry alone would throw all others out of the feed."""
        raise PermanentFailure(_("the feed shows all that was published: it is made by `project`"))

    def project(self, published: Sequence[Published], context: DeliverContext[FeedOptions]) -> Receipt:
        """Make the target's pages and feed anew of all that it has published.

        What the folder shows and ``published`` does not name keeps its place, since a database can be lost; only
        what was withdrawn goes, and its page says so. The feed comes last, so that no link leads nowhere. What cannot
        stand in a feed is left out and named in the receipt and the log. Raises `PermanentFailure` where that is the
        very entry of this call or the folder is another target's, and `TemporaryFailure` where it cannot be written.
        """
        from .entry import path_of, rows, with_earlier

        site = site_of(context.target, context.options)
        fresh, refused = rows(published)
        for each in refused:
            context.log.error(_("%s is left out of the feed: %s"), each.key, each.reason)
        try:
            folder = Folder(context.outside(site.folder), context.target.name)
            entries = with_earlier(fresh, folder.rows, published)
            _write(folder, entries, published, site, context)
        except OSError as error:
            raise TemporaryFailure(
                _("the feed cannot be written: {error}").format(error=borrowed(str(error)))
            ) from error
        except NotOurs as other:
            said = _("{folder} holds the feed of the target {other}: give this one a `folder` of its own").format(
                folder=site.folder, other=other
            )
            raise PermanentFailure(said) from other
        for each in refused:
            if each.key == context.key:
                raise PermanentFailure(_("it cannot stand in the feed: {why}").format(why=each.reason))
        own = context.key.withdraws or any(row.key == context.key for row in entries)
        path = path_of(context.key) if own else FEED
        detail = {"entries": len(entries), "left_out": [str(each.key) for each in refused]}
        return Receipt(path, site.base + path, detail)

    def probe(self, context: DeliverContext[FeedOptions]) -> Health:
        """Say whether the public folder can be written, or made where it is not there; nothing is written."""
        site = site_of(context.target, context.options)
        folder = context.outside(site.folder)
        try:
            nearest = next(each for each in (folder, *folder.parents) if each.exists())
            if not nearest.is_dir():
                raise NotADirectoryError(errno.ENOTDIR, os.strerror(errno.ENOTDIR))
            if not os.access(nearest, os.W_OK | os.X_OK):
                raise PermissionError(errno.EACCES, os.strerror(errno.EACCES))
        except OSError as error:
            return Health(False, _("{folder} cannot be written: {why}").format(folder=site.folder, why=system(error)))
        return Health(True, f"{site.folder} → {site.base}")


def _write(
    folder: Folder,
    entries: list[Row],
    published: Sequence[Published],
    site: Site,
    context: DeliverContext[FeedOptions],
) -> None:
    from .entry import path_of
    from .feed import feed_bytes
    from .pages import INDEX, WITHDRAWN, index_bytes, page_bytes, withdrawn_bytes

    if folder.damaged:
        said = _("%s/%s is damaged: no page is removed, but older ones may be listed no more")
        context.log.warning(said, site.folder, MANIFEST)
    files: dict[str, bytes] = {}
    for row in entries:
        files |= row.files
    gone = {path_of(each.key) for each in published if each.withdrawn} | folder.holding(WITHDRAWN.encode())
    for path in sorted(each for each in gone if not folder.foreign(each)):
        files[path] = withdrawn_bytes(path, site)
    for row in entries:
        files[row.entry.path] = page_bytes(row, site, context.zone)
    if folder.foreign(INDEX):
        context.log.warning(_("%s/%s is not Loa's and stays"), site.folder, INDEX)
    else:
        files[INDEX] = index_bytes(entries, site, context.zone)
    files[FEED] = feed_bytes(entries, site, context.zone, context.clock.now())
    folder.claim(files)
    for path, data in files.items():
        folder.put(path, data)
    folder.settle(entries, files)


def _elements(found: Sequence[FeedElement]) -> dict[str, Any]:
    """Return what other plugins add to the entry, where they do: an entry without it stays as it is."""
    kept = [
        {"namespace": e.namespace, "prefix": e.prefix, "name": e.name, "text": e.text, "attributes": {**e.attributes}}
        for e in found
    ]
    return {"elements": kept} if kept else {}


def _guid(item: Item, site: str) -> str:
    """Return a tag URI (RFC 4151) that neither text nor time of the post can change."""
    host = urlsplit(site).hostname or ""
    key = item.key
    return f"tag:{host},{item.plan.year:04}:{item.plan.id}/{key.post}/{key.recurrence}"


def _file(media: MediaFile) -> File:
    return File(_path(media), media.media_type, media.read())


def _path(media: MediaFile) -> str:
    """Return the public path: a name for people, and the digest so that a new picture is a new file."""
    name = media.name.rpartition("/")[2].replace("đ", "d").replace("Đ", "d")
    stem, _, ending = name.rpartition(".")
    return f"media/{_slug(stem) or 'tep'}-{media.digest[:12]}.{_slug(ending)[:8].strip('-') or 'bin'}"


def _slug(text: str) -> str:
    folded = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode().lower()
    return re.sub(r"[^a-z0-9]+", "-", folded).strip("-")[:64]


@hookimpl
def register_channels() -> Iterable[Channel[Any]]:
    """Bring the feed."""
    return [Rss()]
