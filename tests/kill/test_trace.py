"""What the kernel saw: the intent is on the disk before the first byte of the call leaves."""

from __future__ import annotations

import os
import re
import shutil
import signal
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.kill import campaign
from tests.kill.campaign import Wanted
from tests.kill.inside import arm
from tests.kill.outside import Outside
from tests.kill.process import Daemon, query, states, until

CALLS = "pwrite64,write,writev,fsync,fdatasync,sendto,sendmsg,connect"
_LINE = re.compile(r"(?P<pid>\d+) +(?P<rest>.*)")
_BEGIN = re.compile(r"(?P<name>\w+)\((?P<fd>\d+)(?:<(?P<what>.*?)>)?(?P<rest>[,) ].*)$")
_RESUMED = re.compile(r"<\.\.\. \w+ resumed>")
_RESULT = re.compile(r"= (?P<value>-?\d+)(?: |$)")
_DATA = re.compile(r'"((?:\\x[0-9a-f]{2})*)"')


@dataclass
class SystemCall:
    """One call: the lines of the trace at which it began and ended, what its descriptor stands for, and its data."""

    name: str
    what: str
    data: bytes
    arguments: str
    began: int
    ended: int = -1
    result: int | None = None


def read_trace(file: Path) -> list[SystemCall]:
    """Read what ``strace -f -yy -xx`` wrote; calls of several threads may be interleaved."""
    return list(_read(file.read_text(encoding="ascii").splitlines()))


def _read(lines: list[str]) -> Iterator[SystemCall]:
    unfinished: dict[str, SystemCall] = {}
    for number, line in enumerate(lines):
        whole = _LINE.fullmatch(line)
        assert whole is not None, line
        pid, rest = whole["pid"], whole["rest"]
        call: SystemCall | None
        if _RESUMED.match(rest):
            call = unfinished.pop(pid, None)
        else:
            begin = _BEGIN.match(rest)
            if begin is None:
                continue
            found = _DATA.search(begin["rest"])
            data = bytes.fromhex(found[1].replace("\\x", "")) if found else b""
            call = SystemCall(begin["name"], _text(begin["what"] or ""), data, begin["rest"], number)
            if rest.endswith("<unfinished ...>"):
                unfinished[pid] = call
                continue
        if call is not None:
            result = _RESULT.search(rest)
            call.ended, call.result = number, int(result["value"]) if result else None
            yield call
    yield from unfinished.values()


def _text(what: str) -> str:
    return re.sub(r"\\x([0-9a-f]{2})", lambda found: chr(int(found[1], 16)), what)


@pytest.mark.service
def test_the_log_is_synced_between_the_intent_and_the_first_byte(tmp_path: Path) -> None:
    if shutil.which("strace") is None:
        pytest.skip("needs strace: make services")
    folder, trace = tmp_path / "campaign", tmp_path / "trace"
    strace = ["strace", "-f", "-yy", "-xx", "-s", "8192", "-e", f"trace={CALLS}", "-e", "signal=none", "-o", str(trace)]
    with Outside(tmp_path / "outside") as outside:
        campaign.make(folder, Wanted(outside.port, posts=3, targets=2))
        arm(folder)
        with Daemon(folder, strace) as daemon:
            try:
                until(lambda: states(folder)["sent"] == 6, 60, daemon)
            finally:  # strace keeps signals from itself to itself
                os.kill(query(folder, "SELECT max(pid) FROM epoch")[0][0], signal.SIGTERM)
                daemon.process.wait(60)
        calls = read_trace(trace)
        receiver = f"->127.0.0.1:{outside.port}"
        keys = [key for call in outside.calls() for key in call.keys]
    assert len(keys) == 6
    wal = [call for call in calls if call.what.endswith("loa.db-wal")]
    sent = [call for call in calls if receiver in call.what and call.data]
    first_bytes = min(call.began for call in sent)
    intents = [call for call in wal if call.name == "pwrite64" and b'{"body":{' in call.data]
    assert min(call.ended for call in intents) < first_bytes
    for key in keys:
        send = next(call for call in sent if key.encode() in call.data)
        before = [call for call in intents if _title(key) in call.data and call.ended < send.began]
        assert before, f"the intent of {key} was not written before its call"
        synced = [
            call
            for call in wal
            if call.name in ("fsync", "fdatasync")
            and call.result == 0
            and call.began > before[0].ended
            and call.ended < send.began
        ]
        assert synced, f"the intent of {key} was not synced before its call"


def _title(key: str) -> bytes:
    return f'"title":"Bài {key.partition("/")[0]}"'.encode()
