"""The outside, as a process of its own: it takes calls, takes its time, and keeps an append-only log of what it got.

Run ``python receiver.py --log FILE [--seed N] [--least MS] [--most MS] [--port N]``; it prints its port
on 127.0.0.1. One line is one request, one line its answer:

- ``send ROUTE ROUND KEY [KEY …]`` takes effect for each key at a moment of its own within 5 to 50 ms, whether
  or not the caller is still there, and then answers ``ok ID [ID …]``. On the route ``again`` a key that comes
  again keeps its id and changes nothing; on any other it takes effect once more
- ``find KEY`` answers ``found ID``, the newest, or ``absent``
- ``open`` answers how many calls are open; ``await`` answers the same, once there is one
- ``slow SECONDS [NUMBER]`` makes the next NUMBER calls (1) take that long

Every line of the log is a JSON object: ``what`` (begin, effect, answer), ``call`` (its number), ``route``, ``key``,
``round``, ``id``, and ``at`` in seconds of the machine's monotonic clock, which all its processes share.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import random
import signal
import time
from collections import deque
from pathlib import Path


class Receiver:
    """What came in, by key, and which calls are open."""

    def __init__(self, log: Path, seed: int, least: float, most: float) -> None:
        self._log = os.open(log, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o644)
        self._random = random.Random(seed)
        self._span = (least, most)
        self._slow: deque[float] = deque()
        self._ids: dict[str, str] = {}
        self._calls = self._made = self._open = 0
        self._opened = asyncio.Event()

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Answer the lines of one connection until it closes."""
        try:
            while line := (await reader.readline()).decode():
                if not line.endswith("\n"):
                    break  # the caller died in the middle of a line: that is no call
                answer = await self._answer(line.split())
                writer.write(f"{answer}\n".encode())
                await writer.drain()
        except (ConnectionError, asyncio.CancelledError):
            pass  # the caller is gone, or this process ends
        finally:
            writer.close()

    async def _answer(self, words: list[str]) -> str:
        match words:
            case ["send", route, number, *keys] if keys:
                return "ok " + " ".join(await self._call(route, int(number), keys))
            case ["find", key]:
                return f"found {self._ids[key]}" if key in self._ids else "absent"
            case ["open"]:
                return str(self._open)
            case ["await"]:
                await self._opened.wait()
                return str(self._open)
            case ["slow", seconds, *number]:
                self._slow.extend([float(seconds)] * int(number[0] if number else 1))
                return "ok"
        return "what?"

    async def _call(self, route: str, number: int, keys: list[str]) -> list[str]:
        self._calls += 1
        call = self._calls
        last = self._slow.popleft() if self._slow else self._random.uniform(*self._span)
        moments = [*sorted(self._random.uniform(0, last) for _ in keys[1:]), last]
        began = time.monotonic()
        self._open += 1
        self._opened.set()
        for key in keys:
            self._write("begin", call, route, key, number)
        made = []
        for key, moment in zip(keys, moments, strict=True):
            await asyncio.sleep(began + moment - time.monotonic())
            made.append(self._take_effect(call, route, key, number))
        self._open -= 1
        if not self._open:
            self._opened.clear()
        self._write("answer", call, route, "", number)
        return made

    def _take_effect(self, call: int, route: str, key: str, number: int) -> str:
        if route != "again" or key not in self._ids:
            self._made += 1
            self._ids[key] = f"{route}-{self._made}"
        self._write("effect", call, route, key, number)
        return self._ids[key]

    def _write(self, what: str, call: int, route: str, key: str, number: int) -> None:
        line = {"what": what, "call": call, "route": route, "key": key, "round": number, "at": time.monotonic()}
        if what == "effect":
            line["id"] = self._ids[key]
        os.write(self._log, (json.dumps(line) + "\n").encode())


async def main() -> None:
    """Serve until SIGTERM."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--log", type=Path, required=True)
    parser.add_argument("--port", type=int, default=0)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--least", type=float, default=5.0)
    parser.add_argument("--most", type=float, default=50.0)
    given = parser.parse_args()
    receiver = Receiver(given.log, given.seed, given.least / 1000, given.most / 1000)
    server = await asyncio.start_server(receiver.serve, "127.0.0.1", given.port)
    print(server.sockets[0].getsockname()[1], flush=True)
    end = asyncio.Event()
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, end.set)
    await end.wait()


if __name__ == "__main__":
    asyncio.run(main())
