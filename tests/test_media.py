from __future__ import annotations

import hashlib
import os
import unicodedata
from typing import TYPE_CHECKING

import pytest

from scheduler.plan.fields import Fields
from scheduler.plan.media import digest_of, read_media
from scheduler.plan.source import Report
from scheduler.plan.values import Wrong

if TYPE_CHECKING:
    from pathlib import Path


def read(folder: Path, *media: object) -> tuple[list[tuple[str, str]], list[str]]:
    report = Report("a.md")
    found = read_media(folder, Fields({"media": list(media)}, {}, report))
    return [(each.file, each.alt) for each in found], [each.message for each in report.problems]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    media = tmp_path / "content/media/anh"
    media.mkdir(parents=True)
    (media / "a.png").write_bytes(b"a")
    return tmp_path


def test_paths_and_tables(folder: Path) -> None:
    found, problems = read(folder, "anh/a.png", {"file": "anh/a.png", "alt": "Ảnh"})
    assert found == [("anh/a.png", ""), ("anh/a.png", "Ảnh")]
    assert not problems


@pytest.mark.parametrize(
    ("entry", "message"),
    [
        ("a.png", "there is no file 'a.png' below content/media"),
        ("anh", "'anh' is not a file"),
        ("anh/a.png/b", "'anh/a.png/b' cannot be read: not a directory"),
        ("a" * 300, "cannot be read: file name too long"),
        (5, "must be text, not a number"),
        ({"file": 5}, "must be text, not a number"),
        ({"file": "anh/a.png", "alt": "a\nb"}, "must be one line"),
    ],
)
def test_what_is_no_media_file(folder: Path, entry: object, message: str) -> None:
    found, [problem] = read(folder, entry)
    assert not found
    assert message in problem


def test_a_name_that_the_disk_spells_in_nfd(folder: Path) -> None:
    name = unicodedata.normalize("NFD", "thẻ.png")
    (folder / "content/media" / name).write_bytes(b"b")
    found, problems = read(folder, "thẻ.png")
    assert not problems
    assert found == [(name, "")]


def test_a_digest_is_kept_until_the_file_changes(folder: Path) -> None:
    path = folder / "content/media/anh/a.png"
    assert digest_of(path) == hashlib.sha256(b"a").hexdigest()
    status = path.stat()
    path.write_bytes(b"b")
    assert digest_of(path) == hashlib.sha256(b"b").hexdigest()
    path.write_bytes(b"c")
    os.utime(path, ns=(status.st_atime_ns, status.st_mtime_ns + 1))
    assert digest_of(path) == hashlib.sha256(b"c").hexdigest()
    with pytest.MonkeyPatch.context() as patch:
        patch.delattr("pathlib.Path.open")
        assert digest_of(path) == hashlib.sha256(b"c").hexdigest()
    path.unlink()
    with pytest.raises(Wrong, match="cannot be read: no such file"):
        digest_of(path)
