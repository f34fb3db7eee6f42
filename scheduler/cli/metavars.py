"""What stands for a value: its word in help and errors, and the types of click that name themselves."""

from __future__ import annotations

import re
from typing import Any

import click

from scheduler.ground.text import N_, _

WORDS = (
    N_("ARGS"),
    N_("CHANNEL"),
    N_("COMMAND"),
    N_("DATE"),
    N_("DELIVERY"),
    N_("DIR"),
    N_("EVENT"),
    N_("FILE"),
    N_("ID"),
    N_("NAME"),
    N_("NUMBER"),
    N_("OPTIONS"),
    N_("PERSON"),
    N_("PLUGIN"),
    N_("PORT"),
    N_("POST"),
    N_("SPAN"),
    N_("TEXT"),
    N_("TIME"),
    N_("TO"),
)
_WORD = re.compile(r"(?<![-\w])[A-Z]{2,}(?!\w)")


def spoken(usage: str) -> str:
    """Return a piece of usage with the words that stand for values in the language in use."""
    return _WORD.sub(lambda found: _(found[0]), usage)


class _Once(str):
    """A word that click puts at the beginning of a sentence: of several words only the first has a capital."""

    __slots__ = ()

    def title(self) -> str:
        return self.capitalize()


class Place(click.Path):
    """A file or folder, named in the language in use: click asks for the word when it is imported."""

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        """Return the path. Raises `click.BadParameter`."""
        self.name = _Once(_("directory") if not self.file_okay else _("file") if not self.dir_okay else _("path"))
        return super().convert(value, param, ctx)


class Number(click.IntRange):
    """A whole number, named in the language in use."""

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        """Return the number. Raises `click.BadParameter`."""
        self.name = _("whole number")
        return super().convert(value, param, ctx)
