"""What plugins print goes to the log, line by line, and what Loa itself writes to standard output."""

from __future__ import annotations

import io
import logging
import threading

import pytest

from scheduler.cli.printing import LONGEST, Printing


def elsewhere(stream: Printing, *texts: str) -> None:
    thread = threading.Thread(target=lambda: [print(each, end="", file=stream) for each in texts])
    thread.start()
    thread.join()


def test_lines_of_other_threads_are_logged_whole(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO, "loa.plugin")
    stream = io.StringIO()
    printing = Printing(stream)
    elsewhere(printing, "begun ", "and ended\n\nnot ended")
    elsewhere(printing, "of another\n", "x" * (LONGEST + 1))
    print("of Loa", file=printing)
    assert stream.getvalue() == "of Loa\n"
    assert caplog.messages == ["printed: begun and ended", "printed: of another", f"printed: {'x' * LONGEST}"]


def test_the_logs_own_trouble_goes_to_the_stream(monkeypatch: pytest.MonkeyPatch) -> None:
    class Broken(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:
            print("cannot log", file=printing)

    stream, broken = io.StringIO(), Broken()
    printing, log = Printing(stream), logging.getLogger("loa.plugin")
    monkeypatch.setattr(log, "handlers", [broken])
    monkeypatch.setattr(log, "propagate", False)
    monkeypatch.setattr(log, "level", logging.INFO)
    elsewhere(printing, "a line\n")
    assert stream.getvalue() == "cannot log\n"


def test_all_else_is_the_streams_own() -> None:
    stream = io.TextIOWrapper(io.BytesIO(), "utf-8")
    printing = Printing(stream)
    assert (printing.encoding, printing.isatty(), printing.buffer) == ("utf-8", False, stream.buffer)
