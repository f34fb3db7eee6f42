"""What other plugins add to the entries of a feed whose channel runs in a process of its own."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from scheduler.engine.delivering import prepare
from tests.campaign import NOON, Desk

if TYPE_CHECKING:
    from collections.abc import Mapping

    from tests.campaign import Folder

PLACES = """
from scheduler.api import FeedElement, hookimpl

@hookimpl
def feed_elements(item):
    {body}
"""
POINT = 'return [FeedElement("http://www.georss.org/georss", "georss", "point", f"11.5 {len(item.title)}")]'
RSS = 'site = "https://example.org/tin/"\ntitle = "Tin"\n'


def rendered(folder: Folder, body: str, *, isolated: bool) -> Mapping[str, object]:
    """Return the payload of an entry, with the plugin that adds to it."""
    folder.plugin("places", PLACES.format(body=body))
    folder.channels.clear()
    folder.switch_on("rss", RSS)
    folder.config(f"[plugins.rss]\nisolated = {str(isolated).lower()}\n")
    folder.post(at=NOON)
    desk = Desk(folder)
    try:
        desk._replan()
        row = desk.row(channel="rss")
        configured = desk.engine.registry.channels["rss"]
        found, _problems = prepare.render(desk.engine.snapshot, configured, row.key, row.publish_at)
        return found.body
    finally:
        desk.close()


def test_they_are_the_same_in_a_process_of_its_own(folder: Folder) -> None:
    apart = rendered(folder, POINT, isolated=True)
    assert "georss" in str(apart)
    assert apart == rendered(folder, POINT, isolated=False)


def test_one_that_fails_is_named_and_not_the_feed(folder: Folder) -> None:
    with pytest.raises(Exception, match="plugin places: feed_elements: KeyError: 'where'"):
        rendered(folder, "raise KeyError('where')", isolated=True)
