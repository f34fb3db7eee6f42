"""What is typed and not saved is kept, for this account alone, until it is saved or thrown away."""

from __future__ import annotations

import os
import stat
from typing import TYPE_CHECKING

import pytest

from scheduler.engine.edits import drafts
from scheduler.ground.errors import LoaError

if TYPE_CHECKING:
    from pathlib import Path

ME, OTHER = "giam-doc", "user:root"
TEXT = "---\nid: mot\n---\nBảo hiểm xã hội.\n"


def test_a_draft_comes_back_as_it_was_typed_with_what_it_started_from(tmp_path: Path) -> None:
    drafts.keep(tmp_path, ME, "mot", TEXT, b"base")
    found = drafts.find(tmp_path, ME, "mot")
    assert found is not None
    assert (found.name, found.text, found.base) == ("mot", TEXT, b"base")
    assert drafts.names(tmp_path, ME) == ["mot"]


def test_only_this_account_may_read_it(tmp_path: Path) -> None:
    drafts.keep(tmp_path, ME, "mot", TEXT, b"base")
    modes = {each.name: stat.S_IMODE(each.stat().st_mode) for each in (tmp_path / "drafts" / ME).iterdir()}
    assert modes == {"mot.md": 0o600, "mot.base": 0o600}
    assert stat.S_IMODE((tmp_path / "drafts").stat().st_mode) == 0o700


def test_the_newest_counts(tmp_path: Path) -> None:
    for number in range(3):
        drafts.keep(tmp_path, ME, "mot", f"{number}", b"base" if number < 2 else b"other")
    found = drafts.find(tmp_path, ME, "mot")
    assert found is not None
    assert (found.text, found.base) == ("2", b"other")


def test_thrown_away_nothing_is_left(tmp_path: Path) -> None:
    drafts.keep(tmp_path, ME, "mot", TEXT, b"base")
    drafts.discard(tmp_path, ME, "mot")
    drafts.discard(tmp_path, ME, "mot")
    assert drafts.find(tmp_path, ME, "mot") is None
    assert list((tmp_path / "drafts" / ME).iterdir()) == []


def test_what_a_crash_left_without_its_base_is_found_all_the_same(tmp_path: Path) -> None:
    drafts.keep(tmp_path, ME, "mot", TEXT, b"base")
    (tmp_path / "drafts" / ME / "mot.base").unlink()
    found = drafts.find(tmp_path, ME, "mot")
    assert found is not None
    assert (found.text, found.base) == (TEXT, b"")


def test_a_name_that_is_no_id_leads_nowhere(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="escape"):
        drafts.keep(tmp_path, ME, "../escape", TEXT, b"")


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write everywhere")
def test_what_cannot_be_written_is_said(tmp_path: Path) -> None:
    tmp_path.chmod(0o500)
    with pytest.raises(LoaError, match="the draft cannot be written"):
        drafts.keep(tmp_path, ME, "mot", TEXT, b"")


def test_where_something_else_stands_in_the_way_that_is_said(tmp_path: Path) -> None:
    (tmp_path / "drafts").write_text("no folder")
    with pytest.raises(LoaError, match="the draft cannot be written"):
        drafts.keep(tmp_path, ME, "mot", TEXT, b"")
    with pytest.raises(LoaError, match="the draft cannot be read"):
        drafts.find(tmp_path, ME, "mot")


def test_two_who_write_in_one_post_keep_both_texts(tmp_path: Path) -> None:
    for person, text in ((ME, "của tôi"), (OTHER, "của người khác")):
        drafts.keep(tmp_path, person, "mot", text, b"base")
    found = {person: drafts.find(tmp_path, person, "mot") for person in (ME, OTHER)}
    assert {person: each.text for person, each in found.items() if each} == {ME: "của tôi", OTHER: "của người khác"}
    drafts.discard(tmp_path, ME, "mot")
    assert drafts.find(tmp_path, ME, "mot") is None
    assert drafts.names(tmp_path, OTHER) == ["mot"]


def test_a_draft_of_an_earlier_version_is_offered_and_becomes_that_of_who_takes_it_up(tmp_path: Path) -> None:
    folder = tmp_path / "drafts"
    folder.mkdir()
    for name, data in (("cu.md", "chữ cũ"), ("cu.base", "gốc")):
        (folder / name).write_text(data, "utf-8")
    for person in (ME, OTHER):
        found = drafts.find(tmp_path, person, "cu")
        assert found is not None
        assert (found.text, found.base, drafts.names(tmp_path, person)) == ("chữ cũ", "gốc".encode(), ["cu"])
    drafts.keep(tmp_path, ME, "cu", "chữ cũ và mới", "gốc".encode())
    assert drafts.find(tmp_path, OTHER, "cu") is None
    kept = drafts.find(tmp_path, ME, "cu")
    assert kept is not None
    assert (kept.text, kept.base) == ("chữ cũ và mới", "gốc".encode())


@pytest.mark.parametrize("person", ["user:a.b", "..", ".", "a/b", "mot.md"])
def test_no_name_of_a_person_leads_out_of_the_folder_or_into_a_draft(tmp_path: Path, person: str) -> None:
    drafts.keep(tmp_path, person, "mot", TEXT, b"")
    (found,) = tmp_path.rglob("mot.md")
    assert found.parent.parent == tmp_path / "drafts"
    assert drafts.names(tmp_path, ME) == []
