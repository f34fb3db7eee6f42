from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from scheduler.plan.frontmatter import Matter, guess_id, read_matter
from scheduler.plan.source import Report

if TYPE_CHECKING:
    from collections.abc import Iterator


def read(text: str) -> tuple[Matter | None, list[str]]:
    report = Report("a.md")
    matter = read_matter(text, report)
    return matter, [str(each) for each in report.problems]


@pytest.fixture(autouse=True, scope="module", params=["c", "pure"])
def parser(request: pytest.FixtureRequest) -> Iterator[None]:
    """Read with PyYAML's C library, and as where it is missing."""
    with pytest.MonkeyPatch.context() as patch:
        if request.param == "pure":
            patch.delattr(yaml, "CBaseLoader")
        yield


def good(text: str) -> Matter:
    matter, problems = read(text)
    assert not problems
    assert matter
    return matter


def test_yaml_scalars_stay_text() -> None:
    matter = good("---\na: no\nb: 05:30\nc: 2021-05-03\nd: 1\ne: ~\nf:\ng: [yes, 0x1]\n---\nText\n")
    assert matter.values == {
        "a": "no", "b": "05:30", "c": "2021-05-03", "d": "1", "e": "~", "f": "", "g": ["yes", "0x1"],
    }  # fmt: skip
    assert (matter.fence, matter.body, matter.body_line) == ("---", "Text\n", 10)


def test_toml_keeps_its_types_and_lines() -> None:
    matter = good('+++\nid = "a"\nareas = [\n  "b",\n]\n+++\nText\n---\n')
    assert matter.values == {"id": "a", "areas": ["b"]}
    assert matter.spans["areas", 0].line == 4
    assert (matter.body, matter.body_line) == ("Text\n---\n", 7)


@pytest.mark.parametrize("newline", ["\n", "\r\n"])
def test_spans_cover_the_values_as_written(newline: str) -> None:
    text = (
        "---\nid: a # note\ntitle: 'Đ: x'  # c\nareas:\n  - b\n  - c\n\n# comment\nsummary: |\n  d\n  e\n\n"
        "empty:\nmedia: [{file: f, alt: g}]\nchannels:\n  radio: [h]\n---\nText"
    ).replace("\n", newline)
    matter = good(text)
    written = {path: matter.block[span.value : span.end].replace("\r", "") for path, span in matter.spans.items()}
    assert written["title",] == "'Đ: x'"
    assert written["areas",] == "- b\n  - c"
    assert written["summary",] == "|\n  d\n  e"
    assert written["empty",] == ""
    assert written["media",] == "[{file: f, alt: g}]"
    assert written["channels", "radio", 0] == "h"
    for path, span in matter.spans.items():
        if isinstance(path[-1], str):
            assert matter.block[span.start :].startswith(path[-1])
            assert path[-1] in text.split("\n")[span.line - 1]
    assert text[matter.start :].startswith(matter.block)


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("", "a.md:1: error: is empty"),
        ("Chào", "a.md:1: error: has no front matter between --- lines"),
        ("---x\nid: a\n---\n", "a.md:1: error: has no front matter between --- lines"),
        ("----\nid: a\n----\n", "a.md:1: error: has no front matter between --- lines"),
        ("\n---\nid: a\n---\n", "a.md:1: error: front matter must begin on the first line"),
        ("---\nid: a\n", "a.md:1: error: front matter is not closed by a line ---"),
        ("+++\nid: a\n---\n", "a.md:1: error: front matter is not closed by a line +++"),
        ("---\na: &x [1]\n---\n", "a.md:2: error: anchors and aliases (& and *) are not allowed"),
        ("---\na: 1\nb: *a\n---\n", "a.md:3: error: anchors and aliases (& and *) are not allowed"),
        ("---\na: !!int 1\n---\n", "a.md:2: error: tags (!) are not allowed"),
        ("---\n? [a]\n: b\n---\n", "a.md:2: error: a key must be plain text"),
        ("---\n*a : b\n---\n", "a.md:2: error: a key must be plain text"),
        ("---\na\n---\n", "a.md:2: error: front matter must be lines of `key: value`"),
        ("---\na: b\n...\nc: d\n---\n", "a.md:4: error: is not valid YAML: "),
    ],
)
def test_what_is_refused(text: str, problem: str) -> None:
    matter, problems = read(text)
    assert matter is None
    assert len(problems) == 1
    assert problems[0].startswith(problem)


def test_a_doubled_key_keeps_the_first_and_reads_on() -> None:
    matter, problems = read("---\na: 1\nb: 2\na: 3\nc: {d: 1, d: 2}\n---\n")
    assert matter
    assert matter.values == {"a": "1", "b": "2", "c": {"d": "1"}}
    assert problems == [
        "a.md:4: error: a: stands twice, first in line 2",
        "a.md:5: error: d: stands twice, first in line 5",
    ]


@pytest.mark.parametrize("tower", ["a: " + "[" * 50_000, "a: " + "{b: " * 50_000, "a:\n" + "- " * 50_000])
def test_towers_are_refused_before_they_are_built(tower: str) -> None:
    matter, [problem] = read(f"---\n{tower}\n---\n")
    assert matter is None
    assert "is nested too deeply" in problem


texts = st.text(alphabet=st.characters(codec="utf-8", exclude_categories=("Cc", "Cs")), max_size=20)
names = st.text(alphabet="abcđ-_", min_size=1, max_size=8)
trees = st.dictionaries(
    names,
    st.recursive(
        texts, lambda each: st.lists(each, max_size=3) | st.dictionaries(names, each, max_size=3), max_leaves=8
    ),
    max_size=5,
)


@given(trees, st.booleans())
def test_what_a_writer_writes_is_read_back(tree: dict[str, Any], flow: bool) -> None:
    block = yaml.dump(tree, allow_unicode=True, default_flow_style=flow, sort_keys=False, Dumper=_Quoting)
    assert good(f"---\n{block}---\n").values == tree


class _Quoting(yaml.SafeDumper):
    """Writes every text in quotes, and nothing by reference."""

    def ignore_aliases(self, data: Any) -> bool:
        return True

    def represent_scalar(self, tag: str, value: str, style: str | None = None) -> yaml.ScalarNode:
        return super().represent_scalar(tag, value, '"')


@given(st.text(alphabet="-+\n:ab[]{}&*!|>'\"#, \t", max_size=60))
def test_any_text_gives_values_or_problems(text: str) -> None:
    matter, problems = read(f"---\n{text}\n---\n")
    assert matter is not None or len(problems) == 1


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("---\ntitle: x: y\nid: a-1\n", "a-1"),
        ("---\nid: 'a'  # note\n", "a"),
        ('+++\nid = "a"\nx = \n', "a"),
        ("---\nid: A\n", ""),
        ("---\nuid: a\n", ""),
        ("", ""),
    ],
)
def test_the_id_of_a_broken_file(text: str, expected: str) -> None:
    assert guess_id(text) == expected
