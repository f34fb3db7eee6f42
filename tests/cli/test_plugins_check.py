"""``loa plugins check``: the conformance kit at the command line."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from scheduler.testing import CHECKS
from scheduler.testing.hooked import HOOK_CHECKS
from tests.pages import ROOT

if TYPE_CHECKING:
    from pathlib import Path

    import pytest

    from tests.cli.conftest import Loa

SHEETS = (ROOT / "tests" / "conformance" / "sound" / "files.py").read_text("utf-8")


def test_a_sound_plugin_passes_and_nothing_here_is_changed(open_campaign: Path, loa: Loa) -> None:
    before = sorted(each for each in open_campaign.rglob("*") if "__pycache__" not in each.parts)
    result = loa(
        "plugins", "check", "radio", "--only", "pure", "--only", "keys", "--only", "secrets", folder=open_campaign
    )
    assert result.output.splitlines() == [
        "radio",
        "  skipped   secrets       it has no option that is a secret",
        "  passed    pure",
        "  passed    keys",
        "2 checks passed, 1 skipped",
    ]
    assert sorted(each for each in open_campaign.rglob("*") if "__pycache__" not in each.parts) == before


def test_a_plugin_with_faults_ends_with_1_and_says_how_to_mend_them(
    open_campaign: Path, loa: Loa, tmp_path: Path
) -> None:
    (tmp_path / "sheets.py").write_text(SHEETS.replace('title = "Sheets"', 'title = ""'), encoding="utf-8")
    given = ("plugins", "check", str(tmp_path / "sheets.py"), "--only", "attributes")
    result = loa(*given, folder=open_campaign, code=1)
    assert result.output.splitlines()[:5] == [
        "files",
        "  failed    attributes",
        "      files::attributes: it has no title, by which people would know it",
        "        tried: to read its attributes",
        "        mend: Set title to what people call the channel.",
    ]
    (found,) = json.loads(loa(*given, "--json", folder=open_campaign, code=1).stdout)
    assert (found["channel"], found["check"], found["verdict"]) == ("files", "attributes", "failed")
    assert found["findings"] == [
        {
            "tried": "to read its attributes",
            "happened": "it has no title, by which people would know it",
            "mend": "Set title to what people call the channel.",
        }
    ]


def test_the_lists_that_a_campaign_names_are_used(open_campaign: Path, loa: Loa) -> None:
    result = loa("plugins", "check", "sms", "--only", "sends", "--only", "bulk", folder=open_campaign)
    assert "2 checks passed" in result.output


def test_options_are_asked_for_and_taken_from_a_file(loa: Loa, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    needs = loa("plugins", "check", "rss", "--only", "pure", code=1)
    assert "rss needs site, title: switch it on in config.toml, or give them with --options FILE" in needs.stderr
    (tmp_path / "own.toml").write_text('site = "https://example.org/"\ntitle = "Tin"\n', encoding="utf-8")
    assert "1 check passed" in loa("plugins", "check", "rss", "--only", "pure", "--options", "own.toml").output


def test_a_plugin_without_channels_is_tried_for_what_it_brings(open_campaign: Path, loa: Loa) -> None:
    (open_campaign / "plugins").mkdir(exist_ok=True)
    file = open_campaign / "plugins" / "extra.py"
    file.write_text(
        "import click\nfrom scheduler.api import hookimpl\n\n@click.command(name='check')\ndef ours():\n    pass\n\n"
        "@hookimpl\ndef register_commands():\n    return [ours]\n"
    )
    shown = loa("plugins", "check", "extra", "--only", "commands", folder=open_campaign, code=1).stdout.splitlines()
    assert shown[:4] == [
        "extra",
        "  failed    commands",
        "      extra::commands: its name is taken, so it is left out",
        "        tried: the command check",
    ]
    assert "extra::commands: it has no help" in shown[4]


def test_wrong_names_are_told(open_campaign: Path, loa: Loa) -> None:
    assert "did you mean 'radio'?" in loa("plugins", "check", "radioo", folder=open_campaign, code=1).stderr
    assert (
        "did you mean 'keys'?"
        in loa("plugins", "check", "radio", "--only", "kees", folder=open_campaign, code=1).stderr
    )
    assert "name a plugin" in loa("plugins", "check", folder=open_campaign, code=2).stderr


def test_the_checks_are_listed(open_campaign: Path, loa: Loa) -> None:
    found = json.loads(loa("plugins", "check", "--list", "--json", folder=open_campaign).stdout)
    assert [each["check"] for each in found] == [each.id for each in (*CHECKS, *HOOK_CHECKS)]
    assert (
        "Two deliveries at the same time do not mix." in loa("plugins", "check", "--list", folder=open_campaign).output
    )
