"""The record of written changes, as the store keeps it."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from scheduler.ground.errors import StoreError
from scheduler.store import edits
from scheduler.store.edits import Change
from scheduler.store.store import Store
from tests.campaign import NOON

FIRST = Change(0, NOON, "giam-doc", "content/posts/tin.md", "{title}: {after}", b"a\x00", b"b", {"title": "Bài"})


def written(store: Store, change: Change = FIRST) -> int:
    with store.write() as connection:
        number = edits.begin(connection, change)
        assert edits.done(connection, number)
    return number


def test_a_change_is_kept_as_it_is(store: Store) -> None:
    number = written(store)
    (kept,) = edits.every(store.read())
    assert kept == replace(FIRST, id=number, written=True)
    assert edits.last(store.read()) == kept


def test_what_was_only_begun_counts_once_it_is_written(store: Store) -> None:
    with store.write() as connection:
        number = edits.begin(connection, FIRST)
    assert edits.last(store.read()) is None
    assert [each.id for each in edits.begun(store.read())] == [number]
    with store.write() as connection:
        assert edits.done(connection, number)
        assert not edits.done(connection, number), "twice is once"
        edits.drop(connection, number)
    assert [each.id for each in edits.every(store.read())] == [number], "what was written is not dropped"


def test_saying_again_that_it_was_written_ends_no_redo(store: Store) -> None:
    number = written(store)
    with store.write() as connection:
        edits.undone(connection, number, NOON)
        assert not edits.done(connection, number)
    assert edits.next_again(store.read()) is not None


def test_the_one_undone_last_is_done_again_first(store: Store) -> None:
    one, two = written(store), written(store)
    with store.write() as connection:
        edits.undone(connection, one, NOON)
        edits.undone(connection, two, NOON + timedelta(seconds=1))
    again = edits.next_again(store.read())
    assert again
    assert (again.id, edits.last(store.read())) == (two, None)
    third = written(store)
    assert [each.id for each in edits.every(store.read())] == [third]


def test_numbers_are_never_used_again(store: Store) -> None:
    with store.write() as connection:
        number = edits.begin(connection, FIRST)
        edits.drop(connection, number)
        assert edits.begin(connection, FIRST) > number


def test_a_change_has_at_least_one_side(store: Store) -> None:
    nothing = Change(0, NOON, "giam-doc", "a.md", "x", None, None)
    with pytest.raises(StoreError), store.write() as connection:
        edits.begin(connection, nothing)
    written(store, Change(0, NOON, "giam-doc", "a.md", "x", None, "mới".encode()))
    written(store, Change(0, NOON, "giam-doc", "a.md", "x", "cũ".encode(), None))
    sides = [(each.before, each.after) for each in edits.every(store.read())]
    assert sides == [("cũ".encode(), None), (None, "mới".encode())]
