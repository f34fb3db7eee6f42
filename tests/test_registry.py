"""What config.toml asks for, met by what the plugins bring."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from scheduler.channels.loader import Plugins, load_plugins
from scheduler.channels.registry import Registry, build
from scheduler.ground.lifecycle import Late
from scheduler.ground.problem import Severity
from scheduler.ground.text import use
from scheduler.plan.config import load_config
from scheduler.plan.digest import Coverage

if TYPE_CHECKING:
    from tests.campaign import Folder


PLUGIN_OF_ANOTHER_NAME = """\
from scheduler.api import *

class Loudspeaker(BaseChannel[Options]):
    name = "loa-phuong"
    options = Options
    def render(self, item, context):
        return Rendered({}, item.text)
    def deliver(self, rendered, context):
        return Receipt("1")

@hookimpl
def register_channels():
    return [Loudspeaker()]
"""


def registry(folder: Folder) -> Registry:
    config, _ = load_config(folder.path)
    return build(config, load_plugins(folder.path))


def test_config_goes_before_the_channel_and_the_channel_before_nothing(folder: Folder) -> None:
    folder.channel("mot", late="ASK", grace=60, table='lead = "2d"\nlate = "skip"\ngrace = "5m"\ngreeting = "Chào"\n')
    folder.channel("hai", late="ASK", grace=60)
    found = registry(folder)
    assert found.problems == ()
    one, two = found.channels["mot"], found.channels["hai"]
    assert (one.lead, one.late, one.grace) == (timedelta(days=2), Late.SKIP, timedelta(minutes=5))
    assert (two.lead, two.late, two.grace) == (timedelta(), Late.ASK, timedelta(minutes=1))
    assert one.coverage().options["greeting"] == "Chào"
    assert one.plugin == "mot"
    assert [(target.channel, target.name) for target in found.targets()] == [("mot", "noi"), ("hai", "noi")]
    assert list(found.without({"mot"}).channels) == ["hai"]


def test_a_channel_is_called_by_its_title_in_the_language_in_use_or_by_its_name(folder: Folder) -> None:
    folder.channel("mot", more='title = "Radio"')
    folder.channel("hai")
    found = registry(folder).channels
    assert (found["mot"].title, found["hai"].title) == ("Radio", "hai")
    try:
        use("vi")
        assert (found["mot"].title, found["hai"].title) == ("Phát thanh", "hai")
    finally:
        use("en")


def test_nothing_of_a_length_of_nothing_is_taken_for_unsaid(folder: Folder) -> None:
    folder.channel(grace=60, table='grace = "0s"\n')
    assert registry(folder).channels["kenh"].grace == timedelta()


def test_a_channel_that_is_switched_off_is_not_there(folder: Folder) -> None:
    folder.channel(table="enabled = false\n")
    found = registry(folder)
    assert (dict(found.channels), found.problems) == ({}, ())


def test_operational_options_are_not_approved(folder: Folder) -> None:
    folder.channel(table='greeting = "Chào"\n')
    module = folder.module("kenh")
    module.Settings.operational = frozenset({"greeting"})
    assert "greeting" not in registry(folder).channels["kenh"].coverage().options


def test_of_targets_all_is_covered_but_what_is_operational(folder: Folder) -> None:
    folder.channel(table='greeting = "Chào"\n')
    config = folder.path / "config.toml"
    extra = 'title = "Nơi nhận"\nareas = ["b", "a"]\ngreeting = "Kính chào"\n'
    config.write_text(config.read_text() + extra)
    module = folder.module("kenh")
    module.Simple.target_options = module.Settings
    (target,) = registry(folder).channels["kenh"].coverage().targets
    assert (target.title, target.areas, target.settings["greeting"]) == ("Nơi nhận", ("a", "b"), "Kính chào")
    module.Settings.operational = frozenset({"greeting"})
    (target,) = registry(folder).channels["kenh"].coverage().targets
    assert set(target.settings) == {"token"}


def test_what_is_covered_comes_back_from_json(folder: Folder) -> None:
    folder.channel(more='uses = ("theme",)\n', table='greeting = "Chào"\n', targets=("mot", "hai"))
    covered = registry(folder).channels["kenh"].coverage()
    assert covered.uses == ("theme",)
    assert Coverage.restored(json.loads(json.dumps(covered.kept()))) == covered


@pytest.mark.parametrize(
    ("table", "key", "hint"),
    [
        ('greting = "Chào"\n', "channels.kenh.greting", "did you mean 'greeting'?"),
        ("greeting = 5\n", "channels.kenh.greeting", ""),
        ('token = "abc"\n', "channels.kenh.token", ""),
        ("token = { env = 'A', file = 'b' }\n", "channels.kenh.token", ""),
    ],
)
def test_a_wrong_option_leaves_its_channel_out(folder: Folder, table: str, key: str, hint: str) -> None:
    folder.channel(table=table)
    found = registry(folder)
    (problem,) = found.problems
    assert (problem.file, problem.key, problem.hint) == ("config.toml", key, hint)
    assert problem.line == 5
    assert "kenh" not in found.channels


def test_a_wrong_key_of_a_target_names_its_line(folder: Folder) -> None:
    folder.channel()
    config = folder.path / "config.toml"
    config.write_text(config.read_text() + "slot = 5\n")
    (problem,) = registry(folder).problems
    assert (problem.key, problem.message) == ("channels.kenh.targets.noi.slot", "unknown key")
    assert problem.line == len(config.read_text().splitlines())


def test_a_default_that_is_not_of_its_type_is_warned_of_unless_the_key_is_given(folder: Folder) -> None:
    (folder.path / "plugins").mkdir(exist_ok=True)
    model = 'class Keys(Options):\n    count: int = "5"\n\nclass Loudspeaker'
    text = PLUGIN_OF_ANOTHER_NAME.replace("class Loudspeaker", model).replace("options = Options", "options = Keys")
    (folder.path / "plugins" / "other.py").write_text(text)
    config = folder.path / "config.toml"
    config.write_text(config.read_text() + '[channels.loa-phuong]\n[[channels.loa-phuong.targets]]\nname = "noi"\n')
    found = registry(folder)
    (problem,) = found.problems
    assert (problem.severity, problem.key) == (Severity.WARNING, "channels.loa-phuong.count")
    assert "plugin other has for it is no value of it: '5' is str, and must be int" in problem.message
    assert "loa-phuong" in found.channels
    config.write_text(config.read_text().replace("[channels.loa-phuong]\n", "[channels.loa-phuong]\ncount = 5\n"))
    assert registry(folder).problems == ()


def test_a_channel_that_no_plugin_brings(folder: Folder) -> None:
    folder.channel("kenh")
    folder.switch_on("kenk")
    (problem,) = registry(folder).problems
    assert (problem.key, problem.hint) == ("channels.kenk", "did you mean 'kenh'?")
    config, _ = load_config(folder.path)
    problems = build(config, Plugins()).problems
    assert {each.hint for each in problems} == {"channels here: "}


def test_a_channel_whose_plugin_did_not_load_leads_to_the_plugin(folder: Folder) -> None:
    folder.plugin("hong", "raise RuntimeError\n")
    folder.switch_on("kenk")
    hints = {each.key: each.hint for each in registry(folder).problems}
    assert hints["channels.kenk"] == "did not load: hong"
    folder.plugin("kenk", "raise RuntimeError\n")
    hints = {each.key: each.hint for each in registry(folder).problems}
    assert hints["channels.kenk"] == "did not load: kenk"


def test_a_model_that_raises_what_it_should_not_is_named(folder: Folder) -> None:
    folder.channel()
    module = folder.module("kenh")

    def broken(*_: object) -> None:
        raise RuntimeError("hỏng")

    module.Settings.model_validate = broken
    found = registry(folder)
    assert "kenh" not in found.channels
    assert "RuntimeError: hỏng" in str(found.problems[0])


def test_wishes_for_a_plugin_that_is_not_there_are_warned_of(folder: Folder) -> None:
    folder.plugin("loa_phuong", PLUGIN_OF_ANOTHER_NAME)
    folder.config("[plugins.loa-phuong]\nisolated = true\n\n[plugins.raido]\nenabled = false\n")
    config, _ = load_config(folder.path)
    found = {each.key: each for each in build(config, load_plugins(folder.path, config.plugins)).problems}
    assert found["plugins.loa-phuong"].hint == "the channel loa-phuong is of plugin loa_phuong"
    assert found["plugins.raido"].hint == "did you mean 'radio'?"
    assert {each.severity for each in found.values()} == {Severity.WARNING}
    assert all(each.line for each in found.values())


def test_a_plugin_that_implements_nothing_is_warned_of(folder: Folder) -> None:
    folder.plugin("quen", PLUGIN_OF_ANOTHER_NAME.replace("@hookimpl\n", ""))
    config, _ = load_config(folder.path)
    (problem,) = build(config, load_plugins(folder.path)).problems
    assert "plugin quen implements no hook: is @hookimpl missing" in problem.message
    assert (problem.file, problem.severity) == ("plugins/quen.py", Severity.WARNING)
