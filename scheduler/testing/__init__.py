"""The conformance kit: what every channel must hold, tried on a real campaign with the outside played.

For a plugin's own tests, in one line; each check becomes a test of its own::

    test_conformance = conformance(MyChannel(), options={"site": "https://example.org/"})

`loa plugins check NAME|PATH` and ``pytest --loa-plugin NAME|PATH`` run the same.
"""

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
