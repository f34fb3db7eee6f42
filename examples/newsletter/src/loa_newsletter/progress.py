"""How far a batch has come, kept on disk letter by letter: after a crash only what nobody answered for is in doubt."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from scheduler.api import Absent, CannotTell, Receipt

if TYPE_CHECKING:
    from collections.abc import Mapping

    from scheduler.api import DeliverContext


class Progress:
    """The checkpoint of one batch: ``{"taken": {key: id}, "doubt": [key]}``; what is in neither has not gone."""

    def __init__(self, context: DeliverContext[Any]) -> None:
        self._context = context
        self._taken: dict[str, str] = {}
        self._doubt: list[str] = []
        self._begun = False

    def going(self, key: str) -> None:
        """Say that this letter goes now. Raises `TemporaryFailure` where the call has been given up."""
        self._doubt.append(key)
        self._keep()
        if not self._begun:
            self._context.no_return()
            self._begun = True

    def gone(self, key: str, letter: str) -> None:
        """Say that it was taken."""
        self._taken[key] = letter
        self.refused(key)

    def refused(self, key: str) -> None:
        """Say that nobody needs to doubt: it was not taken, or is known to be."""
        if key in self._doubt:
            self._doubt.remove(key)
            self._keep()

    def _keep(self) -> None:
        self._context.checkpoint({"taken": self._taken, "doubt": self._doubt})


def said_of(key: str, checkpoint: Mapping[str, Any] | None) -> Receipt | Absent | CannotTell:
    """Return what a batch's checkpoint says of one letter; without one, not even the first had gone."""
    kept = checkpoint or {}
    if letter := kept.get("taken", {}).get(key):
        return Receipt(str(letter))
    if key in kept.get("doubt", ()):
        return CannotTell("the mail server was being given this letter, and did not say that it took it")
    return Absent()
