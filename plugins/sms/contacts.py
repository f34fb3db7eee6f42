"""A list of phone numbers, read line by line: who gets a message, and why the others do not."""

from __future__ import annotations

import csv
from collections import Counter
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from functools import lru_cache
from typing import TYPE_CHECKING

from scheduler.api import Problem, Severity, _, borrowed, language, nearest, system

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

COLUMNS = ("phone", "name", "area", "audience", "consent_source", "consent_date", "consent_until")
SHOWN = 20
"""How many bad lines are named one by one."""


class Status(StrEnum):
    """What becomes of a line."""

    GOOD = "good"
    BAD = "bad"
    REPEATED = "repeated"
    LAPSED = "lapsed"  # the consent ended before the message goes out
    ELSEWHERE = "elsewhere"  # of another area or audience


class ListUnreadable(Exception):
    """The list as a whole cannot be used; ``problem`` says where and why."""

    def __init__(self, problem: Problem) -> None:
        super().__init__(str(problem))
        self.problem = problem


@dataclass(frozen=True, slots=True)
class Selection:
    """Whom of a list a message is for.

    ``day`` is its local date; empty sets mean everywhere, everyone.
    """

    day: date
    region: str
    areas: frozenset[str] = frozenset()
    audiences: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a list. ``phone`` is E.164; ``number`` counts from 1."""

    number: int
    status: Status
    phone: str = ""
    name: str = ""
    fault: str = ""


@dataclass(frozen=True, slots=True)
class Survey:
    """A list in numbers, with its first bad lines."""

    counts: Counter[Status]
    faults: tuple[Line, ...]


def locate(content: Path, name: str) -> Path:
    """Return the list ``name`` below ``content``.

    Raises `ListUnreadable` where it is not there, or lies outside.
    """
    path = (content / name).resolve()
    if not path.is_relative_to(content.resolve()):
        raise ListUnreadable(Problem(_("a list must lie below content/"), file=f"content/{name}"))
    if not path.is_file():
        there = content.glob("contacts/*.csv")
        hint = nearest(name, (each.relative_to(content).as_posix() for each in there))
        raise ListUnreadable(Problem(_("there is no such list"), file=f"content/{name}", hint=hint))
    return path


def lines(path: Path, shown_as: str, selection: Selection) -> Iterator[Line]:
    """Stream the lines of a CSV file.

    Raises `ListUnreadable` where it is no UTF-8, no CSV, or has no ``phone``.
    """
    with _readable(shown_as), path.open(encoding="utf-8-sig", newline="") as file:
        header = file.readline()
        mark = ";" if header.count(";") > header.count(",") else ","
        names = [each.strip().lower() for each in next(csv.reader([header], delimiter=mark), [])]
        if "phone" not in names:
            raise ListUnreadable(
                Problem(
                    _("the header has no column 'phone'"),
                    file=shown_as,
                    line=1,
                    hint=nearest("phone", names),
                )
            )
        seen: set[int] = set()
        reader = csv.DictReader(file, names, restval="", delimiter=mark, strict=True)
        for row in reader:
            if any(isinstance(value, str) and value.strip() for value in row.values()):
                yield _judge(reader.line_num + 1, row, selection, seen)


@contextmanager
def _readable(shown_as: str) -> Iterator[None]:
    try:
        yield
    except UnicodeDecodeError:
        raise ListUnreadable(Problem(_("the list is not UTF-8"), file=shown_as)) from None
    except csv.Error as error:
        raise ListUnreadable(
            Problem(_("the list is not CSV: {error}").format(error=borrowed(str(error))), file=shown_as)
        ) from None
    except OSError as error:
        raise ListUnreadable(
            Problem(_("the list cannot be read: {why}").format(why=system(error)), file=shown_as)
        ) from None


def _judge(number: int, row: dict[str, str], selection: Selection, seen: set[int]) -> Line:
    try:
        phone = e164(row["phone"], selection.region)
        until = row.get("consent_until", "").strip()
        lapsed = bool(until) and date.fromisoformat(until) < selection.day
    except ValueError as error:
        return Line(number, Status.BAD, fault=borrowed(str(error)))
    if lapsed:
        return Line(number, Status.LAPSED)
    if not _fits(row.get("area", ""), selection.areas) or not _fits(row.get("audience", ""), selection.audiences):
        return Line(number, Status.ELSEWHERE)
    if int(phone) in seen:
        return Line(number, Status.REPEATED)
    seen.add(int(phone))
    return Line(number, Status.GOOD, phone, row.get("name", "").strip())


def _fits(written: str, wanted: frozenset[str]) -> bool:
    return not wanted or not written.strip() or written.strip() in wanted


def e164(written: str, region: str) -> str:
    """Return a mobile number as E.164.

    Raises `ValueError` with what is wrong; letters are refused before all else, because a parser
    would read them as the keys of a telephone.
    """
    import phonenumbers

    written = written.strip()
    if not written:
        raise ValueError(_("there is no phone number"))
    if any(character.isalpha() for character in written):
        raise ValueError(_("{written!r} has letters in it").format(written=written))
    try:
        number = phonenumbers.parse(written, region)
    except phonenumbers.NumberParseException:
        raise ValueError(_("{written!r} is not a phone number").format(written=written)) from None
    if not phonenumbers.is_valid_number(number):
        raise ValueError(_("{written!r} is not a phone number that exists").format(written=written))
    kinds = phonenumbers.PhoneNumberType
    if phonenumbers.number_type(number) not in {kinds.MOBILE, kinds.FIXED_LINE_OR_MOBILE}:
        raise ValueError(_("{written!r} is not a mobile number").format(written=written))
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)


def survey(path: Path, shown_as: str, selection: Selection) -> Survey:
    """Read a list once and count. Raises `ListUnreadable`.

    The counts of a file that has not changed are kept: a list of a million numbers takes half a minute.
    """
    with _readable(shown_as):
        status = path.stat()
    stamp = (status.st_ino, status.st_size, status.st_mtime_ns, language())
    return _survey(path, stamp, shown_as, selection)


@lru_cache(maxsize=32)
def _survey(path: Path, stamp: tuple[int | str, ...], shown_as: str, selection: Selection) -> Survey:
    counts: Counter[Status] = Counter()
    faults: list[Line] = []
    for line in lines(path, shown_as, selection):
        counts[line.status] += 1
        if line.status is Status.BAD and len(faults) < SHOWN:
            faults.append(line)
    return Survey(counts, tuple(faults))


def problems(found: Survey, shown_as: str) -> Iterator[Problem]:
    """Yield what a person should know of a list, by file and line."""

    def say(message: str, line: int | None = None, severity: Severity = Severity.WARNING) -> Problem:
        return Problem(message, file=shown_as, line=line, severity=severity)

    for line in found.faults:
        yield say(line.fault, line.number)
    if (more := found.counts[Status.BAD] - len(found.faults)) > 0:
        yield say(_("{more} more lines are bad").format(more=more))
    if not found.counts[Status.GOOD]:
        yield say(_("nobody in this list gets the message"))
    for status, why in (
        (Status.LAPSED, _("is left out: the consent ended")),
        (Status.ELSEWHERE, _("is left out: another area or audience")),
        (Status.REPEATED, _("is a repetition")),
    ):
        if count := found.counts[status]:
            yield say(_("{why} (lines: {count})").format(why=why, count=count), severity=Severity.NOTICE)
