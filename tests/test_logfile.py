from __future__ import annotations

import json
import logging
import stat
from collections.abc import Iterator
from pathlib import Path

import pytest

from scheduler.engine.looks import logfile
from scheduler.engine.redaction import Redactor


@pytest.fixture
def logger(tmp_path: Path) -> Iterator[logging.Logger]:
    redactor = Redactor()
    redactor.learn("mat-khau-trang")
    made = logging.getLogger("loa.engine")
    writing = logfile.handler(tmp_path, redactor)
    made.addHandler(writing)
    made.setLevel(logging.DEBUG)
    yield made
    made.removeHandler(writing)
    writing.close()


def test_the_newest_comes_first_with_its_level_and_its_trace(tmp_path: Path, logger: logging.Logger) -> None:
    logger.info("một dòng")
    try:
        raise ValueError("nobody expects this")
    except ValueError:
        logger.exception("an error")
    logger.critical("the end")
    last, error, first = logfile.newest(tmp_path)
    assert (first.level, first.source, first.text) == ("info", "loa.engine", "một dòng")
    assert error.level == "error"
    assert error.text.splitlines()[0] == "an error"
    assert error.text.endswith("ValueError: nobody expects this")
    assert last.level == "error"
    assert first.at <= error.at <= last.at


def test_no_secret_and_nobody_else(tmp_path: Path, logger: logging.Logger) -> None:
    logger.warning("token=%s", "mat-khau-trang")
    file = tmp_path / logfile.FOLDER / logfile.NAME
    assert "mat-khau-trang" not in file.read_text(encoding="utf-8")
    assert stat.S_IMODE(file.stat().st_mode) == 0o600


def test_it_stays_of_bounded_size_and_reads_over_all_its_files(
    tmp_path: Path, logger: logging.Logger, monkeypatch: pytest.MonkeyPatch
) -> None:
    logger.handlers[0].maxBytes = 2000  # type: ignore[attr-defined]
    for number in range(300):
        logger.info("line %d", number)
    files = list((tmp_path / logfile.FOLDER).iterdir())
    assert len(files) == logfile.KEPT + 1
    assert all(stat.S_IMODE(file.stat().st_mode) == 0o600 for file in files)
    numbers = [int(each.text.split()[1]) for each in logfile.newest(tmp_path)]
    assert numbers == list(range(299, 299 - len(numbers), -1))
    assert len(numbers) > 50


def test_a_torn_line_hides_no_other(tmp_path: Path, logger: logging.Logger) -> None:
    logger.info("before")
    file = tmp_path / logfile.FOLDER / logfile.NAME
    with file.open("ab") as stream:
        stream.write(b'{"at": "2021-05-10T08:\n[1, 2]\n\xff\xfe\n' + json.dumps({"at": "soon"}).encode() + b"\n")
    logger.info("after")
    assert [each.text for each in logfile.newest(tmp_path)] == ["after", "before"]


def test_a_file_that_makes_room_while_it_is_read_hides_no_other(
    tmp_path: Path, logger: logging.Logger, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As where the engine begins a new file in the middle of a reading."""
    logger.info("before")
    file = tmp_path / logfile.FOLDER / logfile.NAME
    files = [file, file.with_name(f"{logfile.NAME}.1")]
    file.rename(files[1])
    monkeypatch.setattr(logfile, "_files", lambda _var: files)
    assert [each.text for each in logfile.newest(tmp_path)] == ["before"]


def test_where_nothing_was_logged_there_is_nothing(tmp_path: Path) -> None:
    assert list(logfile.newest(tmp_path)) == []
