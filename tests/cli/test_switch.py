"""`loa arm`, `loa stop`, `loa run --once`, `loa channel`, `loa plugins`."""

from __future__ import annotations

from pathlib import Path

import pytest

from scheduler.engine.engine import Engine
from scheduler.engine.lock import EngineLock
from tests.cli.conftest import Loa, read_json


def test_arming_needs_a_yes(loa: Loa, campaign: Path) -> None:
    assert "--yes" in loa("arm", folder=campaign, code=2).stderr
    with Engine.open(campaign) as engine:
        assert engine.look.status().armed_at is None


def test_arm_says_what_it_found(loa: Loa, open_campaign: Path) -> None:
    said = loa("arm", "--yes", folder=open_campaign)
    assert "armed" in said.stdout
    with Engine.open(open_campaign) as engine:
        assert engine.look.status().unarmed_because == ""
    assert set(read_json(loa("arm", "--yes", "--json", folder=open_campaign))) == {
        "scheduled",
        "held",
        "missed",
        "unknown",
    }


def test_stop_and_lift(loa: Loa, campaign: Path) -> None:
    assert "loa stop --lift" in loa("stop", "--reason", "wrong number", folder=campaign).stdout
    with Engine.open(campaign) as engine:
        assert engine.look.status().stop_reason == "wrong number"
    loa("stop", "--lift", folder=campaign)
    with Engine.open(campaign) as engine:
        assert engine.look.status().stopped_by is None
    loa("stop", "--lift", "--reason", "x", folder=campaign, code=2)


def test_stop_works_while_the_files_are_broken(loa: Loa, campaign: Path) -> None:
    (campaign / "config.toml").write_text("[channels\n")
    (campaign / "content" / "plan.toml").write_text("= = =")
    loa("stop", folder=campaign)
    with Engine.open(campaign) as engine:
        assert engine.look.status().stopped_by


def test_run_once_does_what_is_due(loa: Loa, open_campaign: Path) -> None:
    loa("arm", "--yes", folder=open_campaign)
    first = read_json(loa("delivery", "list", "--channel", "rss", "--limit", "1", "--json", folder=open_campaign))[0]
    loa("delivery", "requeue", first["key"], folder=open_campaign)
    assert "done." in loa("run", "--once", folder=open_campaign).stdout
    assert read_json(loa("delivery", "show", first["key"], "--json", folder=open_campaign))["state"] == "sent"
    feed = (open_campaign / "var" / "public" / "feed.xml").read_text("utf-8")
    assert first["title"] in feed


def test_there_is_one_engine_for_each_folder(loa: Loa, campaign: Path) -> None:
    (campaign / "var").mkdir()
    lock = EngineLock(campaign / "var")
    try:
        assert "another engine" in loa("run", "--once", folder=campaign, code=1).stderr
    finally:
        lock.release()


def test_channels(loa: Loa, campaign: Path) -> None:
    found = {each["name"]: each for each in read_json(loa("channel", "list", "--json", folder=campaign))}
    assert set(found) == {"radio", "fanpage", "rss", "sms"}
    assert found["radio"]["kind"] == "broadcast"
    loa("channel", "pause", "radio", "--reason", "repairs", folder=campaign)
    shown = loa("channel", "list", folder=campaign).stdout
    assert "repairs" in shown
    assert read_json(loa("channel", "list", "--json", folder=campaign))[0]["paused_by"]
    loa("channel", "resume", "radio", folder=campaign)
    assert "repairs" not in loa("channel", "list", folder=campaign).stdout


def test_a_channel_and_its_options(loa: Loa, campaign: Path) -> None:
    loa("channel", "test", "rss", folder=campaign)
    shown = loa("channel", "show", "rss", folder=campaign).stdout
    assert "Options in force" in shown
    assert "ban-tin: ok" in shown
    found = read_json(loa("channel", "show", "rss", "--json", folder=campaign))
    by_key = {each["key"]: each for each in found["options"]}
    assert by_key["grace"]["source"].startswith("config.toml:")
    assert by_key["time_limit"] | {"source": ""} == by_key["time_limit"]
    assert "did you mean" in loa("channel", "show", "rs", folder=campaign, code=1).stderr


def test_a_test_is_sent_only_from_an_armed_folder(loa: Loa, campaign: Path) -> None:
    refused = loa("channel", "test", "sms", "--send", "0901234567", folder=campaign, code=1)
    assert "nothing goes out now, a test neither" in refused.stderr
    loa("arm", "--yes", folder=campaign)
    assert "A test was sent: OUTC" in loa("channel", "test", "sms", "--send", "0901234567", folder=campaign).stdout
    assert "cannot send a test" in loa("channel", "test", "rss", "--send", folder=campaign, code=1).stderr
    assert "name a phone number" in loa("channel", "test", "sms", "--send", folder=campaign, code=1).stderr


def test_a_plugin_that_did_not_load_says_why(loa: Loa, campaign: Path) -> None:
    (campaign / "plugins").mkdir(exist_ok=True)
    (campaign / "plugins" / "hong.py").write_text("import khong_co")
    shown = loa("plugins", "show", "hong", folder=campaign, code=1).stdout
    assert "khong_co" in shown
    assert "register_channels" in loa("plugins", "show", "radio", folder=campaign).stdout
    assert "did you mean" in loa("plugins", "show", "radi", folder=campaign, code=1).stderr


def test_a_channel_can_be_tried(loa: Loa, campaign: Path) -> None:
    health = read_json(loa("channel", "test", "rss", "--json", folder=campaign))
    assert health["ok"] is True
    assert "rss" in loa("channel", "test", "rss", folder=campaign).stdout
    assert "did you mean" in loa("channel", "test", "rs", folder=campaign, code=1).stderr
    loa("channel", "test", "rss", "--target", "nowhere", folder=campaign, code=1)


def test_plugins(loa: Loa, campaign: Path) -> None:
    found = {each["name"]: each for each in read_json(loa("plugins", "list", "--json", folder=campaign))}
    assert {"radio", "fanpage", "rss", "sms"} <= set(found)
    (campaign / "plugins").mkdir()
    (campaign / "plugins" / "broken.py").write_text("raise RuntimeError('no luck')\n")
    shown = loa("plugins", "list", folder=campaign).stdout
    assert "broken" in shown
    assert "no luck" in shown


@pytest.mark.parametrize("args", [("channel",), ("plugins",), ("delivery",), ("event",), ("service",)])
def test_a_group_alone_shows_its_commands(args: tuple[str, ...], loa: Loa, campaign: Path) -> None:
    result = loa(*args, folder=campaign, code=2)
    assert "Commands:" in result.stderr
