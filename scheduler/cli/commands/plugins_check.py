"""``loa plugins check``: the conformance kit on one plugin."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from scheduler.cli import plugin_forms, screen
from scheduler.cli.session import Session, pass_session
from scheduler.cli.shape import command, json_option
from scheduler.cli.table import Column
from scheduler.ground.errors import NotFound
from scheduler.ground.text import N_, _, many

if TYPE_CHECKING:
    from scheduler.testing.report import Report, Result

_COLOURS = {"ok": "green", "failed": "red", "skipped": "yellow"}
_WORDS = {"ok": N_("passed"), "failed": N_("failed"), "skipped": N_("skipped")}


@command(
    "loa plugins check radio",
    "loa plugins check radio --only pure --only keys",
    "loa plugins check --list",
    name="check",
)
@click.argument("wanted", metavar="PLUGIN|PATH", required=False)
@click.option(
    "--options", "file", type=click.Path(path_type=Path), metavar="FILE", help="Options to try it with (TOML)."
)
@click.option("--only", multiple=True, metavar="CHECK", help="Run this check only; may be given several times.")
@click.option("--list", "listed", is_flag=True, help="List the checks, and run none.")
@json_option
@pass_session
def check(
    session: Session, wanted: str | None, file: Path | None, only: tuple[str, ...], listed: bool, as_json: bool
) -> None:
    """Try whether a plugin's channels, and what else it brings, hold the contract.

    The plugin is named as `loa plugins list` has it, or by the path of a file or folder that is not installed. Each
    check is tried in a campaign of its own, with the outside played: nothing is sent, and nothing here is changed.

    Its options are those of config.toml where the channel is switched on here, else the defaults; or those of FILE,
    written as in config.toml: the channel's keys, [[targets]], and [content] with files that they name.

    Ends with 1 where something was found.
    """
    if listed:
        _list(only, as_json)
        return
    if wanted is None:
        raise click.UsageError(_("name a plugin, or the path of one"))
    report = _checked(session, wanted, file, only, shown=not as_json)
    if as_json:
        screen.write_json([plugin_forms.checked(each) for each in report.results])
    else:
        click.echo(_total(report))
    if not report.sound:
        raise click.exceptions.Exit(1)


def _list(only: tuple[str, ...], as_json: bool) -> None:
    from scheduler.testing.hooked import HOOK_CHECKS
    from scheduler.testing.running import chosen

    every = [*chosen(only), *chosen(only, HOOK_CHECKS)]
    if as_json:
        screen.write_json([{"check": each.id, "tries": _(each.tries), "mend": _(each.mend)} for each in every])
        return
    columns = (Column(_("Check"), style=screen.head), Column(_("What it tries")))
    screen.write_table(columns, [(each.id, _(each.tries)) for each in every], "")


def _checked(session: Session, wanted: str, file: Path | None, only: tuple[str, ...], *, shown: bool) -> Report:
    from scheduler.cli.program import program
    from scheduler.testing.apart import Apart
    from scheduler.testing.hooked import HOOK_CHECKS
    from scheduler.testing.report import Report
    from scheduler.testing.running import chosen

    chosen(only)
    results: list[Result] = []

    def tell(line: str) -> None:
        click.echo(_("plugin {name} printed: {line}").format(name=wanted, line=line), err=True)

    with Apart(wanted, _folder(session), file, tell, program.places) as apart:
        subjects = [(channel, chosen(only)) for channel in apart.channels()]
        if hooked := apart.hooked():
            subjects.append((hooked, chosen(only, HOOK_CHECKS)))
        for name, checks in subjects:
            if shown and checks:
                click.echo(screen.head(name))
            for each in checks:
                results.append(apart.run(name, each))
                if shown:
                    _write(results[-1])
    return Report(tuple(results))


def _folder(session: Session) -> Path | None:
    try:
        return session.folder
    except NotFound:
        if session.chosen:
            raise
        return None


def _write(result: Result) -> None:
    """Write one line for a check, and below it what it found."""
    verdict = result.verdict.value
    word = click.style(f"{_(_WORDS[verdict]):8}", fg=_COLOURS[verdict])
    click.echo(f"  {word}  {result.check.id:12}  {result.reason}".rstrip())
    for line in result.lines():
        click.echo(f"      {line}")


def _total(report: Report) -> str:
    counts = {verdict.value: number for verdict, number in report.counts().items()}
    words = (
        ("ok", many("%d check passed", "%d checks passed", counts.get("ok", 0))),
        ("failed", many("%d check failed", "%d checks failed", counts.get("failed", 0))),
        ("skipped", many("%d skipped", "%d skipped", counts.get("skipped", 0))),
    )
    return ", ".join(click.style(text, fg=_COLOURS[kind]) for kind, text in words if counts.get(kind))
