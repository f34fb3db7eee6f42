"""``loa service``: systemd user units, one pair for each campaign folder."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import click

from scheduler.cli import screen
from scheduler.cli.session import Session, pass_session
from scheduler.cli.shape import Group, command
from scheduler.cli.units import place, unit_name, units
from scheduler.ground.errors import LoaError
from scheduler.ground.text import _


@click.group(cls=Group, examples=("loa service install --print",))
def service() -> None:
    """Let systemd keep Loa running."""


@command("loa service install --print", "loa service install", group=service)
@click.option("--print", "printed", is_flag=True, help="Write the units on the screen and install nothing.")
@click.option("--now", is_flag=True, help="Enable and start them too.")
@pass_session
def install(session: Session, printed: bool, now: bool) -> None:
    """Write systemd user units for this folder.

    One keeps `loa run` at work and starts it anew when it fails or falls silent. The other calls `loa doctor --alert`
    every five minutes, so that someone outside the terminal hears of a fault.
    """
    if printed and now:
        raise click.UsageError(_("--print installs nothing, so there is nothing to start: leave out --now"))
    name = unit_name(session.folder)
    files = units(session.folder, name, Path(sys.executable))
    if printed:
        click.echo("\n".join(f"# {file}\n{text}" for file, text in files.items()), nl=False)
        return
    for file, text in files.items():
        path = place() / file
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
        screen.done(_("Written: {file}").format(file=path))
    wanted = [["daemon-reload"], ["enable", "--now", f"{name}.service", f"{name}-watch.timer"]]
    if now:
        try:
            for each in wanted:
                _systemctl(each)
        except LoaError as error:
            left = " ".join(f'"{place() / file}"' for file in files)
            raise LoaError(
                _("{error}; what was written stays: rm {files} removes it").format(error=error, files=left)
            ) from None
        screen.done(click.style(_("The service runs."), fg="green"))
    else:
        screen.done(_("Start it with:"))
        for each in wanted:
            screen.done(f"  systemctl --user {' '.join(each)}")
    screen.done(_("To have it run while nobody is logged in:"))
    screen.done("  loginctl enable-linger")


def _systemctl(words: list[str]) -> None:
    called = ["systemctl", "--user", *words]
    try:
        ended = subprocess.run(called, capture_output=True, text=True, check=False, env=os.environ)
    except FileNotFoundError:
        raise LoaError(_("this machine has no systemctl; `loa run` works without it")) from None
    if ended.returncode:
        reason = " ".join(ended.stderr.split()) or str(ended.returncode)
        raise LoaError(f"{' '.join(called)}: {reason}")
