"""Real counterparts of the cookbook's channels, on this machine."""

from __future__ import annotations

import json
import os
import pty
import threading
import tty
from collections.abc import Mapping
from contextlib import suppress
from typing import Any


class Lamps:
    """A board on a serial line, played at the other end of a pair of terminals."""

    scenarios = frozenset({"down", "refuses", "hangs", "drops after accepting"})

    def __init__(self) -> None:
        self.far, self.near = pty.openpty()
        tty.setraw(self.near)
        self.name = os.ttyname(self.near)
        self.scenario, self.shown = "", list[dict[str, Any]]()
        self.lock = threading.Lock()
        self.ended = False
        threading.Thread(target=self.serve, daemon=True).start()

    def options(self) -> Mapping[str, Any]:
        return {"port": self.name}

    def effects(self) -> list[Any]:
        return list(self.shown)

    def play(self, scenario: str) -> None:
        self.scenario = scenario
        if scenario == "down":
            self.close()

    def serve(self) -> None:
        heard = b""
        with suppress(OSError):
            while True:
                heard += os.read(self.far, 1000)
                while b"\n" in heard:
                    line, heard = heard.split(b"\n", 1)
                    self.answer(json.loads(line))

    def answer(self, told: dict[str, Any]) -> None:
        if self.scenario == "refuses":
            os.write(self.far, b"NO power\n")
        elif self.scenario != "hangs":
            self.shown.append(told)
            if self.scenario:
                self.close()
            else:
                os.write(self.far, f"OK {told['key']}\n".encode())

    def close(self) -> None:
        with self.lock:
            if not self.ended:
                self.ended = True
                os.close(self.near)
                os.close(self.far)
