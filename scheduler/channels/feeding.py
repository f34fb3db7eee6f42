"""What plugins add to a feed's entry: checked before it may stand there, so that no feed is ever broken by it."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from scheduler.channels.host import FeedElement
from scheduler.ground.errors import PluginError
from scheduler.ground.text import _

if TYPE_CHECKING:
    from collections.abc import Mapping

    from scheduler.channels.hooks import Hooks
    from scheduler.channels.item import Item

HOOK = "feed_elements"
SECONDS = 3.0
"""How long a plugin may take over one entry: less than the channel may, so that the one that is slow is named."""
TAKEN = {
    "http://www.w3.org/2005/Atom",
    "http://purl.org/atom/ns#",
    "http://purl.org/rss/1.0/",
    "http://purl.org/rss/1.0/modules/content/",
    "http://backend.userland.com/rss2",
    "http://my.netscape.com/rdf/simple/0.9/",
    "http://www.w3.org/XML/1998/namespace",
    "http://www.w3.org/2000/xmlns/",
}
"""The namespaces of RSS, Atom, XML itself, and of what every entry has already."""
_PREFIXES = {"atom", "content", "rss"}
_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9._-]{0,99}")
_UNFIT = re.compile("[^\t\n\r\x20-\x7e\x85\xa0-\ud7ff\ue000-\ufdcf\ufdf0-\ufffd\U00010000-\U0010ffff]")
_MOST = 10_000


def feed_elements(hooks: Hooks, item: Item) -> tuple[FeedElement, ...]:
    """Return what plugins add to the entry of an item, in the order in which they were found.

    Raises `PluginError` that says which plugin fails, or gives what cannot stand in a feed, and the way out.
    """
    found: list[FeedElement] = []
    for answer in hooks.ask(HOOK, list, seconds=SECONDS, item=item):
        wrong = answer.error or next(filter(None, map(_wrong, answer.value)), "")
        if wrong:
            text = _("{hook}: {why}. Mend it, or switch it off: `loa plugins disable {plugin}`")
            told = text.format(hook=HOOK, why=wrong, plugin=answer.plugin)
            raise PluginError(answer.plugin, told)
        found += answer.value
    return tuple(found)


def _wrong(element: Any) -> str:
    if not isinstance(element, FeedElement):
        return _("it gave {kind}, not FeedElement").format(kind=type(element).__name__)
    texts = (element.namespace, element.prefix, element.name, element.text)
    attributes: Mapping[Any, Any] = element.attributes
    if not all(isinstance(each, str) for each in (*texts, *attributes, *attributes.values())):
        return _("a FeedElement is made of text only")
    named = f"{element.prefix}:{element.name}"
    for name in (element.prefix, element.name, *attributes):
        if not _NAME.fullmatch(name) or name.lower().startswith("xml"):
            return _("{name!r} cannot be a name in XML").format(name=name)
    if element.prefix in _PREFIXES or element.namespace in TAKEN:
        return _("{element}: the namespaces of RSS and Atom are not for plugins").format(element=named)
    if urlsplit(element.namespace).scheme not in {"http", "https", "urn"} or _UNFIT.search(element.namespace):
        said = _("{element}: its namespace must be an address, like https://example.org/ns")
        return said.format(element=named)
    for text in (element.text, *attributes.values()):
        if _UNFIT.search(text) or len(text) > _MOST:
            return _("{element}: it has control characters, or is too long for a feed").format(element=named)
    return ""
