"""Giving up what a thread waits for: who waits says how it is ended, and who loses patience ends it."""

from __future__ import annotations

import threading
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

_lock = threading.Lock()
_ways: dict[threading.Thread, Callable[[], None]] = {}


@contextmanager
def ended_by(way: Callable[[], None]) -> Iterator[None]:
    """Say that ``way`` ends what the calling thread waits for within."""
    me = threading.current_thread()
    with _lock:
        _ways[me] = way
    try:
        yield
    finally:
        with _lock:
            del _ways[me]


def give_up(thread: threading.Thread | None) -> None:
    """End what that thread waits for, where it has said how."""
    with _lock:
        way = _ways.get(thread) if thread is not None else None
        if way is not None:
            way()
