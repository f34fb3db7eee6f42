"""Running the checks on a channel."""

from __future__ import annotations

from typing import TYPE_CHECKING

from scheduler.channels.hooks import one_line
from scheduler.ground.errors import LoaError, NotFound
from scheduler.ground.said import said
from scheduler.ground.text import _
from scheduler.testing.checks import mends
from scheduler.testing.checks.index import CHECKS
from scheduler.testing.hooked import HOOK_CHECKS, Hooked
from scheduler.testing.kit import Kit
from scheduler.testing.report import Check, Finding, Report, Result, Skipped

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable

    from scheduler.testing.setting import Setting


def chosen(ids: Collection[str] = (), among: Iterable[Check] = CHECKS) -> list[Check]:
    """Return the checks with these ids, or all, of channels or of another table. Raises `NotFound`."""
    known = {each.id: each for each in (*CHECKS, *HOOK_CHECKS)}
    for name in ids:
        if name not in known:
            raise NotFound.named(_("there is no check {name!r}"), name, known)
    return [each for each in among if not ids or each.id in ids]


def run_check(check: Check, kit: Kit | Hooked) -> Result:
    """Run one check; whatever the plugin does in it, there is a result."""
    name = kit.name
    try:
        return Result(name, check, tuple(check.run(kit)))
    except Skipped as skipped:
        return Result(name, check, reason=str(skipped))
    except Exception as error:  # noqa: BLE001 - the plugin's own code runs in every check
        what = said(error) if isinstance(error, LoaError) else one_line(error)
        return Result(name, check, (Finding(_("to run the check"), what, mends.RAISES),))


def check_channel(
    setting: Setting, only: Iterable[str] = (), progress: Callable[[Result], None] = lambda result: None
) -> Report:
    """Run the checks on a channel. Raises `LoaError` where its options are missing."""
    kit, results = Kit(setting), []
    for each in chosen(tuple(only)):
        results.append(run_check(each, kit))
        progress(results[-1])
    return Report(tuple(results))
