"""One board at the other end of a connection: what it is told, and what each answer means."""

from __future__ import annotations

import socket
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from scheduler.api import OutcomeUnknown, PermanentFailure, TemporaryFailure

from . import frames


@dataclass(frozen=True, slots=True)
class Size:
    """What a board has room for: letters in a line, and lines."""

    columns: int
    rows: int


@dataclass(frozen=True, slots=True)
class Shown:
    """What a board shows now, and what it showed before, as far as it remembers; each is ``id/round``."""

    now: str
    before: tuple[str, ...]
    whole: bool


class Board:
    """The questions and orders. Every method raises a verdict where it fails."""

    def __init__(self, connection: socket.socket) -> None:
        self._connection = connection

    def size(self) -> Size:
        """Ask how large it is. It changes nothing, so a failure is always temporary."""
        match self._ask("HELLO").split():
            case ["BOARD", columns, rows] if columns.isdecimal() and rows.isdecimal():
                return Size(int(columns), int(rows))
            case _:
                raise TemporaryFailure("the board gave no answer that says how large it is")

    def shown(self) -> Shown:
        """Ask what it shows. A board whose memory is full answers ``STATE+``: it has forgotten some."""
        match self._ask("STATE").split():
            case [("STATE" | "STATE+") as word, now, *before]:
                return Shown("" if now == "-" else now, tuple(before), word == "STATE")
            case _:
                raise TemporaryFailure("the board does not say what it shows")

    def show(self, name: str, round: int, brightness: int, seconds: int, pages: Sequence[Sequence[str]]) -> None:
        """Show these pages in turn, in place of what it shows now."""
        head = f"SHOW {name}/{round} {brightness} {seconds} {len(pages)}"
        words = "\n".join([head, "\f".join("\n".join(page) for page in pages)])
        try:
            self._accepted(self._tell(words))
        except (OSError, frames.BadFrame) as error:
            raise OutcomeUnknown(f"the board did not answer: {type(error).__name__}") from error

    def clear(self, name: str) -> bool:
        """Take it down, and say whether it stood there."""
        answer = self._ask(f"CLEAR {name}")
        if answer == "GONE":
            return False
        self._accepted(answer)
        return True

    def _accepted(self, answer: str) -> None:
        word, _space, rest = answer.partition(" ")
        if word == "OK":
            return
        if word == "BUSY":
            wait = timedelta(seconds=int(rest)) if rest.isdecimal() and len(rest) < 6 else None
            raise TemporaryFailure("the board is busy", retry_after=wait)
        if word == "CRC":
            raise TemporaryFailure("the frame came damaged to the board")
        if word == "NO":
            raise PermanentFailure(f"the board refused it: {rest[:80]}")
        raise OutcomeUnknown("the board gave no answer that says what it did")

    def _ask(self, words: str) -> str:
        try:
            return self._tell(words)
        except (OSError, frames.BadFrame) as error:
            raise TemporaryFailure(f"the board did not answer: {type(error).__name__}") from error

    def _tell(self, words: str) -> str:
        self._connection.sendall(frames.packed(words))
        answer = frames.read(self._connection)
        if not answer:
            raise frames.BadFrame("the board closed the connection")
        return answer
