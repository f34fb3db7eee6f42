"""``loa check``."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

import click

from scheduler.cli import forms, screen
from scheduler.cli.progress import busy
from scheduler.cli.session import Session, pass_session
from scheduler.cli.shape import command, json_option
from scheduler.ground.errors import CampaignInvalid
from scheduler.ground.problem import Problem, Severity
from scheduler.ground.text import _, many

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from scheduler.engine.engine import Engine


@command("loa check", "loa check --strict", "loa check --json")
@click.option("--strict", is_flag=True, help="End with 1 for warnings too.")
@json_option
@pass_session
def check(session: Session, strict: bool, as_json: bool) -> None:
    """Say everything that is wrong with the campaign.

    Reads config.toml, everything in content/ and the plugins, and renders every text for every channel. Each problem
    is one line: file, line, what is wrong, and the nearest valid name.

    Ends with 1 where there are errors. Warnings and notices stop nothing.
    """
    try:
        with busy(_("Reading the campaign")):
            problems: Sequence[Problem] = every(session.engine)
    except CampaignInvalid as error:
        problems = error.problems
    if as_json:
        screen.write_json([forms.problem(each) for each in problems])
    else:
        for each in problems:
            click.echo(line(each))
        click.echo(total(problems))
    bad = {Severity.ERROR, Severity.WARNING} if strict else {Severity.ERROR}
    if any(each.severity in bad for each in problems):
        raise click.exceptions.Exit(1)


def every(engine: Engine) -> list[Problem]:
    """Return what is wrong with the campaign, the commands of plugins, and the keys that actions of screens have."""
    problems = [*engine.problems(), *_commands(engine)]
    if engine.config.keys:
        from scheduler.tui.keymap import read_keymap

        problems += read_keymap(engine.config.keys).problems
    from scheduler.engine.planning.checking import in_order

    return in_order(problems)


def _commands(engine: Engine) -> Iterator[Problem]:
    """Yield a warning for each command of a plugin that Loa does not have."""
    from scheduler.cli.lent import refused
    from scheduler.cli.program import program

    sources = {each.name: each.source for each in reversed(engine.registry.plugins)}
    for each in refused(engine.snapshot.hooks, program.places):
        yield Problem(str(each), sources.get(each.plugin, ""), severity=Severity.WARNING)


def line(each: Problem) -> str:
    """Return ``file:line: error: key: message (hint)``, the severity in its colour."""
    where = f"{each.file}:{each.line}" if each.line else each.file
    parts = (screen.head(where) if where else "", screen.state(each.severity.value), each.key)
    hint = f" ({each.hint})" if each.hint else ""
    return ": ".join([*(part for part in parts if part), each.message + hint])


def total(problems: Sequence[Problem]) -> str:
    """Return the closing line."""
    numbers = Counter(each.severity for each in problems)
    if not problems:
        return click.style(_("No problems."), fg="green")
    words = (
        (Severity.ERROR, many("%d error", "%d errors", numbers[Severity.ERROR])),
        (Severity.WARNING, many("%d warning", "%d warnings", numbers[Severity.WARNING])),
        (Severity.NOTICE, many("%d notice", "%d notices", numbers[Severity.NOTICE])),
    )
    return ", ".join(click.style(text, fg=screen.COLOURS[kind.value]) for kind, text in words if numbers[kind])
