"""Watching what a plugin's code does to this machine while it is called, and keeping it from doing harm.

It sees, by Python's own audit events, each file that is opened for writing, moved or removed, each connection and each
program that is started. What would be written outside the trial's folder, or sent to another machine, is refused:
a check must not send what a campaign's real options would.
"""

from __future__ import annotations

import os
import sys
import sysconfig
import threading
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING, Any

from scheduler.ground.text import _

if TYPE_CHECKING:
    from collections.abc import Iterator

_WRITES = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC | os.O_APPEND
_MOVES = frozenset({"os.rename", "os.link", "os.symlink", "os.remove", "os.rmdir", "os.mkdir", "os.truncate"})
PROCESS = "scheduler.channels.isolated"
_STARTS = frozenset({"subprocess.Popen", "os.system", "os.exec", "os.posix_spawn", "os.spawn", "os.fork"})
_LOOPBACK = frozenset({"127.0.0.1", "::1", "localhost"})
_HARMLESS = frozenset({"/dev/null", "/dev/tty"})
_LIBRARIES = tuple({str(Path(each).resolve()) for each in sysconfig.get_paths().values()})


@dataclass
class Watch:
    """What was seen. ``folder`` is where writing is allowed; ``loopback`` allows a world on this machine.

    ``devices`` are those of a world, which are written to as connections are.
    """

    folder: Path
    loopback: bool = False
    devices: frozenset[str] = frozenset()
    written: list[Path] = field(default_factory=list)
    elsewhere: list[Path] = field(default_factory=list)
    connected: list[str] = field(default_factory=list)
    started: list[str] = field(default_factory=list)

    def heard(self, event: str, args: tuple[Any, ...]) -> None:
        """Take note of one event. Raises `OSError` where it must not happen."""
        if event == "open":
            path, mode, flags = args
            if (isinstance(mode, str) and set(mode) & set("wax+")) or (flags or 0) & _WRITES:
                self._write(path)
        elif event in _MOVES:
            for each in args[: 1 + (event in ("os.rename", "os.link", "os.symlink"))]:
                self._write(each)
        elif event == "socket.connect":
            self._connect(args[1])
        elif event in _STARTS and not _of_loa(args):
            self.started.append(str(args[0]))
            raise PermissionError(_("no program is started while a plugin is checked: {name}").format(name=args[0]))

    def _write(self, path: Any) -> None:
        if not isinstance(path, str | bytes | os.PathLike):
            return
        place = Path(os.path.abspath(os.fsdecode(path)))  # noqa: PTH100 - a link is what is written
        if place.suffix == ".pyc" or "__pycache__" in place.parts or str(place) in _HARMLESS | self.devices:
            return
        if place.is_relative_to(self.folder):
            self.written.append(place)
            return
        self.elsewhere.append(place)
        raise PermissionError(_("nothing is written here while a plugin is checked: {place}").format(place=place))

    def _connect(self, address: Any) -> None:
        host = address[0] if isinstance(address, tuple) else address
        self.connected.append(str(host))
        if not (self.loopback and host in _LOOPBACK):
            raise ConnectionRefusedError(_("nothing leaves this machine while a plugin is checked"))


def _of_loa(args: tuple[Any, ...]) -> bool:
    """Return whether it is a plugin's own process, which Loa itself starts."""
    return len(args) > 1 and isinstance(args[1], list) and [*args[1][1:4]] == ["-P", "-m", PROCESS]


class _Watching:
    """The one watch that is on, in whatever thread; the hook of the interpreter cannot be taken off again."""

    now: Watch | None = None
    hooked = False
    lock = threading.Lock()


def _hook(event: str, args: tuple[Any, ...]) -> None:
    watch = _Watching.now
    if watch is not None:
        watch.heard(event, args)


@contextmanager
def watching(watch: Watch) -> Iterator[Watch]:
    """Watch everything that happens in this process until the end of the block."""
    with _Watching.lock:
        if not _Watching.hooked:
            sys.addaudithook(_hook)
            _Watching.hooked = True
        before, _Watching.now = _Watching.now, watch
    try:
        yield watch
    finally:
        _Watching.now = before


_ASKS = {
    "datetime": ("now", "utcnow", "today"),
    "date": ("today",),
    "time": ("time", "time_ns", "monotonic", "perf_counter", "localtime", "gmtime", "ctime", "strftime"),
    "Random": ("random", "getrandbits", "randbytes"),
    "posix": ("urandom",),
}
"""What asks for the time or for chance, by the name of the class or module."""
_NAMES = frozenset(name for names in _ASKS.values() for name in names)


@contextmanager
def overhearing(folder: Path | None) -> Iterator[list[str]]:
    """Collect, in this thread, where the code below ``folder`` asks for the time or for chance."""
    found: list[str] = []

    def profile(frame: Any, event: str, arg: Any) -> None:
        if event != "c_call" or getattr(arg, "__name__", "") not in _NAMES:
            return
        owner = getattr(arg, "__self__", None)
        fixed = isinstance(owner, type | ModuleType)
        name = str(getattr(owner, "__name__", "") if fixed else type(owner).__name__)
        file = frame.f_code.co_filename
        if (fixed or name == "Random") and arg.__name__ in _ASKS.get(name, ()) and _own(file, folder):
            found.append(f"{Path(file).name}:{frame.f_lineno}: {name}.{arg.__name__}()")

    sys.setprofile(profile)
    try:
        yield found
    finally:
        sys.setprofile(None)


def _own(file: str, folder: Path | None) -> bool:
    if folder is not None:
        return Path(file).resolve().is_relative_to(folder)
    return not file.startswith(_LIBRARIES)
