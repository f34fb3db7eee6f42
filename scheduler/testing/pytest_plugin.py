"""``pytest --loa-plugin NAME|PATH``, and `conformance` for a plugin's own tests. pytest loads this by itself."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    import pytest

    from scheduler.channels.channel import Channel
    from scheduler.testing.kit import Kit
    from scheduler.testing.report import Check, Result
    from scheduler.testing.setting import Setting


def conformance(channel: Channel[Any], **setting: Any) -> Callable[..., None]:
    """Return a test that runs every check on a channel, one test each; assign it to a name that begins with ``test_``.

    The rest is that of `Setting`: ``options``, ``targets``, ``content``, ``world``, ``to``.
    """
    import pytest

    from scheduler.testing.checks.index import CHECKS
    from scheduler.testing.running import run_check
    from scheduler.testing.setting import Setting

    kit = _kit_for(Setting(channel, **setting))

    @pytest.mark.parametrize("check", [pytest.param(each, id=each.id) for each in CHECKS])
    def test_conformance(check: Check) -> None:
        _told(run_check(check, kit()))

    return test_conformance


def _kit_for(setting: Setting) -> Callable[[], Kit]:
    @cache
    def kit() -> Kit:
        from scheduler.testing.kit import Kit

        return Kit(setting)

    return kit


def _told(result: Result) -> None:
    """Have a test end as a check did: it passes, is skipped with its reason, or fails with the report."""
    import pytest

    if result.findings:
        pytest.fail("\n".join(result.lines()), pytrace=False)
    if result.reason:
        pytest.skip(result.reason)


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add the options."""
    group = parser.getgroup("loa", "Loa")
    group.addoption(
        "--loa-plugin",
        action="append",
        default=[],
        metavar="NAME|PATH",
        help="run Loa's conformance kit on a plugin: its name, a file or a folder; may be given several times",
    )
    group.addoption("--loa-options", metavar="FILE", help="TOML with the options and targets to try it with")


def pytest_collection_modifyitems(session: pytest.Session, config: pytest.Config, items: list[pytest.Item]) -> None:
    """Add a test for each check of each plugin that was asked for."""
    for wanted in config.getoption("--loa-plugin"):
        items.extend(_items(session, wanted, config.getoption("--loa-options")))


def _items(session: pytest.Session, wanted: str, options: str | None) -> Iterator[pytest.Item]:
    from pathlib import Path

    import pytest

    from scheduler.ground.errors import LoaError
    from scheduler.testing.apart import Apart
    from scheduler.testing.checks.index import CHECKS
    from scheduler.testing.hooked import HOOK_CHECKS

    class Checked(pytest.Item):
        """One check of one channel."""

        check: Check
        apart: Apart

        def runtest(self) -> None:
            _told(self.apart.run(self.parent.name if self.parent else "", self.check))

        def reportinfo(self) -> tuple[Path, None, str]:
            return Path(wanted), None, f"{self.parent.name if self.parent else ''}::{self.name}"

    class Channels(pytest.Collector):
        """The checks of one channel, or of the other hooks of a plugin."""

        def collect(self) -> list[pytest.Item]:
            return []

    here = Path.cwd()
    folder = next((each for each in (here, *here.parents) if (each / "config.toml").is_file()), None)
    apart = Apart(wanted, folder, Path(options) if options else None)
    session.config.add_cleanup(apart.close)
    try:
        subjects = [(channel, CHECKS) for channel in apart.channels()]
        if hooked := apart.hooked():
            subjects.append((hooked, HOOK_CHECKS))
    except LoaError as error:
        raise pytest.UsageError(str(error)) from None
    for name, checks in subjects:
        parent = Channels.from_parent(session, name=name, nodeid=name)
        for check in checks:
            item = Checked.from_parent(parent, name=check.id)
            item.check, item.apart = check, apart
            yield item
