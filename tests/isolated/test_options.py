"""Options of channels in processes of their own: validated there, and known here as they are."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest

from scheduler.channels.described import described
from scheduler.channels.loader import load_plugins
from scheduler.channels.options import Secret
from scheduler.channels.registry import build
from scheduler.plan.config import PluginConfig, load_config
from tests.campaign import NOON, Desk

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from scheduler.ground.problem import Problem
    from tests.campaign import Folder

TABLE = """\
where = "http://{where}.test"
tone = "loud"
way = "b"
limit = 7
pause = "PT10M"
token = {{ env = "TOKEN" }}
inner = {{ depth = 3 }}
names = ["an", "binh"]
"""
BOTH = (True, False)


def test_every_key_is_described_as_it_is_in_loas_own_process(hard: Callable[..., Folder]) -> None:
    folder = hard("sure")
    apart, within = (load_plugins(folder.path, {"hard": PluginConfig(isolated=each)}) for each in BOTH)
    for name in ("sure", "once", "staged", "many", "picture"):
        (far, _plugin), (near, _same) = apart.channels[name], within.channels[name]
        for model in ("options", "target_options"):
            theirs, ours = described(getattr(far, model)), described(getattr(near, model))
            table = next(each for each in ours if each.name == "inner")
            assert [replace(table, default="depth = 1") if each is table else each for each in ours] == theirs
        for each in ("title", "kind", "uses", "lead", "late", "grace", "staged"):
            assert getattr(far, each) == getattr(near, each)


def test_every_shipped_channel_has_the_parts_it_has(folder: Folder) -> None:
    from scheduler.channels import channel, showing

    kinds = [channel.Bulk, channel.Projection, channel.Withdraws, channel.LooksUp, channel.Probes, channel.TriesOut]
    names = ("radio", "fanpage", "rss", "sms")
    apart, within = (load_plugins(None, {each: PluginConfig(isolated=own) for each in names}) for own in BOTH)
    assert apart.channels.keys() == within.channels.keys() == set(names)
    for name in names:
        (far, _plugin), (near, _same) = apart.channels[name], within.channels[name]
        for kind in (*kinds, showing.Shows):
            assert isinstance(far, kind) is isinstance(near, kind), (name, kind)
        assert described(far.options) == described(near.options)


def wrong(problems: Iterable[Problem]) -> list[Problem]:
    """Return what is wrong, without the warning that a hook of an isolated plugin is not asked."""
    return [each for each in problems if each.key != "plugins.hard.isolated"]


def test_an_approval_covers_the_same_isolated_or_not(hard: Callable[..., Folder]) -> None:
    digests = []
    for own, where in ((True, "a"), (False, "a"), (True, "b")):
        folder = hard("sure", table=TABLE.format(where=where), isolated=own)
        folder.post(at=NOON)
        desk = Desk(folder)
        assert not wrong(desk.engine.snapshot.problems)
        digests.append(desk.engine.snapshot.digests["tin"])
        configured = desk.engine.registry.channels["sure"]
        assert configured.options.pause == timedelta(minutes=10)  # type: ignore[attr-defined]
        assert configured.options.token == Secret(env="TOKEN")  # type: ignore[attr-defined]
        assert configured.coverage().options["names"] == ["AN", "BINH"]
        desk.engine.close()
    assert digests[0] == digests[1] == digests[2], "where it goes is no matter of what it says"


@pytest.mark.parametrize(
    "table",
    [
        "limit = 12",
        'limit = "many"',
        'wher = "x"',
        'tone = "shrill"',
        'way = "c"',
        'names = ["an", "nguyen"]',
        "token = { }",
        'inner = { depth = "x" }',
        "names = 3",
    ],
)
def test_what_is_wrong_is_said_in_the_same_words(hard: Callable[..., Folder], table: str) -> None:
    folder = hard("sure", table=table)
    said: list[Any] = []
    for own in BOTH:
        config, _problems = load_config(folder.path)
        plugins = load_plugins(folder.path, {"hard": PluginConfig(isolated=own)})
        said.append(wrong(build(config, plugins).problems))
    assert said[0]
    assert said[0] == said[1]


def test_the_screens_show_the_options_as_they_are(hard: Callable[..., Folder]) -> None:
    rows = []
    for own in BOTH:
        desk = Desk(hard("sure", table=TABLE.format(where="a"), isolated=own))
        rows.append({(each.key, each.value, each.kind, each.source, each.wrong) for each in desk.look.options("sure")})
        desk.engine.close()
    different = {key[0] for key in rows[0] ^ rows[1]}
    assert different == {"inner", "targets.noi.inner", "tone", "targets.noi.tone"}, "values of classes of its own"
