"""What Loa and the process of a plugin say to each other: pickled values behind their length, over two pipes.

Pickle, since what goes over is Loa's own values (items, payloads with files, receipts) and not JSON's; but only Loa's
and Python's plain classes are ever read back (`ADMITTED`), so that nothing of a plugin's is run or imported here.
"""

from __future__ import annotations

import enum
import io
import os
import pickle
import struct
import threading
from dataclasses import dataclass
from datetime import timedelta
from functools import cache
from types import FunctionType, MappingProxyType
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from scheduler.ground import errors
from scheduler.ground.said import said
from scheduler.ground.text import _

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from datetime import datetime
    from pathlib import Path

    from scheduler.ground.delivery import Key
    from scheduler.ground.model import Target

_LENGTH = struct.Struct("!Q")
_OURS = frozenset(
    f"scheduler.{each}"
    for each in (
        "channels.channel",
        "channels.item",
        "channels.options",
        "channels.showing",
        "channels.isolated.wire",
        "channels.isolated.sheets",
        "ground.delivery",
        "ground.lifecycle",
        "ground.model",
        "ground.problem",
    )
)
ADMITTED = frozenset(
    {"datetime.datetime", "datetime.date", "datetime.time", "datetime.timedelta", "datetime.timezone"}
    | {"pathlib.PosixPath", "pathlib.PurePosixPath", "pathlib.Path", "decimal.Decimal", "uuid.UUID"}
    | {"pathlib._local.PosixPath", "pathlib._local.PurePosixPath", "builtins.set", "builtins.frozenset"}
    | {"builtins.bytearray", "builtins.complex", "scheduler.channels.host.FeedElement"}
)
"""What is read beside Loa's own values."""
_PLAIN: tuple[Any, ...] = (bool, int, float, str, bytes, dict, list, tuple, set, frozenset)
_KNOWN = {name: each for name, each in vars(errors).items() if isinstance(each, type) and issubclass(each, Exception)}
_KNOWN["ValueError"] = ValueError


@dataclass(frozen=True, slots=True)
class Told:
    """What a call's context is, as far as it need not be asked for. ``real`` is whether its clock is the machine's."""

    key: Key
    round: int
    options: Any
    target: Target
    zone: ZoneInfo
    content: Path
    publish_at: datetime
    deadline: datetime
    previous: Mapping[str, Any] | None
    rehearsal: bool
    patience: float
    real: bool


class _Pickler(pickle.Pickler):
    def reducer_override(self, value: Any) -> Any:
        if isinstance(value, MappingProxyType):
            return frozen, (dict(value),)
        if isinstance(value, BaseException):
            return error, _taken_apart(value)
        if isinstance(value, ZoneInfo):
            return zone, (value.key,)
        kind = type(value)
        if kind is FunctionType and value in _HERE:
            return NotImplemented
        remote = getattr(kind, "loa_remote", None)
        if remote is not None:
            return settings, (*remote.reference, value.loa_given(), value.model_dump(mode="json"))
        if isinstance(value, type) and ("." in value.__qualname__ or not _admitted(value.__module__, value.__name__)):
            text = _("{kind} is a class and no value, and cannot leave its process")
            raise TypeError(text.format(kind=value.__name__))
        if isinstance(value, type) or _admitted(kind.__module__, kind.__qualname__):
            return NotImplemented
        return _plainly(value)


def _plainly(value: Any) -> Any:
    """Return how a value of a class of the plugin's own goes over: as the plain one that it is, where it is one."""
    if isinstance(value, enum.Enum):
        return same, (value.value,)
    for each in _PLAIN:
        if isinstance(value, each):
            return same, (each(value),)
    text = _("{kind} is a class of the plugin's own, and cannot leave its process")
    raise TypeError(text.format(kind=type(value).__name__))


def _admitted(module: str, name: str) -> bool:
    return module in _OURS or f"{module}.{name}" in ADMITTED


class _Unpickler(pickle.Unpickler):
    def __init__(self, file: Any, names: Mapping[str, Any]) -> None:
        super().__init__(file)
        self._names = names

    def find_class(self, module: str, name: str) -> Any:
        if module == __name__ and name in self._names:
            return self._names[name]
        if "." in name or not _admitted(module, name):
            raise pickle.UnpicklingError(module, name)
        return super().find_class(module, name)


def frozen(values: dict[str, Any]) -> Mapping[str, Any]:
    """Return a mapping that nobody changes."""
    return MappingProxyType(values)


def zone(key: str) -> ZoneInfo:
    """Return a time zone."""
    return ZoneInfo(key)


def same(value: Any) -> Any:
    """Return a plain value."""
    return value


def settings(channel: str, which: str, given: dict[str, Any], held: dict[str, Any]) -> Any:
    """Stand for the validated options that the plugin's process makes of what was given; it has its own.

    ``held`` is what Loa has of them, in values of JSON: what an approval covers.
    """
    raise LookupError(channel, which, given, held)


def _taken_apart(value: BaseException) -> tuple[Any, ...]:
    names = [each.__name__ for each in type(value).__mro__ if _KNOWN.get(each.__name__) is each]
    more = {name: getattr(value, name) for name in ("retry_after", "plugin") if name in getattr(value, "__dict__", {})}
    if not isinstance(more.get("retry_after"), timedelta | None):
        del more["retry_after"]
    return type(value).__name__, names[0] if names else "", said(value), more


def error(kind: str, base: str, text: str, more: dict[str, Any]) -> Exception:
    """Return an exception that was raised over there: Loa's own as what it is, another by its name."""
    raised = _kind(kind, base).__new__(_kind(kind, base), text)
    raised.args = (text,)
    raised.__dict__.update(more)
    return raised


@cache
def _kind(kind: str, base: str) -> type[Exception]:
    known = _KNOWN.get(base, Exception)
    return known if kind == base else type(kind, (known,), {"__doc__": known.__doc__})


_HERE = (frozen, zone, same, settings, error)


class Changed(Exception):
    """Options are not what Loa holds of them: the plugin is another than at the start."""


class Gone(Exception):
    """The other side is not there any more."""


class Wire:
    """Both directions. Any thread may send; one at a time receives."""

    def __init__(self, read: int, write: int, names: Mapping[str, Callable[..., Any]] | None = None) -> None:
        self._in = os.fdopen(read, "rb")
        self._out: int | None = write
        self._names = names or {}
        self._sending = threading.Lock()

    def send(self, *message: Any) -> None:
        """Say something. Raises `Gone` where not all of it could be said, and `TypeError` for what cannot go over."""
        body = io.BytesIO()
        body.write(_LENGTH.pack(0))
        _Pickler(body, pickle.HIGHEST_PROTOCOL).dump(message)
        view = body.getbuffer()
        _LENGTH.pack_into(view, 0, len(view) - _LENGTH.size)
        with self._sending:
            while view:
                if self._out is None:
                    raise Gone
                try:
                    view = view[os.write(self._out, view) :]
                except OSError as broken:
                    raise Gone from broken

    def receive(self) -> Any:
        """Return what is said next. Raises `Gone`."""
        try:
            head = self._in.read(_LENGTH.size)
            size = _LENGTH.unpack(head)[0] if len(head) == _LENGTH.size else -1
            body = self._in.read(size) if size >= 0 else b""
        except (OSError, ValueError) as broken:
            raise Gone from broken
        if len(body) != size:
            raise Gone
        return _Unpickler(io.BytesIO(body), self._names).load()

    def close(self) -> None:
        """Close both directions."""
        with self._sending:
            out, self._out = self._out, None
        if out is not None:
            os.close(out)
            self._in.close()
