"""The campaign as it would be is the campaign that is read once it has been written."""

from __future__ import annotations

import shutil
from datetime import UTC, datetime
from pathlib import Path

import pytest

from scheduler.cli.example import PARTS, example_folder
from scheduler.engine.planning.unwritten import foreseen
from scheduler.engine.snapshot import Snapshot, approvers, read_snapshot
from scheduler.ground.delivery import Approval
from scheduler.plan import approvals

EVENT = "content/events/2021-05-12-le-ra-quan.md"
POST = "content/posts/2021-05/10-ra-quan-thu-moi.md"
SERIES = "content/posts/2021-05/03-phat-thanh-loi-moi.md"


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("campaign")
    for part in PARTS:
        source = example_folder() / part
        copy = shutil.copytree if source.is_dir() else shutil.copy
        copy(source, folder / part)
    return folder


@pytest.fixture(scope="module")
def snapshot(folder: Path) -> Snapshot:
    return read_snapshot(folder)


def changed(folder: Path, path: str, *pairs: tuple[str, str]) -> dict[str, bytes | None]:
    text = (folder / path).read_text("utf-8")
    for old, new in pairs:
        assert old in text
        text = text.replace(old, new)
    return {path: text.encode()}


CASES = {
    "an event at another time": (EVENT, (("2021-05-12 07", "2021-05-13 07"), ("2021-05-12 10", "2021-05-13 10"))),
    "an event that is broken": (EVENT, (("start: 2021-05-12 07:30", "start: bao giờ"),)),
    "an event by another id": (EVENT, (("id: ra-quan", "id: ra-quan-moi"),)),
    "a post at another time": (SERIES, (("2021-05-03 05:30", "2021-05-04 05:30"),)),
    "a post with an error": (SERIES, (("workstream: thu-hut", "workstream: thu-hutt"),)),
    "a post that cannot be read": (SERIES, (("---\nid", "-\nid"),)),
    "a post by another id": (SERIES, (("id: tv-loi-moi", "id: tv-loi-khac"),)),
    "a post on another event": (POST, (("event: ra-quan", "event: tong-ket"),)),
    "a post on no event": (POST, (("event: ra-quan", "event: ra-quann"),)),
}  # fmt: skip


@pytest.mark.parametrize("case", CASES)
def test_what_would_be_read_is_what_is_read(case: str, folder: Path, snapshot: Snapshot) -> None:
    path, pairs = CASES[case]
    texts = changed(folder, path, *pairs)
    expected = held_against(folder, texts)
    then = foreseen(snapshot, texts)
    assert parts(then) == parts(expected)


@pytest.mark.parametrize("path", [POST, SERIES])
def test_a_file_that_would_not_be_there(path: str, folder: Path, snapshot: Snapshot) -> None:
    expected = held_against(folder, {path: None})
    assert parts(foreseen(snapshot, {path: None})) == parts(expected)


def test_a_file_that_is_new(folder: Path, snapshot: Snapshot) -> None:
    text = "---\nid: moi\ntitle: Mới\nworkstream: thu-hut\nat: 2021-05-03 08:00\nchannels: [radio]\n---\nXin chào.\n"
    texts: dict[str, bytes | None] = {"content/posts/moi.md": text.encode()}
    expected = held_against(folder, texts)
    then = foreseen(snapshot, texts)
    assert parts(then) == parts(expected)
    assert "moi" in then.campaign.posts


def test_nothing_changes_where_nothing_is_another(folder: Path, snapshot: Snapshot) -> None:
    same = foreseen(snapshot, {path: (folder / path).read_bytes() for path in (EVENT, POST, SERIES)})
    assert parts(same) == parts(snapshot)


@pytest.mark.parametrize("verdict", ["approved", "returned", "revoked"])
def test_what_was_decided_on_a_text_counts_before_it_is_written(verdict: str, folder: Path, snapshot: Snapshot) -> None:
    texts = changed(folder, SERIES, ("2021-05-03 05:30", "2021-05-04 05:30"))
    (post,) = [each for each in snapshot.campaign.posts.values() if each.path == SERIES]
    digest = held_against(folder, texts).digests[post.id]
    by = min(approvers(snapshot.campaign) or ())
    record = folder / approvals.FILE
    before = record.read_bytes()
    approvals.append_approval(folder, Approval(post.id, digest, verdict, by, datetime(2021, 5, 1, tzinfo=UTC), "vì"))
    try:
        then, expected = foreseen(snapshot, texts), held_against(folder, texts)
    finally:
        record.write_bytes(before)
    assert parts(then) == parts(expected)
    assert (post.id in then.approvals, post.id in then.returned) == (verdict == "approved", verdict == "returned")


def held_against(folder: Path, texts: dict[str, bytes | None]) -> Snapshot:
    """Write the texts for real, read the whole folder, and put it back."""
    before = {path: (folder / path).read_bytes() if (folder / path).exists() else None for path in texts}
    _put(folder, texts)
    try:
        return read_snapshot(folder)
    finally:
        _put(folder, before)


def _put(folder: Path, texts: dict[str, bytes | None]) -> None:
    for path, data in texts.items():
        if data is None:
            (folder / path).unlink()
        else:
            (folder / path).write_bytes(data)


def parts(snapshot: Snapshot) -> tuple[object, ...]:
    campaign = snapshot.campaign
    return (
        dict(campaign.posts), dict(campaign.events), campaign.invalid, set(campaign.problems), dict(snapshot.digests),
        dict(snapshot.approvals), dict(snapshot.returned), set(snapshot.problems),
        campaign.unreadable, dict(campaign.torn),
    )  # fmt: skip
