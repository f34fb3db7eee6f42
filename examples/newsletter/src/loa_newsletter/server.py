"""One connection to the mail server, and what each of its answers means for a letter.

A reply of 4xx says that a letter was not taken for now, 5xx that it never will be. Once the letter itself is on its way
and no reply comes, nobody knows: it may have been taken.
"""

from __future__ import annotations

import re
import smtplib
import socket
from typing import TYPE_CHECKING, Any, cast

from scheduler.api import OutcomeUnknown, PermanentFailure, TemporaryFailure, Verdict

from .letter import data, needs_utf8

if TYPE_CHECKING:
    import ssl
    from collections.abc import Callable
    from email.message import EmailMessage

    from scheduler.api import DeliverContext

    from .settings import NewsletterOptions

TAKEN, GO_ON = 250, 354


class _Line(smtplib.SMTP):
    """smtplib's own conversation, over a connection that the host opens: so it is cut, limited and rehearsed."""

    def __init__(self, context: DeliverContext[NewsletterOptions]) -> None:
        self._call = context
        options = context.options
        super().__init__(options.host, options.port, local_hostname=options.domain)

    def _get_socket(self, host: str, port: int, timeout: float) -> socket.socket:
        return self._call.connect(host, port, tls=self._call.options.security == "tls")

    def wrap_socket(self, sock: socket.socket, server_hostname: str) -> socket.socket:
        """Go on with TLS; `smtplib.SMTP.starttls` calls it as it would call a context of `ssl`."""
        return self._call.secure(sock, server_hostname)


class Server:
    """The conversation, from the greeting to the farewell. Raises `TemporaryFailure` where it does not come about."""

    def __init__(self, context: DeliverContext[NewsletterOptions]) -> None:
        self._context = context
        self._options = context.options
        password = context.reveal(self._options.password) if self._options.password else ""
        try:
            self._line = _Line(context)
        except OSError as error:
            raise _unready("it did not greet", error) from None
        try:
            self._begin(password)
        except TemporaryFailure:
            self._line.close()
            raise
        except OSError as error:
            self._line.close()
            raise _unready("it ended the conversation", error) from None
        self.alive = True

    def _begin(self, password: str) -> None:
        self._line.ehlo_or_helo_if_needed()
        if self._options.security == "starttls":
            self._line.starttls(context=cast("ssl.SSLContext", self._line))
            self._line.ehlo_or_helo_if_needed()
        if self._options.user:
            try:
                self._line.login(self._options.user, password)
            except smtplib.SMTPAuthenticationError as error:
                raise TemporaryFailure(f"the mail server does not let us in ({error.smtp_code})") from None

    def send(self, letter: EmailMessage, sender: str, to: str, before: Callable[[], None]) -> str:
        """Send one letter, and return what the server said. ``before`` is called while it can still be left.

        Raises verdicts.
        """
        if not self.alive:
            raise TemporaryFailure("the connection to the mail server had ended")
        try:
            self._envelope(sender, to)
            self._last_moment(before)
            self._step(GO_ON, *self._line.docmd("DATA"))
        except OSError as error:
            self.alive = False
            raise _unready("it ended the conversation", error) from None
        try:
            self._line.send(data(letter))
            code, said = self._line.getreply()
        except OSError as error:
            self.alive = False
            raise OutcomeUnknown(f"the mail server did not say that it took the letter: {_kind(error)}") from None
        if code != TAKEN:
            raise self._meaning(code, said)
        return _words(said)

    def _envelope(self, sender: str, to: str) -> None:
        wide, options = needs_utf8(sender, to), []
        if wide:
            if not self._line.has_extn("smtputf8"):
                raise PermanentFailure("the mail server takes no address with such letters (SMTPUTF8)")
            options = ["SMTPUTF8", "BODY=8BITMIME"]
        notices = ["NOTIFY=FAILURE"] if self._line.has_extn("dsn") else []
        self._line.command_encoding = "utf-8" if wide else "ascii"
        self._step(TAKEN, *self._line.mail(sender, options))
        self._step(TAKEN, *self._line.rcpt(to, notices))

    def _last_moment(self, before: Callable[[], None]) -> None:
        try:
            before()
        except Verdict:
            self._leave()
            raise

    def _step(self, wanted: int, code: int, said: bytes) -> None:
        """Go on where the server says what is wanted, else leave the letter. Raises verdicts."""
        if code // 100 == wanted // 100:
            return
        self._leave()
        raise self._meaning(code, said)

    def _leave(self) -> None:
        try:
            self._line.rset()
        except OSError:
            self.alive = False

    def _meaning(self, code: int, said: bytes) -> Verdict:
        words = f"the mail server answered {code} {_words(said)}".strip()
        if code == 421:
            self.alive = False
        if code // 100 == 4:
            return TemporaryFailure(words)
        return PermanentFailure(words) if code // 100 == 5 else OutcomeUnknown(words)

    def close(self) -> None:
        """Say goodbye; that nobody answers to it changes nothing."""
        if self.alive:
            try:
                self._line.quit()
            except OSError as error:
                self._context.log.debug("the mail server did not answer to QUIT: %s", _kind(error))
        self._line.close()

    def __enter__(self) -> Server:
        """Be closed at the end of the block."""
        return self

    def __exit__(self, *problem: Any) -> None:
        """Say goodbye."""
        self.close()


def _words(said: bytes) -> str:
    """Return a reply in one short line, without signs that a terminal obeys."""
    text = " ".join(said.decode("utf-8", "replace").split())
    return re.sub(r"[^\x20-\x7e\xa0-\uffff]", "", text)[:120]


def _kind(error: OSError) -> str:
    code = getattr(error, "smtp_code", None)
    return f"{type(error).__name__} {code}" if code else type(error).__name__


def _unready(what: str, error: OSError) -> TemporaryFailure:
    return TemporaryFailure(f"the mail server cannot be used, {what}: {_kind(error)}")
