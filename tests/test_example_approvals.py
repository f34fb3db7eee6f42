"""The example is approved as it stands; after a change of it ``python tools/approvals.py`` approves it anew."""

from __future__ import annotations

from datetime import UTC, date, datetime

from scheduler.engine.snapshot import read_snapshot
from scheduler.plan.approvals import read_approvals
from scheduler.plan.calendar import occurrences
from tools.approvals import ROOT, decisions


def test_every_post_of_the_example_is_approved_before_it_is_first_published() -> None:
    snapshot = read_snapshot(ROOT)
    recorded, problems = read_approvals(ROOT)
    assert problems == []
    assert recorded == decisions(snapshot), "the example or what its channels use has changed: run tools/approvals.py"
    posts = {name: post for name, post in snapshot.campaign.posts.items() if not post.draft}
    assert sorted(each.post for each in recorded) == sorted(posts) == sorted(snapshot.approvals)
    for each in recorded:
        far = datetime(2022, 1, 1, tzinfo=UTC)
        first = occurrences(posts[each.post], snapshot.campaign.events, snapshot.config.zone, far)[0].publish_at
        local = each.at.astimezone(snapshot.config.zone)
        assert (local.date() >= date(2021, 4, 26), local.hour, each.at < first) == (True, 9, True)
    cites = [each.at for each in recorded if "1189/KH" in posts[each.post].body]
    assert min(cites) >= datetime(2021, 5, 27, 2, tzinfo=UTC)
