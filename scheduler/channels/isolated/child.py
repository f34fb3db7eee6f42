"""The process of one plugin: it loads it, describes it, and does what it is told, one call after the other.

A thread listens to Loa all the while; when Loa is not there any more, however it ended, all of this ends at once.
"""

from __future__ import annotations

import faulthandler
import itertools
import json
import logging
import os
import queue
import signal
import sys
import threading
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from scheduler.channels.finding import candidates
from scheduler.channels.isolated.context import Context
from scheduler.channels.isolated.describing import channel_sheet, validated
from scheduler.channels.isolated.sheets import PluginSheet, Wanted
from scheduler.channels.isolated.wire import Changed, Gone, Told, Wire
from scheduler.channels.loader import load_alone
from scheduler.ground.said import said
from scheduler.ground.text import _, use

if TYPE_CHECKING:
    from collections.abc import Iterator

    from scheduler.channels.channel import Channel

PART = 1000
"""How many of a long list go over at a time."""
_LISTS = ("check", "show")
_KEPT = 1000
"""How many sets of options are kept validated."""


def main(read: int, write: int) -> None:
    """Work for Loa, which is at the other end of two pipes, until it is gone."""
    for each in (read, write):
        os.set_inheritable(each, False)
    faulthandler.enable()
    server = Server(read, write)
    os.register_at_fork(after_in_child=server.forked)
    server.work()


class Server:
    """Answers Loa."""

    def __init__(self, read: int, write: int) -> None:
        self.wire = Wire(read, write, {"settings": self._held})
        self._said: queue.SimpleQueue[Any] = queue.SimpleQueue()
        self._asking = threading.RLock()
        self._channels: dict[str, Channel[Any]] = {}
        self._known: dict[str, tuple[Any, str]] = {}

    def work(self) -> None:
        """Load the plugin, and answer calls until Loa is gone."""
        threading.Thread(target=self._listen, name="loa-listen", daemon=True).start()
        (wanted,) = self._said.get()
        sys.path[:] = wanted.path
        sheet = self._load(wanted)
        try:
            self.wire.send(sheet)
        except TypeError as wrong:  # a class where a value should be
            self.wire.send(PluginSheet((), said(wrong), sheet.version, (), sheet.contract))
        logging.basicConfig(handlers=[_Teller(self)], level=wanted.level, force=True)
        while True:
            match self._said.get():
                case ("call", language, method, channel, given):
                    use(language)
                    self._answer(method, channel, given)
                case Changed():
                    self.wire.send("changed")
                case Exception() as error:
                    self._give("raises", error)

    def forked(self) -> None:
        """Have no part in what Loa says and hears, in a process that the plugin has made of this one."""
        self.wire.close()

    def ask(self, context: Context | _Rendering, name: str, *given: Any) -> Any:
        """Ask Loa something that belongs to the call which it waits for. Raises what Loa says."""
        with self._asking:
            if context.over:
                raise RuntimeError(_("the call that this context belongs to has ended"))
            self.wire.send("asks", name, given)
            answer = self._said.get()
        if isinstance(answer, Exception):
            raise answer
        kind, value = answer
        if kind == "raises":
            raise value
        return value

    def tell(self, level: int, text: str) -> None:
        """Have a line logged."""
        self.wire.send("logs", level, text)

    def _listen(self) -> None:
        try:
            while True:
                try:
                    self._said.put(self.wire.receive())
                except Gone:
                    raise
                except Exception as error:  # noqa: BLE001 - options that are not valid now, memory that is not there
                    self._said.put(error)
        finally:
            if os.getpgrp() == os.getpid():
                os.killpg(0, signal.SIGKILL)
            os._exit(1)

    def _load(self, wanted: Wanted) -> PluginSheet:
        if wanted.memory is not None:
            _limit(wanted.memory)
        every = candidates(Path(wanted.folder) if wanted.folder else None)
        found = next((each for each in every if (each.name, each.source) == (wanted.name, wanted.source)), None)
        if found is None:
            return PluginSheet((), _("it is not there any more"), "", (), "")
        plugins = load_alone(found, seconds=wanted.seconds)
        status = plugins.statuses[0]
        self._channels = {name: channel for name, (channel, _plugin) in plugins.channels.items()}
        sheets = tuple(map(channel_sheet, self._channels.values()))
        stamp = "".join(mark for _file, mark in plugins.stamps.values())
        return PluginSheet(sheets, status.error, status.version, status.hooks, status.contract, stamp)

    # --- calls -------------------------------------------------------------------------------------------------------

    def _answer(self, method: str, channel: str, given: tuple[Any, ...]) -> None:
        try:
            value = self._called(method, self._channels[channel], given)
        except BaseException as error:  # noqa: BLE001 - a plugin may raise anything, SystemExit too
            self._give("raises", error)
        else:
            if method == "recipients":
                self._stream(value)
            else:
                self._give("gives", value)

    def _called(self, method: str, channel: Channel[Any], given: tuple[Any, ...]) -> Any:
        if not method:
            return self._validated(channel, *given)
        told = given[-1]
        if not isinstance(told, Told):
            return self._pure(method, channel, given)
        context = Context(self, channel, told)
        try:
            return getattr(channel, method)(*given[:-1], context)
        finally:
            context.over = True

    def _pure(self, method: str, channel: Channel[Any], given: tuple[Any, ...]) -> Any:
        if method != "render":
            value = getattr(channel, method)(*given)
            return list(value) if method in _LISTS else value
        rendering = _Rendering()
        try:
            context = replace(given[1], elements=lambda item: self.ask(rendering, "feed_elements"))
            return channel.render(given[0], context)
        finally:
            rendering.over = True

    def _stream(self, found: Any) -> None:
        """Give what is found in parts, each once Loa asks for it."""
        over = False
        try:
            stream: Iterator[Any] = iter(found)
            while not over:
                part = list(itertools.islice(stream, PART))
                over = len(part) < PART
                self._give("gives", (part, over))
                if not over and (said := self._said.get()) != ("next",):
                    raise RuntimeError(repr(said))
        except BaseException as error:  # noqa: BLE001 - a plugin may raise anything
            self._give("raises", error)

    def _give(self, kind: str, value: Any) -> None:
        with self._asking:
            try:
                self.wire.send(kind, value)
            except Gone:
                os._exit(1)  # forked by the plugin, or Loa is gone
            except Exception as error:  # noqa: BLE001 - what a plugin gives may be anything
                self.wire.send("raises", error)

    # --- options -----------------------------------------------------------------------------------------------------

    def _validated(self, channel: Channel[Any], which: str, given: dict[str, Any]) -> tuple[str, Any, Any]:
        from pydantic import ValidationError

        try:
            return ("valid", *validated(self._settings(channel.name, which, given)[0]))
        except ValidationError as error:
            return "wrong", error.errors(include_url=False, include_input=False), None

    def _held(self, channel: str, which: str, given: dict[str, Any], held: dict[str, Any]) -> Any:
        """Return the options that Loa holds. Raises `Changed` where another plugin than Loa's has made them."""
        made, dumped = self._settings(channel, which, given)
        if dumped != _compared(held):
            raise Changed
        return made

    def _settings(self, channel: str, which: str, given: dict[str, Any]) -> tuple[Any, str]:
        """Return validated options, and what they are compared by, as they were before any call had them."""
        key = repr((channel, which, given))
        if key not in self._known:
            if len(self._known) >= _KEPT:
                self._known.clear()
            made = getattr(self._channels[channel], which).model_validate(given)
            self._known[key] = made, _compared(made.model_dump(mode="json"))
        return self._known[key]


def _compared(dumped: dict[str, Any]) -> str:
    return json.dumps(dumped, sort_keys=True, default=str)


class _Rendering:
    """What a rendering asks Loa belongs to, until it is over."""

    over = False


class _Teller(logging.Handler):
    """Has Loa log what is logged here."""

    def __init__(self, server: Server) -> None:
        super().__init__()
        self._server = server
        self.setFormatter(logging.Formatter("%(message)s"))

    def emit(self, record: logging.LogRecord) -> None:
        try:
            self._server.tell(record.levelno, self.format(record))
        except Exception:  # noqa: BLE001 - logging's own way with what cannot be logged
            self.handleError(record)


def _limit(memory: int) -> None:
    """Let this process have no more memory of its own than that, where the system holds it to it.

    Not the address space (`RLIMIT_AS`): of that Python takes 250 MB where it has 30 in memory.
    """
    import resource

    resource.setrlimit(resource.RLIMIT_DATA, (memory, memory))
