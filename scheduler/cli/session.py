"""What one run of ``loa`` works with: the folder, the person, the language, and the engine once it is needed."""

from __future__ import annotations

import os
import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import click

from scheduler.cli.printing import apart
from scheduler.ground.errors import NotFound
from scheduler.ground.text import LANGUAGES, _, use

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path
    from zoneinfo import ZoneInfo

    from scheduler.channels.host import Host
    from scheduler.engine.engine import Engine

CONFIG = "config.toml"
_LANGUAGE = re.compile(rb'^[ \t]*language[ \t]*=[ \t]*["\']?(\w+)', re.MULTILINE)


@dataclass
class Session:
    """The options that every command takes, and what follows from them."""

    chosen: str | None = None
    person: str | None = None
    language: str | None = None
    debug: bool = False
    _engine: Engine | None = field(default=None, repr=False)

    @property
    def folder(self) -> Path:
        """The campaign folder, absolute. Raises `NotFound` where there is none."""
        from pathlib import Path

        start = os.path.abspath(self.chosen or ".")  # noqa: PTH100
        found = start if self.chosen and _is_campaign(start) else None if self.chosen else nearest_folder(start)
        if found is None:
            chosen = _("{folder} is not a campaign folder: it has no config.toml")
            none = _("no campaign folder here: no config.toml in {folder} or above; make one with `loa init DIR`")
            raise NotFound((chosen if self.chosen else none).format(folder=start))
        return Path(found)

    @property
    def engine(self) -> Engine:
        """The engine of the folder, opened when first asked for and closed when the command ends."""
        return self.open()

    def open(self, *, ahead: bool = False) -> Engine:
        """Open the engine of the folder, perhaps ahead of its plugins, where that has not been done."""
        if self._engine is None:
            from scheduler.engine.engine import Engine

            with apart():
                self._engine = Engine.open(self.folder, person=self.person, ahead=ahead)
            click.get_current_context().find_root().call_on_close(self.close)
        return self._engine

    @property
    def host(self) -> Host:
        """The campaign as a plugin's command sees it."""
        from scheduler.engine.hosting import Hosted

        return Hosted(self.engine.core)

    @property
    def zone(self) -> ZoneInfo:
        """The campaign's time zone."""
        return self.engine.config.zone

    def masked(self, text: str) -> str:
        """Return a text without the secrets that have been revealed."""
        return self._engine.core.redactor.text(text) if self._engine is not None else text

    def close(self) -> None:
        """Close the engine, where one was opened."""
        if self._engine is not None:
            self._engine.close()
            self._engine = None


def pass_session(function: Callable[..., Any]) -> Callable[..., Any]:
    """Give a command the session as its first argument."""
    return click.make_pass_decorator(Session, ensure=True)(function)


def _is_campaign(folder: str) -> bool:
    return os.path.isfile(os.path.join(folder, CONFIG))  # noqa: PTH113, PTH118


def nearest_folder(start: str) -> str | None:
    """Return the nearest folder, from ``start`` upwards, that holds config.toml."""
    here = start
    while not _is_campaign(here):
        above = os.path.dirname(here)  # noqa: PTH120
        if above == here:
            return None
        here = above
    return here


def speak(args: Sequence[str]) -> None:
    """Use the language that the arguments, LOA_LANG, config.toml or the system ask for, in that order; else English.

    config.toml is only searched for its line, so that its errors too are told in that language.
    """
    asked = (
        _given(args, "--lang"),
        os.environ.get("LOA_LANG"),
        _configured(_given(args, "--folder", "-C")),
        *(os.environ.get(name, "")[:2] for name in ("LC_ALL", "LC_MESSAGES", "LANG")),
    )
    language = next((each for each in asked if each in LANGUAGES), "en")
    use(language)
    _speak_click(language)


def _given(args: Sequence[str], *names: str) -> str | None:
    found = None
    for position, arg in enumerate(args):
        name, equals, value = arg.partition("=")
        if name in names:
            found = value if equals else next(iter(args[position + 1 : position + 2]), None)
    return found


def _configured(folder: str | None) -> str | None:
    found = nearest_folder(os.path.abspath(".")) if folder is None else folder  # noqa: PTH100
    try:
        with open(os.path.join(found or ".", CONFIG), "rb") as file:  # noqa: PTH118, PTH123
            match = _LANGUAGE.search(file.read(65536))
    except OSError:
        return None
    return match[1].decode() if match else None


def _speak_click(language: str) -> None:
    """Let click's own sentences, which it asks of gettext, come from our catalogue."""
    import gettext

    from scheduler.ground.text import DOMAIN, FOLDER

    gettext.bindtextdomain(DOMAIN, FOLDER)
    gettext.textdomain(DOMAIN)
    os.environ["LANGUAGE"] = language
