"""The version of the contract between Loa and its plugins, and whether what a plugin was written for fits it.

A plugin says in its module which contract it was written for: ``loa_contract = "1.0"``. The first number changes when
something that plugins rely on goes away or means something else, the second when something is added. A plugin fits
where the first is ours and the second is not above ours. One that says nothing is taken to fit.
"""

from __future__ import annotations

import ast
import re
from typing import TYPE_CHECKING

from scheduler.ground.text import _

if TYPE_CHECKING:
    from pathlib import Path

VERSION = "1.0"
ATTRIBUTE = "loa_contract"
_FORM = re.compile(r"(\d{1,4})\.(\d{1,4})")


def misfit(wanted: object) -> str:
    """Return why a plugin written for the contract ``wanted`` cannot be used here, or "" where it can."""
    if wanted is None:
        return ""
    found = _FORM.fullmatch(wanted) if isinstance(wanted, str) else None
    if found is None:
        return _('loa_contract must be a text like "{version}", not {wanted!r}').format(version=VERSION, wanted=wanted)
    major, minor = (int(each) for each in found.groups())
    ours, least = (int(each) for each in VERSION.split("."))
    if major > ours or (major == ours and minor > least):
        newer = _("it is written for contract {wanted}, and this Loa has {version}: install a newer Loa")
        return newer.format(wanted=wanted, version=VERSION)
    if major < ours:
        older = _("it is written for contract {wanted}, and this Loa has {version}: install a newer version of it")
        return older.format(wanted=wanted, version=VERSION)
    return ""


def stated(file: Path) -> object:
    """Return the contract that a plugin's file states, read without running it; ``None`` where it states none."""
    try:
        tree = ast.parse(file.read_bytes())
    except (OSError, SyntaxError, ValueError):
        return None
    for node in tree.body:
        if isinstance(node, ast.Assign) and any(isinstance(t, ast.Name) and t.id == ATTRIBUTE for t in node.targets):
            return node.value.value if isinstance(node.value, ast.Constant) else None
    return None
