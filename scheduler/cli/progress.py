"""Signs of life for whatever takes more than a second: on standard error, and only on a terminal."""

from __future__ import annotations

import sys
import threading
from contextlib import contextmanager
from time import monotonic
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

PATIENCE = 1.0
"""Seconds that pass before anything is shown."""


def watched() -> bool:
    """Return whether anyone sees standard error."""
    return sys.stderr.isatty()


@contextmanager
def busy(label: str) -> Iterator[None]:
    """Show ``label`` while the block runs, where it takes its time; no line of it stays."""
    if not watched():
        yield
        return
    timer = threading.Timer(PATIENCE, lambda: click.echo(f"{label} …", nl=False, err=True))
    timer.daemon = True
    timer.start()
    try:
        yield
    finally:
        timer.cancel()
        timer.join()
        click.echo("\r\033[K", nl=False, err=True)


@contextmanager
def bar(label: str) -> Iterator[Callable[[float], None]]:
    """Give the block a function that is told what part of the work is done, from 0 to 1."""
    if not watched():
        yield lambda part: None
        return
    began = monotonic()
    with click.progressbar(length=1000, label=label, file=sys.stderr, show_eta=True, hidden=True) as line:

        def told(part: float) -> None:
            line.hidden = line.hidden and monotonic() - began < PATIENCE
            line.update(max(0, round(part * 1000) - line.pos))

        yield told
        told(1.0)
