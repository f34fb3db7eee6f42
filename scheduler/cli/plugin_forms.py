"""What ``--json`` writes of plugins."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING

from scheduler.cli.moments import iso
from scheduler.ground.text import _

if TYPE_CHECKING:
    from zoneinfo import ZoneInfo

    from scheduler.cli.forms import Form
    from scheduler.engine.looks.plugin_views import Brought, PluginSheet
    from scheduler.store.health import Probed
    from scheduler.testing.report import Result


def plugin(each: PluginSheet, refused: list[str]) -> Form:
    """Return a plugin; ``error`` is empty where it works, and ``step`` says what to do where it does not.

    ``refused`` is what is wrong with commands that it brings.
    """
    status = each.status
    return {
        "name": status.name,
        "version": status.version,
        "contract": status.contract,
        "source": status.source,
        "channels": list(status.channels),
        "hooks": list(status.hooks),
        "unasked": list(status.unasked),
        "enabled": status.enabled,
        "isolated": each.isolated,
        "refused": refused,
        "error": status.error,
        "behind": each.behind,
        "step": each.step,
    }


def brought(each: Brought, zone: ZoneInfo) -> Form:
    """Return a channel that a plugin brings, with every key of its tables in config.toml."""
    return {
        "name": each.name,
        "title": each.title,
        "kind": each.kind.value,
        "works": each.works,
        "health": _health(each.probed, zone) if each.probed else None,
        "options": [asdict(key) for key in each.options],
        "settings": [asdict(key) for key in each.settings],
    }


def _health(each: Probed, zone: ZoneInfo) -> Form:
    return {"target": each.target, "ok": each.health.ok, "detail": each.health.detail, "at": iso(each.at, zone)}


def checked(each: Result) -> Form:
    """Return how one check of a channel ended."""
    return {
        "channel": each.channel,
        "check": each.check.id,
        "tries": _(each.check.tries),
        "verdict": each.verdict.value,
        "reason": each.reason,
        "findings": [
            {"tried": found.tried, "happened": found.happened, "mend": each.mend(found)} for found in each.findings
        ],
    }
