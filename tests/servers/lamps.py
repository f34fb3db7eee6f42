"""Real counterparts of the cookbook's channels, on this machine."""

from __future__ import annotations

import json
import os
import pty
import select
import threading
import tty
from collections.abc import Mapping
from contextlib import suppress
from typing import Any


class Lamps:
    """A board on a serial line, played at the other end of a pair of terminals.

    A number that is closed is soon another's: so only who reads closes the far end, and the near one stays until the
    last, as without it another board's terminal could get its name.
    """

    scenarios = frozenset({"down", "refuses", "hangs", "drops after accepting"})

    def __init__(self) -> None:
        self.far, self.near = pty.openpty()
        tty.setraw(self.near)
        self.name = os.ttyname(self.near)
        self.scenario, self.shown = "", list[dict[str, Any]]()
        self.ended = threading.Event()
        self.thread = threading.Thread(target=self.serve, daemon=True)
        self.thread.start()

    def options(self) -> Mapping[str, Any]:
        return {"port": self.name}

    def effects(self) -> list[Any]:
        return list(self.shown)

    def play(self, scenario: str) -> None:
        self.scenario = scenario
        if scenario == "down":
            self.end()

    def serve(self) -> None:
        heard = b""
        with suppress(OSError):
            while not self.ended.is_set():
                if any(select.select([self.far], [], [], 0.01)):
                    heard += os.read(self.far, 1000)
                while b"\n" in heard:
                    line, heard = heard.split(b"\n", 1)
                    self.answer(json.loads(line))
        os.close(self.far)

    def answer(self, told: dict[str, Any]) -> None:
        if self.scenario == "refuses":
            os.write(self.far, b"NO power\n")
        elif self.scenario != "hangs":
            self.shown.append(told)
            if self.scenario:
                self.ended.set()
            else:
                os.write(self.far, f"OK {told['key']}\n".encode())

    def end(self) -> None:
        self.ended.set()
        self.thread.join()

    def close(self) -> None:
        self.end()
        os.close(self.near)
