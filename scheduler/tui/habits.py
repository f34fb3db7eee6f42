"""A person's habits: what is remembered over a restart, and the keys that config.toml gives to actions."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

from scheduler.ground.text import _, many
from scheduler.tui import keys
from scheduler.tui.frame import Frame

if TYPE_CHECKING:
    from collections.abc import Sequence

    from scheduler.plan.config import KeyWish
    from scheduler.tui.app import LoaApp
    from scheduler.tui.memory import Memory

SAID = 2
"""As many problems of the key map are told one by one: with the line on the rest no more than stand there at once."""


class Habits:
    """The habits of the person before an app."""

    def __init__(self, app: LoaApp, memory: Memory) -> None:
        self._app = app
        self._memory = memory
        self._kept = dict(memory.kept)
        self._wishes: Sequence[KeyWish] = ()
        self._troubled = False
        keys.use({})

    def note(self) -> None:
        """Note where one is and what the screen shows, to be kept soon."""
        app = self._app
        frame = app.screen_stack[0] if app.screen_stack else None
        if not isinstance(frame, Frame):
            return
        kept = self._memory.kept.get("screens")
        screens: dict[str, Any] = dict(kept) if isinstance(kept, dict) else {}
        if frame.standing is not None:
            screens[frame.place] = frame.remember()
        self._memory.kept = {**self._memory.kept, "screen": app.current_mode, "screens": screens}

    def chose(self, **choices: str) -> None:
        """Note what was chosen by hand: the colours, the language."""
        self._memory.kept = {**self._memory.kept, **choices}

    def keep_soon(self) -> None:
        """Write what has changed, away from the screen."""
        self.note()
        if self._memory.kept != self._kept:
            self._app.run_worker(self._keep, group="memory", exclusive=True)  # type: ignore[arg-type]

    async def _keep(self) -> None:
        now = dict(self._memory.kept)
        try:
            await asyncio.to_thread(self._memory.keep, now)
        except OSError as error:
            if not self._troubled:
                self._troubled = True
                text = _("What the screens show cannot be remembered: {error}")
                self._app.notify(text.format(error=error), severity="warning")
        self._kept = now

    def keep_now(self) -> None:
        """Write what has changed, at leaving."""
        if self._memory.kept != self._kept and not self._troubled:
            self._memory.keep(self._memory.kept)

    def take_keys(self) -> None:
        """Take the keys that config.toml asks for, where they have changed, and say which cannot be had."""
        wishes = self._app.desk.engine.config.keys
        if wishes == self._wishes:
            return
        from scheduler.tui.keymap import read_keymap

        self._wishes = wishes
        found = read_keymap(wishes)
        keys.use(found.keys)
        self._app.set_keymap({f"loa.{name}": ",".join(each) for name, each in found.keys.items()})
        for problem in found.problems[:SAID]:
            self._app.notify(str(problem), severity="warning", timeout=10)
        if (more := len(found.problems) - SAID) > 0:
            self._app.notify(many("and %d more; see loa check", "and %d more; see loa check", more), severity="warning")
        if frame := self._app.topmost:
            frame.draw_frame()
