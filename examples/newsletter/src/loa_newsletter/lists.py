"""A list of readers, read line by line: who gets a letter, and why the others do not."""

from __future__ import annotations

import csv
import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from scheduler.api import Problem, Severity

_ATOM = r"[\w!#$%&'*+/=?^`{|}~-]+"
_BOX = re.compile(rf"{_ATOM}(\.{_ATOM})*")
_DOMAIN = re.compile(r"[a-z0-9]([a-z0-9-]*[a-z0-9])?(\.[a-z0-9]([a-z0-9-]*[a-z0-9])?)+")
SHOWN = 10
"""How many bad lines are named one by one."""


class BadAddress(ValueError):
    """What is no address, and why."""


class Unreadable(Exception):
    """The list as a whole cannot be used; ``problem`` says why."""

    def __init__(self, problem: Problem) -> None:
        super().__init__(str(problem))
        self.problem = problem


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a list; ``fault`` says why it gets no letter."""

    number: int
    address: str
    name: str
    fault: str = ""


def address(written: str) -> str:
    """Return an address as it goes over the wire: its domain in lower case, in ASCII. Raises `BadAddress`."""
    box, _at, name = written.strip().rpartition("@")
    try:
        domain = name.encode("idna").decode().lower()
    except UnicodeError:
        domain = ""
    if len(box.encode()) > 64 or not (_BOX.fullmatch(box) and _DOMAIN.fullmatch(domain)):
        raise BadAddress(f"{written.strip()!r} is no e-mail address")
    return f"{unicodedata.normalize('NFC', box)}@{domain}"


def lines(content: Path, name: str) -> Iterator[Line]:
    """Stream the lines of the list ``name`` below ``content``; an address counts once. Raises `Unreadable`."""
    shown = f"content/{name}"
    path = (content / name).resolve()
    if not path.is_relative_to(content.resolve()) or not path.is_file():
        raise Unreadable(Problem("there is no such list", file=shown))
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            reader = csv.DictReader(file, restval="", strict=True)
            reader.fieldnames = [each.strip().lower() for each in reader.fieldnames or ()]
            if "address" not in reader.fieldnames:
                raise Unreadable(Problem("the header has no column 'address'", file=shown, line=1))
            seen: set[str] = set()
            for row in reader:
                yield _judged(reader.line_num, row.get("address") or "", (row.get("name") or "").strip(), seen)
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise Unreadable(Problem(f"the list cannot be read: {error}", file=shown)) from error


def _judged(number: int, written: str, name: str, seen: set[str]) -> Line:
    try:
        found = address(written)
    except BadAddress as error:
        return Line(number, written, name, str(error))
    if found.casefold() in seen:
        return Line(number, found, name, f"{found} stands in the list already")
    seen.add(found.casefold())
    return Line(number, found, " ".join(name.split()))


def problems(content: Path, name: str) -> Iterator[Problem]:
    """Yield what is wrong with a list: it cannot be read, nobody is in it, or some lines are no good."""
    bad: list[Line] = []
    good = 0
    try:
        for line in lines(content, name):
            good += not line.fault
            if line.fault:
                bad.append(line)
    except Unreadable as error:
        yield error.problem
        return
    shown = f"content/{name}"
    for line in bad[:SHOWN]:
        yield Problem(line.fault, file=shown, line=line.number, severity=Severity.WARNING)
    if len(bad) > SHOWN:
        yield Problem(f"{len(bad) - SHOWN} more lines get no letter", file=shown, severity=Severity.WARNING)
    if not good:
        yield Problem("nobody in the list can get a letter", file=shown)
