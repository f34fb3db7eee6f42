"""docs/plugins/publishing.md and stability.md say what the program does."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest

from scheduler import api, testing
from scheduler.channels import contract, installed
from scheduler.cli.plugin_files import NewPlugin
from tests.pages import ROOT, blocks

if TYPE_CHECKING:
    from pathlib import Path

    from tests.pages import Block

PUBLISHING = ROOT / "docs" / "plugins" / "publishing.md"
STABILITY = ROOT / "docs" / "plugins" / "stability.md"
PAGES = sorted((ROOT / "docs").rglob("*.md"))
TO_COPY = {
    **{path.parent.name: path.read_text("utf-8") for path in sorted(ROOT.glob("plugins/*/__init__.py"))},
    **{path.parent.name: path.read_text("utf-8") for path in sorted(ROOT.glob("examples/*/src/*/__init__.py"))},
    **{f"{page.name}:{each.line}": each.text for page in PAGES for each in blocks(page) if "@hookimpl" in each.text},
}
"""Every plugin that is shipped, or shown as a whole."""
MADE = NewPlugin("village-app", "http", "Village app").package()
PARTS = [block for block in blocks(PUBLISHING) if "of the package" in block.marks]


@pytest.mark.parametrize("block", PARTS, ids=lambda block: str(block.marks["of the package"]))
def test_what_a_package_has_is_what_the_page_shows(block: Block) -> None:
    made = MADE[block.marks["of the package"]]
    assert [part for part in block.text.split("\n\n") if part.rstrip("\n") not in made] == []


def test_the_page_lists_the_files_of_a_package() -> None:
    (tree,) = [block.text for block in blocks(PUBLISHING, "text")]
    assert sorted(line.split()[0] for line in tree.splitlines()[1:]) == sorted(MADE)


def test_the_wheel_has_the_name_that_the_page_says() -> None:
    (version,) = re.findall(r'__version__ = "(.*)"', MADE["src/loa_village_app/__init__.py"])
    assert f"dist/loa_village_app-{version}-py3-none-any.whl" in PUBLISHING.read_text("utf-8")


def test_the_contract_and_the_group_are_those_of_the_program() -> None:
    text = STABILITY.read_text("utf-8")
    assert f"**{contract.VERSION}**" in text
    assert f'{contract.ATTRIBUTE} = "{contract.VERSION}"' in text
    assert f"`{installed.GROUP}`" in text


@pytest.mark.parametrize("code", TO_COPY.values(), ids=TO_COPY)
def test_every_plugin_that_one_may_copy_states_its_contract(code: str, tmp_path: Path) -> None:
    (tmp_path / "plugin.py").write_text(code, "utf-8")
    assert contract.stated(tmp_path / "plugin.py") == contract.VERSION


def test_those_that_one_may_copy_are_all_of_them() -> None:
    shipped = {path.name for place in ("plugins", "examples") for path in (ROOT / place).iterdir() if path.is_dir()}
    assert shipped - {"__pycache__"} == {name.removeprefix("loa_") for name in TO_COPY if ":" not in name}
    assert len([name for name in TO_COPY if ":" in name]) > 10


def test_what_is_stable_can_be_imported() -> None:
    row = next(line for line in STABILITY.read_text("utf-8").splitlines() if line.startswith("| `scheduler.testing`"))
    names = re.findall(r"`(\w+)`", row)
    assert names
    assert [name for name in names if name not in testing.__all__] == []
    assert "Severity" in api.__all__


@pytest.mark.parametrize(
    ("stated", "fits", "says"),
    [(None, True, ""), ("1.0", True, ""), ("1.1", False, "install a newer Loa"), ("2.0", False, "install a newer Loa")],
)
def test_a_contract_fits_as_the_page_says(stated: str | None, fits: bool, says: str) -> None:
    assert (contract.misfit(stated) == "") is fits
    assert says in contract.misfit(stated)


def test_a_higher_second_number_leaves_older_plugins_at_work(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(contract, "VERSION", "1.4")
    assert contract.misfit("1.0") == ""
    monkeypatch.setattr(contract, "VERSION", "2.0")
    assert "install a newer version of it" in contract.misfit("1.4")
