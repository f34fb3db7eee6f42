"""Plugins that fail, in every way in which they can: each is named with its reason, and the others are there."""

from __future__ import annotations

import sys
import textwrap
import time
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from scheduler import __version__
from scheduler.channels.finding import shipped_folder
from scheduler.channels.loader import LOAD_SECONDS, load_plugins
from scheduler.channels.registry import build
from scheduler.engine.snapshot import read_snapshot
from scheduler.plan.config import PluginConfig, load_config

SAYING = Path(__file__).parent / "broken" / "plugins"

if TYPE_CHECKING:
    from collections.abc import Iterator

    from scheduler.channels.loader import Plugins, PluginStatus
    from tests.campaign import Folder

GOOD = """\
from scheduler.api import *

class Good(BaseChannel[Options]):
    name = {name!r}
    options = Options
    def render(self, item, context):
        return Rendered({{}}, item.text)
    def deliver(self, rendered, context):
        return Receipt("1")

@hookimpl
def register_channels():
    return [Good()]
"""


def good(name: str, more: str = "") -> str:
    return GOOD.format(name=name) + textwrap.dedent(more)


@pytest.fixture(autouse=True)
def clean() -> Iterator[None]:
    """Forget what these tests have imported."""
    before = set(sys.modules)
    yield
    for name in set(sys.modules) - before:
        if name.startswith("loa_plugins."):
            del sys.modules[name]


def load(folder: Folder, seconds: float = LOAD_SECONDS) -> tuple[Plugins, dict[str, PluginStatus]]:
    plugins = load_plugins(folder.path, seconds=seconds)
    return plugins, {status.name: status for status in plugins.statuses}


def test_the_shipped_channels_are_found_first(folder: Folder) -> None:
    folder.plugin("cua_toi", good("cua-toi"))
    plugins, by_name = load(folder)
    assert [status.name for status in plugins.statuses] == ["fanpage", "radio", "rss", "sms", "cua_toi"]
    assert by_name["cua_toi"].source == "plugins/cua_toi.py"
    assert by_name["radio"].source == "shipped/radio"
    assert {"radio", "fanpage", "rss", "sms", "cua-toi"} == set(plugins.channels)
    assert plugins.channels["cua-toi"][1] == "cua_toi"
    assert not any(status.error for status in plugins.statuses)


def test_a_folder_is_a_plugin_too_and_imports_its_own_parts(folder: Folder) -> None:
    place = folder.path / "plugins" / "to"
    place.mkdir()
    (place / "part.py").write_text("NAME = 'to-lon'\n")
    code = good("to-lon").replace(
        "from scheduler.api import *", "from scheduler.api import *\nfrom loa_plugins.to.part import NAME"
    )
    (place / "__init__.py").write_text(code)
    assert "to-lon" in load(folder)[0].channels


def test_what_is_no_plugin_is_passed_over(folder: Folder) -> None:
    (folder.path / "plugins" / "tests").mkdir()
    for name in ("_nhap.py", ".an.py", "ghi-chu.txt", "conftest.py", "tests/__init__.py"):
        (folder.path / "plugins" / name).write_text("raise RuntimeError")
    (folder.path / "plugins" / "rong").mkdir()
    assert len(load(folder)[0].statuses) == 4


BROKEN = {
    "does not parse": ("def (:\n", "SyntaxError: invalid syntax (plugins/hong.py:1)"),
    "is indented wrongly": ("if True:\nx = 1\n", "after 'if' statement on line 1 (plugins/hong.py:2)"),
    "raises at import": ("raise RuntimeError('hỏng rồi')\n", "RuntimeError: hỏng rồi (plugins/hong.py:1)"),
    "exits at import": ("raise SystemExit(3)\n", "SystemExit: 3"),
    "is interrupted at import": ("raise KeyboardInterrupt\n", "KeyboardInterrupt"),
    "lacks its library": (
        "import thu_vien_khong_co.phan\n",
        "No module named 'thu_vien_khong_co': install what brings it beside Loa (plugins/hong.py:1)",
    ),
    "imports what is no door": (
        "import scheduler.engine.khong_co\n",
        "No module named 'scheduler.engine.khong_co': of Loa, plugins import scheduler.api only (plugins/hong.py:1)",
    ),
    "imports what the door does not have": ("from scheduler.api import Stoer\n", "cannot import name 'Stoer'"),
    "raises in its hook": (good("x").replace("return [Good()]", "return [1 / 0]"), "ZeroDivisionError"),
    "exits in its hook": (good("x").replace("return [Good()]", "raise SystemExit"), "SystemExit"),
    "returns nothing": (good("x").replace("return [Good()]", "return None"), "TypeError"),
    "returns a number": (good("x").replace("return [Good()]", "return 5"), "TypeError"),
    "returns the class": (good("x").replace("return [Good()]", "return [Good]"), "TypeError"),
    "returns what is no channel": (good("x").replace("return [Good()]", "return ['x']"), "which is no channel"),
    "returns one channel twice": (good("x").replace("return [Good()]", "return [Good(), Good()]"), "is taken"),
    "has a name in capitals": (good("Loud Speaker"), "lower-case letters, digits and hyphens, as in 'loud-speaker'"),
    "has no name": (good(""), "register_channels returned Good, which is no channel: it has no name"),
    "has a name with a slash": (good("a/b"), "channel 'a/b': its name must be of lower-case"),
    "lacks deliver": (good("x").replace("def deliver", "def delivre"), "lacks deliver"),
    "has a deliver that cannot be called": (good("x", "Good.deliver = 5\n"), "deliver cannot be called"),
    "misspells the hook": (good("x").replace("register_channels", "register_chanels"), "'register_chanels'"),
    "asks the hook for more": (good("x").replace("register_channels()", "register_channels(config)"), "config"),
    "has options of its own kind": (good("x", "Good.options = dict\n"), "options"),
    "has an instance for options": (good("x", "Good.options = Options()\n"), "options"),
    "has targets of its own kind": (good("x", "Good.target_options = int\n"), "target_options"),
    "uses what no plan has": (good("x", "Good.uses = ('mesage',)\n"), "uses must be names of values of the plan"),
    "uses a text": (good("x", "Good.uses = 'message'\n"), "uses must be tuple"),
    "uses no names": (good("x", "Good.uses = ([],)\n"), "uses"),
    "has a lead in seconds": (good("x", "Good.lead = 60\n"), "lead"),
    "has no grace": (good("x", "Good.grace = None\n"), "grace"),
    "has a lateness of its own": (good("x", "Good.late = 'sometimes'\n"), "late"),
    "has a kind of its own": (good("x", "Good.kind = 'smoke signals'\n"), "kind"),
    "is staged, perhaps": (good("x", "Good.staged = 'maybe'\n"), "staged"),
    "sends in batches of none": (
        good("x", "Good.batch_size = 0\nGood.recipients = Good.deliver_batch = Good.deliver\n"), "batch_size",
    ),
    "looks up whenever": (good("x", "Good.settle_after = 60\nGood.look_up = Good.deliver\n"), "settle_after"),
    "raises when it is looked at": (
        good("x", "Good.kind = property(lambda self: 1 / 0)\n"),
        "ZeroDivisionError",
    ),
}  # fmt: skip


@pytest.mark.parametrize(("code", "reason"), BROKEN.values(), ids=BROKEN)
def test_a_plugin_that_is_broken_is_named_and_the_others_work(folder: Folder, code: str, reason: str) -> None:
    folder.plugin("a_tot", good("a-tot"))
    folder.plugin("hong", code)
    folder.plugin("z_tot", good("z-tot"))
    plugins, by_name = load(folder)
    assert reason in by_name["hong"].error
    assert "\n" not in by_name["hong"].error
    assert by_name["hong"].channels == ()
    assert {"a-tot", "z-tot", "radio", "sms"} <= set(plugins.channels)
    assert "hong" not in {plugin for _, plugin in plugins.channels.values()}
    folder.switch_on("a-tot")
    config, _ = load_config(folder.path)
    problems = [str(problem) for problem in build(config, plugins).problems]
    assert any("plugin hong did not load" in problem for problem in problems)


@pytest.mark.parametrize("where", ["import", "hook"])
def test_a_plugin_that_hangs_is_left_behind(folder: Folder, where: str) -> None:
    wait = "import threading; threading.Event().wait(30)"
    folder.plugin("treo", f"{wait}\n" if where == "import" else good("treo").replace("return [Good()]", wait))
    folder.plugin("z_tot", good("z-tot"))
    began = time.monotonic()
    plugins, by_name = load(folder, seconds=0.2)
    assert time.monotonic() - began < 5
    assert "did not load within" in by_name["treo"].error
    assert "z-tot" in plugins.channels
    _, again = load(folder, seconds=0.2)
    assert "did not load within" in again["treo"].error


def test_the_name_of_a_plugin_is_taken_once(folder: Folder) -> None:
    folder.plugin("radio", good("dai-khac"))
    plugins, _ = load(folder)
    second = [status for status in plugins.statuses if status.name == "radio"][1]
    assert "the name 'radio' is taken" in second.error
    assert "dai-khac" not in plugins.channels


def test_the_name_of_a_channel_is_taken_once(folder: Folder) -> None:
    folder.plugin("khac", good("radio"))
    plugins, by_name = load(folder)
    assert "the channel name 'radio' is taken by plugin 'radio'" in by_name["khac"].error
    assert plugins.channels["radio"][1] == "radio"


def test_what_failed_to_load_may_be_mended_and_loaded_again(folder: Folder) -> None:
    folder.plugin("sua", "raise RuntimeError\n")
    assert load(folder)[1]["sua"].error
    folder.plugin("sua", good("sua"))
    assert load(folder)[1]["sua"].channels == ("sua",)


def test_the_repositorys_own_plugins_are_not_loaded_twice() -> None:
    plugins = load_plugins(shipped_folder().parent)
    assert [status.name for status in plugins.statuses] == ["fanpage", "radio", "rss", "sms"]
    assert not any(status.error for status in plugins.statuses)


def test_a_plugin_says_its_version_and_which_hooks_it_has(folder: Folder) -> None:
    folder.plugin("cua_toi", good("cua-toi", '\n__version__ = "2.1"\n'))
    folder.plugin("tran", good("tran"))
    _, by_name = load(folder)
    assert (by_name["cua_toi"].version, by_name["cua_toi"].hooks) == ("2.1", ("register_channels",))
    assert by_name["tran"].version == ""
    assert by_name["radio"].version == __version__


FITS = {
    "1.0": "",
    None: "",
    "1.99": "install a newer Loa",
    "2.0": "install a newer Loa",
    "0.9": "a newer version of it",
}


@pytest.mark.parametrize(("wanted", "reason"), FITS.items())
def test_a_plugin_says_which_contract_it_was_written_for(folder: Folder, wanted: str | None, reason: str) -> None:
    line = "" if wanted is None else f'\nloa_contract = "{wanted}"\n'
    folder.plugin("cua_toi", good("cua-toi", line))
    plugins, by_name = load(folder)
    assert by_name["cua_toi"].contract == (wanted or "")
    assert reason in by_name["cua_toi"].error
    assert ("cua-toi" in plugins.channels) == (not reason)


def test_a_contract_that_is_no_version_is_refused(folder: Folder) -> None:
    folder.plugin("la", good("la", "\nloa_contract = 1\n"))
    assert load(folder)[1]["la"].error == 'loa_contract must be a text like "1.0", not 1'


def test_a_plugin_of_a_later_contract_is_told_so_even_where_it_cannot_be_imported(folder: Folder) -> None:
    folder.plugin("moi", 'from scheduler.api import Telepathy\n\nloa_contract = "3.0"\n')
    assert "it is written for contract 3.0, and this Loa has 1.0" in load(folder)[1]["moi"].error


def test_what_is_switched_off_is_not_even_imported(folder: Folder) -> None:
    folder.plugin("hong", "raise RuntimeError\n")
    plugins = load_plugins(folder.path, {"hong": PluginConfig(enabled=False), "radio": PluginConfig(enabled=False)})
    off = {status.name for status in plugins.statuses if not status.enabled}
    assert off == {"hong", "radio"}
    assert not any(status.error for status in plugins.statuses)
    assert "radio" not in plugins.channels


def test_hooks_are_asked_one_by_one_and_each_answers_for_itself(folder: Folder) -> None:
    folder.plugin("a", good("a", "\n@hookimpl\ndef spoken_forms(language):\n    return {'BHXH': language}\n"))
    folder.plugin("b", good("b", "\n@hookimpl\ndef spoken_forms():\n    raise SystemExit(3)\n"))
    folder.plugin("c", good("c", "\n@hookimpl\ndef spoken_forms(language):\n    yield 1\n    yield 1 / 0\n"))
    folder.plugin("d", good("d", "\n@hookimpl\ndef spoken_forms(language):\n    return {}\n"))
    plugins, _ = load(folder)
    answers = {each.plugin: each for each in plugins.hooks.ask("spoken_forms", list, language="vi")}
    assert list(answers) == ["a", "b", "c", "d"] == plugins.hooks.names("spoken_forms")
    assert answers["a"].value == ["BHXH"]
    assert answers["b"].error.startswith("SystemExit: 3 (plugins/b.py:")
    assert answers["c"].error.startswith("ZeroDivisionError")
    assert answers["d"].value == []


def test_a_module_that_fails_to_say_what_it_has_is_named_and_stops_nothing(folder: Folder) -> None:
    folder.plugin("a", good("a", "\ndef __getattr__(name):\n    return {}[name]\n"))
    folder.plugin("b", good("b", "\ndef __getattr__(name):\n    raise SystemExit(3)\n"))
    folder.plugin("c", good("c"))
    plugins, by_name = load(folder)
    assert by_name["a"].error.startswith("KeyError: ")
    assert by_name["b"].error.startswith("SystemExit: 3")
    assert not by_name["c"].error
    assert "c" in plugins.channels


def test_what_goes_wrong_in_admitting_a_plugin_is_its_own_error(
    folder: Folder, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fails(*_given: object) -> None:
        raise BlockingIOError(11, "Resource temporarily unavailable")

    folder.plugin("a", good("a"))
    folder.plugin("b", good("b"))
    monkeypatch.setattr("scheduler.channels.isolated.opening.opened", fails)
    plugins = load_plugins(folder.path, {"a": PluginConfig(isolated=True)})
    by_name = {status.name: status for status in plugins.statuses}
    assert by_name["a"].error.startswith("BlockingIOError: ")
    assert "b" in plugins.channels


def test_no_installed_plugin_is_imported_where_config_toml_cannot_be_parsed(
    folder: Folder, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    place = tmp_path / "site"
    (place / "loa_tat-1.0.dist-info").mkdir(parents=True)
    (place / "loa_tat-1.0.dist-info" / "METADATA").write_text("Metadata-Version: 2.1\nName: loa-tat\nVersion: 1.0\n")
    (place / "loa_tat-1.0.dist-info" / "entry_points.txt").write_text("[loa.plugins]\ntat = loa_tat_installed\n")
    (place / "loa_tat_installed.py").write_text(good("tat"))
    monkeypatch.syspath_prepend(place)
    config = folder.path / "config.toml"
    whole = config.read_text("utf-8")
    config.write_text(whole + "\n[plugins.tat]\nenabled = false\ntorn = \n", "utf-8")
    torn = read_snapshot(folder.path)
    assert torn.plugins is not None
    status = {each.name: each for each in torn.plugins.statuses}
    assert "config.toml cannot be read" in status["tat"].error
    assert not status["radio"].error
    assert "loa_tat_installed" not in sys.modules
    config.write_text(whole, "utf-8")
    mended = read_snapshot(folder.path, torn.plugins).plugins
    assert mended is not None
    assert "tat" in mended.channels


def test_no_plugin_of_the_folder_is_imported_where_config_toml_cannot_be_parsed(folder: Folder) -> None:
    folder.plugin("tat", "from pathlib import Path\nPath(__file__).with_suffix('.ran').touch()\n" + good("tat"))
    ran, config = folder.path / "plugins" / "tat.ran", folder.path / "config.toml"
    whole = config.read_text("utf-8")
    config.write_text(whole + "\n[plugins.tat]\nenabled = true\ntorn = \n", "utf-8")
    torn = read_snapshot(folder.path)
    assert torn.plugins is not None
    assert not ran.exists()
    assert any(each.file == "config.toml" and each.line for each in torn.problems)
    status = {each.name: each for each in torn.plugins.statuses}
    assert "config.toml cannot be read" in status["tat"].error
    assert not status["radio"].error
    config.write_text(whole, "utf-8")
    mended = read_snapshot(folder.path, torn.plugins).plugins
    assert mended is not None
    assert "tat" in mended.channels
    config.write_text(whole + "torn = \n", "utf-8")
    assert read_snapshot(folder.path, mended).plugins is mended


MISUNDERSTOOD = ("one_channel", "class_given", "undefined_option", "foreign_parameter")


@pytest.mark.parametrize("name", MISUNDERSTOOD)
def test_what_was_misunderstood_is_said_with_what_to_write(folder: Folder, name: str) -> None:
    code = (SAYING / f"{name}.py").read_text("utf-8")
    folder.plugin(name, code)
    (status,) = [each for each in load_plugins(folder.path).statuses if each.name == name]
    assert f"# loads: {status.error}" in code.splitlines()
