"""Commands that plugins bring: in the help, given the host, refused where taken, named where they fail."""

from __future__ import annotations

import json
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from scheduler.cli import fresh
from tests.cli.conftest import program_in_a_process

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from click.testing import Result

    from tests.cli.conftest import Loa

PLUGIN = '''\
import click

from scheduler.api import hookimpl, pass_host


@click.command(name={name!r})
@click.argument("channel", default="")
@pass_host
def counted(host, channel):
    """Count what there is."""
    {body}


@hookimpl
def register_commands():
    return [counted]
'''
COUNT = 'click.echo(f"{len(host.posts())} posts, {len(host.deliveries(channels=[channel]))} on {channel}")'


def said(result: Result) -> str:
    return result.output


@pytest.fixture(autouse=True)
def here(campaign: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Work in the campaign, and forget afterwards what was imported."""
    monkeypatch.chdir(campaign)
    yield
    for name in [each for each in sys.modules if each.startswith("loa_plugins.")]:
        del sys.modules[name]


@pytest.fixture
def lend(campaign: Path) -> Callable[..., None]:
    """Put a plugin with one command into the campaign."""

    def put(file: str, name: str = "", body: str = COUNT) -> None:
        folder = campaign / "plugins"
        folder.mkdir(exist_ok=True)
        (folder / f"{file}.py").write_text(PLUGIN.format(name=name or file, body=body))

    return put


def test_it_stands_in_the_help_and_is_run_with_the_host(loa: Loa, lend: Callable[..., None]) -> None:
    lend("dem")
    shown = said(loa("--help"))
    assert "From plugins" in shown
    assert "Count what there is (dem)" in shown
    assert "posts, " in said(loa("dem", "radio"))
    assert "Count what there is." in said(loa("dem", "--help"))


def test_one_that_raises_is_named_and_shows_where_with_debug(
    loa: Loa, lend: Callable[..., None], campaign: Path
) -> None:
    lend("hong", body="1 / 0")
    assert (
        said(loa("hong", code=1)).strip()
        == "loa: plugin hong: ZeroDivisionError: division by zero (plugins/hong.py:11)"
    )
    assert "Traceback" in program_in_a_process("--debug", "hong", folder=campaign).stderr


def test_a_name_that_is_taken_is_refused_and_the_rest_is_there(loa: Loa, lend: Callable[..., None]) -> None:
    lend("mot", name="check")
    lend("hai", name="dem")
    lend("ba", name="dem")
    shown = said(loa("--help"))
    assert "plugin mot: its command 'check' is there already" in shown
    assert "(ba)" in shown
    assert "plugin hai: its command 'dem' is there already" in shown


def test_what_is_switched_off_brings_no_command(loa: Loa, lend: Callable[..., None], campaign: Path) -> None:
    lend("dem")
    with (campaign / "config.toml").open("a") as file:
        file.write("\n[plugins.dem]\nenabled = false\n")
    assert "From plugins" not in said(loa("--help"))
    refused = said(loa("dem", code=2))
    assert "No such command 'dem'; plugin dem may bring it, and is switched off: `loa plugins enable dem`" in refused
    assert "may bring it" not in said(loa("demm", code=2))


def test_what_is_isolated_brings_no_command_and_that_is_said(
    loa: Loa, lend: Callable[..., None], campaign: Path
) -> None:
    lend("dem")
    with (campaign / "config.toml").open("a") as file:
        file.write("\n[plugins.dem]\nisolated = true\n")
    assert "plugin dem may bring it, and brings channels only, since it is isolated" in said(loa("dem", code=2))


def test_a_command_that_is_refused_is_named_wherever_plugins_are_looked_at(loa: Loa, lend: Callable[..., None]) -> None:
    lend("mot", name="check")
    words = "its command 'check' is there already, so it is left out"
    (found,) = [each for each in json.loads(loa("check", "--json", code=None).stdout) if words in each["message"]]
    assert (found["severity"], found["file"]) == ("warning", "plugins/mot.py")
    (listed,) = [each for each in json.loads(loa("plugins", "list", "--json").stdout) if each["name"] == "mot"]
    assert listed["refused"] == [words]
    assert f"ok; {words}" in said(loa("plugins", "list"))
    assert words in said(loa("plugins", "show", "mot"))


@pytest.mark.parametrize("wish", ["enabled = false", "isolated = true"])
def test_where_config_toml_is_torn_no_plugin_of_the_folder_is_imported(
    loa: Loa, lend: Callable[..., None], campaign: Path, wish: str
) -> None:
    lend("dem")
    with (campaign / "config.toml").open("a") as file:
        file.write(f"\n[plugins.dem]\n{wish}\ntorn = \n")
    shown = said(loa("--help"))
    assert "From plugins" not in shown
    assert shown.count("config.toml cannot be read, so plugins bring no commands here") == 1
    assert "No such command 'dem'" in said(loa("dem", code=2))
    assert fresh.found(campaign)["plugins"][-1]["error"].startswith("it is not loaded, since config.toml")
    assert "loa_plugins.dem" not in sys.modules


def test_where_config_toml_is_torn_no_installed_plugin_is_imported(
    loa: Loa, campaign: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    place = tmp_path / "site"
    (place / "loa_xa-1.0.dist-info").mkdir(parents=True)
    (place / "loa_xa-1.0.dist-info" / "METADATA").write_text("Metadata-Version: 2.1\nName: loa-xa\nVersion: 1.0\n")
    (place / "loa_xa-1.0.dist-info" / "entry_points.txt").write_text("[loa.plugins]\nxa = loa_xa_commands\n")
    (place / "loa_xa_commands.py").write_text(PLUGIN.format(name="xa", body=COUNT))
    monkeypatch.syspath_prepend(place)
    with (campaign / "config.toml").open("a") as file:
        file.write("\n[plugins.xa]\nenabled = false\ntorn = \n")
    shown = said(loa("--help"))
    assert "From plugins" not in shown
    assert shown.count("config.toml cannot be read, so plugins bring no commands here") == 1
    assert "loa_xa_commands" not in sys.modules


def test_a_hook_that_gives_no_commands_is_named(loa: Loa, lend: Callable[..., None], campaign: Path) -> None:
    lend("dem")
    (campaign / "plugins" / "so.py").write_text(
        "from scheduler.api import hookimpl\n\n@hookimpl\ndef register_commands():\n    return [5]\n"
    )
    shown = said(loa("--help"))
    assert "plugin so: register_commands must give commands of click" in shown
    assert "(dem)" in shown


def test_help_imports_only_plugins_that_name_the_hook(campaign: Path, lend: Callable[..., None]) -> None:
    lend("dem")
    (campaign / "plugins" / "kenh.py").write_text("raise SystemExit('imported')\n")
    asks = (
        "import sys\nfrom scheduler.cli.program import program\n"
        "try:\n    program.main(['--help'])\nfinally:\n    print(sorted(m for m in sys.modules if 'loa_plugins.' in m))"
    )
    done = subprocess.run([sys.executable, "-c", asks], cwd=campaign, capture_output=True, text=True, check=False)
    assert "['loa_plugins.dem']" in done.stdout
    assert "imported" not in done.stdout + done.stderr


def test_a_built_in_command_asks_no_plugin(campaign: Path, lend: Callable[..., None]) -> None:
    lend("dem")
    asks = (
        "import sys\nfrom scheduler.cli.program import program\n"
        "try:\n    program.main(['keys', '--help'])\nfinally:\n    print('pluggy' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", asks], cwd=campaign, capture_output=True, text=True, check=False)
    assert done.stdout.endswith("False\n")
