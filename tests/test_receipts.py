"""A receipt as people read it: label and value, what is within another indented, and files by name, size and place."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from scheduler.engine.looks.receipts import Kept, lines
from tests.campaign import NOON, Desk, Folder

if TYPE_CHECKING:
    from collections.abc import Callable

    from scheduler.engine.looks.receipts import Proof


@pytest.fixture
def desk(folder: Folder, desks: Callable[..., Desk]) -> Desk:
    folder.channel()
    folder.post("tin", at=NOON)
    desk = desks(folder)
    desk.act.sync()
    return desk


def proof(desk: Desk, **receipt: Any) -> Proof:
    """Return how a receipt is read."""
    return desk.look.proof(replace(desk.row(), receipt=receipt))


def test_values_stand_by_their_labels_and_nested_ones_are_indented() -> None:
    nested: dict[str, object] = {
        "outer": {"inner": 1, "list": [{"a": True, "b": False}, "x"]},
        "none": None,
        "empty": [],
        "two_words": "c",
    }
    assert list(lines(nested)) == [
        "outer:",
        "  inner: 1",
        "  list:",
        "    - a: yes",
        "      b: no",
        "    - x",
        "two words: c",
    ]


def test_the_detail_of_a_channel_stands_beside_its_id_and_link(desk: Desk) -> None:
    found = proof(desk, id="123_456", link="https://example.org/1", detail={"read_back": False, "left_out": ["a/b"]})
    assert found.lines == ("id: 123_456", "link: https://example.org/1", "read back: no", "left out:", "  - a/b")
    assert found.files == ()


def test_files_are_listed_with_their_sizes_and_where_they_lie(desk: Desk) -> None:
    out = desk.core.var / "out" / "kenh"
    out.mkdir(parents=True)
    (out / "kich-ban.docx").write_bytes(b"x" * 3000)
    found = proof(desk, id="kich-ban.docx", detail={"files": ["kich-ban.docx", "mất.txt"], "evidence": "đã phát"})
    assert found.files == (Kept("kich-ban.docx", 3000), Kept("mất.txt", None))
    assert (found.folder, found.lines) == ("var/out/kenh", ("evidence: đã phát",))
    (out / "goi").mkdir()
    (out / "goi" / "README.txt").write_text("x")
    packed = proof(desk, id="goi", detail={"files": ["README.txt"]})
    assert (packed.files, packed.folder, packed.lines) == ((Kept("README.txt", 1),), "var/out/kenh/goi", ())
    alone = proof(desk, id="kich-ban.docx")
    assert (alone.files, alone.lines) == ((Kept("kich-ban.docx", 3000),), ())


def test_nothing_outside_the_channels_folder_is_looked_at(desk: Desk) -> None:
    (desk.folder.path / "secret").write_text("x")
    found = proof(desk, id="a", detail={"files": ["../../../secret", "/etc/passwd"]})
    assert found.files == ()
    assert found.lines == ("id: a", "files:", "  - ../../../secret", "  - /etc/passwd")


def test_a_secret_stays_masked(desk: Desk) -> None:
    desk.core.redactor.learn("s3cret!")
    found = proof(desk, id="a", link="https://x/?token=s3cret!", detail={"deep": {"key": ["s3cret!"]}})
    assert "s3cret!" not in "\n".join(found.lines)
    assert "  key:" in found.lines
    assert "    - •••" in found.lines
