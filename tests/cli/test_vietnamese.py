"""On a Vietnamese run nothing of click is left in English: every command's help, and what is said of every mistake."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import click
import pytest

from scheduler.cli.index import INDEX
from scheduler.cli.metavars import WORDS
from scheduler.cli.program import program
from tests.cli.conftest import Loa

ENGLISH = re.compile(
    r"\b(usage|options?|arguments?|commands?|show this message|missing|error|required|default|invalid|unexpected"
    r"|requires|directory|file|integer|range|such|valid|value|try|exit)\b",
    re.IGNORECASE,
)
"""Words of click's own sentences."""


def commands() -> Iterator[tuple[str, ...]]:
    """Yield every command by its words, the root first."""
    yield ()
    for section in INDEX.values():
        for name in section:
            yield (name,)
            found = program.get_command(click.Context(program), name)
            for each in getattr(found, "commands", {}):
                yield (name, each)


def prose(text: str) -> str:
    """Return a help text without its examples, commands in quotes and options: those are typed, in any language."""
    text = text.partition("\nVí dụ:")[0]
    text = re.sub(r"`[^`]*`", "", text)
    return re.sub(r"(?<![\w-])-{1,2}[\w-]+|\[[a-z|-]+\]|\w+\.toml|~?/[\w./-]+", "", text)


@pytest.mark.parametrize("words", list(commands()), ids=" ".join)
def test_the_help_of_every_command_is_vietnamese(
    words: tuple[str, ...], loa: Loa, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LOA_LANG", "vi")
    text = loa(*words, "--help").stdout
    assert "Cách dùng: " in text
    usage, _newline, rest = text.partition("\n\n")
    left = set(re.findall(r"\w+", f"{usage.removeprefix('Cách dùng: ')} {prose(rest)}")) & set(WORDS)
    assert not left, text
    for sentence in ("Show this", "Options", "Arguments", "Commands", "Usage", "required", "default:", "env var"):
        assert sentence not in text


@pytest.mark.parametrize(
    ("args", "said"),
    [
        (("frobnicate",), "Không có lệnh 'frobnicate'"),
        (("post", "aprove"), "Không có lệnh 'aprove'; ý bạn là 'approve'?; xem `loa post --help`"),
        (("delivery", "list", "--chanel", "rss"), "Không có tùy chọn '--chanel'; ý bạn là '--channel'?"),
        (("post", "show"), "Thiếu tham số 'BÀI'; xem `loa post show --help`"),
        (("post", "new", "x"), "Thiếu tùy chọn '--title'"),
        (("post", "show", "a", "b"), "Thừa tham số (b)"),
        (("rehearse", "--out"), "Tùy chọn '--out' cần có 1 giá trị"),
        (("check", "--json=x"), "Tùy chọn '--json' không nhận giá trị"),
        (("delivery", "list", "--limit", "0"), "Giá trị của '--limit' không hợp lệ: 0 nằm ngoài khoảng x>=1"),
        (("delivery", "list", "--sort", "foo"), "'foo' không nằm trong các giá trị: 'due'"),
        (("undo", "abc"), "Giá trị của '[SỐ]' không hợp lệ: 'abc' không phải số nguyên hợp lệ"),
        (("-C", "/nowhere", "check"), "Thư mục '/nowhere' không có"),
        (("restore", "/nowhere.tar.gz"), "Giá trị của 'TỆP' không hợp lệ: Tệp '/nowhere.tar.gz' không có"),
        (("post",), "Thiếu"),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, tuple) else "",
)
def test_what_is_said_of_a_mistake_is_one_vietnamese_line(
    args: tuple[str, ...], said: str, loa: Loa, campaign: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LOA_LANG", "vi")
    told = loa(*args, folder=campaign, code=2).stderr
    if args == ("post",):
        assert told.startswith("Cách dùng: ")
        return
    assert told.startswith("loa: ")
    assert said in told
    assert told.count("\n") == 1
    bare = re.sub(r"'[^']*'|`[^`]*`", "", told)
    assert not ENGLISH.findall(bare), told
