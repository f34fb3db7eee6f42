"""The feed's bytes: RSS 2.0 as the RSS Advisory Board's profile wants it, made by feedgen."""

from __future__ import annotations

from datetime import datetime
from html import escape
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from .pages import body_html
from .settings import FEED

if TYPE_CHECKING:
    from collections.abc import Sequence

    from .entry import Element, Row
    from .settings import Site


def feed_bytes(entries: Sequence[Row], site: Site, zone: ZoneInfo, now: datetime) -> bytes:
    """Return the feed of these entries, newest first: the same entries give the same bytes.

    ``lastBuildDate`` is the newest change; an empty feed has none. A time after ``now`` (the clock was
    set back) counts as now, since no entry may come from the future.
    """
    from feedgen.feed import FeedGenerator

    feed = FeedGenerator()
    feed.title(site.title)
    feed.description(site.description)
    # feedgen takes the last link added for the channel's own
    feed.link(href=site.base + FEED, rel="self", type="application/rss+xml")
    feed.link(href=site.base, rel="alternate")
    feed.language(site.language)
    feed.generator("Loa")
    newest = entries[: site.limit]
    for row in newest:
        _add(feed, row, site, min(row.published_at, now).astimezone(zone))
    if newest:
        feed.lastBuildDate(min(max(row.changed_at for row in newest), now).astimezone(zone))
    else:
        _without_build_date(feed)
    made: bytes = feed.rss_str(pretty=True)
    return made


def _add(feed: Any, row: Row, site: Site, published_at: datetime) -> None:
    entry = row.entry
    item = feed.add_entry(order="append")
    item.title(entry.title)
    item.guid(entry.guid, permalink=False)
    item.link(href=site.base + entry.path, rel="alternate")
    item.pubDate(published_at)
    # a description is HTML, and a summary is not; a text without words, as one picture, has no summary
    item.description(escape(entry.summary or entry.title, quote=False))
    item.content(body_html(entry, site.base, site.language))
    enclosed = next((each for each in entry.media if not each.type.startswith("image/")), None)
    if medium := enclosed or next(iter(entry.media), None):
        item.enclosure(site.base + medium.path, str(medium.length), medium.type)
    if entry.elements:
        _extend(item, entry.elements)


def _extend(item: Any, elements: Sequence[Element]) -> None:
    """Add what other plugins bring; lxml escapes it, and declares each namespace where it is used."""
    from feedgen.ext.base import BaseEntryExtension
    from lxml import etree

    class Extended(BaseEntryExtension):  # type: ignore[misc]
        def extend_rss(self, entry: Any) -> Any:
            for each in elements:
                names = {each.prefix: each.namespace}
                added = etree.SubElement(entry, f"{{{each.namespace}}}{each.name}", each.attributes, nsmap=names)
                added.text = each.text or None
            return entry

    item.register_extension("extended", Extended, atom=False, rss=True)


def _without_build_date(feed: Any) -> None:
    """Take away the time of day that feedgen puts into a feed without entries."""
    from feedgen.ext.base import BaseEntryExtension, BaseExtension

    class Undated(BaseExtension):  # type: ignore[misc]
        def extend_rss(self, feed: Any) -> Any:
            for date in feed.findall("channel/lastBuildDate"):
                date.getparent().remove(date)
            return feed

    feed.register_extension("undated", Undated, BaseEntryExtension, atom=False, rss=True)
