"""The example's record of approvals: ``python tools/approvals.py`` writes ``content/approvals.jsonl`` anew.

A change of the example's posts, plan or config, or of what a shipped channel uses, voids approvals of it; in a real
campaign a person reads and approves again. Here every post that is no draft is approved by the director, at nine in the
morning three days before it is first published: not before the ministry's letter of 26 April 2021, and, where it
cites the plan by its number, not before the plan was issued.
"""

from __future__ import annotations

import sys
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from scheduler.engine.snapshot import read_snapshot
from scheduler.ground.delivery import Approval
from scheduler.ground.problem import Severity
from scheduler.plan.approvals import FILE, append_approval
from scheduler.plan.calendar import occurrences

if TYPE_CHECKING:
    from collections.abc import Iterator

    from scheduler.engine.snapshot import Snapshot
    from scheduler.ground.model import Post

ROOT = Path(__file__).resolve().parent.parent
BY = "giam-doc"
LETTER = date(2021, 4, 26)
BEFORE = timedelta(days=3)
HOUR = time(9)
_FAR = datetime(2022, 1, 1, tzinfo=UTC)


def decisions(snapshot: Snapshot) -> list[Approval]:
    """Return an approval of each post as it stands, oldest first."""
    made = [_decision(snapshot, post) for post in snapshot.campaign.posts.values() if not post.draft]
    return sorted(made, key=lambda each: (each.at, each.post))


def _decision(snapshot: Snapshot, post: Post) -> Approval:
    zone, plan = snapshot.config.zone, snapshot.campaign.plan
    first = min(each.publish_at for each in occurrences(post, snapshot.campaign.events, zone, _FAR))
    day = max(first.astimezone(zone).date() - BEFORE, LETTER)
    if plan.issued and any("plan.number" in text or plan.number in text for text in _texts(snapshot, post)):
        day = max(day, plan.issued)
    at = datetime.combine(day, HOUR, zone).astimezone(UTC)
    return Approval(post.id, snapshot.digests[post.id], "approved", BY, at)


def _texts(snapshot: Snapshot, post: Post) -> Iterator[str]:
    yield from (post.title, post.summary, post.body)
    for variant in post.variants:
        yield from (variant.title, variant.text)
    facts = snapshot.campaign.plan.facts
    yield from (facts[each].text for each in post.facts if each in facts)


def main() -> int:
    """Write the record, unless something is wrong with the example."""
    snapshot = read_snapshot(ROOT)
    errors = [each for each in snapshot.problems if each.severity is Severity.ERROR and each.file != FILE]
    if errors:
        sys.stderr.writelines(f"{each}\n" for each in errors)
        return 1
    (ROOT / FILE).unlink(missing_ok=True)
    append_approval(ROOT, *decisions(snapshot))
    return 0


if __name__ == "__main__":
    sys.exit(main())
