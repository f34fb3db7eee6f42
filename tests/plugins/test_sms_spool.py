from __future__ import annotations

from pathlib import Path

import pytest

from plugins.sms.segments import Encoding, split
from plugins.sms.spool import FOLDERS, Spool, contents, file_name, token

GOLDEN = Path(__file__).parent.parent / "golden"
TEXT = "Tháng Năm là Tháng vận động triển khai bảo hiểm xã hội toàn dân.\nHỏi bưu điện nơi gần nhất. ☎"
PHONE = "+84912345678"


def test_the_mark_is_that_of_key_and_round() -> None:
    assert token("a/b", 1) == token("a/b", 1)
    assert len({token("a/b", 1), token("a/b", 2), token("a/c", 1), token("1:a/b", 1)}) == 4


def test_the_name_is_one_that_gammu_documents() -> None:
    name = file_name("20210510-2", PHONE, token("a/b", 1))
    assert name == f"OUTC20210510_000000_00_+84912345678_{token('a/b', 1)}.smsbackup"
    assert len(name) < 100  # Gammu 1.42 keeps it in so many bytes


@pytest.mark.parametrize("phone", ["0912345678", "+84/../../x", "+84912345678_", "", "+0912345678"])
def test_only_a_number_gets_into_a_name(phone: str) -> None:
    with pytest.raises(ValueError, match=r"E\.164"):
        file_name("20210510-2", phone, "0" * 20)


def test_the_file_is_as_it_was() -> None:
    cut = split(TEXT)
    data = contents(cut.parts, cut.encoding, PHONE, "ab" * 10)
    assert data == (GOLDEN / "sms_two_parts.smsbackup").read_bytes()


def test_one_part_has_no_header() -> None:
    data = contents(["Xin chao {ban}"], Encoding.GSM7, PHONE, "ab" * 10).decode()
    assert "UDH" not in data
    assert "Coding = Default_No_Compression" in data
    assert "MessageReference" not in data


def test_a_staged_message_is_hidden_until_published(tmp_path: Path) -> None:
    spool = Spool(tmp_path / "spool")
    spool.prepare()
    assert {each.name for each in spool.root.iterdir()} == set(FOLDERS)
    spool.stage("mark", b"data")
    assert spool.find("OUT.smsbackup") == ""
    assert spool.waiting() == 0
    spool.publish("mark", "OUT.smsbackup")
    spool.sync()
    assert spool.find("OUT.smsbackup") == "outbox"
    assert spool.waiting() == 1
    assert not spool.withdraw("mark")
    with pytest.raises(FileNotFoundError):
        spool.publish("mark", "OUT.smsbackup")
