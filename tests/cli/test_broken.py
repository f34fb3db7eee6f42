"""What commands say of posts whose files have errors."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest

from scheduler.engine.engine import Engine
from scheduler.ground.clock import SystemClock
from tests.cli.conftest import Loa

FILE = "content/posts/2021-05/03-phat-thanh-loi-moi.md"


@pytest.fixture
def torn(campaign: Path) -> Path:
    """Return a campaign in which one post cannot be taken apart, and another names a channel that is none."""
    file = campaign / FILE
    file.write_text(file.read_text("utf-8").replace("channels: [radio]", 'channels: [radio\ntitle: "x'), "utf-8")
    other = campaign / "content/posts/hong.md"
    other.write_text('---\nid: hong\ntitle: "x\n---\nx\n', "utf-8")
    return campaign


def test_lists_say_what_they_leave_out(loa: Loa, torn: Path) -> None:
    for args in (("plan", "--from", "2021-05-01"), ("plan", "--from", "2021-05-01", "--json")):
        assert "have errors and are not in this list: loa check" in loa(*args, folder=torn).stderr
    assert "2 posts have errors and are not in this list" in loa("post", "list", folder=torn).stderr
    assert "errors and do not go out" in loa("arm", "--yes", folder=torn).stderr


@pytest.mark.parametrize("words", [("show",), ("preview",), ("approve",)])
def test_a_broken_post_is_said_to_be_there(words: tuple[str, ...], loa: Loa, torn: Path) -> None:
    told = loa("--as", "giam-doc", "post", *words, "tv-loi-moi", folder=torn, code=1)
    assert f"the post 'tv-loi-moi' cannot be read: {FILE}:" in told.stderr


def test_an_armed_folder_says_so_and_asks_nothing(loa: Loa, campaign: Path) -> None:
    loa("arm", "--yes", folder=campaign)
    assert "armed already" in loa("arm", folder=campaign).stderr


def test_a_broken_plan_is_blamed_for_every_post_and_delivery(loa: Loa, open_campaign: Path) -> None:
    plan = open_campaign / "content" / "plan.toml"
    text = plan.read_text("utf-8")
    soon = (SystemClock().now() + timedelta(days=2)).strftime("%Y-%m-%d %H:%M")
    new = ("--title", "Sắp tới", "--at", soon, "--text", "Nhớ.", "--channel", "rss", "--workstream", "thi-dua")
    loa("post", "new", "sap-toi", *new, folder=open_campaign)
    loa("arm", "--yes", folder=open_campaign)
    plan.write_text(text.replace('id = "thu-hut"', 'id = "thu hut"', 1), "utf-8")
    with Engine.open(open_campaign) as engine:
        engine.act.sync()
    blamed = "content/plan.toml:27 has errors"
    listed = loa("post", "list", folder=open_campaign).stdout
    assert blamed in listed
    assert "its file" not in listed
    assert blamed in loa("post", "show", "tv-loi-moi", folder=open_campaign).stdout
    assert blamed in loa("plan", "--from", "2021-05-01", folder=open_campaign).stderr
    approve = loa("--as", "giam-doc", "post", "approve", "tv-loi-moi", folder=open_campaign, code=1)
    assert f"{blamed}: run 'loa check'" in approve.stderr
    assert blamed in loa("delivery", "list", "--state", "held", folder=open_campaign).stdout
    assert blamed in loa("delivery", "show", "sap-toi", folder=open_campaign).stdout
    assert "content/plan.toml:27: error" in loa("check", folder=open_campaign, code=1).stdout
