"""The conformance kit: what every channel must hold, tried on a real campaign with the outside played.

For a plugin's own tests, in one line; each check becomes a test of its own::

    test_conformance = conformance(MyChannel(), options={"site": "https://example.org/"})

`loa plugins check NAME|PATH` and ``pytest --loa-plugin NAME|PATH`` run the same. What a name needs is imported when it
is first asked for, since pytest imports this package wherever Loa is installed.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from scheduler.testing.checks.index import CHECKS
    from scheduler.testing.files import load_plugin
    from scheduler.testing.kit import Kit
    from scheduler.testing.loading import settings_of
    from scheduler.testing.pytest_plugin import conformance
    from scheduler.testing.report import Check, Finding, Report, Result, Verdict
    from scheduler.testing.running import check_channel, chosen, run_check
    from scheduler.testing.setting import Setting, World

__all__ = [
    "CHECKS",
    "Check",
    "Finding",
    "Kit",
    "Report",
    "Result",
    "Setting",
    "Verdict",
    "World",
    "check_channel",
    "chosen",
    "conformance",
    "load_plugin",
    "run_check",
    "settings_of",
]
_PLACES = {
    "checks.index": ("CHECKS",),
    "files": ("load_plugin",),
    "kit": ("Kit",),
    "loading": ("settings_of",),
    "pytest_plugin": ("conformance",),
    "report": ("Check", "Finding", "Report", "Result", "Verdict"),
    "running": ("check_channel", "chosen", "run_check"),
    "setting": ("Setting", "World"),
}


def __getattr__(name: str) -> Any:
    """Return one of the public names."""
    for place, names in _PLACES.items():
        if name in names:
            return getattr(import_module(f"scheduler.testing.{place}"), name)
    raise AttributeError(name)
