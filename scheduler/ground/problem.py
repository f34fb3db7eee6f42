"""One thing that is wrong in a file, or with a text."""

from __future__ import annotations

from dataclasses import dataclass
from difflib import get_close_matches
from enum import StrEnum
from typing import TYPE_CHECKING

from scheduler.ground.text import _

if TYPE_CHECKING:
    from collections.abc import Iterable


class Severity(StrEnum):
    """How much a problem stops: an error stops the item, a warning and a notice stop nothing."""

    ERROR = "error"
    WARNING = "warning"
    NOTICE = "notice"


@dataclass(frozen=True, slots=True)
class Problem:
    """A problem in one line: where it is, what is wrong, and the nearest valid name.

    ``file`` is relative to the campaign folder, with ``/``; ``line`` counts from 1. ``part`` is where in a preview it
    stands, where ``key`` does not say that.
    """

    message: str
    file: str = ""
    line: int | None = None
    key: str = ""
    severity: Severity = Severity.ERROR
    hint: str = ""
    part: str = ""

    def __str__(self) -> str:
        where = f"{self.file}:{self.line}" if self.file and self.line else self.file
        head = ": ".join(part for part in (where, _(self.severity.value), self.key) if part)
        tail = f" ({self.hint})" if self.hint else ""
        return f"{head}: {self.message}{tail}" if head else f"{self.message}{tail}"


def nearest(name: str, valid: Iterable[str]) -> str:
    """Return a hint that names the valid name closest to ``name``, or "" where none is close."""
    found = get_close_matches(name, [str(each) for each in valid], n=1, cutoff=0.6)
    return _("did you mean {name!r}?").format(name=found[0]) if found else ""
