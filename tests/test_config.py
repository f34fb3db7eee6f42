from __future__ import annotations

import re
from datetime import timedelta
from pathlib import Path

import pytest

from scheduler.ground.lifecycle import Late
from scheduler.plan.config import Breaker, Config, Email, KeyWish, PluginConfig, Retry, load_config
from scheduler.plan.config_values import Rate, as_rate, as_size
from scheduler.plan.fields import Fields
from scheduler.plan.values import Wrong

ROOT = Path(__file__).parent.parent
FULL = """\
zone = "Asia/Bangkok"
language = "en"
[plan]
horizon = "90d"
[engine]
poll = "250ms"
keep = "30d"
[alert]
command = "notify-send Loa"
webhook = "https://example.org/hook"
email = { to = ["a@b.vn"], from = "c@d", host = "h", port = 587, starttls = true, user = "u", password = { env = "P" } }
[channels.radio]
enabled = false
lead = "2d"
late = "ask"
grace = "1h"
rate = "30/min"
workers = 4
time_limit = "5s"
syllables_per_minute = 180
token = { env = "T" }
[channels.radio.retry]
first = "1s"
most = "4s"
give_up = "1m"
attempts = 3
[channels.radio.breaker]
failures = 2
pause = "9s"
[[channels.radio.targets]]
name = "dai-tinh"
title = "Đài tỉnh"
areas = ["bac-ai"]
audiences = ["sinh-vien"]
language = "cjm"
slot = "3m"
[[channels.radio.targets]]
name = "dai-hai"
[plugins.bang_led]
enabled = true
isolated = true
memory = "1 GB"
"""


def load(folder: Path, text: str) -> tuple[Config, list[str]]:
    (folder / "config.toml").write_text(text, encoding="utf-8")
    config, problems = load_config(folder)
    return config, [str(each) for each in problems]


def test_every_key(tmp_path: Path) -> None:
    config, problems = load(tmp_path, FULL)
    assert not problems
    assert (config.folder, config.zone.key, config.language) == (tmp_path, "Asia/Bangkok", "en")
    assert (config.horizon, config.poll, config.keep) == (
        timedelta(days=90), timedelta(milliseconds=250), timedelta(days=30),
    )  # fmt: skip
    assert (config.alert.command, config.alert.webhook) == ("notify-send Loa", "https://example.org/hook")
    assert config.alert.email == Email(("a@b.vn",), "c@d", "h", 587, True, "u", {"env": "P"})
    radio = config.channels["radio"]
    assert (radio.name, radio.enabled, radio.lead, radio.late) == ("radio", False, timedelta(days=2), Late.ASK)
    assert (radio.grace, radio.rate) == (timedelta(hours=1), Rate(30, timedelta(minutes=1)))
    assert (radio.workers, radio.time_limit) == (4, timedelta(seconds=5))
    assert radio.retry == Retry(timedelta(seconds=1), timedelta(seconds=4), timedelta(minutes=1), 3)
    assert radio.breaker == Breaker(2, timedelta(seconds=9))
    assert radio.options == {"syllables_per_minute": 180, "token": {"env": "T"}}
    first, second = radio.targets
    assert (first.name, first.title, first.language, first.line) == ("dai-tinh", "Đài tỉnh", "cjm", 30)
    assert (first.areas, first.audiences, first.settings) == (("bac-ai",), ("sinh-vien",), {"slot": "3m"})
    assert (second.name, second.title, second.settings) == ("dai-hai", "dai-hai", {})


def test_lines_of_channel_keys(tmp_path: Path) -> None:
    lines = load(tmp_path, FULL)[0].channels["radio"].lines
    text = FULL.split("\n")
    for key, start in (
        ("", "[channels.radio]"),
        ("token.env", "token ="),
        ("retry.most", "most ="),
        ("targets.0.slot", "slot ="),
        ("targets.1.name", 'name = "dai-hai"'),
    ):
        assert text[lines[key] - 1].startswith(start)


def test_an_empty_file_has_the_defaults(tmp_path: Path) -> None:
    config, problems = load(tmp_path, "")
    assert not problems
    assert config.channels == {}
    assert config.alert.email is None


def test_a_bad_value_leaves_its_default_and_the_rest(tmp_path: Path) -> None:
    config, problems = load(tmp_path, FULL.replace('"2d"', '"2x"').replace("attempts = 3", "attempts = 0"))
    assert problems == [
        "config.toml:14: error: channels.radio.lead: '2x' has no unit that Loa knows: 'x'; "
        "write a number and a unit (w, d, h, m, s), for example 2d, 1d 2h, 30m",
        "config.toml:26: error: channels.radio.retry.attempts: must be from 1 to 1000, not 0",
    ]
    radio = config.channels["radio"]
    assert (radio.lead, radio.retry.attempts, radio.workers) == (None, 10, 4)


def test_all_problems_come_at_once(tmp_path: Path) -> None:
    bad = re.sub(r"(?m)^(\w+) = (?!\{).+$", r"\1 = -1", FULL)
    config, problems = load(tmp_path, bad)
    reported = {each.split(": ")[2] for each in problems}
    assert reported == {
        "zone", "language", "plan.horizon", "engine.poll", "engine.keep", "alert.command", "alert.webhook",
        "channels.radio.enabled", "channels.radio.lead", "channels.radio.late", "channels.radio.grace",
        "channels.radio.rate", "channels.radio.workers", "channels.radio.time_limit", "channels.radio.retry.first",
        "channels.radio.retry.most", "channels.radio.retry.give_up", "channels.radio.retry.attempts",
        "channels.radio.breaker.failures", "channels.radio.breaker.pause", "channels.radio.targets.0.name",
        "channels.radio.targets.0.title", "channels.radio.targets.0.areas", "channels.radio.targets.0.audiences",
        "channels.radio.targets.0.language", "channels.radio.targets.1.name",
        "plugins.bang_led.enabled", "plugins.bang_led.isolated", "plugins.bang_led.memory",
    }  # fmt: skip
    assert config.zone.key == "Asia/Ho_Chi_Minh"


@pytest.mark.parametrize(
    ("text", "count", "seconds", "spelt"),
    [
        ("30/min", 30, 60, "30/min"),
        ("5/s", 5, 1, "5/s"),
        ("100/h", 100, 3600, "100/h"),
        ("1 / day", 1, 86400, "1/d"),
        ("30/10s", 30, 10, "30/10s"),
    ],
)
def test_rates(text: str, count: int, seconds: int, spelt: str) -> None:
    rate = as_rate(text)
    assert rate == Rate(count, timedelta(seconds=seconds))
    assert str(rate) == spelt
    assert as_rate(str(rate)) == rate


@pytest.mark.parametrize("text", ["30", "30/", "/min", "x/min", "30/x", "30 per min", "-1/s", "1.5/s", "0/s", "5/0s"])
def test_what_is_no_rate(text: str) -> None:
    with pytest.raises(Wrong):
        as_rate(text)


def test_keys_of_the_screens_are_read_as_they_are_written(tmp_path: Path) -> None:
    text = (
        '[screen]\ntheme = "light"\n[keys]\nhold = "H"\nstop = ["^s", "f12"]\nqueue.filter = "/"\n"queue.now" = "N"\n'
    )
    config, problems = load(tmp_path, text)
    assert not problems
    assert config.theme == "light"
    assert config.keys == (
        KeyWish("hold", ("H",), 4),
        KeyWish("stop", ("^s", "f12"), 5),
        KeyWish("queue.filter", ("/",), 6),
        KeyWish("queue.now", ("N",), 7),
    )


def test_what_is_no_key_or_theme_is_named_and_the_rest_is_read(tmp_path: Path) -> None:
    config, problems = load(tmp_path, '[screen]\ntheme = "lihgt"\n[keys]\nhold = 7\nstop = []\nrelease = "L"\n')
    assert config.theme == "auto"
    assert config.keys == (KeyWish("release", ("L",), 6),)
    assert [each.partition(" error: ")[0] + each.partition(" error: ")[2][:15] for each in problems] == [
        "config.toml:2:screen.theme: m",
        "config.toml:4:keys.hold: must",
        "config.toml:5:keys.stop: name",
    ]


def documented() -> dict[str, str]:
    """Every key in docs/config.md by its whole name, with its default as the page gives it."""
    found = {}
    table = ""
    for line in (ROOT / "docs/config.md").read_text(encoding="utf-8").split("\n"):
        if line.startswith("## "):
            table = "".join(re.findall(r"`\[+([\w.]+)\]+`", line))
        elif row := re.match(r"\| `(\w+)` \|.*\| ([^|]+) \|[^|]+\|$", line):
            found[f"{table}.{row[1]}".lstrip(".")] = row[2]
    return found


def test_the_page_has_every_key_that_the_code_reads(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    read = set()
    take = Fields._take

    def recorded(fields: Fields, key: str) -> object:
        key_ = fields.key(key).replace("plugins.bang_led", "plugins.NAME")
        read.add(re.sub(r"channels\.radio\b(\.targets\.[\w-]+)?", _generic, key_))
        return take(fields, key)

    monkeypatch.setattr(Fields, "_take", recorded)
    load(tmp_path, FULL)
    assert read - {
        "plan",
        "engine",
        "alert",
        "channels",
        "channels.NAME",
        "plugins",
        "plugins.NAME",
        "screen",
        "keys",
    } == set(documented())


def _generic(name: re.Match[str]) -> str:
    return "channels.NAME.targets" if name[1] else "channels.NAME"


def test_the_defaults_on_the_page_are_those_of_the_code(tmp_path: Path) -> None:
    needed = '[alert.email]\nto = ["a@b"]\nfrom = "a@b"\n[plugins.radio]\n[[channels.radio.targets]]\nname = "a"\n'
    plain, _ = load(tmp_path, needed)
    defaults = {key: default.strip("`") for key, default in documented().items() if default.startswith("`")}
    assert len(defaults) > 20
    tables: dict[str, list[str]] = {"alert.email": ['to = ["a@b"]', 'from = "a@b"']}
    for key, default in defaults.items():
        table, _, name = key.replace("NAME", "radio").rpartition(".")
        tables.setdefault(table, []).append(f"{name} = {default}")
    targets = tables.pop("channels.radio.targets")
    text = "\n".join(tables.pop("")) + "\n"
    text += "".join(f"[{table}]\n" + "\n".join(lines) + "\n" for table, lines in tables.items())
    text += '[[channels.radio.targets]]\nname = "a"\n' + "\n".join(targets)
    spelt, problems = load(tmp_path, text)
    assert not problems
    assert _without_lines(spelt) == _without_lines(plain)


def _without_lines(config: Config) -> str:
    return re.sub(r"line=\d+|lines=mappingproxy\(\{.*?\}\)", "", repr(config))


def test_the_configuration_of_the_example_is_good() -> None:
    _, problems = load_config(ROOT)
    assert problems == []


@pytest.mark.parametrize(("text", "size"), [("64 MB", 64 << 20), ("2GB", 2 << 30)])
def test_a_size_is_a_number_of_bytes(text: str, size: int) -> None:
    assert as_size(text) == size


@pytest.mark.parametrize("text", ["", "0 MB", "64", "64 KB", "-1 GB", "1.5 GB"])
def test_what_is_no_size_is_refused(text: str) -> None:
    with pytest.raises(Wrong):
        as_size(text)


def test_what_is_wanted_of_a_plugin(tmp_path: Path) -> None:
    text = '[plugins.bang-led]\nenabled = false\nisolated = true\nmemory = "256 MB"\n\n[plugins.thu]\nenabeld = true\n'
    (tmp_path / "config.toml").write_text(text)
    config, problems = load_config(tmp_path)
    assert config.plugins["bang-led"] == PluginConfig(enabled=False, isolated=True, memory=256 << 20)
    assert config.plugins["thu"] == PluginConfig()
    assert [(each.line, each.key, each.hint) for each in problems] == [
        (7, "plugins.thu.enabeld", "did you mean 'enabled'?")
    ]
