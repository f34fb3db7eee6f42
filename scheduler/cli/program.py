"""``loa`` itself: the options that stand before or behind every command, and the way to them."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any, NoReturn

import click

from scheduler.cli.guard import guarded
from scheduler.cli.index import INDEX
from scheduler.cli.metavars import Place
from scheduler.cli.printing import held, lend
from scheduler.cli.session import Session, speak
from scheduler.cli.shape import LazyGroup, Spoken
from scheduler.ground.errors import LoaError, PluginError
from scheduler.ground.text import LANGUAGES, _

if TYPE_CHECKING:
    from collections.abc import Sequence

    from scheduler.cli.lent import Lent

_LENT = "scheduler.cli.lent"


class Program(LazyGroup):
    """The root: it settles the language before anything is said, and turns errors into lines."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Read the language first, wherever it stands, so that help and errors are in it too."""
        ctx.ensure_object(Session)
        ctx.color = None if colourful() else False
        speak(args)
        return super().parse_args(ctx, args)

    def lent(self, ctx: click.Context) -> dict[str, Lent]:
        """Return the commands that plugins bring, found when first asked for."""
        found: dict[str, Lent] | None = ctx.meta.get(_LENT)
        if found is None:
            from scheduler.cli.lent import lent

            found = ctx.meta[_LENT] = lent(ctx.ensure_object(Session), self.places)
        return found

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Return every command of the index, then those of plugins."""
        return [*super().list_commands(ctx), *self.lent(ctx)]

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Import the module that has the command, or take it from its plugin."""
        if cmd_name in self.places:
            return super().get_command(ctx, cmd_name)
        found = self.lent(ctx).get(cmd_name)
        return found.command if found else None

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the index, and what plugins bring."""
        super().format_commands(ctx, formatter)
        rows = [
            (name, f"{each.command.get_short_help_str(60).rstrip('.')} ({each.plugin})")
            for name, each in self.lent(ctx).items()
        ]
        if rows:
            with formatter.section(_("From plugins")):
                formatter.write_dl(rows)

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """Find the command; plugins are asked only for what Loa does not have itself."""
        if args[0] in self.places:
            return args[0], super().get_command(ctx, args[0]), args[1:]
        try:
            found = super().resolve_command(ctx, args)
        except click.exceptions.NoSuchCommand as error:
            from scheduler.cli.lent import withheld

            if why := withheld(ctx.ensure_object(Session), args[0]):
                raise click.UsageError(f"{error.message.rstrip('.')}; {why}", ctx) from error
            raise
        lend()
        return found

    def invoke(self, ctx: click.Context) -> Any:
        """Run the command; what a plugin's own command raises is told with the plugin's name."""
        try:
            return super().invoke(ctx)
        except (click.ClickException, click.exceptions.Exit, click.Abort, LoaError, OSError, EOFError):
            raise
        except Exception as error:
            found = ctx.meta.get(_LENT, {}).get(ctx.invoked_subcommand)
            if found is None:
                raise
            from scheduler.channels.hooks import one_line

            raise PluginError(found.plugin, one_line(error)) from error

    def main(self, args: Sequence[str] | None = None, prog_name: str | None = None, **extra: Any) -> NoReturn:  # type: ignore[override]
        """Run, and exit with 0, 1 (problems) or 2 (usage)."""
        given = list(sys.argv[1:] if args is None else args)
        name = prog_name or "loa"
        self._main_shell_completion(extra, name)
        extra.pop("standalone_mode", None)
        session = extra.setdefault("obj", Session())

        def work() -> None:
            with self.make_context(name, given, **extra) as ctx:
                self.invoke(ctx)

        with held(session.masked, wanted="--json" in given and "--help" not in given):
            code = guarded(work, debug=lambda: session.debug)
        sys.exit(code)


def colourful() -> bool:
    """Return whether colours are wanted at all; on what is no terminal click leaves them out by itself."""
    import os

    return not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb"


def _keep(ctx: click.Context, param: click.Parameter, value: Any) -> None:
    if value is not None and value is not False:
        setattr(ctx.ensure_object(Session), str(param.name), value)


def _version(ctx: click.Context, param: click.Parameter, value: bool) -> None:
    if value and not ctx.resilient_parsing:
        from scheduler import __version__

        click.echo(f"Loa {__version__}")
        ctx.exit()


def shared(*, hidden: bool) -> list[click.Parameter]:
    """Return the options that every command takes."""
    common: dict[str, Any] = {"expose_value": False, "callback": _keep, "hidden": hidden, "is_eager": True}
    return [
        click.Option(
            ["-C", "--folder", "chosen"],
            metavar="DIR",
            type=Place(exists=True, file_okay=False),
            help="The campaign folder. Otherwise the nearest one, upwards from here, that holds config.toml.",
            **common,
        ),
        click.Option(
            ["--as", "person"],
            metavar="PERSON",
            envvar="LOA_AS",
            help="The person of the plan in whose name this is done (also LOA_AS).",
            **common,
        ),
        click.Option(
            ["--lang", "language"],
            type=click.Choice(LANGUAGES),
            help="The language of what is said (also LOA_LANG). Otherwise that of config.toml.",
            **common,
        ),
        click.Option(["--debug"], is_flag=True, help="Show where in the program an error rose.", **common),
    ]


Spoken.shared = shared(hidden=True)


@click.command(
    name="loa",
    cls=Program,
    index=INDEX,
    invoke_without_command=True,
    params=[
        *shared(hidden=False),
        click.Option(
            ["--version"], is_flag=True, is_eager=True, expose_value=False, callback=_version, help="Show the version."
        ),
    ],
    examples=("loa init my-campaign", "loa check", "loa plan", "loa rehearse --out rehearsal"),
)
@click.pass_context
def program(ctx: click.Context) -> None:
    """Work through a public-information campaign: the right post, at the right time, on the right channel.

    On a terminal, loa alone opens the screens. Every action of the screens is a command too.
    """
    if ctx.invoked_subcommand is None:
        from scheduler.cli.commands.screens import open_screens

        open_screens(ctx)
