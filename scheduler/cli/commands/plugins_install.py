"""``loa plugins install`` and ``uninstall``."""

from __future__ import annotations

import re
import sys
import tomllib
from importlib.metadata import entry_points
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from scheduler.channels.finding import candidates
from scheduler.channels.installed import GROUP
from scheduler.cli import environment, screen
from scheduler.cli.completion import PLUGIN
from scheduler.cli.environment import Refused, look
from scheduler.cli.progress import busy
from scheduler.cli.session import Session, pass_session
from scheduler.cli.shape import command, yes_option
from scheduler.ground.errors import LoaError, NotFound
from scheduler.ground.text import _, many

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from scheduler.cli.environment import Found

_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*")


@command(
    "loa plugins install loa-village-app",
    "loa plugins install ../loa-village-app",
    "loa plugins install loa_village_app-0.1.0-py3-none-any.whl",
    name="install",
)
@click.argument("wanted", metavar="REQUIREMENT")
@click.option("--upgrade", is_flag=True, help="Take the newest version where one is installed already.")
@yes_option
@pass_session
def install(session: Session, wanted: str, upgrade: bool, yes: bool) -> None:
    """Install a plugin beside Loa: by its name (from PyPI), from a folder, or from a wheel.

    It is put into the environment that Loa itself runs in, and then loaded by a new process, which says what it brings
    and whether it fits. Where it does not, this offers to take it out again, and ends with 1.
    """
    if wanted.startswith("-"):
        raise click.UsageError(
            _("{wanted!r} is neither a requirement, nor a folder, nor a wheel").format(wanted=wanted)
        )
    folder = _folder(session)
    before = look(folder)
    with busy(_("Installing {name}").format(name=wanted)):
        _done(session, lambda: environment.install(_place(wanted), upgrade=upgrade))
    after = look(folder)
    names = _brought(wanted, before, after)
    brought = [each for name in names for each in after.of(name)]
    if not brought:
        said = _("{wanted} brings no plugin: it has no entry point in the group {group}")
        _out_again(session, names, said.format(wanted=wanted, group=GROUP), yes=yes)
    for each in brought:
        _told(each)
    wrong = [each for each in brought if each["error"]]
    if wrong:
        said = _("{plugin} does not fit: {why}")
        why = "; ".join(said.format(plugin=each["name"], why=each["error"]) for each in wrong)
        _out_again(session, [each["distribution"] for each in wrong], why, yes=yes)
    screen.done(
        _("An engine at work takes it up once config.toml names its channel; a newer version, when it starts again.")
    )


def _place(wanted: str) -> str:
    """Return a project's folder or a file by its whole path, as no installer takes it for a name; else what it was.

    Raises `NotFound` where it can only be a path, and nothing is there.
    """
    path = Path(wanted)
    if (wanted.startswith((".", "/", "~")) or wanted.endswith(".whl")) and "://" not in wanted and not path.exists():
        said = _("there is nothing at {path}: give a project's folder, a wheel, or a name on the package index")
        raise NotFound(said.format(path=wanted))
    ours = path.is_file() or any((path / name).is_file() for name in ("pyproject.toml", "setup.py"))
    return str(path.resolve()) if ours else wanted


def _folder(session: Session) -> Path | None:
    """Return the campaign folder, where one is here: installing needs none."""
    try:
        return session.folder
    except NotFound:
        if session.chosen:
            raise
        return None


def _done(session: Session, work: Any) -> None:
    try:
        log = work()
    except Refused as error:
        if session.debug:
            screen.note(error.log)
        else:
            screen.note(_("(with --debug: all that the installer said)"))
        raise
    if session.debug:
        screen.note(log)


def _brought(wanted: str, before: Found, after: Found) -> list[str]:
    """Return the distributions that an installation was about: the one that was named, and others with plugins."""
    asked = _plain(_asked(wanted))
    named = [name for name in after.distributions if _plain(name) == asked]
    changed = [name for name, version in after.distributions.items() if before.distributions.get(name) != version]
    with_plugins = [name for name in changed if after.of(name)]
    return list(dict.fromkeys([*named, *with_plugins])) or changed


def _asked(wanted: str) -> str:
    """Return the name of the distribution that a requirement, a wheel or a folder stands for, or ""."""
    if Path(wanted).is_dir():
        try:
            return str(tomllib.loads((Path(wanted) / "pyproject.toml").read_text("utf-8"))["project"]["name"])
        except (OSError, ValueError, LookupError, TypeError):
            return ""
    stem = Path(wanted).name
    found = _NAME.match(stem.split("-")[0] if stem.endswith(".whl") else wanted)
    return found[0] if found else ""


def _plain(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


def _told(plugin: Mapping[str, Any]) -> None:
    """Say what a plugin brings, and what is to be put into config.toml."""
    screen.done(_("{plugin} {version} is installed.").format(plugin=plugin["name"], version=plugin["version"]))
    screen.write_fields(
        [
            (_("Channels"), ", ".join(plugin["channels"])),
            (_("Hooks"), ", ".join(plugin["hooks"])),
            (_("Contract"), plugin["contract"] or _("not said")),
        ]
    )
    for table in plugin["channels"].values():
        screen.done(_("To switch it on, add to {file}:").format(file="config.toml"))
        click.echo("\n" + "".join(f"    {line}".rstrip() + "\n" for line in table.splitlines()))


def _out_again(session: Session, names: Sequence[str], why: str, *, yes: bool) -> None:
    """Say what is wrong with what was installed, offer to take it out, and end with 1."""
    screen.note(why)
    names = [name for name in dict.fromkeys(names) if name != environment.OURSELVES]
    if names and (yes or (sys.stdin.isatty() and click.confirm(_("Take it out again?"), default=True, err=True))):
        for name in names:
            _done(session, lambda name=name: environment.uninstall(name))
        screen.note(_("Taken out again: {names}").format(names=", ".join(names)))
    elif names:
        screen.note(_("It is installed; `loa plugins uninstall {name}` takes it out.").format(name=names[0]))
    raise click.exceptions.Exit(1)


@command("loa plugins uninstall village-app --yes", name="uninstall")
@PLUGIN
@yes_option
@pass_session
def uninstall(session: Session, name: str, yes: bool) -> None:
    """Take an installed plugin out of the environment that Loa runs in.

    Deliveries of its channels are held, none is cancelled. What ships with Loa, and files below plugins/, are not
    installed: those are switched off with `loa plugins disable`.
    """
    folder = _folder(session)
    distribution = _distribution(name, folder)
    others = [each["name"] for each in look(folder).of(distribution) if each["name"] != name]
    if others:
        screen.done(
            _("{distribution} brings these too: {names}").format(distribution=distribution, names=", ".join(others))
        )
    waiting = _waiting(session, name) if folder else 0
    if waiting:
        screen.done(
            many("%d delivery waits for it, and will be held", "%d deliveries wait for it, and will be held", waiting)
        )
    screen.confirm(_("Take {distribution} out?").format(distribution=distribution), yes=yes, required=True)
    _done(session, lambda: environment.uninstall(distribution))
    screen.done(_("{distribution} is taken out.").format(distribution=distribution))
    if waiting:
        screen.done(_("An engine at work holds what waits when it starts again; until then it has the plugin still."))


def _distribution(name: str, folder: Path | None) -> str:
    """Return the distribution that brings a plugin, or that has this name. Raises `LoaError` for one not installed."""
    points = entry_points(group=GROUP)
    owners = {point.name: point.dist.name for point in points if point.dist}
    if name in owners:
        return owners[name]
    for distribution in owners.values():
        if _plain(distribution) == _plain(name):
            return distribution
    for each in candidates(folder):
        if each.name == name:
            raise LoaError(_not_installed(name, each.source))
    if name in environment.look(folder).distributions and _plain(name) not in _plain(environment.OURSELVES):
        return name
    every = {*owners, *(each.name for each in candidates(folder))}
    raise NotFound.named(_("there is no plugin {name!r}"), name, every, ", ".join(sorted(every)))


def _not_installed(name: str, source: str) -> str:
    if source.startswith("shipped/"):
        said = _("{plugin} ships with Loa and cannot be taken out: `loa plugins disable {plugin}` switches it off")
    else:
        said = _("{plugin} is {file}: delete that, or switch it off with `loa plugins disable {plugin}`")
    return said.format(plugin=name, file=source)


def _waiting(session: Session, name: str) -> int:
    """Return how many deliveries wait on the channels that a plugin brings."""
    try:
        return sum(session.engine.edit.concerned(name).waiting.values())
    except NotFound:
        return 0
