"""``loa plugins new``."""

from __future__ import annotations

import os
import shlex
import sys
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

import click

from scheduler.cli import screen
from scheduler.cli.plugin_files import KINDS, NewPlugin, wrong_name, wrong_title
from scheduler.cli.session import Session, pass_session
from scheduler.cli.shape import command
from scheduler.ground.borrowed import system
from scheduler.ground.errors import LoaError, NotFound
from scheduler.ground.files import write_file
from scheduler.ground.text import _

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from scheduler.engine.engine import Engine


@command(
    "loa plugins new notice-board --kind drop --file",
    "loa plugins new village-app --kind http --file --switch-on",
    "loa plugins new village-app --kind http --package ../loa-village-app",
    name="new",
)
@click.argument("name", metavar="NAME")
@click.option("--kind", metavar="KIND", help="What kind of channel it is: drop, http, bulk, picture or device.")
@click.option("--file", "single", is_flag=True, help="A single file below plugins/, with its test beside it.")
@click.option(
    "--package", metavar="DIR", type=click.Path(path_type=Path), help="A distribution of its own, in this folder."
)
@click.option("--title", metavar="TEXT", help="What people call it. Otherwise its name.")
@click.option("--switch-on", is_flag=True, help="With --file: add the channel to config.toml at once.")
@pass_session
def new(
    session: Session,
    name: str,
    kind: str | None,
    single: bool,
    package: Path | None,
    title: str | None,
    switch_on: bool,
) -> None:
    """Write a new plugin: a channel that works, with a test that passes.

    KIND is drop (a sheet or an export in a folder, for people), http (an HTTP API, one message per delivery), bulk
    (everyone on a list), picture (a feed or page of all that was published) or device (one line over TCP per delivery).
    On a terminal it asks for what is not said. Nothing that is there already is changed.
    """
    if why := wrong_name(name):
        raise click.UsageError(why)
    if single and package is not None:
        raise click.UsageError(_("--file and --package exclude each other"))
    kind = _kind(kind)
    if not single and package is None:
        package = _form(name)
    if switch_on and package is not None:
        raise click.UsageError(_("--switch-on goes with --file: a package is first installed"))
    title = name.replace("-", " ").capitalize() if title is None else title.strip()
    if why := wrong_title(title):
        raise click.UsageError(f"--title: {why}")
    wanted = NewPlugin(name, kind, title)
    if package is None:
        _into_the_campaign(session, wanted, switch_on=switch_on)
    else:
        _into_a_folder(wanted, package)


def _kind(kind: str | None) -> str:
    """Return the kind that was named, or ask for it. Raises `click.UsageError`."""
    if kind is None and sys.stdin.isatty():
        for name, about in KINDS.items():
            screen.note(f"  {screen.head(f'{name:<8}')} {_(about)}")
        kind = click.prompt(_("What kind of channel is it?"), type=click.Choice(list(KINDS)), err=True)
    if kind is None:
        raise click.UsageError(_("say with --kind what it is: {kinds}").format(kinds=", ".join(KINDS)))
    if kind not in KINDS:
        raise click.UsageError(f"--kind: {NotFound.named(_('there is no {name!r}'), kind, KINDS, ', '.join(KINDS))}")
    return kind


def _form(name: str) -> Path | None:
    """Ask where it is to be; ``None`` means in the campaign folder. Raises `click.UsageError`."""
    if not sys.stdin.isatty():
        raise click.UsageError(_("say where it is to be: --file, or --package DIR"))
    question = _("In this campaign only (file), or for others to install (package)?")
    form = click.prompt(question, type=click.Choice(["file", "package"]), default="file", err=True)
    if form == "file":
        return None
    return Path(click.prompt(_("In which folder?"), default=f"loa-{name}", err=True))


def _into_the_campaign(session: Session, wanted: NewPlugin, *, switch_on: bool) -> None:
    engine, files = session.engine, wanted.single()
    _free(engine, wanted)
    lists = wanted.lists
    for path in [path for path in lists if (engine.folder / path).exists()]:
        del files[path]
    _write(engine.folder, files)
    _plugin, test, *_lists = files
    _names(wanted)
    if switch_on:
        engine.edit.add_channel(wanted.name, wanted.table)
        screen.done(_("Switched on at the end of {file}; take that back with `loa undo`.").format(file="config.toml"))
    else:
        _to_paste(wanted)
    secret = [f"export {wanted.token}=…"] if wanted.token else []
    _next(
        f"pytest {test}",
        *secret,
        "loa check",
        f"loa plugins check {wanted.module}",
        f"loa plugins show {wanted.module}",
    )


def _into_a_folder(wanted: NewPlugin, folder: Path) -> None:
    _write(folder, wanted.package())
    where = shlex.quote(os.fspath(folder))
    _to_paste(wanted)
    _next(f"cd {where}", "pytest", "loa plugins install .")
    for path in wanted.lists:
        said = _("Its target reads {file} in the campaign folder: README.md has one to begin with.")
        screen.done(said.format(file=path))


def _free(engine: Engine, wanted: NewPlugin) -> None:
    """Raise `click.UsageError` where a plugin or a channel has the name already."""
    for each in engine.look.plugins():
        if each.name == wanted.module:
            said = _("there is a plugin {name} already: {source}")
            raise click.UsageError(said.format(name=each.name, source=each.source))
        if wanted.name in each.channels:
            said = _("there is a channel {name} already, of plugin {plugin}")
            raise click.UsageError(said.format(name=wanted.name, plugin=each.name))
    if wanted.name in engine.config.channels:
        raise click.UsageError(_("config.toml has a channel {name} already").format(name=wanted.name))


def _write(folder: Path, files: Mapping[str, str]) -> None:
    """Write new files. Raises `LoaError`, with nothing written, where one is there already."""
    taken = [path for path in files if os.path.lexists(folder / path)]
    if taken:
        said = _("{folder} has these already: {names}; nothing was written")
        raise LoaError(said.format(folder=folder, names=", ".join(taken)))
    for path, text in files.items():
        place = folder / path
        try:
            place.parent.mkdir(parents=True, exist_ok=True)
            write_file(place, text.encode(), new=True)
        except OSError as error:
            raise LoaError(_("{file} cannot be written: {why}").format(file=place, why=system(error))) from error
        screen.done(_("Written: {file}").format(file=os.path.relpath(place)))


def _names(wanted: NewPlugin) -> None:
    """Say how the channel and the plugin, which has its file's name, are called where the two differ."""
    if wanted.name != wanted.module:
        said = _("The channel is called {channel}, as in config.toml; the plugin {plugin}, as its file.")
        screen.done(said.format(channel=wanted.name, plugin=wanted.module))


def _to_paste(wanted: NewPlugin) -> None:
    screen.done(_("To switch it on, add to {file}:").format(file="config.toml"))
    click.echo()
    for line in wanted.table.splitlines():
        click.echo(f"    {line}".rstrip())
    click.echo()


def _next(*steps: str) -> None:
    screen.done(_("Next:"))
    for step in (*_pytest(), *steps):
        screen.done(f"  {step}")


def _pytest() -> Iterator[str]:
    """Yield how to get pytest beside Loa, where it is not there."""
    if find_spec("pytest") is None:
        yield f"{sys.executable} -m pip install pytest"
