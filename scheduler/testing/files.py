"""Loading a plugin that is a single file, for its own test."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from scheduler.channels.finding import import_file

if TYPE_CHECKING:
    from pathlib import Path


def load_plugin(file: Path) -> Any:
    """Return the module of a plugin's file, loaded as Loa loads it. Raises what the plugin raises."""
    return import_file(file.stem, file)
