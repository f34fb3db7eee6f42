"""What commands write: tables, fields, lines and JSON, in colour where a terminal shows it."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import click

from scheduler.cli.printing import result
from scheduler.cli.table import Column, aligned, tabbed, width, wrapped
from scheduler.ground.text import _

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

COLOURS = {
    "sent": "green",
    "handed": "cyan",
    "sending": "blue",
    "retrying": "yellow",
    "held": "yellow",
    "unknown": "magenta",
    "failed": "red",
    "missed": "red",
    "error": "red",
    "warning": "yellow",
    "notice": "cyan",
    "approved": "green",
    "revoked": "red",
    "returned": "yellow",
    "fault": "red",
    "ok": "green",
}
WIDEST = 160
"""Tables for people get no wider than this, however wide the terminal."""


def wide() -> int:
    """Return the width of the terminal, in cells."""
    import shutil

    return min(shutil.get_terminal_size().columns, WIDEST)


def for_people() -> bool:
    """Return whether standard output is a terminal."""
    return sys.stdout.isatty()


def write_table(columns: Sequence[Column], rows: Sequence[Sequence[str]], empty: str) -> None:
    """Write a table; on a terminal aligned, cut to its width, without empty columns; elsewhere whole, with tabs.

    Where there are no rows, a terminal is told so in words, and a program gets the heads alone.
    """
    if not for_people():
        click.echo("\n".join(tabbed(columns, rows)))
    elif rows:
        kept = [place for place in range(len(columns)) if any(row[place] for row in rows)]
        cells = [[row[place] for place in kept] for row in rows]
        first, *lines = aligned([columns[place] for place in kept], cells, wide())
        click.echo("\n".join([head(first), *lines]))
    else:
        click.echo(empty)


def head(text: str) -> str:
    """Return ``text`` as the head of a table or part."""
    return click.style(text, bold=True)


def faint(text: str) -> str:
    """Return ``text`` set back."""
    return click.style(text, dim=True)


def state(value: str) -> str:
    """Return the word for a state, hold or severity, in the reader's language and its colour."""
    return click.style(_(value), fg=COLOURS.get(value))


def coloured(words: Iterable[str]) -> Callable[[str], str]:
    """Return the style of a table cell that shows one of ``words``, which are states or the like."""
    colours = {_(word): COLOURS.get(word) for word in words}
    return lambda text: click.style(text, fg=colours.get(text))


def write_fields(pairs: Iterable[tuple[str, str]]) -> None:
    """Write names and values, one a line and aligned; empty values are left out."""
    shown = [(name, value) for name, value in pairs if value]
    widest = max((width(name) for name, _value in shown), default=0)
    for name, value in shown:
        first, *more = value.split("\n")
        click.echo(f"{faint(name)}{' ' * (widest - width(name))}  {first}")
        for line in more:
            click.echo(f"{' ' * widest}  {line}".rstrip())


def write_text(text: str) -> None:
    """Write a text of the campaign; on a terminal broken at spaces, elsewhere as it is."""
    for line in text.strip("\n").split("\n"):
        click.echo("\n".join(wrapped(line, wide())) if for_people() else line)


def write_exactly(text: str) -> None:
    """Write what goes out, to the letter; on a terminal its lines begin at a bar, and what had to be broken at dots."""
    for line in text.rstrip("\n").split("\n"):
        if not for_people():
            click.echo(line)
            continue
        first, *more = wrapped(line, wide() - 2)
        click.echo(f"{faint('│')} {first}".rstrip())
        for part in more:
            click.echo(f"{faint('┊')} {part}")


def write_head(text: str) -> None:
    """Write an empty line and the head of a part."""
    click.echo(f"\n{head(text)}")


def write_json(value: object, *, indent: int | None = 2) -> None:
    """Write ``value`` as JSON, letters as they are; without ``indent`` in one line."""
    import json

    click.echo(json.dumps(value, ensure_ascii=False, indent=indent), file=result())


def done(text: str) -> None:
    """Write what was done."""
    click.echo(text)


def note(text: str) -> None:
    """Write a remark on standard error, so that it is no part of the result."""
    click.echo(text, err=True)


def confirm(question: str, *, yes: bool, required: bool) -> None:
    """Ask on a terminal, unless ``yes``. Off a terminal, refuse where the answer is ``required``.

    Raises `click.Abort` for a no, `click.UsageError` where nobody can be asked.
    """
    if yes:
        return
    if sys.stdin.isatty():
        click.confirm(question, abort=True, err=True)
    elif required:
        raise click.UsageError(_("without a terminal this needs --yes"))
