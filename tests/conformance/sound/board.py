"""A line on a board of lights, over a connection: the board greets, takes a line, and says that it shows it."""

from __future__ import annotations

import socket
from typing import Any

from scheduler.api import BaseChannel, Options, OutcomeUnknown, PermanentFailure, Receipt, Rendered, hookimpl


class Settings(Options):
    """Where the board is."""

    host: str = "127.0.0.1"
    port: int = 7001


class Board(BaseChannel[Settings]):
    """Not idempotent: the board shows a line for each that it is given."""

    name = "board"
    title = "Board"
    options = Settings
    staged = True

    def render(self, item: Any, context: Any) -> Rendered:
        text = " ".join(item.text.split())
        return Rendered({"line": text}, text)

    def deliver(self, rendered: Rendered, context: Any) -> Receipt:
        with context.connect(context.options.host, context.options.port) as board:
            context.no_return()
            return self.say(board, rendered, context)

    def say(self, board: socket.socket, rendered: Rendered, context: Any) -> Receipt:
        try:
            board.sendall(f"SHOW {context.key} {context.round} {rendered.body['line']}\n".encode())
            answer = board.recv(200)
        except OSError as error:
            raise OutcomeUnknown("the board did not answer") from error
        if not answer:
            raise OutcomeUnknown("the board has gone")
        if not answer.startswith(b"OK"):
            raise PermanentFailure("the board refused")
        return Receipt(answer.decode().strip())

    def stand_in_socket(self, connection: socket.socket, host: str, port: int) -> None:
        words = b""
        while not words.endswith(b"\n"):
            more = connection.recv(65536)
            if not more:
                return
            words += more
        connection.sendall(b"OK " + words.split()[1] + b"\n")


@hookimpl
def register_channels() -> list[Any]:
    return [Board()]
