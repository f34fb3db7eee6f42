"""Pages of documentation, and a reader who does what they say."""

from __future__ import annotations

import re
import shlex
import shutil
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from click.testing import CliRunner

from scheduler.cli.program import program
from scheduler.ground.lifecycle import State
from tests.cli.conftest import put

if TYPE_CHECKING:
    from collections.abc import Callable

ROOT = Path(__file__).parents[1]
FINDS = {"doctor"}
"""Commands that end with 1 because of what they find: in these folders no engine is at work."""
MARK = re.compile(r"<!-- ([a-z ]+): (.*) -->")


@dataclass
class Block:
    """A fenced block, with the comments since the last one."""

    kind: str
    line: int
    marks: dict[str, str]
    text: str = ""


def blocks(page: Path, *kinds: str) -> list[Block]:
    """Return the fenced blocks of a page, or those of some kinds, in order."""
    found: list[Block] = []
    marks: dict[str, str] = {}
    current: Block | None = None
    for number, line in enumerate(page.read_text("utf-8").splitlines(), 1):
        if current is None and line.startswith("```"):
            current, marks = Block(line[3:], number, marks), {}
        elif current is None and (mark := MARK.fullmatch(line)):
            marks[mark[1]] = mark[2]
        elif current is not None and line == "```":
            found.append(current)
            current = None
        elif current is not None:
            current.text += line + "\n"
    assert current is None, f"{page.name}: a block is not closed"
    return [each for each in found if not kinds or each.kind in kinds]


def changed(text: str, diff: str) -> str:
    """Return a text after the change that a diff shows: lines that stay, that go, and that come."""
    lines = diff.splitlines(keepends=True)
    before = "".join(line[1:] for line in lines if not line.startswith("+"))
    after = "".join(line[1:] for line in lines if not line.startswith("-"))
    assert f"\n{text}".count(f"\n{before}") == 1, f"this stands there not once:\n{before}"
    return f"\n{text}".replace(f"\n{before}", f"\n{after}")[1:]


def matches(written: str, shown: str) -> bool:
    """Return whether a page shows all that was written, spaces aside; … stands for anything, alone for any lines."""
    anything = {"…": r"(?:.*\n)*?"}
    lines = [" ".join(line.split()) for line in shown.splitlines()]
    pattern = "".join(anything.get(line) or re.escape(line).replace("…", ".*") + r"\n" for line in lines)
    return re.fullmatch(pattern, "".join(" ".join(line.split()) + "\n" for line in written.splitlines())) is not None


def named(page: Path) -> str:
    return page.relative_to(ROOT).as_posix()


@dataclass
class Reader:
    """Someone who does what a page says, in folders of their own."""

    place: Path
    example: Path
    change_folder: Callable[[Path], None]
    here: Path = field(init=False)
    folders: int = 0

    def follow(self, page: Path) -> int:
        """Do all that the page says; return how many commands were run."""
        self.go("nowhere")
        done = 0
        for block in blocks(page):
            if "in" in block.marks:
                self.go(block.marks["in"])
            if "save" in block.marks:
                self.save(block)
            if "output of" in block.marks:
                self.compare(block)
                done += 1
            if block.kind == "sh" and "skip" not in block.marks:
                done += sum(self.run(line, f"{named(page)}:{block.line}") for line in block.text.splitlines())
        return done

    def go(self, where: str) -> None:
        """Begin in another folder."""
        kind, *states = re.split(r"[;,] ", where)
        self.folders += 1
        self.here = self.place / f"{self.folders}"
        if kind == "example":
            shutil.copytree(self.example, self.here)
        else:
            self.here.mkdir()
        self.change_folder(self.here)
        if kind == "new":
            self.loa("init .")
        for each in states:
            number, state = each.split()
            put(self.here, int(number), State(state))

    def save(self, block: Block) -> None:
        name, *how = block.marks["save"].split(", ")
        path = self.here / name
        path.parent.mkdir(exist_ok=True)
        before = path.read_text("utf-8") + "\n" if how == ["at the end"] else ""
        path.write_text(before + block.text, "utf-8")

    def run(self, line: str, where: str) -> bool:
        """Do one line; return whether it was a command of ours."""
        words = line.split()
        if words[:1] == ["cd"]:
            self.here /= words[1]
            self.change_folder(self.here)
        elif words[:1] == ["make"]:
            makefile = (ROOT / "Makefile").read_text("utf-8")
            assert re.search(rf"^{words[1]}:.*##", makefile, re.MULTILINE), f"{where}: {line}"
        elif words[:1] == ["loa"]:
            code, output = self.loa(line.removeprefix("loa "))
            assert code in ({0, 1} if words[1] in FINDS else {0}), f"{where}: {line}\n{output}"
        return words[:1] in (["make"], ["loa"])

    def loa(self, words: str) -> tuple[int, str]:
        result = CliRunner().invoke(program, shlex.split(words), prog_name="loa")
        assert "Traceback" not in result.output
        return result.exit_code, result.output

    def compare(self, block: Block) -> None:
        """Hold a block against what the command writes: the same words on the same lines; … passes over some."""
        code, output = self.loa(block.marks["output of"].removeprefix("loa "))
        assert code == 0, output
        written = iter([line.split() for line in output.splitlines()])
        for part in block.text.split("…\n"):
            wanted = [line.split() for line in part.splitlines()]
            assert wanted[0] in written, f"{' '.join(wanted[0])}\nis not in\n{output}"
            assert wanted[1:] == [next(written, []) for _ in wanted[1:]], f"it writes\n{output}"
