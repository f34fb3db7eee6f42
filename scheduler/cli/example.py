"""The campaign that comes with Loa, and where a rehearsal of it may write."""

from __future__ import annotations

import os
from pathlib import Path

from scheduler.ground.errors import NotFound
from scheduler.ground.text import _

PACKAGE = Path(__file__).parents[1]
PARTS = ("config.toml", "content")
"""What makes up the example; its plugins are the shipped ones."""


def example_folder() -> Path:
    """Return the folder of the 2021 campaign: inside the wheel, or the root of a checkout. Raises `NotFound`."""
    for folder in (PACKAGE / "example", PACKAGE.parent):
        if all((folder / part).exists() for part in PARTS):
            return folder
    raise NotFound(_("this installation of Loa has no example campaign"))


def documents() -> Path:
    """Return where the documents are: inside the wheel, or in a checkout."""
    inside = PACKAGE / "docs"
    return inside if inside.is_dir() else PACKAGE.parent / "docs"


def scratch_folder(folder: Path) -> Path:
    """Return where a rehearsal may write: ``var/rehearsal`` of the folder, or a temporary folder if it is not ours."""
    if os.access(folder, os.W_OK) and folder != PACKAGE / "example":
        return folder / "var" / "rehearsal"
    import tempfile

    return Path(tempfile.mkdtemp(prefix="loa-rehearsal-"))
