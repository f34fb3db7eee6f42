"""The spool of Gammu SMSD's FILES backend: names, contents, and how a message becomes visible.

Layout and names: https://docs.gammu.org/smsd/files.html; contents:
https://docs.gammu.org/formats/smsbackup.html. A message is an ``.smsbackup`` file and not a
``.txt``: SMSD cuts a text by its own rules and, unless its ``TransmitFormat`` says otherwise, turns
it into GSM-7, where accents are lost; a backup carries each part and its alphabet as given.
``MessageReference`` is left out on purpose: Gammu 1.42 rewrites a file that has it after each part,
and writes its sections double.
"""

from __future__ import annotations

import hashlib
import re
from pathlib import Path
from typing import TYPE_CHECKING

from scheduler.api import _, sync_folder, write_file

from .segments import Encoding

if TYPE_CHECKING:
    from collections.abc import Sequence

FOLDERS = ("outbox", "inbox", "sentitems", "errors")
_WAY = ("outbox", "sentitems", "errors")
_CODING = {Encoding.GSM7: "Default_No_Compression", Encoding.UCS2: "Unicode_No_Compression"}
_E164 = re.compile(r"\+[1-9][0-9]{6,14}")
_HEX_LINE = 200


def token(key: str, round: int) -> str:
    """Return what marks one round of one message: the same for ever, and unlike any other's."""
    return hashlib.sha256(f"{round}:{key}".encode()).hexdigest()[:20]


def file_name(recurrence: str, phone: str, mark: str) -> str:
    """Return ``OUT<priority><date>_<time>_<serial>_<phone>_<note>``, the name in the spool.

    The name rests on what a message is for ever, never on its time, which a requeue changes: so an
    earlier call of the same round is found whatever has become of it since. The date is that of
    ``recurrence``, the occurrence's own name (``20210510`` or ``20210510-2``), so that SMSD, which goes
    by the names, sends what was planned for an earlier day first.
    Raises `ValueError` where ``phone`` is not E.164.
    """
    if not _E164.fullmatch(phone):
        raise ValueError(_("{phone!r} is not a number in E.164 form").format(phone=phone))
    return f"OUTC{recurrence[:8]}_000000_00_{phone}_{mark}.smsbackup"


def contents(parts: Sequence[str], encoding: Encoding, phone: str, mark: str) -> bytes:
    """Return the file: a section a part, its text in hex of UTF-16, and what joins several."""
    reference = mark[:2].upper()
    lines = []
    for index, part in enumerate(parts):
        lines += [f"[SMSBackup{index:03}]", *(f"; {line}" for line in part.splitlines())]
        lines += ["PDU = Submit", "State = UnSent", f'Number = "{phone}"']
        if len(parts) > 1:
            lines.append(f"UDH = 050003{reference}{len(parts):02X}{index + 1:02X}")
        digits = part.encode("utf-16-be").hex().upper()
        for row, begin in enumerate(range(0, len(digits), _HEX_LINE)):
            lines.append(f"Text{row:02} = {digits[begin : begin + _HEX_LINE]}")
        lines += [f"Coding = {_CODING[encoding]}", "Class = -1", ""]
    return "\n".join(lines).encode("utf-8")


class Spool:
    """A spool below one folder. What is staged has a name in the outbox that SMSD passes over."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.outbox = root / "outbox"

    def prepare(self) -> None:
        """Make the folders that are missing. Raises `OSError`."""
        for name in FOLDERS:
            (self.root / name).mkdir(parents=True, exist_ok=True)

    def staged(self, mark: str) -> Path:
        """Return where a message waits before it becomes visible."""
        return self.outbox / f".loa-{mark}"

    def stage(self, mark: str, data: bytes) -> None:
        """Write a message that SMSD does not see yet, and have its bytes on disk.

        Raises `OSError`.
        """
        write_file(self.staged(mark), data, 0o660)

    def publish(self, mark: str, name: str) -> None:
        """Show a staged message to SMSD.

        Raises `OSError`; `FileNotFoundError` where it is no longer staged.
        """
        self.staged(mark).rename(self.outbox / name)

    def withdraw(self, mark: str) -> bool:
        """Take back a staged message, and say whether it was there.

        If so, it was never visible and never will be.
        """
        try:
            self.staged(mark).unlink()
        except FileNotFoundError:
            return False
        return True

    def find(self, name: str) -> str:
        """Return the folder that holds the message, or "".

        SMSD moves it only along the order looked in.
        """
        return next((folder for folder in _WAY if (self.root / folder / name).exists()), "")

    def sync(self) -> None:
        """Have the outbox's names on disk. Raises `OSError`."""
        sync_folder(self.outbox)

    def waiting(self) -> int:
        """Return how many messages SMSD has not yet taken."""
        return sum(1 for each in self.outbox.glob("OUT*") if each.is_file())
