"""What the whole process shares, which a call must leave as it was: another plugin would meet it changed."""

from __future__ import annotations

import locale
import os
import socket
import time
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from scheduler.ground.text import N_

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping


@contextmanager
def kept() -> Iterator[list[str]]:
    """Put back, at the end, what has changed meanwhile, and name it in the list that is given."""
    changed = list[str]()
    before = {name: read() for name, (read, _put) in _SHARED.items()}
    try:
        yield changed
    finally:
        changed += [name for name, (read, _put) in _SHARED.items() if read() != before[name]]
        for name in changed:
            _SHARED[name][1](before[name])


def _put_environment(value: Mapping[str, str]) -> None:
    os.environ.clear()
    os.environ.update(value)
    time.tzset()


def _umask() -> int:
    value = os.umask(0o077)
    os.umask(value)
    return value


_SHARED: dict[str, tuple[Callable[[], Any], Callable[[Any], Any]]] = {
    N_("the current folder"): (Path.cwd, os.chdir),
    N_("environment variables"): (lambda: dict(os.environ), _put_environment),
    N_("the time zone"): (lambda: time.tzname, lambda _value: time.tzset()),
    N_("the locale"): (lambda: locale.setlocale(locale.LC_ALL), lambda value: locale.setlocale(locale.LC_ALL, value)),
    N_("the umask"): (_umask, os.umask),
    N_("the time limit of all sockets"): (socket.getdefaulttimeout, socket.setdefaulttimeout),
}
