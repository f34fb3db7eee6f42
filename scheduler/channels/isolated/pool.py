"""The processes of one plugin: as many as there are calls at the same time, used again, and started anew when gone."""

from __future__ import annotations

import logging
import signal
import threading
import weakref
from contextlib import ExitStack, contextmanager
from functools import partial
from typing import TYPE_CHECKING, Any

from scheduler.channels.giving_up import ended_by
from scheduler.channels.isolated.process import Child, OtherVersion, ProcessEnded, Unsaid
from scheduler.ground.clock import SystemClock
from scheduler.ground.errors import PluginAway, PluginError
from scheduler.ground.said import said
from scheduler.ground.text import _

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from scheduler.channels.isolated.sheets import PluginSheet, Wanted

TRIES = 3
"""How many processes may end over one step that does nothing outside, or before a call, until it is given up."""
IDLE_SECONDS = 60.0
"""How long a process that nobody needs is kept."""
KILLED_TRIES = 20
"""How many, where something else killed them: that says nothing of the plugin."""
LOOK_AGAIN = 30.0
"""Seconds after which one that could not be called is looked at again."""
LONGEST_REST = 0.5
"""Seconds. A call that failed waits for its channel's own ``retry`` and ``breaker`` anyway."""


class CannotStart(Exception):
    """No process of the plugin could be started; ``signal`` is what ended it meanwhile, or 0."""

    def __init__(self, words: str, signal: int = 0) -> None:
        super().__init__(words)
        self.signal = signal


_NOT_CALLED = (Unsaid, CannotStart)
_NOT_DONE = (*_NOT_CALLED, ProcessEnded)


class _Waiting:
    """What one thread waits for, and whether that has been given up."""

    def __init__(self) -> None:
        self.over = False
        self._lock = threading.Lock()
        self._child: Child | None = None

    def use(self, child: Child) -> None:
        """Wait for ``child`` from now on. Raises `Unsaid` where nobody waits any more."""
        with self._lock:
            if self.over:
                raise Unsaid
            self._child = child

    def give_up(self) -> None:
        """Wait no more: the process is killed, and no other gets the call."""
        with self._lock:
            self.over = True
            if self._child is not None:
                self._child.kill()


@contextmanager
def _waited() -> Iterator[_Waiting]:
    waiting = _Waiting()
    with ended_by(waiting.give_up):
        yield waiting


class Pool:
    """Lends processes. Each is one call's at a time, so that one that is killed takes no other call with it."""

    def __init__(self, wanted: Wanted) -> None:
        self._wanted = wanted
        self._log = logging.getLogger("loa.plugin")
        self._lock = threading.Lock()
        self._idle: list[Child] = []
        self._all: set[Child] = set()
        self._sheet: PluginSheet | None = None
        self._deaths = 0
        self._retired = False
        self._away_since: float | None = None
        self.changed = False
        """Whether another version of the plugin is there by now, which loads."""
        weakref.finalize(self, _end, self._all)

    @property
    def outdated(self) -> bool:
        """Whether it is time to read again what this plugin has a part in."""
        away = self._away_since
        return self.changed or (away is not None and SystemClock().elapsed() - away >= LOOK_AGAIN)

    def describe(self) -> PluginSheet:
        """Start the first process, and return what the plugin says of itself.

        One that something else kills meanwhile is started again. Raises `ProcessEnded`.
        """
        child, sheet = self._first()
        self._sheet = sheet
        if sheet.channels and not sheet.error:
            self._log = logging.getLogger(f"loa.channel.{sheet.channels[0].name}")
            self._give_back(child)
        else:
            self._drop(child)
        return sheet

    def _first(self) -> tuple[Child, PluginSheet]:
        clock = SystemClock()
        end = clock.elapsed() + self._wanted.seconds
        left = TRIES
        while True:
            left -= 1
            try:
                child = Child(self._log)
            except OSError as error:
                raise ProcessEnded(said(error)) from None
            self._all.add(child)
            try:
                return child, child.begin(self._wanted)
            except ProcessEnded as error:
                self._all.discard(child)
                if not left or error.signal != signal.SIGKILL or clock.elapsed() >= end:
                    raise

    def pure(self, method: str, channel: str, given: tuple[Any, ...], answer: Callable[..., Any] | None = None) -> Any:
        """Return what a step gives that does nothing outside; where its process ends, it is done again in another.

        ``answer`` is asked what it asks beside having lines logged.
        """
        outside = partial(self._outside_calls, answer)
        with _waited() as waiting:
            for tried in range(1, KILLED_TRIES + 1):
                try:
                    with self._lent(waiting) as child:
                        found = child.call(method, channel, given, outside)
                except _NOT_DONE as error:
                    killed = getattr(error, "signal", 0) == signal.SIGKILL
                    if waiting.over or self.changed or tried >= (KILLED_TRIES if killed else TRIES):
                        raise self._broken(method, error) from None
                else:
                    self._away_since = None
                    return found
        raise AssertionError

    def act(self, method: str, channel: str, given: tuple[Any, ...], answer: Callable[..., Any]) -> Any:
        """Return what a call gives that may do something outside, which is made once.

        Raises `PluginAway` where there was no process to make it, and `ProcessEnded` where one ended over it.
        """
        with _waited() as waiting:
            for left in reversed(range(TRIES)):
                try:
                    with self._lent(waiting) as child:
                        return child.call(method, channel, given, answer)
                except _NOT_CALLED as error:
                    if waiting.over or self.changed or not left:
                        raise self._broken(method, error) from None
        raise AssertionError

    def stream(self, method: str, channel: str, given: tuple[Any, ...]) -> Iterator[Any]:
        """Yield what a step gives that does nothing outside, part by part, each made once it is asked for."""
        try:
            with ExitStack() as lent:
                with _waited() as waiting:
                    child = lent.enter_context(self._lent(waiting))
                    outside = partial(self._outside_calls, None)
                    parts, over = child.call(method, channel, given, outside)
                yield from parts
                while not over:
                    with _waited() as waiting:
                        waiting.use(child)
                        parts, over = child.more(outside)
                    yield from parts
        except _NOT_DONE as error:
            raise self._broken(method, error) from None

    def retire(self) -> None:
        """Keep no process from now on: one that is in a call ends after it, and so does one that is started yet."""
        with self._lock:
            self._retired = True
            idle, self._idle = self._idle, []
        for each in idle:
            self._drop(each)

    def processes(self) -> list[int]:
        """Return the numbers of the processes that are there."""
        return [each.pid for each in list(self._all)]

    def _broken(self, method: str, error: Exception) -> PluginError:
        if isinstance(error, _NOT_CALLED):
            self._away_since = SystemClock().elapsed()
            return PluginAway(self._wanted.name, _("not called: {why}").format(why=_why(error)))
        return PluginError(self._wanted.name, f"{method or 'options'}: {_why(error)}")

    def _outside_calls(self, answer: Callable[..., Any] | None, name: str, *given: Any) -> Any:
        if name == "log":
            return self._log.log(given[0], "%s", given[1])
        if answer is None:
            raise PluginError(self._wanted.name, _("only a call has a context to ask"))
        return answer(name, *given)

    # --- lending -----------------------------------------------------------------------------------------------------

    @contextmanager
    def _lent(self, waiting: _Waiting) -> Iterator[Child]:
        """Lend a process for one call.

        It is used again only where it has itself said how the call ended: after an error on this side it may still wait
        for an answer, and would take the next call for it. One that has no memory left is not used again either.
        """
        child, kept = self._take(), False
        try:
            waiting.use(child)
            yield child
            kept = True
        except ProcessEnded:
            self._deaths += not waiting.over
            raise
        except OtherVersion:
            self.changed = True
            raise
        except Exception as error:
            kept = child.raised and type(error).__name__ != "MemoryError"
            raise
        finally:
            if kept:
                self._deaths = 0
                self._give_back(child)
            else:
                self._drop(child)

    def _take(self) -> Child:
        while True:
            with self._lock:
                child = self._idle.pop() if self._idle else None
            if child is None:
                return self._start()
            if child.alive:
                return child
            self._drop(child)

    def _start(self) -> Child:
        """Start another process; after several that ended at once, not without a rest."""
        if self._deaths > TRIES:
            threading.Event().wait(min(0.05 * 2 ** (self._deaths - TRIES), LONGEST_REST))
        try:
            child = Child(self._log)
        except OSError as error:
            self._deaths += 1
            raise CannotStart(said(error)) from None
        self._all.add(child)
        try:
            sheet = child.begin(self._wanted)
        except ProcessEnded as error:
            self._all.discard(child)
            self._deaths += 1
            raise CannotStart(str(error), error.signal) from None
        if sheet != self._sheet:
            self._drop(child)
            if sheet.error:
                raise CannotStart(sheet.error)
            self.changed = True
            raise OtherVersion
        return child

    def _give_back(self, child: Child) -> None:
        now = SystemClock().elapsed()
        child.idle_since = now
        with self._lock:
            every = [*self._idle, child]
            old = [each for each in every if self._retired or now - each.idle_since > IDLE_SECONDS]
            self._idle = [each for each in every if each not in old]
        for each in old:
            self._drop(each)

    def _drop(self, child: Child) -> None:
        child.ended()
        self._all.discard(child)


def _why(error: Exception) -> str:
    return str(error) or _("its process ended before it could be called")


def _end(children: set[Child]) -> None:
    for each in list(children):
        each.ended()
