"""The receiver, as the tests see it: started, asked, and its log read back."""

from __future__ import annotations

import json
import socket
import subprocess
import sys
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Any

SERVER = Path(__file__).parents[1] / "servers" / "receiver.py"


@dataclass(frozen=True)
class Call:
    """One call as the receiver logged it. Times are of the machine's monotonic clock; ``None``: not yet."""

    route: str
    keys: tuple[str, ...]
    round: int
    began: float
    answered: float | None

    def open_at(self, moment: float) -> bool:
        """Whether it had come in by ``moment`` and was not answered yet."""
        return self.began < moment and (self.answered is None or moment < self.answered)


class Outside:
    """A receiver process with its log; a context manager that ends it."""

    def __init__(self, folder: Path, *, seed: int = 1, least: int = 5, most: int = 50, port: int = 0) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self.log = folder / "received.jsonl"
        given = {"log": self.log, "seed": seed, "least": least, "most": most, "port": port}
        arguments = [text for name, value in given.items() for text in (f"--{name}", str(value))]
        self._process = subprocess.Popen([sys.executable, str(SERVER), *arguments], stdout=subprocess.PIPE, text=True)
        assert self._process.stdout is not None
        self.port = int(self._process.stdout.readline())
        self._connection = socket.create_connection(("127.0.0.1", self.port))
        self._answers = self._connection.makefile()

    def ask(self, line: str, seconds: float = 60.0) -> str:
        """Send a line and return the answer; it must come within ``seconds``."""
        self._connection.settimeout(seconds)
        self._connection.sendall(f"{line}\n".encode())
        return self._answers.readline().strip()

    def open(self) -> int:
        """Return how many calls are open now."""
        return int(self.ask("open"))

    def wait_open(self, seconds: float = 60.0) -> None:
        """Return once a call is open."""
        self.ask("await", seconds)

    def lines(self) -> list[dict[str, Any]]:
        """Return the log."""
        if not self.log.exists():
            return []
        return [json.loads(line) for line in self.log.read_text(encoding="utf-8").splitlines()]

    def calls(self) -> list[Call]:
        """Return every call that came in, in order."""
        began: dict[int, list[dict[str, Any]]] = {}
        answered: dict[int, float] = {}
        for line in self.lines():
            if line["what"] == "begin":
                began.setdefault(line["call"], []).append(line)
            elif line["what"] == "answer":
                answered[line["call"]] = line["at"]
        return [
            Call(lines[0]["route"], tuple(each["key"] for each in lines), lines[0]["round"], lines[0]["at"], end)
            for call, lines in began.items()
            for end in [answered.get(call)]
        ]

    def received(self, route: str) -> Counter[str]:
        """Return how often each key has taken effect on a route."""
        return Counter(line["key"] for line in self.lines() if line["what"] == "effect" and line["route"] == route)

    def __enter__(self) -> Outside:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._answers.close()
        self._connection.close()
        self._process.terminate()
        self._process.wait(10)
        if self._process.stdout is not None:
            self._process.stdout.close()
