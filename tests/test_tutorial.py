"""docs/plugins/tutorial.md, done by a new author: an empty folder, real processes, and the words of the page alone.

The programs are those of the README's installation, in an environment where nothing else is.

Beside the marks of tests/test_docs.py the page has: ``edit: FILE`` (the lines of a diff), ``ends with: CODE``,
``terminal: second`` (a program that stays), ``until: WORD`` (one that is ended once its journal has the word), and
``of the second terminal``. Every other ``text`` block is what the command before it wrote; … stands for anything.
"""

from __future__ import annotations

import ast
import os
import re
import shutil
import signal
import socket
import subprocess
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any

import pytest

from scheduler.cli.plugin_files import NewPlugin
from tests.installation import installed
from tests.pages import ROOT, Block, blocks, changed, matches

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

pytestmark = pytest.mark.long

PAGE = ROOT / "docs" / "plugins" / "tutorial.md"
TYPED, READ = 200, 1000
"""Characters a minute."""
MINUTES = 13
"""The page says fifteen."""
PORT = "8765"
LONGEST = 120.0
LAST = "How long it takes"


@dataclass
class Step:
    """What a heading of the page comes to."""

    title: str
    typed: int = 0
    read: int = 0
    seconds: float = 0.0

    @property
    def minutes(self) -> float:
        return self.typed / TYPED + self.read / READ + self.seconds / 60


def steps() -> Iterator[tuple[Step, list[Block]]]:
    """Yield the steps of the page, with what is typed and read in each, and its blocks."""
    lines, found = PAGE.read_text("utf-8").splitlines(), blocks(PAGE)
    heads = [number for number, line in enumerate(lines, 1) if line.startswith("## ")]
    for begin, end in zip([1, *heads[1:]], [*heads[1:], len(lines) + 1], strict=True):
        step = Step(next(line for line in lines[begin - 1 :] if line.startswith("## ")).removeprefix("## "))
        own = [each for each in found if begin < each.line < end]
        step.typed = sum(len(typed(each)) for each in own)
        shown = [line for line in lines[begin - 1 : end - 1] if not line.startswith(("<!--", "```"))]
        step.read = sum(map(len, shown)) - sum(len(each.text.replace("\n", "")) for each in own if each.kind != "text")
        if step.title.startswith("2."):
            step.read += len(looked_at())
        if step.title != LAST:
            yield step, own


def looked_at() -> str:
    """Return what a reader is told to look at in the generated plugin."""
    text = NewPlugin("chat-room", "http", "Chat room").single()["plugins/chat_room.py"]
    functions = [each for each in ast.walk(ast.parse(text)) if isinstance(each, ast.FunctionDef)]
    return "".join(str(ast.get_source_segment(text, each)) for each in functions if each.name in ("render", "deliver"))


def typed(block: Block) -> str:
    """Return what a reader types of a block."""
    if block.kind == "diff":
        return "".join(line[1:] + "\n" for line in block.text.splitlines() if line.startswith("+"))
    return block.text if block.kind == "sh" or "save" in block.marks else ""


def table(done: list[Step]) -> str:
    """Return the table as it stands on the page."""
    whole = Step("all", sum(each.typed for each in done), sum(each.read for each in done))
    whole.seconds = sum(each.seconds for each in done)
    rows = [
        f"| {each.title} | {each.typed:,} | {each.read:,} | {each.seconds:.0f} s | {each.minutes:.1f} |"
        for each in (*done, whole)
    ]
    return "\n".join(("| step | typed | read | commands | minutes |", "|---|---|---|---|---|", *rows)) + "\n"


@dataclass
class Author:
    """Somebody with two terminals who does what the page says."""

    here: Path
    port: str
    env: dict[str, str]
    said: str = ""
    second: subprocess.Popen[bytes] | None = None
    written: Path = field(init=False)

    def __post_init__(self) -> None:
        self.written = self.here.parent / "second.txt"

    def do(self, block: Block) -> None:
        text = block.text.replace(PORT, self.port)
        if "save" in block.marks:
            (self.here / block.marks["save"]).write_text(text, "utf-8")
        elif "edit" in block.marks:
            file = self.here / block.marks["edit"]
            file.write_text(changed(file.read_text("utf-8"), text), "utf-8")
        elif block.marks.get("terminal") == "second":
            self.second = self.start(text, self.written.open("wb"))
            wait_for(lambda: reachable(int(self.port)))
        elif "until" in block.marks:
            self.until(text, block.marks["until"])
        elif block.kind == "sh":
            for line in text.splitlines():
                self.run(line, int(block.marks.get("ends with", 0)))
        elif block.kind == "text":
            wrote = self.written.read_text("utf-8") if "of the second terminal" in block.marks else self.said
            assert matches(wrote, text), f"{PAGE.name}:{block.line}: it wrote\n{wrote}"
        else:
            raise AssertionError(f"{PAGE.name}:{block.line}: nobody does anything with this")

    def run(self, line: str, code: int) -> None:
        words = line.split()
        if words[0] == "cd":
            self.here /= words[1]
        elif words[0] == "export":
            name, _equals, value = words[1].partition("=")
            self.env[name] = value
        else:
            given: dict[str, Any] = {"cwd": self.here, "env": self.env, "timeout": LONGEST}
            ended = subprocess.run(["bash", "-c", line], capture_output=True, text=True, **given)
            self.said = ended.stdout
            assert ended.returncode == code, f"{line}\n{ended.stdout}{ended.stderr}"
            assert "Traceback" not in ended.stderr

    def start(self, line: str, out: IO[bytes]) -> subprocess.Popen[bytes]:
        with out:
            return subprocess.Popen(line.split(), cwd=self.here, env=self.env, stdout=out, stderr=subprocess.STDOUT)

    def until(self, line: str, word: str) -> None:
        """Let a program run until it has written a word, then press Ctrl-C."""
        file = self.here.parent / "first.txt"
        with self.start(line, file.open("wb")) as process:
            try:
                wait_for(lambda: f" {word}\n" in file.read_text("utf-8"))
            finally:
                process.send_signal(signal.SIGINT)
            assert process.wait(30) == 0, file.read_text("utf-8")

    def close(self) -> None:
        if self.second is not None:
            self.second.kill()
            self.second.wait()


def wait_for(come: Callable[[], bool]) -> None:
    end = time.monotonic() + LONGEST
    while not come():
        assert time.monotonic() < end
        time.sleep(0.05)


def reachable(port: int) -> bool:
    with socket.socket() as trying:
        return trying.connect_ex(("127.0.0.1", port)) == 0


@pytest.fixture(scope="module")
def environment(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """Return the variables of somebody who has done what the README says; its pip can get pytest."""
    programs, found = installed(tmp_path_factory.mktemp("environment"), "pytest")
    return {**found, "PATH": os.pathsep.join((str(programs), os.defpath))}


@pytest.fixture
def author(tmp_path: Path, environment: dict[str, str]) -> Iterator[Author]:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = str(free.getsockname()[1])
    kept = {name: os.environ[name] for name in ("LANG", "USER", "LOGNAME") if name in os.environ}
    (tmp_path / "empty").mkdir()
    someone = Author(tmp_path / "empty", port, {**kept, **environment, "HOME": str(tmp_path)})
    yield someone
    someone.close()


def test_a_new_author_has_a_working_channel_within_a_quarter_of_an_hour(author: Author) -> None:
    assert shutil.which("pytest", path=author.env["PATH"]) is None
    done = []
    for step, own in steps():
        begun = time.monotonic()
        for block in own:
            author.do(block)
        step.seconds = time.monotonic() - begun
        done.append(step)
    print("\n" + table(done))
    assert [each.title[:1] for each in done] == list("123456")
    assert sum(each.minutes for each in done) < MINUTES


def test_the_page_says_how_long_it_takes() -> None:
    """What is typed and read is counted; the seconds are those of one run, which the test before this one prints."""
    shown = [line.split(" | ") for line in PAGE.read_text("utf-8").splitlines() if re.match(r"\| \d\. ", line)]
    counted = [[f"| {step.title}", f"{step.typed:,}", f"{step.read:,}"] for step, _own in steps()]
    assert [row[:3] for row in shown] == counted, "run this file with -s and put its table on the page"


def test_a_page_that_is_wrong_is_found(author: Author) -> None:
    """Each of these would mislead a reader; so that the journey cannot pass over them."""
    (author.here / "file.py").write_text("a = 1\nb = 2\na = 1\n", "utf-8")
    for kind, marks, text in (
        ("diff", {"edit": "file.py"}, "-c = 3\n+c = 4\n"),
        ("diff", {"edit": "file.py"}, "-a = 1\n+a = 4\n"),
        ("sh", {}, "false\n"),
        ("text", {}, "what nothing wrote\n"),
        ("python", {}, "lost = True\n"),
    ):
        with pytest.raises(AssertionError):
            author.do(Block(kind, 1, marks, text))
    author.do(Block("diff", 1, {"edit": "file.py"}, " b = 2\n-a = 1\n+a = 4\n"))
    assert (author.here / "file.py").read_text("utf-8") == "a = 1\nb = 2\na = 4\n"
