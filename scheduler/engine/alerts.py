"""Telling someone outside the terminal: a command, a webhook, an e-mail."""

from __future__ import annotations

import logging
import shlex
import subprocess
from typing import TYPE_CHECKING

from scheduler.ground.errors import LoaError
from scheduler.ground.text import _

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from scheduler.plan.config import Config, Email

log = logging.getLogger("loa.alert")
SECONDS = 20


def configured(config: Config) -> bool:
    """Return whether there is anybody to tell."""
    alert = config.alert
    return bool(alert.command or alert.webhook or alert.email)


def send(config: Config, text: str, folder: Path) -> list[str]:
    """Tell everybody that ``[alert]`` names; return what went wrong, one line each. One way failing stops no other."""
    ways: list[tuple[str, Callable[[], None]]] = []
    if config.alert.command:
        ways.append(("command", lambda: _command(config.alert.command, text, folder)))
    if config.alert.webhook:
        ways.append(("webhook", lambda: _webhook(config.alert.webhook, text)))
    email = config.alert.email
    if email is not None:
        ways.append(("email", lambda: _email(email, text, folder)))
    errors = []
    for name, way in ways:
        try:
            way()
        except Exception as error:  # noqa: BLE001 - whatever fails here must reach the log and not the engine
            errors.append(
                _("alert by {name} failed: {kind}: {error}").format(name=name, kind=type(error).__name__, error=error)
            )
    for each in errors:
        log.error("%s", each)
    return errors


def _command(command: str, text: str, folder: Path) -> None:
    """Run the command without a shell, in the campaign folder, with the text on its standard input."""
    done = subprocess.run(
        shlex.split(command), input=text, text=True, cwd=folder, timeout=SECONDS, capture_output=True, check=False
    )
    if done.returncode:
        raise LoaError(_("exit code {code}: {said}").format(code=done.returncode, said=done.stderr.strip()[:200]))


def _webhook(address: str, text: str) -> None:
    import httpx2

    httpx2.post(address, json={"text": text}, timeout=SECONDS).raise_for_status()


def _email(email: Email, text: str, folder: Path) -> None:
    import smtplib
    from email.message import EmailMessage

    message = EmailMessage()
    message["Subject"] = f"Loa: {text.splitlines()[0][:120]}"
    message["From"], message["To"] = email.sender, ", ".join(email.to)
    message.set_content(text)
    with smtplib.SMTP(email.host, email.port, timeout=SECONDS) as server:
        if email.starttls:
            import ssl

            server.starttls(context=ssl.create_default_context())
        if email.user:
            server.login(email.user, _password(email, folder))
        server.send_message(message)


def _password(email: Email, folder: Path) -> str:
    from scheduler.channels.options import Secret

    return Secret.model_validate(dict(email.password or {})).resolve(folder)
