"""The values of the plan in a text, and everything that a text may not do."""

# ruff: noqa: DTZ001  (placements are local and naive)
from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, time
from time import perf_counter
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scheduler.ground.model import Audience, CampaignEvent, Fact, Placement, Plan, Post
from scheduler.plan import template
from scheduler.plan.expression import taken
from scheduler.plan.template import check, fill, names_used, needs, values_for, values_used

PLAN = Plan(
    "bhxh",
    "BHXH",
    2021,
    theme="Bảo hiểm xã hội cho tất cả mọi người",
    message="Đầu tư cho tương lai",
    basis=("Công văn 1194", "Công văn 1693"),
    audiences={
        "sinh-vien": Audience("sinh-vien", "Sinh viên", "Sắp đi làm?"),
        "lao-dong": Audience("lao-dong", "Lao động", parts=(Audience("phi", "Phi chính thức", "Tự nguyện"),)),
    },
    facts={"ho-tro": Fact("ho-tro", "Nhà nước hỗ trợ 30 %"), "items": Fact("items", "Một điều")},
)
EVENT = CampaignEvent("e", "Gặp mặt", datetime(2021, 5, 22, 18, 30), datetime(2021, 5, 22, 20), place="Nhà văn hóa")
POST = Post("tin", "Mời dự {{ event.title }}", "Lời", Placement(event="e"), link="https://example.org/a?b=1&c=2")
VALUES = values_for(PLAN, POST, EVENT, datetime(2021, 5, 23, 7))


@pytest.mark.parametrize(
    ("text", "filled"),
    [
        ("{{ plan.message }}!", "Đầu tư cho tương lai!"),
        ('{{ plan.slogans["sinh-vien"] }}', "Sắp đi làm?"),
        ("{{plan.slogans['phi']}}", "Tự nguyện"),
        ('{{ facts["ho-tro"].text }}', "Nhà nước hỗ trợ 30 %"),
        ("{{ facts.items.text }}", "Một điều"),
        ("{{ plan.basis[1] }}, {{ plan.year }}", "Công văn 1693, 2021"),
        ("{{ post.title }}", "Mời dự Gặp mặt"),
        ("{{ link }}", "https://example.org/a?b=1&c=2"),
        ("{{ event.title }}, {{ event.place }}", "Gặp mặt, Nhà văn hóa"),
        ("{{ event.start|time }} {{ event.start | weekday }} {{ event.start|date }}", "18h30 thứ Bảy 22/05/2021"),
        ("{{ publish|time }} {{ publish|weekday }}", "7h00 Chủ nhật"),
        ("{ a } {# b {{ link }} #} %} }} $%\n", "{ a } {# b https://example.org/a?b=1&c=2 #} %} }} $%\n"),
        ('{{ "{{" }}', "{{"),
        ("<b>&{{ plan.year }}</b>\n\n", "<b>&2021</b>\n\n"),
    ],
)
def test_values_are_filled_in(text: str, filled: str) -> None:
    assert check(text, VALUES) == []
    assert fill(text, VALUES) == filled


@pytest.mark.parametrize("day", range(7))
def test_every_day_of_the_week(day: int) -> None:
    names = ("thứ Hai", "thứ Ba", "thứ Tư", "thứ Năm", "thứ Sáu", "thứ Bảy", "Chủ nhật")
    assert fill("{{ a|weekday }}", {"a": date(2021, 5, 3 + day)}) == names[day]


@pytest.mark.parametrize(("language", "word"), [("vi", "thứ Bảy"), ("en", "Saturday"), ("cjm", "thứ Bảy")])
def test_a_weekday_is_told_in_the_plans_language(language: str, word: str) -> None:
    values = values_for(replace(PLAN, language=language), POST, EVENT, datetime(2021, 5, 23, 7))
    assert fill("{{ event.start|weekday }}", values) == word
    assert fill('{{ event["start"]  | weekday }}', values) == word
    assert values_used("{{ event.start|weekday }}", values).get("plan.language") == (
        language if language == "en" else None
    )
    assert "plan.language" not in values_used("{{ event.start|date }}", values)


def test_filters_take_dates_and_times() -> None:
    assert fill("{{ a|date }} {{ b|time }}", {"a": date(2021, 5, 3), "b": time(0, 5)}) == "03/05/2021 0h05"


@given(st.text(st.sampled_from("{}#% a\nệ"), max_size=40).filter(lambda text: not needs(text)))
def test_single_braces_mean_nothing(text: str) -> None:
    assert fill(text, {}) == text
    assert fill(text + " {{ a }}", {"a": "x"}) == text + " x"


@given(st.text(st.sampled_from("{}[]().|%#'\"\\*+~- _aplnt.09é\n"), max_size=60))
def test_a_text_is_filled_or_refused_with_a_line(text: str) -> None:
    text = "{{" + text
    problems = check(text, VALUES)
    assert all(1 <= line <= text.count("\n") + 1 and message for line, message in problems)
    if problems:
        with pytest.raises(ValueError, match=rf"^line {problems[0][0]}: "):
            fill(text, VALUES)
    else:
        assert isinstance(fill(text, VALUES), str)


_TOKENS = (
    *(
        "{{ a.b }}",
        '{{ a["x y"]|date }}',
        " ",
        "\n",
        "{{",
        "}}",
        "{",
        "}",
        "|",
        ".",
        "[0]",
        "[07]",
        "['",
        "']",
        '["',
        '"]',
    ),
    *("a", "b1", "_c", "sinh-vien", "ễ", "date", "time", "not", "in", "None", "true", "{#", "#}", "-"),
)


@given(st.lists(st.sampled_from(_TOKENS), max_size=14).map("".join))
def test_plain_names_are_read_as_jinja_reads_them(text: str) -> None:
    pieces = template._plain(text)
    if not pieces:
        return
    told = [each if isinstance(each, str) else taken(each) for each in template._parsed(text)]
    assert [each for each in pieces if each] == [each for each in told if each]


@pytest.mark.parametrize(
    ("text", "asked"),
    [
        ('{{ plan.slogans["sinh-vien"] }} {{ event.start | time }}, {{link}}', False),
        ("{{ plan['title'] }} {{ plan.basis[1] }} {{ plan.basis[10] }}", False),
        ("{{ 'x' }}", True),
        ("{{ plan .title }}", True),
        ("{{- plan.title }}", True),
        ("{{ plan.title|upper }}", True),
        ("{{ plan.title\n}}", True),
    ],
)
def test_jinja_is_asked_only_about_more_than_plain_names(text: str, asked: bool) -> None:
    assert bool(template._plain(text)) is not asked


@pytest.mark.parametrize(
    "text",
    [
        "{{ ''.__class__ }}",
        "{{ ''['__class__'] }}",
        "{{ ''.__class__.__mro__[1].__subclasses__() }}",
        "{{ plan.__init__ }}",
        "{{ plan.__init__.__globals__ }}",
        "{{ plan['__class__'] }}",
        "{{ plan._secret }}",
        "{{ plan.parts_of('x') }}",
        "{{ plan.parts_of }}",
        "{{ plan.title.upper() }}",
        "{{ plan.title.format }}",
        "{{ facts.get }}",
        "{{ facts.items }}",
        "{{ event.start.year }}",
        "{{ event.start.tzinfo }}",
        "{{ self }}",
        "{{ self.__init__ }}",
        "{{ loop }}",
        "{{ cycler }}",
        "{{ lipsum(10**6) }}",
        "{{ range(10**9) }}",
        "{{ range(10**9)|list }}",
        "{{ 9**9**9 }}",
        "{{ 'a' * 10**9 }}",
        "{{ 'a'|center(1000000000) }}",
        "{{ plan.title|attr('__class__') }}",
        "{{ [1] }}",
        "{{ {} }}",
        "{{ (1, 2) }}",
        "{{ plan.title if plan.year else '' }}",
        "{{ plan.title ~ plan.title }}",
        "{{ not plan }}",
        "{{ plan.title[0:1] }}",
        "{{ plan.basis[-1] }}",
        "{{ plan.slogans[plan.title] }}",
        "{{ true }}",
        "{{ none }}",
        "{{ 1.5 }}",
        "{{ 1e999 }}",
        "{{ " + "9" * 5000 + " }}",
        "{{ " + "(" * 5000 + " }}",
        "{{ plan" + ".title" * 5000 + " }}",
        "{{ plan.year" + "|date" * 5000 + " }}",
        "{% for x in range(10**9) %}{% endfor %}",
        "{% set x = 1 %}",
        "{% include '/etc/passwd' %}",
        "{{ '{%' }}",
        "{%",
        "{{",
        "{{ }}",
        "{{ plan.title",
    ],
    ids=lambda text: text[:40],
)
def test_nothing_else_is_allowed_and_is_refused_fast(text: str) -> None:
    begin = perf_counter()
    assert check(text, VALUES)
    with pytest.raises(ValueError, match=r"^line 1: "):
        fill(text, VALUES)
    assert perf_counter() - begin < 1


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("a\n{{ plan.mesage }}", (2, "unknown name plan.mesage; did you mean 'message'?")),
        (
            '\n\n{{ plan.slogans["sinh-vienn"] }}',
            (3, "unknown name plan.slogans[\"sinh-vienn\"]; did you mean 'sinh-vien'?"),
        ),
        ("{{ evnt.title }}", (1, "unknown name evnt; did you mean 'event'?")),
        ("{{ event.start|dat }}", (1, "unknown filter 'dat'; did you mean 'date'?")),
        ("{{ plan.basis[2] }}", (1, "there is no plan.basis[2]; the list has 2 entries, counted from 0")),
        ("{{ event.start }}", (1, "event.start is a time; say how it is written: |date, |time or |weekday")),
        ("{{ plan.title|time }}", (1, "plan.title|time: this has no time of day")),
        ("{{ plan.issued|date }}", (1, "plan.issued|date: this is no date")),
        ("{{ plan.number }}", (1, "plan.number is empty")),
        ("{{ plan }}", (1, "plan is not a text")),
        ("x\n{% if a %}", (2, "only {{ … }} is filled in; a text cannot have {% … %}")),
    ],
)
def test_what_is_wrong_is_said_with_its_line(text: str, problem: tuple[int, str]) -> None:
    assert check(text, VALUES) == [problem]


def test_every_wrong_name_is_reported() -> None:
    text = "{{ plan.a }}\n{{ plan.theme }} {{ b }}\n{{ c()\n }} {{ facts.d }}"
    assert [line for line, _ in check(text, VALUES)] == [1, 2, 3, 4]


def test_without_an_event_there_is_no_event() -> None:
    values = values_for(PLAN, replace(POST, title="Tin"), None, datetime(2021, 5, 23, 7))
    assert check("{{ event.title }}", values) == [(1, "unknown name event")]


def test_a_wrong_title_stays_as_written() -> None:
    for title in ("{{ post.title }}", "{{ nobody }}", "{{"):
        values = values_for(PLAN, replace(POST, title=title), EVENT, datetime(2021, 5, 23, 7))
        assert values["post"].title == title


def test_names_are_spelled_one_way() -> None:
    text = "{{ plan.message }} {{plan.slogans['sinh-vien']}} {{ event.start|date }} {{ 'x' }} {{ plan.basis[0] }}"
    assert names_used(text) == {"plan.message", 'plan.slogans["sinh-vien"]', "event.start", "plan.basis[0]"}
    assert names_used("nothing {here}") == frozenset()
    with pytest.raises(ValueError, match="only names"):
        names_used("{{ a() }}")


def test_values_behind_names() -> None:
    found: dict[str, Any] = values_used("{{ plan.year }} {{ plan.nothing }} {{ event.start|date }} {{ facts }}", VALUES)
    assert found == {"plan.year": 2021, "plan.nothing": None, "event.start": EVENT.start, "facts": None}
