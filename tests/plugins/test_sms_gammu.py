"""A real gammu-smsd with its dummy phone takes what the channel puts into the spool.

The dummy phone keeps nothing that it sends, so what reached it is read from the daemon's log, which
shows the octets of each part as they go into the frame.
"""

from __future__ import annotations

import re
import shutil
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from plugins.sms import Sms, SmsOptions, SmsTarget
from plugins.sms.segments import Encoding, split
from plugins.sms.spool import token
from scheduler.api import Call, Item, Key, Message, Plan, PlanValues, Receipt, Target

if TYPE_CHECKING:
    from tests.plugins.conftest import Context

pytestmark = [
    pytest.mark.service,
    pytest.mark.skipif(shutil.which("gammu-smsd") is None, reason="gammu-smsd is not installed"),
]
PATIENCE = 30.0
KEY = Key("tin-nhan", "20210510", "sms", "tat-ca")
TARGET = Target("sms", "tat-ca", settings=SmsTarget(list="contacts/a.csv"))
LONG = (
    "Tháng Năm là Tháng vận động triển khai bảo hiểm xã hội toàn dân. Bảo hiểm xã hội là đầu tư cho "
    "tương lai. Hỏi bảo hiểm xã hội tự nguyện tại cơ quan bảo hiểm xã hội huyện, bưu điện. 😀🏠"
)
TEXTS = {
    "accented": (True, LONG),
    "one part": (True, "Mời bà con dự nói chuyện lúc 18h30."),
    "bare": (False, LONG.rstrip("😀🏠 ")),
    "escapes": (True, "a" * 152 + "{€}" + "b" * 152),
    "lines": (True, "Xin chao\\\nba con @ [1]"),
}

PARTS = {"accented": 3, "one part": 1, "bare": 2, "escapes": 3, "lines": 1}

CONFIG = """\
[gammu]
model = dummy
connection = none
device = {folder}/phone
gammuloc = /dev/null
logformat = textalldate

[smsd]
service = files
logfile = {folder}/smsd.log
debuglevel = 255
commtimeout = 1
loopsleep = 1
sendtimeout = 5
checksecurity = 0
checkbattery = 0
checksignal = 0
inboxpath = {spool}/inbox/
outboxpath = {spool}/outbox/
sentsmspath = {spool}/sentitems/
errorsmspath = {spool}/errors/
"""


@contextmanager
def daemon(folder: Path, spool: Path) -> Iterator[Path]:
    (folder / "phone").mkdir()
    (folder / "smsdrc").write_text(CONFIG.format(folder=folder, spool=spool))
    running = subprocess.Popen(
        ["gammu-smsd", "-c", str(folder / "smsdrc")],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        env={"LC_ALL": "C.UTF-8", "PATH": "/usr/local/bin:/usr/bin:/bin"},
    )
    try:
        yield folder / "smsd.log"
    finally:
        running.terminate()
        try:
            running.wait(10)
        except subprocess.TimeoutExpired:
            running.kill()
            running.wait(10)


def wait_until(condition: Callable[[], bool]) -> bool:
    deadline = time.monotonic() + PATIENCE
    while not condition() and time.monotonic() < deadline:
        time.sleep(0.1)
    return condition()


@dataclass(frozen=True)
class Frame:
    """What went to the phone: ``header`` is the UDH in hex, ``size`` septets or octets with it."""

    recipient: str
    header: str
    text: str
    size: int


def received(log: str) -> list[Frame]:
    """Return every frame that was encoded for the phone, oldest first."""
    lines = [line.split("gammu: ", 1)[1] for line in log.splitlines() if "gammu: " in line]
    return [frame(each) for each in "\n".join(lines).split("SMS Submit\n")[1:]]


def frame(shown: str) -> Frame:
    recipient = re.search(r'Recipient number "([^"]*)"', shown)
    header = re.search(r"UDH, length \d+\n\s*\n((?:.*\|.*\n)+)", shown)
    seven = re.search(r"7 bit SMS, length \d+, (\d+)\n(.*?)\nLeaving GSM_SendSMS", shown, re.DOTALL)
    unicode = re.search(r"Unicode SMS, length \d+\n\s*\n((?:.*\|.*\n)+)", shown)
    assert recipient is not None, shown
    joins = octets(header.group(1)) if header else b""
    if seven is not None:
        return Frame(recipient.group(1), joins.hex(), seven.group(2), int(seven.group(1)))
    assert unicode is not None, shown
    data = octets(unicode.group(1))
    text = data.decode("utf-16-be")
    return Frame(recipient.group(1), joins.hex(), text, len(data) + len(joins))


def octets(dump: str) -> bytes:
    """Read Gammu's hex dump: sixteen cells a row, each two digits and perhaps the letter itself."""
    pairs = []
    for row in dump.splitlines():
        cells = [row[at : at + 4] for at in range(0, 64, 4)]
        pairs += [cell[:2] for cell in cells if re.fullmatch("[0-9A-F]{2}", cell[:2])]
    return bytes.fromhex("".join(pairs))


@pytest.mark.parametrize("name", TEXTS)
def test_gammu_sends_what_was_rendered(
    make_context: Callable[..., Context[SmsOptions]], tmp_path: Path, name: str
) -> None:
    accents, text = TEXTS[name]
    context = make_context(SmsOptions(accents=accents, max_parts=9))
    item = Item(
        KEY,
        "",
        text,
        "",
        "vi",
        TARGET,
        datetime(2021, 5, 10, 2, tzinfo=UTC),
        PlanValues(Plan("p", "", 2021), (), "sms"),
    )
    channel = Sms()
    payload = channel.render(item, context.render)
    cut = split(payload.text)
    assert len(cut.parts) == PARTS[name]
    messages = [Message(f"{KEY}/{each}", 1, f"+8491234567{each}") for each in range(2)]
    receipts = channel.deliver_batch(payload, messages, context)
    spool = tmp_path / "var/spool/gammu"
    with daemon(tmp_path, spool) as log:
        arrived = wait_until(lambda: len([*(spool / "sentitems").iterdir()]) == len(messages))
        assert arrived, log.read_text(errors="replace")
    frames = received(log.read_text(encoding="utf-8", errors="replace"))
    parts = payload.body["parts"]
    assert [(each.recipient, each.text) for each in frames] == [
        (message.address, part) for message in messages for part in parts
    ]
    assert all(each.size <= (140 if cut.encoding is Encoding.UCS2 else 160) for each in frames)
    joined = [f"050003{token(each.key, 1)[:2]}" for each in messages]
    if len(parts) > 1:
        assert [each.header for each in frames] == [
            f"{each}{len(parts):02x}{number:02x}" for each in joined for number in range(1, len(parts) + 1)
        ]
    assert [*(spool / "errors").iterdir()] == []
    assert [*(spool / "outbox").iterdir()] == []
    call = Call(KEY, 1, payload, item.publish_at, context.checkpoints[-1], messages[0])
    found = channel.look_up(call, context)
    assert isinstance(found, Receipt)
    assert isinstance(receipts[0], Receipt)
    assert (found.id, found.detail["folder"]) == (receipts[0].id, "sentitems")
