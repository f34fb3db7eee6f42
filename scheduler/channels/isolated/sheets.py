"""How a plugin in a process of its own is described to Loa, which never sees its objects."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import timedelta

    from scheduler.channels.channel import Kind
    from scheduler.ground.lifecycle import Late


@dataclass(frozen=True, slots=True)
class FieldSheet:
    """One option. ``kind`` is its type in words of our own, nested: ``("list", ("type", "str"))``."""

    name: str
    kind: tuple[Any, ...]
    required: bool
    about: str
    default: Any = field(default=None, compare=False)


@dataclass(frozen=True, slots=True)
class ModelSheet:
    """A model of options."""

    name: str
    fields: tuple[FieldSheet, ...]
    operational: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ChannelSheet:
    """A channel. ``parts`` are the optional protocols that it has, each with its attributes."""

    name: str
    title: str
    kind: Kind
    uses: tuple[str, ...]
    lead: timedelta
    late: Late
    grace: timedelta
    staged: bool
    speaks: bool
    options: ModelSheet
    target_options: ModelSheet
    parts: Mapping[str, Mapping[str, Any]]


@dataclass(frozen=True, slots=True)
class PluginSheet:
    """A plugin, or why it does not load. ``stamp`` is that of its code, by which another version is told."""

    channels: tuple[ChannelSheet, ...]
    error: str
    version: str
    hooks: tuple[str, ...]
    contract: str
    stamp: str = ""


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which plugin a process is for, and what it may take. ``memory`` is in bytes."""

    folder: str
    name: str
    source: str
    seconds: float
    memory: int | None
    level: int
    path: tuple[str, ...]
