from __future__ import annotations

from datetime import date, datetime, time, timedelta
from typing import TYPE_CHECKING, Any

import pytest

from scheduler.ground.lifecycle import Late
from scheduler.ground.model import CampaignEvent, Media, Placement, Post
from scheduler.ground.problem import Severity
from scheduler.plan.known import Known
from scheduler.plan.placement import own_dates
from scheduler.plan.plan import read_plan
from scheduler.plan.posts import read_post
from tests.broken.cases import good_campaign

if TYPE_CHECKING:
    from pathlib import Path

    from scheduler.plan.content import Entry

START, END = datetime(2021, 5, 12, 7, 30), datetime(2021, 5, 13, 10)  # noqa: DTZ001
EVENT = CampaignEvent("ra-quan", "Lễ ra quân", START, END, place="Quảng trường")
TARGETS = {"radio": ["dai-tinh", "dai-bac-ai"], "sms": ["danh-sach"]}
YAML = """\
---
id: day-du
title: Lễ ra quân {{ event.start|date }}
summary: |
  Một câu.
  Hai câu.
workstream: thu-hut
audiences: [chinh-thuc, nguoi-lao-dong]
areas:
  - ninh-son
languages: [vi, cjm]
channels:
  radio: [dai-tinh]
  sms:
event: ra-quan
offset: -1d
anchor: end
time: 17:00
also: [2021-05-20 08:00]
late: skip
grace: 1h 30m
class: advertising
link: https://example.org/a
media: [the.png, {file: the.png, alt: Tấm thẻ}]
unit: phong-ld
author: dung
facts: [ho-tro]
status: draft
---
Tại {{ event.place }}, {{ plan.theme }}.

::: cjm
Chữ Chăm.
:::
"""
TOML = """\
+++
id = "day-du"
title = "Lễ ra quân {{ event.start|date }}"
summary = \"\"\"
Một câu.
Hai câu.\"\"\"
workstream = "thu-hut"
audiences = ["chinh-thuc", "nguoi-lao-dong"]
areas = ["ninh-son"]
languages = ["vi", "cjm"]
event = "ra-quan"
offset = "-1d"
anchor = "end"
time = 17:00:00
also = [2021-05-20 08:00:00]
late = "skip"
grace = "1h 30m"
class = "advertising"
link = "https://example.org/a"
media = ["the.png", { file = "the.png", alt = "Tấm thẻ" }]
unit = "phong-ld"
author = "dung"
facts = ["ho-tro"]
status = "draft"
[channels]
radio = ["dai-tinh"]
sms = ""
+++
Tại {{ event.place }}, {{ plan.theme }}.

::: cjm
Chữ Chăm.
:::
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return good_campaign(tmp_path)


def entry(folder: Path, text: str) -> Entry[Post]:
    (folder / "content/posts/bai.md").write_text(text, encoding="utf-8")
    plan = read_plan(folder, TARGETS)
    known = Known(plan.plan, TARGETS, plan.sound, plan.vague, {"ra-quan": EVENT})
    return read_post(folder, "content/posts/bai.md", known)


def good(folder: Path, text: str) -> Post:
    found = entry(folder, text)
    assert not found.problems
    assert found.value
    return found.value


@pytest.mark.parametrize("text", [YAML, TOML], ids=["yaml", "toml"])
def test_every_key(folder: Path, text: str) -> None:
    post = good(folder, text)
    assert (post.id, post.title, post.path) == ("day-du", "Lễ ra quân {{ event.start|date }}", "content/posts/bai.md")
    assert (post.summary, post.body) == ("Một câu.\nHai câu.", "Tại {{ event.place }}, {{ plan.theme }}.")
    assert (post.workstream, post.unit, post.author, post.facts) == ("thu-hut", "phong-ld", "dung", ("ho-tro",))
    assert (post.audiences, post.areas) == (("chinh-thuc", "nguoi-lao-dong"), ("ninh-son",))
    assert post.channels == {"radio": ("dai-tinh",), "sms": ()}
    assert post.placement == Placement(
        event="ra-quan",
        offset=-timedelta(days=1),
        anchor="end",
        time=time(17),
        also=(datetime(2021, 5, 20, 8),),  # noqa: DTZ001
    )
    assert (post.late, post.grace, post.message_class) == (Late.SKIP, timedelta(minutes=90), "advertising")
    assert (post.link, post.draft, len(post.source_digest)) == ("https://example.org/a", True, 64)
    digest = "0f4636c78f65d3639ece5a064b5ae753e3408614a14fb18ab4d7540d2c248543"
    assert post.media == (Media("the.png", digest), Media("the.png", digest, "Tấm thẻ"))
    [variant] = post.variants
    assert variant.text == "Chữ Chăm."
    assert variant.languages == {"cjm"}
    assert text.split("\n")[variant.line - 1] == "::: cjm"


HEAD = "---\nid: bai\ntitle: Bài\nworkstream: thu-hut\nchannels: [sms]\n"


def test_a_series(folder: Path) -> None:
    lines = (
        "at: 2021-05-03 05:30\nrepeat: FREQ=WEEKLY;BYDAY=MO,WE\ntimes: [05:30, 17:00]\n"
        "except: [2021-05-05, 2021-05-10 17:00]\n"
    )
    post = good(folder, f"{HEAD}{lines}---\nChữ\n")
    assert post.placement == Placement(
        at=datetime(2021, 5, 3, 5, 30),  # noqa: DTZ001
        repeat="FREQ=WEEKLY;BYDAY=MO,WE",
        times=(time(5, 30), time(17)),
        skipped=(date(2021, 5, 5), datetime(2021, 5, 10, 17)),  # noqa: DTZ001
    )
    assert (post.late, post.grace, post.draft, post.media, post.audiences) == (None, None, False, (), ())


def test_texts_that_mean_nothing_special(folder: Path) -> None:
    post = good(folder, f"{HEAD}at: 2021-05-03 05:30\n---\n{{a}} {{# b #}} {{x: y}}\n")
    assert post.body.strip() == "{a} {# b #} {x: y}"


def test_a_wrong_value_keeps_its_default_and_all_are_reported(folder: Path) -> None:
    found = entry(folder, f"{HEAD}at: hôm nay\nlate: x\nmedia: [no.png, the.png]\nunit: x\n---\n{{{{ x }}}}\n")
    assert [(each.line, each.key) for each in found.problems] == [
        (6, "at"),
        (7, "late"),
        (8, "media.0"),
        (9, "unit"),
        (11, ""),
    ]
    assert found.failed
    assert found.value
    assert found.value.placement == Placement()
    assert [each.file for each in found.value.media] == ["the.png"]


def test_a_text_is_not_judged_by_a_plan_that_is_broken(folder: Path) -> None:
    plan = folder / "content/plan.toml"
    plan.write_text(plan.read_text(encoding="utf-8").replace("theme = ", "thema = "), encoding="utf-8")
    assert not entry(folder, f"{HEAD}at: 2021-05-03 05:30\n---\n{{{{ plan.theme }}}}\n").problems
    plan.write_text("[[[", encoding="utf-8")
    text = f"{HEAD}at: 2021-05-03 05:30\naudiences: [x]\n---\n{{{{ plan.theme }}}}\n\n::: cjm sms\nA\n:::\n"
    found = entry(folder, text)
    assert not found.problems
    assert found.value
    assert found.value.variants[0].channels == {"sms"}


def test_gaps_of_languages(folder: Path) -> None:
    lines = "at: 2021-05-03 05:30\nlanguages: [vi, cjm]\n"
    assert [str(each) for each in entry(folder, f"{HEAD}{lines}---\nChữ\n").problems] == [
        "content/posts/bai.md:7: warning: languages.1: no text in Tiếng Chăm"
    ]
    good(folder, f"{HEAD}{lines}---\nChữ\n::: cjm bac-ai\nA\n:::\n")
    [problem] = entry(folder, f"{HEAD}{lines}---\n::: cjm\nA\n:::\n").problems
    assert problem.message == "no text in Tiếng Việt"
    good(folder, f"{HEAD}{lines}---\n::: cjm\nA\n:::\n::: sms\nB\n:::\n")


def test_dates_that_a_placement_names(folder: Path) -> None:
    also = (datetime(2021, 5, 1, 8), datetime(2021, 5, 20, 8))  # noqa: DTZ001
    at = Placement(at=START, also=also)
    assert own_dates(at, None) == [date(2021, 5, 1), date(2021, 5, 12), date(2021, 5, 20)]
    assert own_dates(Placement(event="ra-quan", offset=-timedelta(hours=8)), EVENT) == [date(2021, 5, 11)]
    assert own_dates(Placement(event="ra-quan", anchor="end", offset=timedelta(days=1)), EVENT) == [date(2021, 5, 14)]
    assert own_dates(Placement(event="ra-quan"), None) == []


def test_every_day_is_held_against_facts(folder: Path) -> None:
    lines = "at: 2021-05-03 05:30\nalso: [2021-06-01 08:00]\nfacts: [ho-tro]\n"
    [problem] = entry(folder, f"{HEAD}{lines}---\nChữ\n").problems
    assert problem.message == "'ho-tro' ends on 2021-05-31, and the post is dated 2021-06-01"


FIFTH = datetime(2021, 5, 5, 17)  # noqa: DTZ001


@pytest.mark.parametrize(
    ("written", "moved", "said"),
    [
        ("{20210503: 2021-05-05 17:00}", (("20210503", FIFTH),), ""),
        ("{20210503-2: 2021-05-05 17:00}", (("20210503-2", FIFTH),), ""),
        ("{20210532: 2021-05-05 17:00}", (), "'20210532' names no occurrence: write its first date, like 20210503"),
        ("{2021-05-03: 2021-05-05 17:00}", (), "'2021-05-03' names no occurrence"),
        ("{20210503: 2021-05-05}", (), "'2021-05-05' has no time of day"),
        ("[2021-05-05 17:00]", (), "must be a table, not a list"),
    ],
)  # fmt: skip
def test_moved_occurrences(folder: Path, written: str, moved: tuple[Any, ...], said: str) -> None:
    found = entry(
        folder, f"---\nid: tin\ntitle: T\nworkstream: thu-hut\nat: 2021-05-03 08:00\nmoved: {written}\n---\nA\n"
    )
    assert found.value
    assert found.value.placement.moved == moved
    errors = [str(each) for each in found.problems if each.severity is Severity.ERROR]
    assert said in "\n".join(errors)
    assert bool(errors) == bool(said)
