"""Opening a file of the campaign in the person's editor, and checking it afterwards."""

from __future__ import annotations

import os
import shlex
import subprocess
import sys
from typing import TYPE_CHECKING

import click

from scheduler.cli import screen
from scheduler.cli.commands.check import line
from scheduler.ground.errors import LoaError
from scheduler.ground.problem import Severity
from scheduler.ground.text import _

if TYPE_CHECKING:
    from pathlib import Path

    from scheduler.engine.engine import Engine


def edit(engine: Engine, path: str) -> None:
    """Let the person edit ``path``, below the folder, until it is free of errors or they leave it so.

    Raises `LoaError` without a terminal or an editor, and `click.exceptions.Exit` where errors stay.
    """
    if not (sys.stdin.isatty() and sys.stdout.isatty()):
        raise LoaError(_("an editor needs a terminal; the file is {file}").format(file=engine.folder / path))
    while True:
        run(engine.folder / path)
        engine.refresh()
        problems = [each for each in engine.problems() if each.file == path]
        for each in problems:
            click.echo(line(each))
        if not any(each.severity is Severity.ERROR for each in problems):
            screen.done(_("{file} has no errors.").format(file=path))
            return
        if not click.confirm(_("Open it again?"), default=True, err=True):
            raise click.exceptions.Exit(1)


def run(file: Path) -> None:
    """Run $VISUAL, $EDITOR, or what the system has, on ``file``, and wait. Raises `LoaError` where it fails."""
    words = shlex.split(os.environ.get("VISUAL") or os.environ.get("EDITOR") or "") or [usual()]
    try:
        ended = subprocess.run([*words, str(file)], check=False)
    except OSError as error:
        text = _("the editor {name} cannot be started: {why}")
        raise LoaError(text.format(name=words[0], why=error.strerror)) from None
    if ended.returncode:
        raise LoaError(_("the editor {name} ended with {code}").format(name=words[0], code=ended.returncode))


def usual() -> str:
    """Return an editor that is there. Raises `LoaError` where there is none."""
    import shutil

    for name in ("sensible-editor", "editor", "nano", "vim", "vi"):
        if shutil.which(name):
            return name
    raise LoaError(_("no editor was found; name one in EDITOR"))
