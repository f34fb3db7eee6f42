from __future__ import annotations

import hashlib
import os
from typing import TYPE_CHECKING

import pytest

from scheduler.ground.problem import Problem, Severity
from scheduler.plan.source import LIMIT, Report, leads_out, printable, read_source, text_files

if TYPE_CHECKING:
    from pathlib import Path


def read(folder: Path, data: bytes) -> tuple[str | None, list[str]]:
    (folder / "a.md").write_bytes(data)
    report = Report("a.md")
    source = read_source(folder, "a.md", report)
    if source is not None:
        assert source.digest == hashlib.sha256(source.text.encode()).hexdigest()
    return source.text if source else None, [str(each) for each in report.problems]


def test_text_is_read_without_mark_with_lf_in_nfc(tmp_path: Path) -> None:
    text, problems = read(tmp_path, "\ufeffmột\r\nhai\r\nBa\u0300i\r\n".encode())
    assert text == "một\nhai\nBài\n"
    assert problems == [
        "a.md:1: notice: starts with a byte order mark, which is left out",
        "a.md:3: notice: has decomposed letters (NFD); they are read as NFC",
    ]


def test_the_digest_is_of_the_cleaned_text(tmp_path: Path) -> None:
    digests = set()
    for data in ("Bài\n", "\ufeffBài\n", "Bài\r\n", "Ba\u0300i\n"):
        (tmp_path / "a.md").write_bytes(data.encode())
        source = read_source(tmp_path, "a.md", Report("a.md"))
        assert source
        digests.add(source.digest)
    assert len(digests) == 1


@pytest.mark.parametrize(
    ("data", "problem"),
    [
        (b"a\nb\xff", "a.md:2: error: is not UTF-8: byte 3 cannot be read (save it as UTF-8)"),
        (b"\xfe\xff\0a", "a.md:1: error: is not UTF-8: byte 0 cannot be read (it looks like UTF-16; save it as UTF-8)"),
        (b"\xed\xa0\x80", "a.md:1: error: is not UTF-8: byte 0 cannot be read (save it as UTF-8)"),
        (b"a\n\nb\x00", "a.md:3: error: holds the control character U+0000"),
        (b"a\rb", "a.md:1: error: holds the control character U+000D"),
        ("a\n\u202eb".encode(), "a.md:2: error: holds the control character U+202E"),
        ("a\u0085".encode(), "a.md:1: error: holds the control character U+0085"),
        (b"x" * (LIMIT + 1), "a.md: error: has 1,000,001 bytes; a text of more than 1,000,000 is not read"),
    ],
)
def test_what_is_no_clean_text(tmp_path: Path, data: bytes, problem: str) -> None:
    assert read(tmp_path, data) == (None, [problem])


def test_the_largest_text_is_read(tmp_path: Path) -> None:
    text, problems = read(tmp_path, b"x" * LIMIT)
    assert text is not None
    assert len(text) == LIMIT
    assert not problems


def test_what_cannot_be_opened(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.md")
    (tmp_path / "folder.md").mkdir()
    (tmp_path / "a").write_text("")
    for name, message in (
        ("pipe.md", "is not a regular file"),
        ("folder.md", "is not a regular file"),
        ("none.md", "cannot be read: no such file or directory"),
        ("a/b.md", "cannot be read: not a directory"),
    ):
        report = Report(name)
        assert read_source(tmp_path, name, report) is None
        assert [each.message for each in report.problems] == [message]


def test_links(tmp_path: Path) -> None:
    folder, outside = tmp_path / "chien-dich", tmp_path / "chien-dich-khac"
    folder.mkdir()
    outside.mkdir()
    (outside / "a.md").write_text("a")
    (folder / "b.md").write_text("b")
    (folder / "out.md").symlink_to(outside / "a.md")
    (folder / "in.md").symlink_to("b.md")
    (folder / "loop.md").symlink_to("loop.md")
    (folder / "up").symlink_to(outside)
    assert leads_out(folder, "out.md")
    assert leads_out(folder, "up/a.md")
    assert leads_out(folder, "../chien-dich-khac/a.md")
    assert not leads_out(folder, "in.md")
    assert not leads_out(folder, "b.md")
    assert not leads_out(folder, "none.md")
    report = Report("loop.md")
    assert read_source(folder, "loop.md", report) is None
    assert "cannot be read" in report.problems[0].message
    source = read_source(folder, "in.md", Report("in.md"))
    assert source
    assert source.text == "b"


def test_a_folder_may_itself_be_reached_by_a_link(tmp_path: Path) -> None:
    (tmp_path / "that").mkdir()
    (tmp_path / "that/a.md").write_text("a")
    (tmp_path / "link").symlink_to("that")
    assert read_source(tmp_path / "link", "a.md", Report("a.md"))


def test_which_files_are_texts(tmp_path: Path) -> None:
    for name in ("b.md", "a.md", "sau/c.md", ".hidden.md", "b.md~", ".git/x.md", "sau/notes.txt", "d.MD"):
        path = tmp_path / "content/posts" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch()
    problems: list[Problem] = []
    found, closed = text_files(tmp_path, "content/posts", problems)
    assert found == ["content/posts/a.md", "content/posts/b.md", "content/posts/sau/c.md"]
    assert closed == []
    assert sorted(str(each) for each in problems) == [
        "content/posts/d.MD: notice: is not read: texts are files ending in .md",
        "content/posts/sau/notes.txt: notice: is not read: texts are files ending in .md",
    ]


def test_a_missing_folder_is_empty_but_a_missing_parent_is_not(tmp_path: Path) -> None:
    report = Report("")
    assert text_files(tmp_path, "content/posts", report.problems) == ([], ["content/posts"])
    assert [each.severity for each in report.problems] == [Severity.ERROR]
    (tmp_path / "content").mkdir()
    assert text_files(tmp_path, "content/posts", report.problems) == ([], [])
    (tmp_path / "content/posts").touch()
    assert text_files(tmp_path, "content/posts", report.problems) == ([], ["content/posts"])
    assert report.problems[-1].message == "cannot be read: not a directory"


def test_printable_paths() -> None:
    assert printable("content/bài.md") == "content/bài.md"
    assert printable(os.fsdecode(b"b\xe0i\n\x1b.md")) == "b\\xe0i\\n\\x1b.md"
