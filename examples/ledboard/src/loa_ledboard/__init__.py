"""ledboard: a few words on LED boards in the street, over TCP."""

from __future__ import annotations

import hashlib
import socket
from collections.abc import Iterable
from datetime import timedelta
from typing import Any, ClassVar, Literal

from pydantic import Field

from scheduler.api import (
    Absent,
    BaseChannel,
    Block,
    Call,
    CannotTell,
    Channel,
    DeliverContext,
    Health,
    Item,
    Key,
    Kind,
    Late,
    Measure,
    Options,
    Passage,
    PermanentFailure,
    Problem,
    Receipt,
    RenderContext,
    Rendered,
    Sent,
    Verdict,
    hookimpl,
)

from . import frames
from .board import Board
from .pages import paged, plain, unknown

__version__ = "0.1.0"
loa_contract = "1.0"


class BoardOptions(Options):
    """``[channels.ledboard]``."""

    operational: ClassVar[frozenset[str]] = frozenset({"port", "brightness"})
    port: int = Field(default=4001, gt=0, lt=65536, description="The boards' TCP port.")
    brightness: int = Field(default=8, ge=1, le=15, description="From 1 to 15.")
    seconds: int = Field(default=5, ge=1, le=60, description="How long a page stands.")
    most_pages: int = Field(default=6, ge=1, description="Pages that a reader in the street has patience for.")
    font: Literal["vietnamese", "ascii"] = Field(default="vietnamese", description="The letters that the boards have.")


class BoardTarget(Options):
    """``[[channels.ledboard.targets]]``: one board."""

    operational: ClassVar[frozenset[str]] = frozenset({"host"})
    host: str = Field(min_length=1, description="The board's name or address.")
    columns: int = Field(default=16, ge=4, le=200, description="Letters in a line.")
    rows: int = Field(default=2, ge=1, le=20, description="Lines.")


class LedBoard(BaseChannel[BoardOptions]):
    """A board shows one text at a time, so that telling it again could put an older text over a newer one."""

    name = "ledboard"
    title = "LED board"
    kind = Kind.BROADCAST
    options = BoardOptions
    target_options: type[Options] = BoardTarget
    late = Late.SKIP
    grace = timedelta(minutes=30)
    staged = True
    settle_after = timedelta(seconds=30)
    withdraws_again = True

    def render(self, item: Item, context: RenderContext[BoardOptions]) -> Rendered:
        """Break title and text into pages of the board."""
        board = item.target.settings
        text = plain(f"{item.title.strip().rstrip('.')}. {item.text}")
        pages = paged(text, board.columns, board.rows)
        body = {"pages": pages, "columns": board.columns, "rows": board.rows, "seconds": context.options.seconds}
        return Rendered(body, text, figures={"pages": len(pages), "seconds": len(pages) * context.options.seconds})

    def check(self, rendered: Rendered, context: RenderContext[BoardOptions]) -> Iterable[Problem]:
        """Refuse letters that the font does not have, and more pages than one reads."""
        if missing := unknown(rendered.text, context.options.font):
            yield Problem(f"the boards have no letters for {' '.join(missing[:12])}", part="text")
        pages, most = len(rendered.body["pages"]), context.options.most_pages
        if pages > most:
            yield Problem(f"{pages} pages; most_pages is {most}", part="pages")

    def show(self, item: Item, rendered: Rendered, context: RenderContext[BoardOptions]) -> Iterable[Block]:
        """Show each page as the board shows it, in a frame."""
        yield Measure("Pages", len(rendered.body["pages"]), context.options.most_pages, part="pages")
        wide = rendered.body["columns"]
        drawn = []
        for page in rendered.body["pages"][: context.options.most_pages]:
            lines = [f"│{line:<{wide}}│" for line in page + [""] * (rendered.body["rows"] - len(page))]
            drawn += [f"┌{'─' * wide}┐", *lines, f"└{'─' * wide}┘"]
        yield Passage("\n".join(drawn), own=True, part="text")

    def deliver(self, rendered: Rendered, context: DeliverContext[BoardOptions]) -> Receipt:
        """Show it. Until the board is told to, nothing can be seen. Raises verdicts."""
        body = rendered.body
        with self._connected(context) as connection:
            board = Board(connection)
            size = board.size()
            if size.columns < body["columns"] or size.rows < body["rows"]:
                said = f"the board has {size.columns}×{size.rows} letters, config.toml says more"
                raise PermanentFailure(said)
            name = name_of(context.key)
            context.no_return()
            board.show(name, context.round, context.options.brightness, body["seconds"], body["pages"])
        return Receipt(f"{name}/{context.round}", detail={"pages": len(body["pages"])})

    def withdraw(self, sent: Sent, context: DeliverContext[BoardOptions]) -> Receipt:
        """Take it down; where another text stands there by now, it is gone already. Raises verdicts."""
        name = name_of(sent.key)
        with self._connected(context) as connection:
            stood = Board(connection).clear(name)
        return Receipt(name, detail={"stood": stood})

    def look_up(self, call: Call, context: DeliverContext[BoardOptions]) -> Receipt | Absent | CannotTell:
        """Ask the board what it shows and what it has shown."""
        if call.key.withdraws:
            return CannotTell("taking it down again changes nothing: it need not be looked up")
        wanted = f"{name_of(call.key)}/{call.round}"
        try:
            with self._connected(context) as connection:
                shown = Board(connection).shown()
        except Verdict as verdict:
            return CannotTell(str(verdict))
        if wanted == shown.now or wanted in shown.before:
            return Receipt(wanted)
        return Absent() if shown.whole else CannotTell("the board does not remember that far back")

    def probe(self, context: DeliverContext[BoardOptions]) -> Health:
        """Ask how large it is, and what it shows."""
        try:
            with self._connected(context) as connection:
                board = Board(connection)
                size, shown = board.size(), board.shown()
        except Verdict as verdict:
            return Health(False, str(verdict))
        return Health(True, f"{size.columns}×{size.rows} letters, shows {shown.now or 'nothing'}")

    def stand_in_socket(self, connection: socket.socket, host: str, port: int) -> None:
        """Be a board that does what it is told, for a rehearsal."""
        while words := frames.read(connection):
            answers = {"HELLO": "BOARD 200 20", "STATE": "STATE+ -"}
            connection.sendall(frames.packed(answers.get(words, "OK")))

    def _connected(self, context: DeliverContext[BoardOptions]) -> socket.socket:
        return context.connect(context.target.settings.host, context.options.port)


def name_of(key: Key) -> str:
    """Return what a board knows a delivery by, which is the same for its withdrawal."""
    return hashlib.sha256(str(key.publication).encode()).hexdigest()[:16]


@hookimpl
def register_channels() -> Iterable[Channel[Any]]:
    """Bring the channel."""
    return [LedBoard()]
