"""Files of the campaign as clean text: no byte order mark, LF, NFC, nothing invisible in it."""

from __future__ import annotations

import hashlib
import os
import re
import stat
import unicodedata
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from scheduler.ground.borrowed import system
from scheduler.ground.problem import Problem, Severity
from scheduler.ground.text import _

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

LIMIT = 1_000_000
"""Bytes; a text of the campaign that is larger is refused unread."""

CONTROL = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ud800-\udfff\ufffe\uffff]")
"""What no text may hold: control characters save tab and line feed, overrides of direction, halves."""


@dataclass(slots=True)
class Report:
    """Collects what is wrong with one file; ``file`` is relative to the campaign folder."""

    file: str
    problems: list[Problem] = field(default_factory=list)

    def error(self, message: str, line: int | None = None, key: str = "", hint: str = "") -> None:
        self.problems.append(Problem(message, self.file, line, key, Severity.ERROR, hint))

    def warning(self, message: str, line: int | None = None, key: str = "", hint: str = "") -> None:
        self.problems.append(Problem(message, self.file, line, key, Severity.WARNING, hint))

    def notice(self, message: str, line: int | None = None, key: str = "", hint: str = "") -> None:
        self.problems.append(Problem(message, self.file, line, key, Severity.NOTICE, hint))

    @property
    def failed(self) -> bool:
        """Whether anything here is an error."""
        return any(each.severity is Severity.ERROR for each in self.problems)


@dataclass(frozen=True, slots=True)
class Source:
    """A text file as read. ``digest`` is the SHA-256 of the cleaned text, in hex."""

    path: str
    text: str
    digest: str


def read_source(folder: Path, path: str, report: Report, data: bytes | None = None) -> Source | None:
    """Return the text of ``path`` below ``folder``, or ``None`` with an error in ``report``.

    ``data`` is taken for what the file holds, where it is given; nothing is read then.
    """
    if data is not None:
        return _sized(path, data, len(data), report)
    full = folder / path
    if leads_out(folder, path):
        report.error(_("is a link that leads out of the campaign folder"))
        return None
    try:
        status = full.stat()
        if not stat.S_ISREG(status.st_mode):
            report.error(_("is not a regular file"))
            return None
        data = b""
        if status.st_size <= LIMIT:
            with full.open("rb") as stream:
                data = stream.read(LIMIT + 1)
    except OSError as error:
        report.error(_("cannot be read: {why}").format(why=system(error).lower()))
        return None
    return _sized(path, data, max(status.st_size, len(data)), report)


def _sized(path: str, data: bytes, size: int, report: Report) -> Source | None:
    if size > LIMIT:
        report.error(_("has {size:,} bytes; a text of more than {limit:,} is not read").format(size=size, limit=LIMIT))
        return None
    return _clean(path, data, report)


def leads_out(folder: Path, path: str) -> bool:
    """Whether ``path`` below ``folder`` is, or goes through, a link to somewhere else."""
    ends = (at for at, letter in enumerate(f"{path}/") if letter == "/")
    if ".." not in path and not any(os.path.islink(f"{folder}/{path[:end]}") for end in ends):  # noqa: PTH114
        return False
    root = os.path.realpath(folder)
    real = os.path.realpath(folder / path)
    return not (real == root or real.startswith(root.rstrip("/") + "/"))


def _clean(path: str, data: bytes, report: Report) -> Source | None:
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        wide = data[:2] in (b"\xff\xfe", b"\xfe\xff")
        hint = _("it looks like UTF-16; save it as UTF-8") if wide else _("save it as UTF-8")
        report.error(_("is not UTF-8: byte {number} cannot be read").format(number=error.start), line, hint=hint)
        return None
    if text.startswith("\ufeff"):
        report.notice(_("starts with a byte order mark, which is left out"), 1)
        text = text.lstrip("\ufeff")
    text = text.replace("\r\n", "\n")
    control = CONTROL.search(text)
    if control is not None:
        line = text.count("\n", 0, control.start()) + 1
        report.error(_("holds the control character U+{code:04X}").format(code=ord(control[0])), line)
        return None
    if not unicodedata.is_normalized("NFC", text):
        report.notice(_("has decomposed letters (NFD); they are read as NFC"), _decomposed(text))
        text = unicodedata.normalize("NFC", text)
    return Source(path, text, hashlib.sha256(text.encode()).hexdigest())


def _decomposed(text: str) -> int | None:
    for number, line in enumerate(text.split("\n"), 1):
        if not unicodedata.is_normalized("NFC", line):
            return number
    return None


def printable(path: str) -> str:
    """Return ``path`` so that it can be shown: odd bytes and control characters escaped."""
    shown = path.encode("utf-8", "surrogateescape").decode("utf-8", "backslashreplace")
    return CONTROL.sub(lambda found: f"\\x{ord(found[0]):02x}", shown.replace("\n", "\\n"))


def text_files(folder: Path, below: str, problems: list[Problem]) -> tuple[list[str], list[str]]:
    """Return the paths of the Markdown files below ``below``, and those of folders that stay unread.

    Hidden files and backups are passed over, files of other kinds get a notice, links to folders are
    not followed. Where ``below`` itself is missing there are no texts, as long as the folder around it is there.
    """
    found: list[str] = []
    closed: list[str] = []
    waiting = [below]
    while waiting:
        path = waiting.pop()
        report = Report(printable(path), problems)
        try:
            if (folder / path).is_symlink():
                _refuse_link(folder, path, report)
                closed.append(path)
                continue
            for entry in _entries(folder / path):
                name = f"{path}/{entry.name}"
                if _is_folder(entry):
                    waiting.append(name)
                elif entry.name.endswith(".md"):
                    found.append(name)
                else:
                    Report(printable(name), problems).notice(_("is not read: texts are files ending in .md"))
        except OSError as error:
            if path == below and isinstance(error, FileNotFoundError) and os.path.lexists((folder / path).parent):
                continue
            report.error(_("cannot be read: {why}").format(why=system(error).lower()))
            closed.append(path)
    return sorted(found), closed


def _entries(path: Path) -> Iterator[os.DirEntry[str]]:
    with os.scandir(path) as entries:
        for entry in entries:
            if not entry.name.startswith(".") and not entry.name.endswith("~"):
                yield entry


def _is_folder(entry: os.DirEntry[str]) -> bool:
    try:
        return entry.is_dir()
    except OSError:
        return False  # a link in a circle; reading it says so


def _refuse_link(folder: Path, path: str, report: Report) -> None:
    out = leads_out(folder, path)
    report.error(
        _("is a link that leads out of the campaign folder") if out else _("is a link, which is not followed here")
    )
