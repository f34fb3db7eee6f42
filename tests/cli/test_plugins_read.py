"""``loa plugins list`` and ``show``."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.campaign import Folder
from tests.cli.conftest import Loa, read_json

RICH = '''\
"""rich: a channel with keys of every kind, and hooks beyond it."""

from datetime import timedelta

from pydantic import Field

from scheduler.api import BaseChannel, Health, Options, Receipt, Rendered, Secret, hookimpl

__version__ = "2.1"
loa_contract = "1.0"


class Keys(Options):
    operational = frozenset({"token", "wait"})
    token: Secret
    copies: int = Field(default=2, gt=0, description="How many are made.")
    wait: timedelta = timedelta(minutes=5)


class Place(Options):
    street: str


class Rich(BaseChannel[Keys]):
    name, title, options, target_options = "rich", "Rich", Keys, Place

    def render(self, item, context):
        return Rendered({}, item.text)

    def deliver(self, rendered, context):
        return Receipt("1")

    def probe(self, context):
        return Health(False, "the ink is dry")


@hookimpl
def register_channels():
    return [Rich()]


@hookimpl
def check_post(post, host):
    return ()
'''
TABLE = """\
token = { env = "RICH_TOKEN" }

[[channels.rich.targets]]
name = "noi"
street = "Trần Phú"
"""


def rich(folder: Folder) -> Path:
    """Make a campaign with one of everything: a rich plugin, one that is off, one that is isolated, and broken ones."""
    folder.plugin("rich", RICH)
    folder.plugin("off", "raise SystemExit")
    folder.plugin("apart", "")
    folder.plugin("newer", 'loa_contract = "1.7"\nimport scheduler.nowhere\n')
    folder.plugin("broken", "import nowhere")
    folder.config('[plugins]\noff.enabled = false\napart = { isolated = true, memory = "64MB" }\n')
    with (folder.path / "config.toml").open("a", encoding="utf-8") as file:
        file.write(f"[channels.rich]\n{TABLE}")
    return folder.path


def test_list_says_where_each_is_from_and_how_it_stands(folder: Folder, loa: Loa) -> None:
    found = {each["name"]: each for each in read_json(loa("plugins", "list", "--json", folder=rich(folder)))}
    assert list(found)[:4] == ["fanpage", "radio", "rss", "sms"]
    assert (found["rich"]["version"], found["rich"]["contract"], found["rich"]["source"]) == (
        "2.1",
        "1.0",
        "plugins/rich.py",
    )
    assert found["rich"]["hooks"] == ["check_post", "register_channels"]
    assert (found["off"]["enabled"], found["off"]["step"]) == (False, "`loa plugins enable off` switches it on")
    assert found["apart"]["isolated"] is True
    assert found["newer"]["error"] == "it is written for contract 1.7, and this Loa has 1.0: install a newer Loa"
    assert found["newer"]["contract"] == "1.7"
    assert found["broken"]["step"] == "mend plugins/broken.py, or switch it off: `loa plugins disable broken`"
    table = loa("plugins", "list").stdout
    assert "off\t\t\tplugins/off.py\t\t\tswitched off\n" in table
    assert "rich\t2.1\t1.0\tplugins/rich.py\trich\tcheck_post, register_channels\tok\n" in table


def test_the_contract_that_does_not_fit_is_in_the_check_too(folder: Folder, loa: Loa) -> None:
    said = loa("check", folder=rich(folder), code=1).stdout
    assert "plugin newer did not load: it is written for contract 1.7, and this Loa has 1.0" in said


def test_show_has_every_key_with_type_default_and_what_an_approval_makes_of_it(folder: Folder, loa: Loa) -> None:
    shown = read_json(loa("plugins", "show", "rich", "--json", folder=rich(folder)))
    (brought,) = shown["brings"]
    assert (brought["name"], brought["title"], brought["works"], brought["health"]) == ("rich", "Rich", True, None)
    keys = {each["name"]: each for each in brought["options"]}
    assert (keys["token"]["secret"], keys["token"]["required"], keys["token"]["operational"]) == (True, True, True)
    assert keys["copies"] == {
        "name": "copies",
        "kind": "number above 0",
        "default": "2",
        "required": False,
        "secret": False,
        "operational": False,
        "about": "How many are made.",
        "example": "1",
    }
    assert [each["name"] for each in brought["settings"]] == ["street"]
    text = loa("plugins", "show", "rich").stdout
    assert "copies\tnumber above 0\t2\tyes\tHow many are made.\n" in text
    assert "wait\tduration\t5m\tno\t\n" in text
    assert "[[channels.rich.targets]]" in text


def test_show_has_what_the_channel_last_said(folder: Folder, loa: Loa, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("RICH_TOKEN", "let me in")
    loa("channel", "test", "rich", folder=rich(folder), code=1)
    assert "Health          noi: fault, " in loa("plugins", "show", "rich").stdout
    assert read_json(loa("plugins", "show", "rich", "--json"))["brings"][0]["health"]["detail"] == "the ink is dry"
    assert "unwell: the ink is dry" in loa("plugins", "list").stdout


def test_one_that_can_be_asked_for_nothing_is_not_said_to_be_well(folder: Folder, loa: Loa) -> None:
    folder.plugin("quen", "loa_contract = '1.0'\n")
    (line,) = [each for each in loa("plugins", "list", folder=folder.path).stdout.splitlines() if "quen" in each]
    assert line.endswith("\timplements no hook: is @hookimpl missing?")


def test_show_of_one_that_does_not_work_says_what_to_do(folder: Folder, loa: Loa) -> None:
    broken = loa("plugins", "show", "broken", folder=rich(folder), code=1).stdout
    assert "No module named 'nowhere': install what brings it beside Loa (plugins/broken.py:1)" in broken
    assert "Next      mend plugins/broken.py, or switch it off: `loa plugins disable broken`" in broken
    off = loa("plugins", "show", "off").stdout
    assert "off  switched off\n" in off
    assert "`loa plugins enable off` switches it on" in off
    assert "Runs in   a process of its own, with 64 MB at most" in loa("plugins", "show", "apart").stdout
    assert "did you mean 'rich'?" in loa("plugins", "show", "rihc", code=1).output


def test_without_plugins_of_its_own_the_shipped_are_there(campaign: Path, loa: Loa) -> None:
    said = loa("plugins", "show", "fanpage", folder=campaign).stdout
    assert "token\tsecret\t\tno" in said
    assert "Channel fanpage: Fanpage" in said


def test_a_contract_that_was_not_read_says_why(folder: Folder, loa: Loa) -> None:
    made = rich(folder)
    assert "not read, since the plugin is switched off" in loa("plugins", "show", "off", folder=made).stdout
    (made / "plugins" / "torn.py").write_text("raise ValueError('no')", "utf-8")
    assert "not read, since the plugin did not load" in loa("plugins", "show", "torn", code=1).stdout
