"""How every command is shaped: translated help with examples, options that all of them take, lazy import."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Sequence
from importlib import import_module
from typing import TYPE_CHECKING, Any, TypeVar

import click

from scheduler.cli.metavars import spoken
from scheduler.ground.text import _

if TYPE_CHECKING:
    from collections.abc import Mapping

F = TypeVar("F", bound=Callable[..., Any])


def paragraphs(text: str | None) -> list[str]:
    """Return the paragraphs of a help text, each on one line: the keys under which the catalogue has them."""
    return [" ".join(part.split()) for part in inspect.cleandoc(text or "").split("\n\n") if part.strip()]


class Spoken(click.Command):
    """A command whose help is in the reader's language, and ends with examples that a test runs."""

    shared: Sequence[click.Parameter] = ()

    def __init__(self, *args: Any, examples: Sequence[str] = (), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.examples = tuple(examples)

    def get_params(self, ctx: click.Context) -> list[click.Parameter]:
        """Return the command's own options, and those that may stand behind any command."""
        own = super().get_params(ctx)
        return own if ctx.parent is None else [*own, *self.shared]

    def collect_usage_pieces(self, ctx: click.Context) -> list[str]:
        """Return what stands behind the command's name, in the reader's language."""
        return [spoken(piece) for piece in super().collect_usage_pieces(ctx)]

    def get_short_help_str(self, limit: int = 45) -> str:
        """Return the first paragraph of the help."""
        found = paragraphs(self.help)
        return _(found[0]).rstrip(".") if found else ""

    def format_help_text(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the help, paragraph by paragraph."""
        with formatter.indentation():
            for paragraph in paragraphs(self.help):
                formatter.write_paragraph()
                formatter.write_text(_(paragraph))

    def format_arguments(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write what the command takes by position."""
        self._write(_("Arguments"), click.Argument, ctx, formatter)

    def format_options(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the options."""
        self._write(_("Options"), click.Option, ctx, formatter)

    def _write(self, title: str, kind: type[Any], ctx: click.Context, formatter: click.HelpFormatter) -> None:
        records = [_record(param, ctx) for param in self.get_params(ctx) if isinstance(param, kind)]
        shown = [record for record in records if record is not None]
        if shown:
            with formatter.section(title):
                formatter.write_dl(shown)

    def format_epilog(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the examples, one a line."""
        if self.examples:
            with formatter.section(_("Examples")):
                formatter.write_text("\b\n" + "\n".join(self.examples))


def _record(param: click.Parameter, ctx: click.Context) -> tuple[str, str] | None:
    record = param.get_help_record(ctx)
    text = getattr(param, "help", None) or ""
    if record is None:
        return None
    return spoken(record[0]), (_(text) if text else "") + record[1].removeprefix(text)


class Group(Spoken, click.Group):
    """A command with commands below it."""

    def format_options(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the options, then the commands."""
        super().format_options(ctx, formatter)
        self.format_commands(ctx, formatter)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the commands in the order in which they were added, each with its first paragraph."""
        rows = [(name, command.get_short_help_str()) for name, command in self.commands.items()]
        with formatter.section(_("Commands")):
            formatter.write_dl(rows)

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Return the names in the order in which they were added."""
        return list(self.commands)

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """Find the command, or name the nearest one."""
        name = args[0]
        if not name.startswith("-") and not ctx.resilient_parsing and name not in self.list_commands(ctx):
            raise click.exceptions.NoSuchCommand(name, possibilities=self.list_commands(ctx), ctx=ctx)
        return super().resolve_command(ctx, args)


class LazyGroup(Group):
    """A group that imports a command's module when that command is run, and not for its help."""

    def __init__(self, *args: Any, index: Mapping[str, Mapping[str, tuple[str, str]]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.index = index
        self.places = {name: place for section in index.values() for name, (place, _text) in section.items()}

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Return every name of the index, in its order."""
        return list(self.places)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Import the module that has the command."""
        place = self.places.get(cmd_name)
        if place is None:
            return None
        module, _colon, attribute = place.partition(":")
        found: click.Command = getattr(import_module(module), attribute)
        return found

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the index, section by section, all aligned alike."""
        widest = max(map(len, self.places))
        for title, section in self.index.items():
            with formatter.section(_(title)):
                formatter.write_dl([(name.ljust(widest), _(text).rstrip(".")) for name, (_p, text) in section.items()])


def command(
    *examples: str, group: click.Group | None = None, name: str | None = None
) -> Callable[[Callable[..., Any]], Spoken]:
    """Return a decorator that makes a function a command with these examples, in ``group`` where one is given."""

    def made(function: Callable[..., Any]) -> Spoken:
        built: Spoken = click.command(name=name, cls=Spoken, examples=examples)(function)
        if group is not None:
            group.add_command(built)
        return built

    return made


def json_option(function: F) -> F:
    """Give the command ``--json``, as ``as_json``."""
    return click.option("--json", "as_json", is_flag=True, help="Write JSON in place of a table.")(function)


def yes_option(function: F) -> F:
    """Give the command ``--yes``."""
    return click.option("--yes", "-y", is_flag=True, help="Do not ask first.")(function)
