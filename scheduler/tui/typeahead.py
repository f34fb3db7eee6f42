"""Keys in their order: what one key opens gets every key behind it, however fast they come.

Textual hands each key to whoever has the focus when it is read, and lets the key take effect later: of a text that is
pasted or typed fast behind ``/``, the first letters would act as commands. Here a key waits until the one before it
has taken effect: the focus has moved, the question it asks is there, the screen it leads to has read.
"""

from __future__ import annotations

import asyncio
from collections import deque
from typing import TYPE_CHECKING, Any

from textual.app import App
from textual.events import Key, Paste
from textual.screen import Screen
from textual.worker import NoActiveWorker, get_current_worker

from scheduler.ground.text import many
from scheduler.tui.action import Scope
from scheduler.tui.keys import BY_ID, keys_of, of
from scheduler.tui.widgets.typing import AtOnce

if TYPE_CHECKING:
    from textual.events import Event
    from textual.message_pump import MessagePump
    from textual.worker import Worker

OPENS_NOTHING = {"renew", "trial", "check", "cards", "make", "foresee", "save", "keys"}
"""Groups of workers that read or write for the screen that one is on, and the one that takes keys."""
ROUNDS = 3
"""So often messages go from the focus up to the app: with the key, with what it does, with what follows from that."""
STEP = 0.005
LEAVES = "ctrl+q"
"""The key that leaves from everywhere; it waits for none, nor does the one that stops everything."""
PATIENCE = 5.0
"""Seconds after which keys wait no longer for what a key opens, or for a screen to read; they are dropped then."""


class InOrder(App[None]):
    """The part of the app that takes keys one after the other."""

    def __init__(self, *args: Any, **more: Any) -> None:
        super().__init__(*args, **more)
        self._typed: deque[Event] = deque()
        self._taking = False
        self._known: frozenset[Worker[Any]] = frozenset()
        self._opening: set[Worker[Any]] = set()

    @property
    def taking_keys(self) -> bool:
        """Return whether a key has still to take effect."""
        return self._taking

    async def on_event(self, event: Event) -> None:
        """Let a key wait for those before it."""
        if not isinstance(event, Key | Paste) or event.is_forwarded or self._passes(event):
            await super().on_event(event)
            return
        self._typed.append(event)
        self._take_soon()

    def _passes(self, event: Key | Paste) -> bool:
        if isinstance(event, Key) and event.key in (*keys_of(BY_ID["stop"]), LEAVES):
            self._leave_out()  # what was typed before it must not answer the question that it opens
            self._take_soon(gone=True)
            return True
        return not self._taking and self._only_typed(event)

    def _only_typed(self, event: Event | None) -> bool:
        """Return whether a field takes it in its order by itself, as no focus moves by it."""
        return isinstance(self.focused, AtOnce) and (
            isinstance(event, Paste) or (isinstance(event, Key) and (event.is_printable or event.key == "backspace"))
        )

    def _take_soon(self, *, gone: bool = False) -> None:
        if not self._taking:
            self._taking, self._known = True, frozenset(self.workers)
            self.run_worker(self._take(gone=gone), group="keys")

    async def _take(self, *, gone: bool) -> None:
        """Let every key that waits take effect, after the one that has ``gone`` at once."""
        try:
            if gone:
                await self._effect()
            while self._typed:
                event = self._typed.popleft()
                self._known, only_typed = frozenset(self.workers), self._only_typed(event)
                await super().on_event(event)
                if not only_typed:
                    await self._effect()
        finally:
            self._taking = False

    async def _effect(self) -> None:
        """Wait until a key has taken effect; drop those behind it where what it opens never comes."""
        loop = asyncio.get_running_loop()
        end = loop.time() + PATIENCE
        while True:
            for _round in range(ROUNDS):
                await self._passed()
            begun = {each for each in self.workers if each not in self._known and each.group not in OPENS_NOTHING}
            self._known |= begun
            self._opening |= begun
            if self._opened() and (getattr(self.screen, "takes_keys", True) or self._needs_no_reading()):
                return
            if loop.time() > end:
                break
            await asyncio.sleep(STEP)
        self._opening.clear()
        if not isinstance(self.focused, AtOnce):
            self._leave_out()

    def _leave_out(self) -> None:
        """Drop the keys that wait, and say so."""
        if self._typed:
            words = many(
                "%d key was left out: what it was meant for has not come yet.",
                "%d keys were left out: what they were meant for has not come yet.",
                len(self._typed),
            )
            self._typed.clear()
            self.notify(words, severity="warning")

    async def _passed(self) -> None:
        """Wait until all messages up to now have gone from the focus, or the screen, up to the app."""
        pump: MessagePump | None = self.focused or self.screen
        while pump is not None:
            here = asyncio.Event()
            if pump.call_later(here.set):
                try:
                    await asyncio.wait_for(here.wait(), 1)
                except TimeoutError:
                    return
            pump = None if pump is self else pump._parent or self

    def _opened(self) -> bool:
        """Return whether what the keys lead to is there."""
        self._opening = {each for each in self._opening if not each.is_finished}
        return not self._opening and self.screen.is_mounted

    def _needs_no_reading(self) -> bool:
        """Return whether the next key goes elsewhere, or into a field, whatever the screen has read."""
        event = self._typed[0] if self._typed else None
        anywhere = {key for action in of(Scope.EVERYWHERE) for key in keys_of(action)}
        return self._only_typed(event) or (isinstance(event, Key) and event.key in anywhere)

    def opens_no_more(self) -> None:
        """Hear of a worker that it acts now, and that no key need wait for it."""
        try:
            worker = get_current_worker()
        except NoActiveWorker:
            return
        self._known |= {worker}
        self._opening.discard(worker)

    def push_screen(self, *args: Any, **more: Any) -> Any:
        """Show a screen above the others; what opened it has opened it."""
        self._known |= frozenset(self.workers)
        self._opening.clear()
        return super().push_screen(*args, **more)

    async def push_screen_wait(self, screen: Screen[Any] | str, *, mode: str | None = None) -> Any:
        """Ask; with the answer, whoever asked may open something else."""
        try:
            return await super().push_screen_wait(screen, mode=mode)
        finally:
            if self._taking:
                self._opening.add(get_current_worker())
