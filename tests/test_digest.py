"""What an approval covers: every covered change shows, and no other does."""

from __future__ import annotations

import enum
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scheduler.ground.lifecycle import Late
from scheduler.ground.model import (
    Area,
    Audience,
    CampaignEvent,
    Fact,
    Media,
    Person,
    Placement,
    Plan,
    Post,
    Target,
    Variant,
)
from scheduler.plan.digest import Coverage, content_digest

if TYPE_CHECKING:
    from collections.abc import Callable

GOLDEN = Path(__file__).parent / "golden" / "content_digest.txt"
FACT, RELIED, UNUSED = (Fact(each, f"Điều {each}", "Nguồn", date(2021, 1, 1)) for each in ("ho-tro", "so-lieu", "khac"))
PLAN = Plan(
    "bhxh-2021",
    "Tuyên truyền BHXH",
    2021,
    theme="Bảo hiểm xã hội cho tất cả mọi người",
    message="Bảo hiểm xã hội là đầu tư cho tương lai",
    audiences={
        "sinh-vien": Audience("sinh-vien", "Sinh viên", "Sắp đi làm?"),
        "lao-dong": Audience("lao-dong", "Lao động", "Góp hôm nay"),
    },
    areas={"bac-ai": Area("bac-ai", "Huyện Bác Ái")},
    people={"dung": Person("dung", "Mỹ Dung")},
    facts={each.id: each for each in (FACT, RELIED, UNUSED)},
)
EVENT = CampaignEvent(
    "ra-quan",
    "Lễ ra quân",
    datetime(2021, 5, 12, 7, 30),  # noqa: DTZ001
    datetime(2021, 5, 12, 10),  # noqa: DTZ001
    place="Quảng trường 16 tháng 4",
)
POST = Post(
    "tv-loi-moi",
    "Mời dự {{ event.title }}",
    "{{ plan.message }}. {{ facts['ho-tro'].text }}",
    Placement(event="ra-quan", offset=timedelta(days=-3), time=time(17), times=(time(5, 30), time(17))),
    path="content/posts/a.md",
    summary="Tóm tắt",
    workstream="thu-hut",
    variants=(
        Variant('{{ plan.slogans["sinh-vien"] }}', channels=frozenset({"sms"}), line=9),
        Variant("Lời khác", "Tựa", frozenset({"radio"}), frozenset({"rog"})),
    ),
    audiences=("sinh-vien", "lao-dong"),
    areas=("bac-ai", "ninh-son"),
    languages=("vi", "rog"),
    channels={"radio": ("dai-tinh", "dai-bac-ai"), "sms": ()},
    late=Late.ASK,
    grace=timedelta(hours=2),
    link="https://example.org/",
    media=(Media("anh.jpg", "00ff", "Ảnh"), Media("loi.mp3", "ff00")),
    unit="phong",
    author="dung",
    facts=("so-lieu",),
    source_digest="x",
)
STATION = Target("radio", "dai-tinh", "Đài tỉnh", language="rog", settings={"contact": "1900 9068", "slot": "PT5M"})
FAR = Target("radio", "dai-bac-ai", "Đài Bác Ái", ("bac-ai",), settings={"contact": ""})
UNNAMED = Target("radio", "dai-ninh-hai", "Đài Ninh Hải")
LIST = Target("sms", "a", "Danh sách", ("bac-ai", "ninh-son"), ("sinh-vien",), settings={"list": "contacts/a.csv"})
ELSEWHERE = Target("sms", "b", areas=("ninh-hai",), settings={"list": "contacts/b.csv"})
COVERAGE = {
    "radio": Coverage(
        {"syllables_per_minute": 180, "slot": timedelta(minutes=3)}, ("languages", "year"), (STATION, FAR, UNNAMED)
    ),
    "sms": Coverage(
        {"accents": False, "sender": "LDTBXH NT", "words": ("a", "b"), "price": Decimal(300)}, (), (LIST, ELSEWHERE)
    ),
    "rss": Coverage({"title": "Bản tin"}, ("basis",), (Target("rss", "ban-tin"),)),
}


def digest(post: Post = POST, plan: Plan = PLAN, event: CampaignEvent | None = EVENT) -> str:
    return content_digest(post, plan, event, COVERAGE, "Asia/Ho_Chi_Minh")


def covering(changed: dict[str, Coverage]) -> str:
    return content_digest(POST, PLAN, EVENT, {**COVERAGE, **changed}, "Asia/Ho_Chi_Minh")


def options(channel: str, **changed: Any) -> dict[str, Coverage]:
    covered = COVERAGE[channel]
    return {channel: replace(covered, options={**covered.options, **changed})}


def targets(channel: str, *found: Target) -> dict[str, Coverage]:
    return {channel: replace(COVERAGE[channel], targets=found)}


def station(**changes: Any) -> str:
    return covering(targets("radio", replace(STATION, **changes), FAR, UNNAMED))


def placed(**changes: Any) -> Post:
    return replace(POST, placement=replace(POST.placement, **changes))


def worded(**changes: Any) -> Post:
    return replace(POST, variants=(replace(POST.variants[0], **changes), *POST.variants[1:]))


def slogan(audience: str) -> Plan:
    changed = replace(PLAN.audiences[audience], slogan="Khác")
    return replace(PLAN, audiences={**PLAN.audiences, audience: changed})


def parted() -> Plan:
    """Return the plan with an audience that has become a whole with one part."""
    whole = replace(PLAN.audiences["lao-dong"], parts=(Audience("phi-chinh-thuc", ""),))
    return replace(PLAN, audiences={**PLAN.audiences, "lao-dong": whole})


def fact(old: Fact, **changes: Any) -> Plan:
    return replace(PLAN, facts={**PLAN.facts, old.id: replace(old, **changes)})


def test_the_digest_is_what_it_was() -> None:
    """Approvals in git rest on these bytes: a change here makes every approval void."""
    assert digest() == GOLDEN.read_text(encoding="ascii").strip()


LAYOUT = {**COVERAGE["sms"].options, "words": ["a", "b"]}
COVERED: dict[str, Callable[[], str]] = {
    "title": lambda: digest(replace(POST, title="Khác")),
    "summary": lambda: digest(replace(POST, summary="Khác")),
    "body": lambda: digest(replace(POST, body=POST.body + " ")),
    "variant text": lambda: digest(worded(text="Khác")),
    "variant title": lambda: digest(worded(title="Khác")),
    "variant channel": lambda: digest(worded(channels=frozenset({"radio"}))),
    "variant language": lambda: digest(worded(languages=frozenset({"vi"}))),
    "variant area": lambda: digest(worded(areas=frozenset({"bac-ai"}))),
    "variant audience": lambda: digest(worded(audiences=frozenset({"sinh-vien"}))),
    "variant gone": lambda: digest(replace(POST, variants=POST.variants[:1])),
    "link": lambda: digest(replace(POST, link="https://example.org/b")),
    "media": lambda: digest(replace(POST, media=(replace(POST.media[0], digest="01ff"), POST.media[1]))),
    "media text": lambda: digest(replace(POST, media=(replace(POST.media[0], alt="Khác"), POST.media[1]))),
    "media order": lambda: digest(replace(POST, media=POST.media[::-1])),
    "class": lambda: digest(replace(POST, message_class="advertising")),
    "channel": lambda: digest(replace(POST, channels={**POST.channels, "print": ()})),
    "target": lambda: digest(replace(POST, channels={**POST.channels, "sms": ("a",)})),
    "audiences": lambda: digest(replace(POST, audiences=("sinh-vien",))),
    "areas": lambda: digest(replace(POST, areas=())),
    "late": lambda: digest(replace(POST, late=Late.SKIP)),
    "no late": lambda: digest(replace(POST, late=None)),
    "grace": lambda: digest(replace(POST, grace=timedelta(hours=3))),
    "at": lambda: digest(placed(at=datetime(2021, 5, 3, 17))),  # noqa: DTZ001
    "repeat": lambda: digest(placed(repeat="FREQ=DAILY")),
    "times": lambda: digest(placed(times=(time(17), time(5, 30)))),
    "except": lambda: digest(placed(skipped=(date(2021, 5, 3),))),
    "except a time": lambda: digest(placed(skipped=(datetime(2021, 5, 3),))),  # noqa: DTZ001
    "also": lambda: digest(placed(also=(datetime(2021, 5, 3),))),  # noqa: DTZ001
    "event": lambda: digest(placed(event="be-mac")),
    "offset": lambda: digest(placed(offset=timedelta(days=-2))),
    "anchor": lambda: digest(placed(anchor="end")),
    "time": lambda: digest(placed(time=None)),
    "event's start": lambda: digest(event=replace(EVENT, start=EVENT.start + timedelta(minutes=1))),
    "event's end": lambda: digest(event=replace(EVENT, end=EVENT.end + timedelta(minutes=1))),
    "event's place": lambda: digest(event=replace(EVENT, place="Khác")),
    "event's title, used": lambda: digest(event=replace(EVENT, title="Khác")),
    "no event": lambda: digest(event=None),
    "message, used": lambda: digest(plan=replace(PLAN, message="Khác")),
    "slogan, used": lambda: digest(plan=slogan("sinh-vien")),
    "fact, used": lambda: digest(plan=fact(FACT, text="Khác")),
    "fact relied on": lambda: digest(plan=fact(RELIED, text="Khác")),
    "source of a fact relied on": lambda: digest(plan=fact(RELIED, source="Khác")),
    "facts relied on": lambda: digest(replace(POST, facts=())),
    "audience's new part": lambda: digest(plan=parted()),
    "zone": lambda: content_digest(POST, PLAN, EVENT, COVERAGE, "Asia/Bangkok"),
    "year, used by a channel": lambda: digest(plan=replace(PLAN, year=2022)),
    "languages, used by a channel": lambda: digest(plan=replace(PLAN, languages={"rog": "Tiếng Raglai"})),
    "what a channel uses": lambda: covering({"radio": replace(COVERAGE["radio"], uses=("languages",))}),
    "option": lambda: covering(options("sms", accents=True)),
    "option's order": lambda: covering(options("sms", words=("b", "a"))),
    "option's duration": lambda: covering(options("radio", slot=timedelta(minutes=2))),
    "no channels": lambda: content_digest(POST, PLAN, EVENT, {}, "Asia/Ho_Chi_Minh"),
    "target's name": lambda: covering(targets("sms", replace(LIST, name="c"), ELSEWHERE)),
    "target's title": lambda: station(title="Đài khác"),
    "target's language": lambda: station(language="vi"),
    "target's areas": lambda: station(areas=("bac-ai",)),
    "target's audiences": lambda: station(audiences=("sinh-vien",)),
    "target's setting": lambda: station(settings={**STATION.settings, "contact": "1900 0000"}),
    "target's list": lambda: covering(targets("sms", replace(LIST, settings={"list": "contacts/c.csv"}), ELSEWHERE)),
    "target that is reached too": lambda: covering(targets("sms", LIST, replace(LIST, name="c"), ELSEWHERE)),
    "target that is reached now": lambda: covering(targets("sms", LIST, replace(ELSEWHERE, areas=("ninh-son",)))),
    "target that is gone": lambda: covering(targets("radio", STATION, UNNAMED)),
    "base language": lambda: digest(plan=replace(PLAN, language="rog")),
    "name of a picture": lambda: digest(replace(POST, media=(replace(POST.media[0], file="b.jpg"), POST.media[1]))),
}


def test_the_language_of_a_weekday_is_covered_where_there_is_one() -> None:
    english = replace(PLAN, language="en")
    fixed = replace(POST, channels={}, body="")
    assert digest(fixed, plan=english) == digest(fixed)
    for text in ("{{ event.start|weekday }}", "{{ publish|weekday }}"):
        post = replace(fixed, body=text)
        assert digest(post, plan=english) != digest(post)


def test_every_covered_change_shows_and_no_two_alike() -> None:
    digests = {name: change() for name, change in COVERED.items()}
    assert len({digest(), *digests.values()}) == len(digests) + 1


@pytest.mark.parametrize(
    "change",
    [
        pytest.param(lambda: digest(replace(POST, path="content/posts/b/c.md")), id="path"),
        pytest.param(lambda: digest(replace(POST, source_digest="y")), id="formatting"),
        pytest.param(lambda: digest(replace(POST, unit="khac")), id="unit"),
        pytest.param(lambda: digest(replace(POST, author="khac")), id="author"),
        pytest.param(lambda: digest(replace(POST, workstream="khac")), id="workstream"),
        pytest.param(lambda: digest(replace(POST, languages=("vi",))), id="languages wanted"),
        pytest.param(lambda: digest(replace(POST, draft=True)), id="status"),
        pytest.param(lambda: digest(worded(line=99)), id="line of a variant"),
        pytest.param(lambda: digest(replace(POST, variants=POST.variants[::-1])), id="order of variants"),
        pytest.param(lambda: digest(replace(POST, audiences=POST.audiences[::-1])), id="order of audiences"),
        pytest.param(lambda: digest(replace(POST, areas=POST.areas[::-1])), id="order of areas"),
        pytest.param(
            lambda: digest(replace(POST, channels={"sms": (), "radio": ("dai-bac-ai", "dai-tinh")})),
            id="order of channels",
        ),
        pytest.param(lambda: digest(plan=replace(PLAN, theme="Khác", title="Khác", number="1")), id="unused plan"),
        pytest.param(lambda: digest(plan=slogan("lao-dong")), id="unused slogan"),
        pytest.param(lambda: digest(plan=fact(UNUSED, text="Khác")), id="unused fact"),
        pytest.param(lambda: digest(plan=fact(FACT, source="Khác")), id="unused part of a fact"),
        pytest.param(lambda: digest(event=replace(EVENT, body="Khác", unit="khac")), id="unused event"),
        pytest.param(lambda: covering(options("rss", title="Khác")), id="options of another channel"),
        pytest.param(lambda: digest(plan=replace(PLAN, basis=("Khác",))), id="what another channel uses"),
        pytest.param(lambda: covering(targets("rss")), id="targets of another channel"),
        pytest.param(
            lambda: covering({"sms": replace(COVERAGE["sms"], options=dict(reversed(LAYOUT.items())))}),
            id="layout of options",
        ),
        pytest.param(lambda: covering(targets("radio", FAR, STATION, UNNAMED)), id="order of targets"),
        pytest.param(
            lambda: covering(targets("radio", STATION, FAR, replace(UNNAMED, title="Khác"))), id="target not named"
        ),
        pytest.param(
            lambda: covering(targets("sms", LIST, replace(ELSEWHERE, settings={"list": "c.csv"}))),
            id="target of another area",
        ),
        pytest.param(
            lambda: covering(targets("sms", LIST, ELSEWHERE, replace(ELSEWHERE, name="c"))), id="new target elsewhere"
        ),
        pytest.param(
            lambda: covering(targets("sms", replace(LIST, areas=LIST.areas[::-1]), ELSEWHERE)),
            id="order of a target's areas",
        ),
    ],
)
def test_no_other_change_shows(change: Callable[[], str]) -> None:
    assert change() == digest()


def test_a_value_counts_as_soon_as_a_text_uses_it() -> None:
    using = replace(POST, body="{{ plan.theme }}", unit="phong")
    assert digest(using) != digest(using, replace(PLAN, theme="Khác"))
    by_unit = replace(POST, body="{{ post.unit }}")
    assert digest(by_unit) != digest(replace(by_unit, unit="khac"))
    fixed = replace(POST, placement=Placement(), body="{{ event.place }}", title="Tin")
    assert digest(fixed) != digest(fixed, event=replace(EVENT, place="Khác"))
    assert digest(fixed) == digest(fixed, event=replace(EVENT, title="Khác"))
    assert digest(fixed) == digest(fixed, event=replace(EVENT, end=EVENT.end + timedelta(1)))


@pytest.mark.parametrize("body", ["{{", "{{ plan() }}", "{{ plan.nothing }}", "{{ plan.facts }}", "{% if %}"])
def test_a_broken_text_still_has_a_digest(body: str) -> None:
    assert digest(replace(POST, body=body)) not in (digest(), digest(replace(POST, body=body + " ")))


def test_options_of_every_plain_kind() -> None:
    class Way(enum.Enum):
        A = "a"

    kinds: dict[str, Any] = {
        "list": [1, 1.5, True, None],
        "set": {3, 1, 2},
        "nested": {"b": {"c": (1,)}, "a": Way.A},
        "path": PurePosixPath("a/b"),
        "times": [date(2021, 5, 3), time(5, 30), datetime(2021, 5, 3, tzinfo=UTC)],
    }
    same = {**kinds, "set": frozenset((2, 1, 3)), "path": "a/b"}
    assert covering({"sms": Coverage(kinds)}) == covering({"sms": Coverage(same)})
    with pytest.raises(TypeError, match="cannot cover a object"):
        covering({"sms": Coverage({"x": object()})})
    with pytest.raises(ValueError, match="JSON compliant"):
        covering({"sms": Coverage({"x": float("nan")})})


@given(st.text(), st.text(), st.text(), st.text())
def test_texts_do_not_run_into_each_other(title: str, summary: str, other: str, rest: str) -> None:
    one, two = replace(POST, title=title, summary=summary), replace(POST, title=other, summary=rest)
    assert (digest(one) == digest(two)) == ((title, summary) == (other, rest))
