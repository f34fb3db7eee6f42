"""What a check is, what it finds, and the report of all of them: what was tried, what happened, how to mend it."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from enum import StrEnum
from itertools import groupby
from typing import TYPE_CHECKING, Any

from scheduler.ground.text import _

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator


class Verdict(StrEnum):
    """How a check ended. One that was skipped does not apply to the channel, or needs something that was not given."""

    OK = "ok"
    FAILED = "failed"
    SKIPPED = "skipped"


class Skipped(Exception):
    """Raised by a check that does not apply; its text is the reason."""


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that is wrong: what was tried, what happened, and how to mend it where its check says it otherwise."""

    tried: str
    happened: str
    mend: str = ""


@dataclass(frozen=True, slots=True)
class Check:
    """One thing that every channel must hold. ``tries`` and ``mend`` are sentences, translated when shown.

    ``run`` is given the `Kit`, or the `Hooked`, and yields what it finds; it raises `Skipped` where it does not apply.
    """

    id: str
    tries: str
    mend: str
    run: Callable[[Any], Iterator[Finding]]


@dataclass(frozen=True, slots=True)
class Result:
    """How one check ended for one channel; ``reason`` is why it was skipped."""

    channel: str
    check: Check
    findings: tuple[Finding, ...] = ()
    reason: str = ""

    @property
    def verdict(self) -> Verdict:
        """Whether it passed."""
        if self.findings:
            return Verdict.FAILED
        return Verdict.SKIPPED if self.reason else Verdict.OK

    def lines(self) -> list[str]:
        """Return the findings for people: what happened, what was tried, and behind all of a kind how to mend them."""
        found = []
        for how, some in groupby(self.findings, self.mend):
            for each in some:
                found.append(f"{self.channel}::{self.check.id}: {each.happened}")
                found.append("  " + _("tried: {what}").format(what=each.tried))
            found.append("  " + _("mend: {how}").format(how=how))
        return found

    def mend(self, finding: Finding) -> str:
        """Return how one mends a finding, in the language in use."""
        return _(finding.mend or self.check.mend)


@dataclass(frozen=True, slots=True)
class Report:
    """All checks of one or more channels."""

    results: tuple[Result, ...]

    @property
    def sound(self) -> bool:
        """Whether nothing was found."""
        return not any(each.findings for each in self.results)

    def counts(self) -> Counter[Verdict]:
        """Return how many checks ended how."""
        return Counter(each.verdict for each in self.results)

    def failed(self) -> list[str]:
        """Return the ids of the checks that found something."""
        return [each.check.id for each in self.results if each.findings]

    def __str__(self) -> str:
        return "\n".join(line for each in self.results for line in each.lines())
