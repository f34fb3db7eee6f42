"""A letter for a post office that speaks in turns: it greets, is told for whom, takes the letter, says goodbye."""

from __future__ import annotations

import socket
from typing import Any

from scheduler.api import (
    BaseChannel,
    Options,
    OutcomeUnknown,
    PermanentFailure,
    Receipt,
    Rendered,
    TemporaryFailure,
    hookimpl,
)


class Settings(Options):
    """Where the post office is."""

    host: str = "mail.example"
    port: int = 2525


class Mail(BaseChannel[Settings]):
    """Not idempotent: what breaks before the letter was told surely did not go out."""

    name = "mail"
    title = "Letters"
    options = Settings

    def render(self, item: Any, context: Any) -> Rendered:
        text = f"{item.title}: {' '.join(item.text.split())}"
        return Rendered({"letter": text}, text)

    def deliver(self, rendered: Rendered, context: Any) -> Receipt:
        with context.connect(context.options.host, context.options.port) as office:
            self.turn(office, "", TemporaryFailure)
            self.turn(office, f"TO {context.target.name}", TemporaryFailure)
            answer = self.turn(
                office, f"LETTER {context.key}/{context.round} {rendered.body['letter']}", OutcomeUnknown
            )
            try:
                self.turn(office, "BYE", TemporaryFailure)
            except TemporaryFailure:
                context.log.info("the post office did not say goodbye")
        return Receipt(answer)

    def turn(self, office: socket.socket, words: str, otherwise: type[Exception]) -> str:
        try:
            if words:
                office.sendall(words.encode() + b"\n")
            answer = office.recv(4096).decode()
        except OSError as error:
            raise otherwise("the post office has gone") from error
        if not answer.endswith("\n"):
            raise otherwise("the post office has gone")
        if not answer.startswith("OK"):
            raise PermanentFailure("the post office refused")
        return answer[3:].strip()

    def stand_in_socket(self, connection: socket.socket, host: str, port: int) -> None:
        connection.sendall(b"OK welcome\n")
        read = connection.makefile("rb")
        for line in read:
            connection.sendall(b"OK " + (line.split()[1] if line.count(b" ") else b"") + b"\n")


@hookimpl
def register_channels() -> list[Any]:
    return [Mail()]
