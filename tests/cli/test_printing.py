"""What plugins print goes to the log, line by line, and what Loa itself writes to standard output."""

from __future__ import annotations

import io
import json
import logging
import subprocess
import sys
import threading
from typing import TYPE_CHECKING

import pytest

from scheduler.cli.printing import LONGEST, Printing
from tests.cli.conftest import program_in_a_process, read_json

if TYPE_CHECKING:
    from pathlib import Path

    from tests.cli.conftest import Loa


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


# --- beside JSON -----------------------------------------------------------------------------------------------------

NOISY = '''\
import atexit
import os
import threading
import time

import click

from scheduler.api import BaseChannel, Options, Receipt, Rendered, hookimpl, pass_host


print("noise: imported")
os.write(1, b"noise: below Python\\n")


def talk():
    while True:
        print("noise: of a thread")
        time.sleep(0.01)


threading.Thread(target=talk, daemon=True).start()
atexit.register(print, "noise: at the end")
atexit.register(os.write, 1, b"noise: below Python, at the end\\n")


class Keys(Options):
    @classmethod
    def __pydantic_init_subclass__(cls):
        print("noise: a model")


class Noisy(BaseChannel):
    name = "noisy"
    title = "Noisy"
    options = Keys

    def render(self, item, context):
        print("noise: rendered")
        return Rendered({}, item.text)

    def deliver(self, rendered, context):
        print("noise: delivered")
        (context.out / "a.txt").write_text(rendered.text)
        return Receipt(f"{context.key}")


@click.command(name="tally")
@click.option("--json", "as_json", is_flag=True)
@pass_host
def tally(host, as_json):
    """Count what there is."""
    click.echo('{"posts": %d}' % len(host.posts()))


@hookimpl
def register_channels():
    print("noise: asked for channels")
    return [Noisy()]


@hookimpl
def register_commands():
    print("noise: asked for commands")
    return [tally]
'''


@pytest.mark.parametrize(
    ("args", "code"),
    [
        (("plugins", "list", "--json"), 0),
        (("plugins", "check", "noisy", "--only", "pure", "--only", "process", "--json"), 0),
        (("check", "--json"), None),
        (("tally", "--json"), 0),
        (("plugins", "show", "noisy", "--json"), 0),
    ],
)
def test_what_plugins_print_never_reaches_json(campaign: Path, args: tuple[str, ...], code: int | None) -> None:
    (campaign / "plugins").mkdir()
    (campaign / "plugins" / "noisy.py").write_text(NOISY, "utf-8")
    done = program_in_a_process(*args, folder=campaign)
    json.loads(done.stdout)
    assert code is None or done.returncode == code, done.stderr
    assert "plugin noisy printed: noise: imported\n" in done.stderr
    assert "noise: below Python\n" in done.stderr
    if args[0] != "plugins":
        assert "noise: below Python, at the end\n" in done.stderr


def test_the_result_is_written_in_this_process_too(campaign: Path, loa: Loa) -> None:
    (campaign / "plugins").mkdir()
    (campaign / "plugins" / "loud.py").write_text("print('noise')\n", "utf-8")
    found = loa("plugins", "list", "--json", folder=campaign)
    assert read_json(found)[-1]["name"] == "loud"
    assert "plugin loud printed: noise\n" in found.stderr


def test_help_of_a_command_is_its_result(campaign: Path, loa: Loa) -> None:
    assert "Usage:" in loa("plugins", "list", "--json", "--help", folder=campaign).stdout


@pytest.mark.parametrize("closed", [">&-", "2>&-", ">&- 2>&-"])
def test_a_closed_stream_is_no_error(campaign: Path, closed: str) -> None:
    command = f"exec {sys.executable} -m scheduler -C {campaign} plan --json {closed}"
    done = subprocess.run(["sh", "-c", command], capture_output=True, text=True, timeout=60, check=False)
    assert (done.returncode, done.stderr) == (0, "")
    assert bool(done.stdout) == closed.startswith("2")
