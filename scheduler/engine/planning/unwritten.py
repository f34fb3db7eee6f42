"""The snapshot as it would be with other texts in some of its files, for what is to be seen before it is written."""

from __future__ import annotations

from dataclasses import replace
from types import MappingProxyType
from typing import TYPE_CHECKING

from scheduler.engine.snapshot import decisions, digest_of
from scheduler.plan.unwritten import with_texts

if TYPE_CHECKING:
    from collections.abc import Mapping

    from scheduler.engine.snapshot import Snapshot


def foreseen(snapshot: Snapshot, texts: Mapping[str, bytes | None]) -> Snapshot:
    """Return the snapshot as it would be with ``texts`` in these files (``None``: not there), nothing written."""
    config, before = snapshot.config, snapshot.campaign
    names = {name: [target.name for target in each.targets] for name, each in config.channels.items()}
    campaign = with_texts(before, config, names, texts)
    digests = {
        name: snapshot.digests[name]
        if before.posts.get(name) is post
        else digest_of(post, campaign, config, snapshot.coverage)
        for name, post in campaign.posts.items()
    }
    decided, _torn = decisions(config.folder, campaign, digests)
    known = set(before.problems)
    others = [each for each in snapshot.problems if each not in known]
    return replace(
        snapshot,
        campaign=campaign,
        problems=(*others, *campaign.problems),
        digests=MappingProxyType(digests),
        approvals=decided["approved"],
        returned=decided["returned"],
        _filled={},
        _wrong={},
    )
