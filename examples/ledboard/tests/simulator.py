"""A board, simulated from the README alone: none of the plugin's own code is in it.

Run ``python simulator.py`` and it prints its port; each line on its standard input is what it plays from then on, and
it answers with what it has shown so far, as JSON.
"""

from __future__ import annotations

import asyncio
import binascii
import json
import sys
from contextlib import suppress
from typing import Any


class Simulator:
    """16 letters, 2 lines, and a memory of four texts."""

    def __init__(self, columns: int = 16, rows: int = 2) -> None:
        self.columns, self.rows = columns, rows
        self.now: dict[str, Any] | None = None
        self.log: list[dict[str, Any]] = []
        self.scenario = ""
        self.server: asyncio.Server | None = None
        self.writers: set[asyncio.StreamWriter] = set()

    async def start(self) -> int:
        self.server = await asyncio.start_server(self.serve, "127.0.0.1", 0)
        port: int = self.server.sockets[0].getsockname()[1]
        return port

    async def stop(self) -> None:
        assert self.server is not None
        for _ in range(5):  # a connection that is just being accepted would be left open
            await asyncio.sleep(0.005)
        self.server.close()
        for each in list(self.writers):
            each.close()

    async def play(self, scenario: str) -> None:
        self.scenario = scenario
        if scenario == "down":
            await self.stop()

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.writers.add(writer)
        with suppress(ConnectionError, asyncio.IncompleteReadError, asyncio.CancelledError):
            while True:
                length = int.from_bytes(await reader.readexactly(4), "big")
                body = await reader.readexactly(length)
                sound = int.from_bytes(await reader.readexactly(4), "big") == binascii.crc32(body)
                answer = self.answer(body.decode()) if sound else "CRC"
                if answer is None:
                    break
                if answer:
                    data = answer.encode()
                    check = binascii.crc32(data) ^ (self.scenario == "damages")
                    writer.write(len(data).to_bytes(4, "big") + data + check.to_bytes(4, "big"))
                    await writer.drain()
        self.writers.discard(writer)
        writer.close()

    def answer(self, words: str) -> str | None:
        """Return an answer, "" for none, ``None`` to hang up."""
        if self.scenario == "hangs":
            return ""
        head, _, text = words.partition("\n")
        match head.split():
            case ["HELLO"]:
                return f"BOARD {self.columns} {self.rows}"
            case ["STATE"]:
                kept = [each["name"] for each in reversed(self.log)][:4]
                now = self.now["name"] if self.now else "-"
                return " ".join(["STATE+" if len(self.log) > 4 else "STATE", now, *kept])
            case ["SHOW", name, brightness, seconds, count]:
                return self.show(name, [int(brightness), int(seconds)], int(count), text)
            case ["CLEAR", name]:
                if self.now is None or self.now["name"].partition("/")[0] != name:
                    return "GONE"
                self.now = None
                return "OK"
            case _:
                return "NO such order"

    def show(self, name: str, how: list[int], count: int, text: str) -> str | None:
        if self.scenario == "busy":
            return "BUSY 90"
        pages = [page.split("\n") for page in text.split("\f")]
        fits = all(len(page) <= self.rows and all(len(line) <= self.columns for line in page) for page in pages)
        if self.scenario == "refuses" or not fits or len(pages) != count:
            return "NO room"
        self.now = {"name": name, "how": how, "pages": pages}
        self.log.append(self.now)
        return None if self.scenario == "drops after accepting" else "OK"


async def main() -> None:
    simulator = Simulator()
    print(await simulator.start(), flush=True)
    while line := await asyncio.to_thread(sys.stdin.readline):
        await simulator.play(line.strip())
        print(json.dumps({"now": simulator.now, "log": simulator.log}), flush=True)


if __name__ == "__main__":
    asyncio.run(main())
