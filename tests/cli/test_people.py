"""What a person did has their name on it wherever people read it; programs get the id, which is what one types."""

from __future__ import annotations

from pathlib import Path

from scheduler.engine.engine import system_user
from tests.cli.conftest import Loa, read_json

POST = "tv-loi-moi"
ID, NAME = "giam-doc", "Lê Hoàng Sơn"


def said(loa: Loa, folder: Path, *args: str) -> str:
    """Return what a command writes, which has the name and not the id."""
    result = loa("--as", ID, *args, folder=folder)
    text = result.stdout + result.stderr
    assert NAME in text, text
    assert ID not in text, text
    return text


def test_a_post_names_who_approved_returned_holds_and_revoked_it(loa: Loa, campaign: Path) -> None:
    said(loa, campaign, "post", "approve", POST)
    said(loa, campaign, "post", "show", POST)
    said(loa, campaign, "post", "diff", POST)
    said(loa, campaign, "post", "revoke", POST)
    said(loa, campaign, "post", "return", POST, "--reason", "the date is wrong")
    assert f"sent back by {NAME}" in said(loa, campaign, "post", "list")
    assert f"{NAME}, " in said(loa, campaign, "post", "show", POST)
    loa("--as", ID, "post", "hold", POST, "--reason", "the date may change", folder=campaign)
    assert f"held by {NAME}" in said(loa, campaign, "post", "list")
    assert f"{NAME}: the date may change" in said(loa, campaign, "post", "show", POST)
    shown = read_json(loa("post", "show", POST, "--json", folder=campaign))
    assert (shown["held_by"], shown["returned"]["by"]) == (ID, ID)


def test_deliveries_the_log_and_channels_name_them_too(loa: Loa, campaign: Path) -> None:
    text = campaign / "content" / "plan.toml"
    text.write_text(text.read_text("utf-8").replace("approval_required = true", "approval_required = false"), "utf-8")
    loa("--as", ID, "arm", "--yes", folder=campaign)
    number = read_json(loa("delivery", "list", "--channel", "rss", "--json", folder=campaign))[0]["number"]
    loa("--as", ID, "delivery", "requeue", str(number), folder=campaign)
    loa("--as", ID, "delivery", "cancel", str(number), "--reason", "not now", folder=campaign)
    assert "not now" in said(loa, campaign, "delivery", "show", str(number))
    assert "not now" in said(loa, campaign, "log", "--grep", "not now")
    assert "not now" in said(loa, campaign, "log", "--grep", "hoang son")
    loa("--as", ID, "channel", "pause", "rss", folder=campaign)
    assert f"paused by {NAME}" in said(loa, campaign, "channel", "list")
    assert f"paused by {NAME}" in said(loa, campaign, "channel", "show", "rss")
    loa("--as", ID, "stop", folder=campaign)
    assert f"stopped by {NAME}" in loa("doctor", folder=campaign, code=None).stdout


def test_what_is_taken_back_says_whose_it_was(loa: Loa, campaign: Path) -> None:
    loa("--as", ID, "post", "move", POST, "+1h", folder=campaign)
    said(loa, campaign, "undo", "--list")
    assert read_json(loa("undo", "--list", "--json", folder=campaign))[0]["by"] == ID


def test_whoever_the_plan_does_not_know_is_called_by_their_login(loa: Loa, campaign: Path) -> None:
    loa("arm", "--yes", folder=campaign)
    text = loa("log", folder=campaign).stdout
    assert system_user() in text
    assert f"user:{system_user()}" not in text
