"""The person's own editor, in this terminal."""

from __future__ import annotations

import os
import shlex
import shutil
import subprocess
from typing import TYPE_CHECKING, Any

from textual.app import SuspendNotSupported

from scheduler.ground.errors import NotFound
from scheduler.ground.text import _

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from textual.app import App

FALLBACKS = ("nano", "vim", "vi")


def command(environment: Mapping[str, str] = os.environ) -> list[str]:
    """Return the editor's command: $VISUAL, $EDITOR, else what is there. Raises `NotFound`."""
    wanted = environment.get("VISUAL") or environment.get("EDITOR") or next(filter(shutil.which, FALLBACKS), "")
    words = shlex.split(wanted)
    if not words or shutil.which(words[0]) is None:
        raise NotFound(_("no editor is there: set EDITOR, for example to nano"))
    return words


def edit(app: App[Any], path: Path) -> None:
    """Give the terminal to the editor until it ends. Raises `NotFound` where there is no editor, or no file."""
    words = command()
    if not path.is_file():
        raise NotFound(_("{path} is not there").format(path=path))
    try:
        with app.suspend():
            ended = subprocess.run([*words, str(path)], check=False)
    except SuspendNotSupported:
        raise NotFound(_("an editor cannot be opened here")) from None
    if ended.returncode:
        raise NotFound(_("the editor ended with code {code}").format(code=ended.returncode))
