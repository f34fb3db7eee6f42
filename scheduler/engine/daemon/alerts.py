"""Telling someone outside the terminal: a command, a webhook, an e-mail."""

from __future__ import annotations

import logging
import shlex
import subprocess
from functools import partial
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from scheduler.ground.errors import LoaError
from scheduler.ground.text import _

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

    from scheduler.plan.config import Config, Email

log = logging.getLogger("loa.alert")
SECONDS = 20


def configured(config: Config) -> bool:
    """Return whether there is anybody to tell."""
    alert = config.alert
    return bool(alert.command or alert.webhook or alert.email)


def _ways(config: Config, text: str, folder: Path) -> dict[str, Callable[[], None]]:
    alert = config.alert
    ways: dict[str, Callable[[], None]] = {}
    if alert.command:
        ways["command"] = partial(_command, alert.command, text, folder)
    if alert.webhook:
        ways["webhook"] = partial(_webhook, alert.webhook, text, folder)
    if alert.email is not None:
        ways["email"] = partial(_email, alert.email, text, folder)
    return ways


def tell(config: Config, text: str, folder: Path) -> bool:
    """Tell everybody that ``[alert]`` names; return whether somebody was told."""
    return len(send(config, text, folder)) < len(_ways(config, text, folder))


def send(config: Config, text: str, folder: Path) -> list[str]:
    """Tell everybody that ``[alert]`` names; return what went wrong, one line each. One way failing stops no other."""
    errors = []
    for name, way in _ways(config, text, folder).items():
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


def _webhook(webhook: str | Mapping[str, Any], text: str, folder: Path) -> None:
    """Post the text. The address may itself be the key to the room: of an error, only host and status are told."""
    import httpx2

    address = webhook if isinstance(webhook, str) else _secret(webhook, folder)
    host = urlsplit(address).hostname or "?"
    try:
        status = httpx2.post(address, json={"text": text}, timeout=SECONDS).status_code
    except Exception as error:  # noqa: BLE001 - whatever it is, its text may hold the address
        raise LoaError(f"{host}: {type(error).__name__}") from None
    if status >= 300:
        raise LoaError(_("{host} answered {status}").format(host=host, status=status))


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
            server.login(email.user, _secret(email.password or {}, folder))
        server.send_message(message)


def _secret(reference: Mapping[str, Any], folder: Path) -> str:
    from scheduler.channels.options import Secret

    return Secret.model_validate(dict(reference)).resolve(folder)
