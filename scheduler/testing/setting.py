"""What a channel is tried with: its options and targets, and the world outside where that is not HTTP or files."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, time
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Protocol, runtime_checkable

from scheduler.channels.registry import line_of
from scheduler.ground.errors import LoaError
from scheduler.ground.text import _

if TYPE_CHECKING:
    from pathlib import Path

    from scheduler.channels.channel import Channel
    from scheduler.channels.options import Options
    from scheduler.ground.problem import Problem

DOWN, REFUSES, HANGS, DROPS = "down", "refuses", "hangs", "drops after accepting"
_NONE: Mapping[str, Any] = MappingProxyType({})


@runtime_checkable
class World(Protocol):
    """The outside of a channel that speaks neither HTTP nor files: a mail server, a board on a socket, a device.

    It is real and on this machine: a server on loopback. One is made for each trial and closed after it.
    """

    @property
    def scenarios(self) -> frozenset[str]:
        """What it can play: some of ``down``, ``refuses``, ``hangs`` and ``drops after accepting``."""

    def options(self) -> Mapping[str, Any]:
        """Return the options by which the channel reaches it, such as its port."""

    def effects(self) -> list[Any]:
        """Return what has happened in it so far, in values that compare and that hold what was said."""

    def play(self, scenario: str) -> None:
        """Be so from now on.

        ``down``: nobody listens. ``refuses``: it answers that it will not. ``hangs``: it takes the call and says
        nothing. ``drops after accepting``: it takes what was said, and breaks the connection before it answers.
        """

    def close(self) -> None:
        """End it."""


def devices(world: World | None) -> frozenset[str]:
    """Return the devices by which a world is reached, such as the far end of a serial line."""
    given = world.options().values() if world is not None else ()
    return frozenset(each for each in given if isinstance(each, str) and each.startswith("/dev/"))


@dataclass(frozen=True)
class Setting:
    """One channel and what it is tried with.

    ``options`` is its table in config.toml, ``targets`` are its targets' tables; ``content`` are files below
    ``content/`` that they name, by path. ``to`` is whom a test by a person goes to. ``world`` makes a `World`.
    ``files`` is a campaign's own ``content/``, for the files that the options name. ``source`` is the file that says
    all this, and ``lines`` the lines of its keys, as `ChannelConfig` has them.
    """

    channel: Channel[Any]
    options: Mapping[str, Any] = field(default_factory=lambda: _NONE)
    targets: Sequence[Mapping[str, Any]] = ()
    content: Mapping[str, str] = field(default_factory=lambda: _NONE)
    to: str = "+84912345678"
    world: Callable[[], World] | None = None
    plugin: str = "plugin"
    files: Path | None = None
    source: str = ""
    lines: Mapping[str, int] = field(default_factory=lambda: _NONE)

    def located(self, problem: Problem) -> Problem:
        """Return what is wrong in the trial's own config.toml as it stands in the file that the setting is from."""
        key = problem.key.removeprefix(f"channels.{self.channel.name}").lstrip(".")
        names = [str(each["name"]) for each in self.places()]
        head, _dot, rest = key.partition(".")
        name, _dot, tail = rest.partition(".")
        if head == "targets" and name in names:
            key = f"targets.{names.index(name)}.{tail}".rstrip(".")
        return replace(problem, file=self.source, line=line_of(self.lines, key) if self.source else None)

    def places(self) -> list[Mapping[str, Any]]:
        """Return the targets, at most two; where none is given, two with no settings of their own."""
        given = [dict(each) for each in self.targets[:2]] or [{}, {}]
        return [{"name": f"place-{number}", **each} for number, each in enumerate(given, 1)]

    def missing(self) -> list[str]:
        """Return the keys that must be given and are not, each as one writes it."""
        own = self.world is not None
        found = [] if own else _missing(self.channel.options, self.options, "")
        model = self.channel.target_options
        return found + [each for place in self.places()[:1] for each in _missing(model, place, "targets: ")]

    def complete(self) -> Setting:
        """Return itself. Raises `LoaError` that says what must be given, and how, unless a file has it wrong."""
        if self.source or not (missing := self.missing()):
            return self
        words = _(
            "{channel} needs {keys}: switch it on in config.toml, or give them with --options FILE, whose tables are"
            " those of the channel: keys, [[targets]], [content]"
        )
        raise LoaError(words.format(channel=self.channel.name, keys=", ".join(missing)))


def _missing(model: type[Options], given: Mapping[str, Any], head: str) -> list[str]:
    """Return what is required and not given; secrets are made up."""
    from scheduler.testing.secrets import holds_secret

    required = {name: each for name, each in model.model_fields.items() if each.is_required() and name not in given}
    return [f"{head}{name}" for name, each in required.items() if not holds_secret(each.annotation)]


def from_table(channel: Channel[Any], table: Mapping[str, Any], **more: Any) -> Setting:
    """Return the setting of a file of options: the channel's keys, ``[[targets]]``, and ``[content]``."""
    own = {key: value for key, value in table.items() if key not in ("targets", "content", "to")}
    to = table.get("to", "+84912345678")
    return Setting(channel, own, tuple(table.get("targets", ())), table.get("content", {}), to, **more)


def toml(value: Any) -> str:
    """Return a value as TOML has it, in one line. Raises `TypeError` for one that TOML cannot hold."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int | float):
        return repr(value)
    if isinstance(value, str):
        return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")
    if isinstance(value, datetime | date | time):
        return value.isoformat()
    if isinstance(value, Mapping):
        return "{" + ", ".join(f"{toml(str(key))} = {toml(each)}" for key, each in value.items()) + "}"
    if isinstance(value, list | tuple):
        return "[" + ", ".join(map(toml, value)) + "]"
    raise TypeError(_("{value!r} cannot stand in config.toml").format(value=value))


def table(values: Mapping[str, Any]) -> str:
    """Return the lines of a table; what is ``None`` is not given."""
    return "".join(f"{toml(str(key))} = {toml(each)}\n" for key, each in values.items() if each is not None)
