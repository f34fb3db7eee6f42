"""How far a batch has come, kept on disk letter by letter: after a crash only one of them is in doubt."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from scheduler.api import Absent, CannotTell, Receipt

if TYPE_CHECKING:
    from collections.abc import Mapping

    from scheduler.api import DeliverContext


class Progress:
    """The checkpoint of one batch: ``{"taken": {key: id}, "at": key}``."""

    def __init__(self, context: DeliverContext[Any]) -> None:
        self._context = context
        self._taken: dict[str, str] = {}
        self._begun = False

    def going(self, key: str) -> None:
        """Say that this letter goes now. Raises `TemporaryFailure` where the call has been given up."""
        self._keep(key)
        if not self._begun:
            self._context.no_return()
            self._begun = True

    def gone(self, key: str, letter: str) -> None:
        """Say that it was taken."""
        self._taken[key] = letter
        self._keep("")

    def refused(self) -> None:
        """Say that it was not taken."""
        self._keep("")

    def _keep(self, at: str) -> None:
        self._context.checkpoint({"taken": self._taken, "at": at})


def said_of(key: str, checkpoint: Mapping[str, Any] | None) -> Receipt | Absent | CannotTell:
    """Return what a batch's checkpoint says of one letter; without one, not even the first had gone."""
    kept = checkpoint or {}
    if letter := kept.get("taken", {}).get(key):
        return Receipt(str(letter))
    if kept.get("at") == key:
        return CannotTell("the mail server was being given this letter, and did not say that it took it")
    return Absent()
