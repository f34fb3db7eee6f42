"""What was typed in a post that is gone is listed, becomes a new post, or is thrown away after a question."""

from __future__ import annotations

from pathlib import Path

import pytest

from scheduler.engine.engine import Engine
from tests.cli.conftest import Loa, read_json

POST = "tv-loi-moi"
ME = "giam-doc"


@pytest.fixture
def left(campaign: Path) -> Path:
    """A campaign with a draft of a post whose file has been deleted."""
    with Engine.open(campaign, person=ME) as engine:
        original = engine.look.original(POST)
        engine.edit.keep_draft(POST, original.text + "Câu cuối.\n", original.data)
    (campaign / original.path).unlink()
    return campaign


def test_it_is_listed_for_whoever_typed_it(loa: Loa, left: Path) -> None:
    (found,) = read_json(loa("--as", ME, "post", "drafts", "--json", folder=left))
    assert set(found) == {"post", "at", "text"}
    assert found["post"] == POST
    assert POST in loa("--as", ME, "post", "drafts", folder=left).stdout
    assert read_json(loa("--as", "dung", "post", "drafts", "--json", folder=left)) == []


def test_it_becomes_a_new_post(loa: Loa, left: Path) -> None:
    assert f"content/posts/{POST}.md" in loa("--as", ME, "post", "drafts", "--take", POST, folder=left).stdout
    shown = read_json(loa("post", "show", POST, "--json", folder=left))
    assert shown["draft"] is True
    assert read_json(loa("--as", ME, "post", "drafts", "--json", folder=left)) == []


def test_it_is_thrown_away_after_a_question_only(loa: Loa, left: Path) -> None:
    args = ("--as", ME, "post", "drafts", "--discard", POST)
    assert "--yes" in loa(*args, folder=left, code=2).stderr
    assert len(read_json(loa("--as", ME, "post", "drafts", "--json", folder=left))) == 1
    loa(*args, "--yes", folder=left)
    assert read_json(loa("--as", ME, "post", "drafts", "--json", folder=left)) == []
    assert POST in loa("--as", ME, "post", "drafts", "--discard", POST, "--yes", folder=left, code=2).stderr
    assert "exclude each other" in loa(*args, "--take", POST, folder=left, code=2).stderr
