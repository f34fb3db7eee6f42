"""The record of approvals, ``content/approvals.jsonl``: one decision a line, oldest first.

The order of the lines is the order of the decisions; their times are for people. So a machine whose
clock was wrong cannot make a revocation look older than what it takes back.
"""

from __future__ import annotations

import fcntl
import json
import os
import re
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from scheduler.ground.borrowed import system
from scheduler.ground.delivery import Approval
from scheduler.ground.files import sync_folder
from scheduler.ground.problem import Problem, nearest
from scheduler.ground.text import _

if TYPE_CHECKING:
    from collections.abc import Container, Iterable

FILE = "content/approvals.jsonl"
"""Where the record lies in a campaign folder."""

EVERY = "*"
"""Stands for every digest of the post in a revocation."""

_VERDICTS = ("approved", "revoked", "returned")
_DIGEST = re.compile(r"sha256:[0-9a-f]{64}")
_POST = re.compile(rb'"post"\s*:\s*"([A-Za-z0-9._-]+)"')
_TEXTS = ("post", "digest", "verdict", "by", "at")


def read_approvals(folder: Path) -> tuple[list[Approval], list[Problem]]:
    """Return the decisions recorded in the campaign ``folder``, in order, and what could not be read.

    A torn or wrong line is a problem and the rest is read; no file is no decision. What counts is for `read_standing`.
    """
    lines, problems = _lines(folder)
    problems += [Problem(str(each), FILE, number) for number, _line, each in lines if isinstance(each, ValueError)]
    return [each for _number, _line, each in lines if isinstance(each, Approval)], problems


def read_standing(
    folder: Path, approvers: Container[str] | None
) -> tuple[dict[str, dict[str, Approval]], list[Problem]]:
    """Return the decisions that stand, as `standing` does, and what in the record is wrong.

    An approval by somebody who is not among ``approvers`` (``None``: not known now, anybody) does not count. A line
    that cannot be read may have been a revocation: no earlier approval counts of the post that it names, or, where
    none can be told, of any. All of this errs on the side of silence.
    """
    lines, problems = _lines(folder)
    found: dict[str, dict[str, Approval]] = {}
    for number, line, each in lines:
        if isinstance(each, ValueError):
            problems.append(Problem(f"{each}; {_voided(found, line)}", FILE, number))
        elif each.verdict == "approved" and approvers is not None and each.by not in approvers:
            text = _("{by} is not in content/plan.toml with the role 'approve': this approval does not count")
            problems.append(Problem(text.format(by=each.by), FILE, number))
        else:
            _take(found, each)
    return {post: of_post for post, of_post in found.items() if of_post}, problems


def _lines(folder: Path) -> tuple[list[tuple[int, bytes, Approval | ValueError]], list[Problem]]:
    try:
        data = (folder / FILE).read_bytes()
    except FileNotFoundError:
        return [], []
    except OSError as error:
        return [], [Problem(_("cannot be read: {why}").format(why=system(error)), FILE)]
    found: list[tuple[int, bytes, Approval | ValueError]] = []
    for number, line in enumerate(data.removeprefix(b"\xef\xbb\xbf").split(b"\n"), 1):
        if not line.strip():
            continue
        try:
            found.append((number, line, _approval(line)))
        except ValueError as error:
            found.append((number, line, error))
    return found, []


def _voided(found: dict[str, dict[str, Approval]], line: bytes) -> str:
    """Void what a line that cannot be read may have taken back, and say what that is."""
    named = _POST.search(line)
    if named is None:
        found.clear()
        return _(
            "it may have been a revocation, so no approval above it counts:"
            " mend the line, or remove it and approve again"
        )
    post = named[1].decode()
    found.pop(post, None)
    return _(
        "it may have been a revocation, so no approval of {post} above it counts: mend the line, or approve again"
    ).format(post=post)


def stamp(folder: Path) -> str:
    """Return what changes whenever the record does: taken before a reading, it tells later whether that still holds."""
    try:
        status = (folder / FILE).stat()
    except OSError as error:
        return f"{error.errno}"
    return f"{status.st_size} {status.st_mtime_ns} {status.st_ino}"


def append_approval(folder: Path, *approvals: Approval) -> None:
    """Add decisions to the record of the campaign ``folder``, and return once they are on the disk.

    Creates the file, and ends a last line that was torn, so that it stays the only one lost. Raises
    `ValueError` where a decision is no valid one, `OSError` where they could not be written; then the
    file is as it was.
    """
    lines = b"".join(map(_line, approvals))
    path = folder / FILE
    path.parent.mkdir(exist_ok=True)
    descriptor = os.open(path, os.O_RDWR | os.O_APPEND | os.O_CREAT | os.O_CLOEXEC, 0o644)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        size = os.fstat(descriptor).st_size
        torn = size > 0 and os.pread(descriptor, 1, size - 1) != b"\n"
        _write(descriptor, b"\n" + lines if torn else lines, size)
    finally:
        os.close(descriptor)
    if size == 0:
        sync_folder(path.parent)


def standing(approvals: Iterable[Approval]) -> dict[str, dict[str, Approval]]:
    """Return the decisions that stand: post → digest → that it was approved, or sent back, whichever came later.

    ``approvals`` are oldest first. A revocation takes back the approvals that stand before it, for its digest or, with
    ``*``, for every digest of the post; a later approval stands again.
    """
    found: dict[str, dict[str, Approval]] = {}
    for approval in approvals:
        _take(found, approval)
    return {post: of_post for post, of_post in found.items() if of_post}


def _take(found: dict[str, dict[str, Approval]], approval: Approval) -> None:
    of_post = found.setdefault(approval.post, {})
    if approval.verdict != "revoked":
        of_post[approval.digest] = approval
        return
    for digest in [*of_post] if approval.digest == EVERY else [approval.digest]:
        if digest in of_post and of_post[digest].verdict == "approved":
            del of_post[digest]


def _write(descriptor: int, data: bytes, size: int) -> None:
    """Append ``data`` in full and sync it, or leave ``size`` bytes behind."""
    try:
        written = 0
        while written < len(data):
            written += os.write(descriptor, data[written:])
        os.fsync(descriptor)
    except OSError:
        os.ftruncate(descriptor, size)
        raise


def _line(approval: Approval) -> bytes:
    if approval.at.tzinfo is None:
        raise ValueError(_("the time of a decision needs a zone"))
    record = {
        "post": approval.post,
        "digest": approval.digest,
        "verdict": approval.verdict,
        "by": approval.by,
        "at": approval.at.astimezone(UTC).isoformat().replace("+00:00", "Z"),
        "note": approval.note,
    }
    line = json.dumps(record, ensure_ascii=False).encode() + b"\n"
    _approval(line)
    return line


def _approval(line: bytes) -> Approval:
    """Return the decision on ``line``. Raises `ValueError` with what is wrong."""
    try:
        record = json.loads(line.decode())
        json.dumps(record, ensure_ascii=False).encode()
    except UnicodeError:
        raise ValueError(_("the line is not UTF-8")) from None
    except (ValueError, RecursionError):
        raise ValueError(_("the line is not JSON; it may be torn")) from None
    if not isinstance(record, dict):
        raise ValueError(_('the line is not a decision: {"post": …, "digest": …, …}'))
    for key in _TEXTS:
        if not isinstance(record.get(key), str) or not record[key]:
            raise ValueError(_("the decision lacks {key!r}, or it is not a text").format(key=key))
    note = record.get("note", "")
    if not isinstance(note, str):
        raise ValueError(_("'note' is not a text"))
    _check(record)
    return Approval(record["post"], record["digest"], record["verdict"], record["by"], _at(record["at"]), note)


def _check(record: dict[str, Any]) -> None:
    verdict, digest = record["verdict"], record["digest"]
    if verdict not in _VERDICTS:
        hint = nearest(verdict, _VERDICTS) or _("valid are approved, revoked and returned")
        raise ValueError(_("unknown verdict {verdict!r}; {hint}").format(verdict=verdict, hint=hint))
    if digest == EVERY and verdict == "revoked":
        return
    if not _DIGEST.fullmatch(digest):
        raise ValueError(_("'digest' must be sha256: and 64 hex digits; only a revocation may have '*'"))


def _at(text: str) -> datetime:
    try:
        at = datetime.fromisoformat(text)
    except ValueError:
        at = None
    if at is None or at.tzinfo is None:
        raise ValueError(
            _("'at' must be a time with its zone, such as 2021-04-28T02:00:00Z, not {text!r}").format(text=text)
        )
    return at.astimezone(UTC)
