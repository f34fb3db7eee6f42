from __future__ import annotations

from scheduler.plan.source import Report
from scheduler.plan.variants import Body, Words, read_body

WORDS = Words(["radio", "sms"], ["vi", "cjm"], ["bac-ai", "ninh-son"], ["sinh-vien"])


def read(text: str, *, known: bool = True) -> tuple[Body, list[str]]:
    report = Report("a.md")
    body = read_body(text, 10, WORDS, report, known=known)
    return body, [str(each) for each in report.problems]


def test_words_of_every_kind_in_any_order() -> None:
    body, problems = read("Gốc.\n\n::: bac-ai radio cjm ninh-son sinh-vien\n\nA\n\nB\n:::\n\nGốc hai.\n")
    assert not problems
    assert body.base.text == "Gốc.\n\n\nGốc hai."
    assert body.base.lines == (10, 11, 18, 19)
    [variant] = body.variants
    assert variant.text == "A\n\nB"
    assert variant.line == 12
    assert variant.channels == {"radio"}
    assert variant.languages == {"cjm"}
    assert variant.areas == {"bac-ai", "ninh-son"}
    assert variant.audiences == {"sinh-vien"}
    assert body.texts[0].lines == (14, 15, 16)


def test_a_title_of_its_own() -> None:
    body, problems = read("::: sms\n\ntitle: Tin mới: hay\n\nChữ\n:::\n::: radio\nChữ\ntitle: không\n:::\n")
    assert not problems
    assert [(each.title, each.text) for each in body.variants] == [("Tin mới: hay", "Chữ"), ("", "Chữ\ntitle: không")]


def test_marks_that_are_none() -> None:
    body, problems = read("a ::: sms\n:::: sms\n ::: x\n")
    assert not problems
    assert body.base.text == "a ::: sms\n:::: sms\n ::: x"


def test_the_space_of_a_mark_is_free() -> None:
    body, problems = read(":::sms  cjm \nA\n:::  \n")
    assert not problems
    assert body.variants[0].languages == {"cjm"}


def test_one_error_per_cause() -> None:
    _, problems = read("::: smz\nA\n:::\n::: cjm sms\nB\n:::\n::: sms cjm\nC\n:::\n::: radio\n\n:::\n:::\n::: vi\nD")
    assert problems == [
        "a.md:22: error: :::: closes a variant, but none is open",
        "a.md:23: error: ::: vi: is not closed by a line :::",
        "a.md:10: error: ::: smz: 'smz' is no channel, language, area or audience (did you mean 'sms'?)",
        "a.md:16: error: ::: sms cjm: has the same words as the variant in line 13",
        "a.md:19: error: ::: radio: has no text",
    ]


def test_nesting_is_one_error() -> None:
    body, problems = read("::: sms\nA\n::: cjm\nB\n:::\nC\n:::\n")
    assert problems == ["a.md:12: error: ::: cjm: opens inside the variant of line 10; close that one with ::: first"]
    assert [each.text for each in body.variants] == ["A", "B"]


def test_without_a_plan_unknown_words_are_passed_over() -> None:
    body, problems = read("::: sms xyz\nA\n:::\n", known=False)
    assert not problems
    assert body.variants[0].channels == {"sms"}
