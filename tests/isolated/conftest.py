"""A campaign whose channels run in processes of their own."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.campaign import Folder

CODE = (Path(__file__).parent / "hard_plugin.py").read_text(encoding="utf-8")


@pytest.fixture
def hard(folder: Folder) -> Callable[..., Folder]:
    """Return what makes the campaign: with which channels on, with what keys, isolated or not."""

    def make(*channels: str, table: str = "", isolated: bool = True, more: str = "") -> Folder:
        folder.plugin("hard", CODE)
        for each in channels:
            folder.switch_on(each, table)
        folder.config(f"[plugins.hard]\nisolated = {str(isolated).lower()}\n{more}")
        return folder

    return make
