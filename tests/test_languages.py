"""Every sentence that a person may see is said in both languages: marked, translated, and told when it is needed."""

from __future__ import annotations

import ast
import errno
import os
import re
import string
import sys
import tomllib
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, get_args

import pytest
import yaml
from pydantic_core.core_schema import ErrorType

from scheduler.engine.engine import Engine
from scheduler.engine.planning.checking import problems_of
from scheduler.engine.snapshot import read_snapshot
from scheduler.ground import borrowed
from scheduler.ground.errors import IllegalTransition
from scheduler.ground.lifecycle import Event, State, transition
from scheduler.ground.problem import Problem
from scheduler.ground.text import VERBS, use
from tests.broken.cases import CONFIG, GOOD_POST, Case, good_campaign, put
from tests.test_broken_campaigns import ALL, read
from tests.trees import nodes
from tools import messages

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).parents[1]
FILES = sorted(each for part in ("scheduler", "plugins") for each in (ROOT / part).rglob("*.py"))
SAYS = re.compile(
    r"Problem|Wrong|_Refused|_Broken|Health|CannotTell|Refused|Remark|.*Error|.*Failure|OutcomeUnknown|NotFound|NotAllowed"
    r"|IllegalTransition|StoreBusy|StoreFull|StaleEpoch|Superseded|EngineRunning|PluginStatus|Judgement|Move|_refuse"
    r"|error|warning|notice"
)
"""What is called with a sentence for people."""
OURS = {
    "a simulated clock starts at an aware time",
    "no key at offset {}",
    "not a delivery key: {}",
    "no such language: {}",
    "a time without a zone: {}",
    "no such address",  # of the page that answers in a rehearsal
}
"""Sentences of errors that are a programmer's fault and reach nobody else."""
SAME = {
    *("Loa", "Unicode", "byte", "http", "https", "web", "true", "false", "env", "offset", "abbreviations"),
    *("draft", "ready", "review", "approve", "advertising", "internal", "send", "skip", "ask", "start", "end"),
    *("radio", "sms", "cjm", "event", "nothing"),
}
"""Words of files and names, which are the same in both languages; so are those in capitals, as TOML."""


@pytest.fixture(autouse=True)
def _english() -> Iterator[None]:
    """Leave the language of the other tests as it is."""
    yield
    use("en")


# --- told -------------------------------------------------------------------------------------------------------------


def words(text: str) -> set[str]:
    """Return the words of a sentence, less what stands in quotes: names, and what somebody wrote."""
    bare = re.sub(r"'[^']*'|\"[^\"]*\"|`[^`]*`|\{\{.*?\}\}|\S*[/_]\S*|\S+-\S+|“[^”]*”|\w+=\S+", " ", text)
    return {word for word in re.findall(r"(?<![\w.])[A-Za-z]{3,}(?!\w|\.\w)", bare) if not word.isupper()}


def in_both(english: Problem, vietnamese: Problem) -> Iterator[str]:
    """Yield what is wrong with a problem told twice."""
    assert (english.file, english.line, english.key, english.severity) == (
        vietnamese.file,
        vietnamese.line,
        vietnamese.key,
        vietnamese.severity,
    )
    for one, other in ((english.message, vietnamese.message), (english.hint, vietnamese.hint)):
        same = words(one) & words(other) - SAME
        if (one and one == other) or same or bool(one) != bool(other):
            yield f"{one!r} is told as {other!r}: {', '.join(sorted(same))}"


def by_place(problems: list[Problem]) -> list[Problem]:
    return sorted(problems, key=lambda each: (each.file, each.line or 0, each.key, each.severity))


@pytest.mark.parametrize("case", ALL, ids=lambda case: case.name)
def test_a_broken_campaign_is_told_in_vietnamese(tmp_path: Path, case: Case) -> None:
    folder = good_campaign(tmp_path)
    put(folder, case)
    use("en")
    english = by_place(read(folder)[0])
    use("vi")
    vietnamese = by_place(read(folder)[0])
    assert [each for pair in zip(english, vietnamese, strict=True) for each in in_both(*pair)] == []


CHANNELS = """\
[channels.fanpage]
[[channels.fanpage.targets]]
name = "trang"

[channels.rss]
site = "https://example.org/tin/"
title = "Bản tin"
[[channels.rss.targets]]
name = "tin"
"""
HARD_TO_SAY = """\
---
id: kho-doc
title: Khó đọc
workstream: thu-hut
channels: [radio, sms, fanpage, rss]
at: 2021-05-04 22:00
class: advertising
media: [ghi-chu.txt]
link: https://bảohiểm.vn/x
---
Tỷ lệ 1/13, 5/6 và 2,021 người, BHTN và XYZ, lúc 25h, và/hoặc [gần](gan.html), hỏi https://a.vn/b.
"""


def test_what_the_shipped_channels_say_of_a_text_is_told_in_vietnamese(tmp_path: Path) -> None:
    folder = good_campaign(tmp_path)
    (folder / "config.toml").write_text(CONFIG + CHANNELS, encoding="utf-8")
    (folder / "content/media/ghi-chu.txt").write_text("x", encoding="utf-8")
    post = folder / "content/posts/kho-doc.md"
    post.write_text(HARD_TO_SAY + "Câu này dài quá sức " * 60 + ". ✓\n", encoding="utf-8")
    contacts = folder / "content/contacts/danh-sach.csv"
    contacts.parent.mkdir(exist_ok=True)
    contacts.write_text(
        "phone,consent_until\nabc,\n012,\n02839123456,\n0912345678,2020-01-01\n0912345679,mai\n", "utf-8"
    )
    now = datetime(2021, 5, 1, tzinfo=UTC)
    told = {}
    for language in ("en", "vi"):
        use(language)
        told[language] = by_place(problems_of(read_snapshot(folder), now))
    assert len(told["en"]) > 20
    assert {each.key.split("/")[0] for each in told["en"]} >= {"radio", "sms"}
    key = [sorted(told[language], key=lambda each: (each.file, each.line or 0, each.key)) for language in told]
    assert len(key[0]) == len(key[1])
    english = {word for each in told["en"] for word in words(f"{each.message} {each.hint}")}
    left = {word for each in told["vi"] for word in words(f"{each.message} {each.hint}")} & english - SAME
    assert left == set()
    assert not {each.message for each in told["en"]} & {each.message for each in told["vi"]}


def test_a_payload_is_the_same_in_both_languages(tmp_path: Path) -> None:
    from scheduler.engine.delivering.prepare import render
    from scheduler.engine.planning.wants import wanted

    folder = good_campaign(tmp_path)
    (folder / "config.toml").write_text(CONFIG + CHANNELS, encoding="utf-8")
    (folder / "content/posts/kho-doc.md").write_text(
        HARD_TO_SAY.replace("media: [ghi-chu.txt]\n", ""), encoding="utf-8"
    )
    snapshot = read_snapshot(folder)
    made = {}
    for language in ("en", "vi"):
        use(language)
        made[language] = [
            render(snapshot, snapshot.registry.channels[want.key.channel], want.key, want.publish_at)[0]
            for want in wanted(snapshot, snapshot.campaign.posts["kho-doc"], datetime(2022, 1, 1, tzinfo=UTC))
        ]
    assert made["en"]
    assert made["en"] == made["vi"]


def test_a_change_of_language_has_known_problems_told_anew(tmp_path: Path) -> None:
    folder = good_campaign(tmp_path)
    (folder / "content/posts/tot.md").write_text(GOOD_POST.replace("at: 2021-05-04", "at: 2021-05-34"), "utf-8")
    (folder / "plugins").mkdir()
    (folder / "plugins/radio.py").write_text("", encoding="utf-8")
    with Engine.open(folder) as engine:
        first = [each.message for each in engine.snapshot.problems]
        assert any("there is no date" in each for each in first)
        assert not engine.refresh()
        use("vi")
        assert engine.refresh()
        second = [each.message for each in engine.snapshot.problems]
        assert any("không có ngày" in each for each in second)
        assert any("đã có phần mở rộng khác dùng" in each for each in second)
        assert not set(first) & set(second)
        assert not engine.refresh()


def test_a_problem_and_an_illegal_step_are_told_in_vietnamese() -> None:
    use("vi")
    assert str(Problem("x", "a.md", 3, "at")) == "a.md:3: lỗi: at: x"
    with pytest.raises(IllegalTransition, match="lượt gửi đã gửi thì không hủy được"):
        transition(State.SENT, Event.CANCEL)
    assert set(VERBS) == {each.value for each in Event}


# --- marked -----------------------------------------------------------------------------------------------------------


def called(node: ast.Call) -> str:
    return node.func.id if isinstance(node.func, ast.Name) else getattr(node.func, "attr", "")


def plain(node: ast.AST) -> str:
    """Return a text as it stands, with its values in braces."""
    if isinstance(node, ast.JoinedStr):
        return "".join(str(each.value) if isinstance(each, ast.Constant) else "{}" for each in node.values)
    return str(node.value) if isinstance(node, ast.Constant) else ""


def unmarked(node: ast.AST) -> Iterator[str]:
    """Yield the sentences below ``node`` that no `_` looks up."""
    if isinstance(node, ast.Call) and called(node) in ("_", "N_", "many", "join", "compile"):
        return
    text = plain(node)
    if text:
        bare = re.sub(r"\{[^{}]*\}", "", text)
        if re.search(r"[A-Za-z]{2,} |[ :][A-Za-z]{2,}", bare) and not text.startswith(("UPDATE", "SELECT", "INSERT")):
            yield text
    elif not isinstance(node, ast.Lambda):
        for below in ast.iter_child_nodes(node):
            yield from unmarked(below)


@pytest.mark.parametrize("file", FILES, ids=lambda file: str(file.relative_to(ROOT)))
def test_every_sentence_is_marked(file: Path) -> None:
    found = []
    for node in nodes(file):
        if isinstance(node, ast.Call) and SAYS.fullmatch(called(node)):
            values = [*node.args, *(each.value for each in node.keywords if each.arg in ("hint", "error", "detail"))]
            found += [text for value in values for text in unmarked(value) if text not in OURS]
    assert found == []


SCOPES = (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda, ast.GeneratorExp, ast.ListComp, ast.SetComp, ast.DictComp)


def binds(scope: ast.AST) -> bool:
    """Whether a function or comprehension gives `_` a meaning of its own."""
    waiting = list(ast.iter_child_nodes(scope))
    while waiting:
        node = waiting.pop()
        if isinstance(node, ast.arg) and node.arg == "_":
            return True
        if isinstance(node, ast.Name) and node.id == "_" and isinstance(node.ctx, ast.Store):
            return True
        if not isinstance(node, SCOPES):
            waiting += ast.iter_child_nodes(node)
    return False


@pytest.mark.parametrize("file", FILES, ids=lambda file: str(file.relative_to(ROOT)))
def test_where_a_sentence_is_looked_up_nothing_else_has_that_name(file: Path) -> None:
    for scope in nodes(file):
        if isinstance(scope, SCOPES) and binds(scope):
            assert not any(isinstance(each, ast.Call) and called(each) == "_" for each in ast.walk(scope)), scope.lineno


# --- translated -------------------------------------------------------------------------------------------------------


def places(text: str) -> list[tuple[str, str | None]]:
    """Return the places for values, with how each is written; braces that mean themselves are counted."""
    try:
        found = [(name, how) for _text, name, _form, how in string.Formatter().parse(text) if name is not None]
    except ValueError:
        found = [(brace, None) for brace in re.findall(r"[{}]", text)]
    return sorted([*found, *((sign, None) for sign in re.findall(r"%[sd]", text))], key=str)


def test_every_sentence_has_a_translation_with_the_same_places() -> None:
    catalogue = [message for message in messages.read() if message.id]
    assert len(catalogue) > 1200
    for message in catalogue:
        keys = message.id if isinstance(message.id, tuple) else (message.id,)
        said = message.string if isinstance(message.string, tuple) else (message.string,)
        assert all(said), keys
        assert not message.fuzzy, keys
        assert all(places(str(each)) == places(str(keys[-1])) for each in said), keys
        assert all(re.findall(r"%[sd]", str(each)) == re.findall(r"%[sd]", str(keys[-1])) for each in said), keys
        assert all(str(each)[:1].isspace() == str(keys[0])[:1].isspace() for each in said), keys


def test_the_shipped_channels_and_the_pages_are_in_the_catalogue() -> None:
    places = {place for message in messages.sentences() for place, _line in message.locations}
    assert {f"plugins/{name}/__init__.py" for name in ("radio", "sms", "rss", "fanpage")} <= places
    assert "scheduler/engine/rehearsing/summary.html.j2" in places
    assert messages.faults() == []


# --- borrowed ---------------------------------------------------------------------------------------------------------


def test_what_the_system_says() -> None:
    own = {os.strerror(number) for number in errno.errorcode}
    elsewhere = {"Name or service not known", "Temporary failure in name resolution", "Timed out"}
    assert sys.platform != "linux" or set(borrowed.FROM_SYSTEM) - elsewhere <= own
    error = OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), "/x/y")
    use("en")
    assert (borrowed.system(error), borrowed.borrowed(str(error))) == ("No space left on device", str(error))
    use("vi")
    assert borrowed.system(error) == "ổ đĩa đã đầy"
    assert borrowed.borrowed(str(error)) == "[Errno 28] ổ đĩa đã đầy: '/x/y'"
    assert borrowed.borrowed("something {odd} that '{nobody}' knows") == "something {odd} that '{nobody}' knows"


BROKEN_TOML = [
    *("a = ", "a b", "= 1", "a = [1", "a = {b = 1", 'a = "x', "[a\n", "[[a]\n", "a = 1\na = 2", "[a]\n[a]", "\x01"),
    *("a = 1\n[a.b]", "a = 2021-13-01", 'a = "\\q"', 'a = "\\u12"', 'a = "\\ud800"', "a = {b = 1, b = 2}"),
    *("a = 'x\ny'", "a = {}\n[a.b]"),
]
BROKEN_YAML = [
    *("a: b: c", "\t: x", "- [a", "{a: 1", "x: 'abc", "a: @x", 'x: "\\q"', "a: *", "a: &", "a: |x", "key: [a]]"),
    *("- a\nb: c", " a: 1\nb: 2", "%", "a: !<", "? ["),
]


@pytest.mark.parametrize("text", BROKEN_TOML)
def test_what_the_reader_of_toml_says(text: str) -> None:
    with pytest.raises(tomllib.TOMLDecodeError) as raised:
        tomllib.loads(text)
    said = re.sub(r" \(at .*\)$", "", str(raised.value))
    use("vi")
    assert not words(borrowed.borrowed(said)) & words(said) - SAME
    assert borrowed.borrowed(said) != said


@pytest.mark.parametrize("text", BROKEN_YAML)
def test_what_the_reader_of_yaml_says(text: str) -> None:
    with pytest.raises(yaml.MarkedYAMLError) as raised:
        list(yaml.parse(text, Loader=getattr(yaml, "CBaseLoader", yaml.BaseLoader)))
    said = raised.value.problem or ""
    use("vi")
    assert borrowed.borrowed(said) != said
    assert not words(borrowed.borrowed(said)) & words(said) - SAME


def test_what_models_say() -> None:
    assert set(borrowed._OF_MODELS) <= set(get_args(ErrorType))
    error = {"type": "literal_error", "msg": "Input should be 'a' or 'b'", "ctx": {"expected": "'a' or 'b'"}}
    use("en")
    assert borrowed.complaint(error) == "Input should be 'a' or 'b'"
    use("vi")
    assert borrowed.complaint(error) == "phải là 'a' hoặc 'b'"
    assert borrowed.complaint({"type": "value_error", "msg": "Value error, đã nói"}) == "đã nói"
