"""The mail server's part in a rehearsal: it takes every letter, and sends none on."""

from __future__ import annotations

import socket

_ANSWERS = {
    "EHLO": "250-rehearsal\r\n250-STARTTLS\r\n250-AUTH PLAIN\r\n250-8BITMIME\r\n250 SMTPUTF8",
    "STARTTLS": "220 go ahead",
    "AUTH": "235 2.7.0 welcome",
    "MAIL": "250 2.1.0 fine",
    "RCPT": "250 2.1.5 fine",
    "DATA": "354 go ahead",
    "RSET": "250 2.0.0 forgotten",
    "NOOP": "250 2.0.0 here",
    "QUIT": "221 2.0.0 goodbye",
}


def converse(connection: socket.socket) -> None:
    """Be a mail server on one connection, until its other end says goodbye or is gone."""
    with connection.makefile("rwb") as file:

        def say(line: str) -> None:
            file.write(f"{line}\r\n".encode())
            file.flush()

        say("220 rehearsal ESMTP")
        while line := file.readline():
            verb = line.split(None, 1)[0].decode("ascii", "replace").upper() if line.strip() else ""
            say(_ANSWERS.get(verb, "500 5.5.1 what?"))
            if verb == "DATA":
                while (part := file.readline()) not in (b".\r\n", b""):
                    continue
                if not part:
                    return
                say("250 2.0.0 taken")
            if verb == "QUIT":
                return
