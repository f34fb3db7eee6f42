"""What commands say of posts whose files have errors."""

from __future__ import annotations

from pathlib import Path

import pytest

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
