from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from plugins.sms.contacts import (
    SHOWN,
    ListUnreadable,
    Selection,
    Status,
    e164,
    lines,
    locate,
    problems,
    survey,
)
from scheduler.api import Severity

SELECTION = Selection(date(2021, 5, 10), "VN")


def write(folder: Path, text: str, encoding: str = "utf-8") -> Path:
    path = folder / "list.csv"
    path.write_bytes(text.encode(encoding))
    return path


@pytest.mark.parametrize(
    "written",
    [
        "0912345678",
        "0912 345 678",
        "091.234.5678",
        "+84912345678",
        "84912345678",
        "0084912345678",
        "912345678",
    ],
)
def test_every_vietnamese_form_is_one_number(written: str) -> None:
    assert e164(written, "VN") == "+84912345678"


@pytest.mark.parametrize(
    ("written", "fault"),
    [
        ("0259 3822 xxx", "letters"),
        ("0912 FLOWERS", "letters"),
        ("", "no phone number"),
        ("không", "letters"),
        ("123", "exists"),
        ("()", "not a phone number"),
        ("0259 3822 123", "not a mobile"),
        ("01234567890", "exists"),
    ],
)
def test_what_is_no_number_is_refused(written: str, fault: str) -> None:
    with pytest.raises(ValueError, match=fault):
        e164(written, "VN")


def test_each_line_gets_its_status(tmp_path: Path) -> None:
    path = write(
        tmp_path,
        "phone,name,area,audience,consent_source,consent_date,consent_until\n"
        "0912345678,An,bac-ai,,phiếu,2021-01-01,2021-05-09\n"
        "0912345678,An,,,,,2021-05-10\n"
        "\n"
        "+84 912 345 678,An,,,,,\n"
        "0987654321,Bình,ninh-son,,,,\n"
        "0987654322,Cúc,bac-ai,phi-chinh-thuc,,,\n"
        "0987654323,Dũng,bac-ai,sinh-vien,,,\n"
        "0259 3822 xxx,E,,,,,\n"
        "0987654324,G,,,,,10/05/2021\n",
    )
    chosen = Selection(date(2021, 5, 10), "VN", frozenset({"bac-ai"}), frozenset({"phi-chinh-thuc"}))
    found = [(each.number, each.status) for each in lines(path, "list.csv", chosen)]
    assert found == [
        (2, Status.LAPSED),
        (3, Status.GOOD),
        (5, Status.REPEATED),
        (6, Status.ELSEWHERE),
        (7, Status.GOOD),
        (8, Status.ELSEWHERE),
        (9, Status.BAD),
        (10, Status.BAD),
    ]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig"])
@pytest.mark.parametrize("mark", [",", ";"])
def test_as_spreadsheets_save_it(tmp_path: Path, encoding: str, mark: str) -> None:
    path = write(tmp_path, f"Name{mark}Phone\r\nAn{mark}0912345678\r\n", encoding)
    assert [each.phone for each in lines(path, "list.csv", SELECTION)] == ["+84912345678"]


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"so,ten\n0912345678,An\n", "no column 'phone'"),
        (b"phone\n\xff\n", "not UTF-8"),
        (b'phone,name\n0912345678,"An\n', "not CSV"),
        (b"", "no column 'phone'"),
    ],
)
def test_an_unusable_list_says_why(tmp_path: Path, data: bytes, said: str) -> None:
    path = tmp_path / "list.csv"
    path.write_bytes(data)
    with pytest.raises(ListUnreadable, match=said):
        survey(path, "content/list.csv", SELECTION)


def test_a_list_lies_below_content(tmp_path: Path) -> None:
    content = tmp_path / "content"
    (content / "contacts").mkdir(parents=True)
    (tmp_path / "secret.csv").write_text("phone\n")
    (content / "contacts" / "workers.csv").write_text("phone\n")
    (content / "contacts" / "way-out.csv").symlink_to(tmp_path / "secret.csv")
    assert locate(content, "contacts/workers.csv").name == "workers.csv"
    for name in ("../secret.csv", "contacts/way-out.csv"):
        with pytest.raises(ListUnreadable, match="below content"):
            locate(content, name)
    with pytest.raises(ListUnreadable, match=r"did you mean 'contacts/workers.csv'"):
        locate(content, "contacts/worker.csv")


def test_a_changed_list_is_counted_anew(tmp_path: Path) -> None:
    path = write(tmp_path, "phone\n0912345678\n")
    assert survey(path, "list.csv", SELECTION).counts[Status.GOOD] == 1
    write(tmp_path, "phone\n0912345678\n0987654321\n")
    assert survey(path, "list.csv", SELECTION).counts[Status.GOOD] == 2


def test_many_bad_lines_are_counted(tmp_path: Path) -> None:
    path = write(tmp_path, "phone\n" + "xxx\n" * (SHOWN + 5))
    found = [*problems(survey(path, "content/list.csv", SELECTION), "content/list.csv")]
    assert str(found[0]) == "content/list.csv:2: warning: 'xxx' has letters in it"
    assert found[SHOWN].message == "5 more lines are bad"
    assert found[SHOWN + 1].message == "nobody in this list gets the message"
    assert {each.severity for each in found} == {Severity.WARNING}
