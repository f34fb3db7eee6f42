"""docs/plugins/hooks.md: each of its plugins does what the page says, in a real campaign folder."""

from __future__ import annotations

import sys
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from click.testing import CliRunner
from lxml import etree

from scheduler.channels import hookspecs
from scheduler.cli.program import program
from scheduler.engine.daemon.observers import Onlookers
from scheduler.ground.lifecycle import Hold, State
from scheduler.ground.problem import Severity
from tests.campaign import NOON, Desk, Folder
from tests.pages import ROOT, blocks

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from click.testing import Result

PAGE = ROOT / "docs" / "plugins" / "hooks.md"
PLUGINS = {block.marks["save"]: block.text for block in blocks(PAGE, "python")}
LATER = NOON + timedelta(hours=1)


@pytest.fixture(autouse=True)
def forget() -> Iterator[None]:
    yield
    for name in [each for each in sys.modules if each.startswith("loa_plugins.")]:
        del sys.modules[name]


@pytest.fixture
def campaign(folder: Folder) -> Folder:
    folder.channel()
    return folder


def save(folder: Folder, name: str) -> None:
    """Save a plugin of the page in the folder."""
    folder.plugin(name, PLUGINS[f"plugins/{name}.py"])


def loa(folder: Folder, *args: str, code: int = 0) -> str:
    found: Result = CliRunner().invoke(program, ["--lang", "en", "-C", str(folder.path), *args], prog_name="loa")
    assert found.exit_code == code, found.output
    return found.output


def test_the_page_has_a_plugin_for_each_hook_and_each_is_tried_here() -> None:
    hooks = {name for name in vars(hookspecs) if hasattr(getattr(hookspecs, name), "loa_spec")}
    assert {hook for hook in hooks if any(f"def {hook}(" in code for code in PLUGINS.values())} == hooks - {
        "register_channels"
    }
    here = (ROOT / "tests" / "test_hooks_page.py").read_text("utf-8")
    for name in PLUGINS:
        assert f'save(campaign, "{name.removeprefix("plugins/").removesuffix(".py")}")' in here


def test_commands(campaign: Folder, desks: Callable[..., Desk]) -> None:
    save(campaign, "tally")
    campaign.post(at=LATER)
    desks(campaign)
    assert "From plugins" in loa(campaign, "--help")
    assert "Count deliveries by their state (tally)" in loa(campaign, "--help")
    assert loa(campaign, "tally", "kenh").split() == ["1", "scheduled"]
    assert loa(campaign, "tally", "radio") == ""
    assert "register_commands" in loa(campaign, "plugins", "show", "tally")


def test_checks_on_posts(campaign: Folder, desks: Callable[..., Desk]) -> None:
    save(campaign, "wording")
    campaign.post(at=LATER)
    desk = desks(campaign)
    campaign.post(at=LATER, text="Một câu.\n\nÔng bà chắc chắn được nhận.", title="XIN CHÀO")
    desk.act.sync()
    row = desk.row()
    assert Hold.INVALID in row.holds
    warning, error = sorted(desk.engine.problems(), key=lambda each: each.severity is Severity.ERROR)
    assert error.message == "plugin wording: 'chắc chắn được' promises too much"
    assert campaign.file().read_text("utf-8").splitlines()[(error.line or 0) - 1] == "Ông bà chắc chắn được nhận."
    assert (warning.severity, warning.message) == (Severity.WARNING, "plugin wording: the title shouts")
    assert "plugin wording" in loa(campaign, "check", code=1)


def test_observers(campaign: Folder, desks: Callable[..., Desk]) -> None:
    save(campaign, "diary")
    campaign.post(at=LATER)
    desk = desks(campaign)
    Onlookers(desk.core).look()
    desk.at(LATER).run()
    Onlookers(desk.core).look()
    (line,) = (campaign.path / "var" / "plugins" / "diary" / "sent.txt").read_text("utf-8").splitlines()
    assert line.endswith("03/05/2021 13:00 tin/20210503/kenh/noi/publish")


def test_panels(campaign: Folder, desks: Callable[..., Desk]) -> None:
    save(campaign, "pace")
    campaign.post(at=LATER)
    desk = desks(campaign)
    (sheet,) = desk.look.panels()
    assert (sheet.name, sheet.title, sheet.about) == ("pace", "Pace", "How far the campaign has come")
    measure, passage = desk.look.panel("pace").blocks
    assert measure.words == "0 of 1"  # type: ignore[union-attr]
    assert "Bài tin" in passage.text  # type: ignore[union-attr]
    shown = loa(campaign, "plugins", "panel", "pace")
    assert "How far the campaign has come" in shown


def test_spoken_forms(campaign: Folder, desks: Callable[..., Desk]) -> None:
    save(campaign, "readings")
    campaign.switch_on("radio")
    campaign.post(at=LATER, text="Người lao động trong KCN.", channels="[radio]")
    (preview,) = desks(campaign).look.preview("tin")
    assert preview.rendered is not None
    assert "trong khu công nghiệp" in preview.rendered.text


def test_elements_of_feeds(campaign: Folder, desks: Callable[..., Desk]) -> None:
    save(campaign, "places")
    campaign.plan('\n[[areas]]\nid = "ninh-hai"\ntitle = "Huyện Ninh Hải"\n')
    campaign.switch_on("rss", 'site = "https://example.org/tin/"\ntitle = "Bản tin"\n')
    campaign.post(at=LATER, channels="[rss]", areas="[ninh-hai]")
    desk = desks(campaign)
    desk.at(LATER).run("rss")
    assert desk.row(channel="rss").state is State.SENT
    feed = etree.fromstring((campaign.path / "var" / "public" / "feed.xml").read_bytes())
    (point,) = feed.iter("{http://www.georss.org/georss}point")
    assert point.text == "11.60 109.03"
