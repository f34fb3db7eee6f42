"""Which targets a post reaches, and with which of its texts."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scheduler.ground.model import Audience, Placement, Plan, Post, Target, Variant
from scheduler.plan.matching import targets_for, variant_for, variant_name

WORKERS = Audience(
    "nguoi-lao-dong",
    "Người lao động",
    parts=(Audience("chinh-thuc", "Chính thức"), Audience("phi-chinh-thuc", "Phi chính thức")),
)
STUDENTS = Audience("sinh-vien", "Sinh viên")
PLAN = Plan("bhxh", "BHXH", 2021, audiences={each.id: each for each in (WORKERS, STUDENTS)})
PROVINCE = Target("radio", "dai-tinh")
BAC_AI = Target("radio", "dai-bac-ai", areas=("bac-ai",))
RAGLAI = Target("radio", "dai-bac-ai-rog", areas=("bac-ai",), language="rog")
INFORMAL = Target("sms", "phi-chinh-thuc", audiences=("phi-chinh-thuc",))
ALL = Target("sms", "moi-nguoi", audiences=("nguoi-lao-dong",))
TARGETS = (PROVINCE, BAC_AI, RAGLAI, INFORMAL, ALL)


def post(*variants: Variant, **more: Any) -> Post:
    more.setdefault("channels", {"radio": (), "sms": ()})
    return Post("tin", "Tin", "Lời", Placement(), variants=variants, **more)


def variant(words: str, text: str = "") -> Variant:
    """Return a variant by its words, as content/ has them."""
    kinds: dict[str, set[str]] = {
        "channels": {"radio", "sms"},
        "languages": {"vi", "rog"},
        "areas": {"bac-ai", "ninh-son"},
    }
    found: dict[str, Any] = {kind: frozenset(words.split()) & names for kind, names in kinds.items()}
    rest = frozenset(words.split()).difference(*found.values())
    return Variant(text or words, audiences=rest, **found)


def reached(item: Post) -> list[str]:
    return [target.name for target in targets_for(item, PLAN, TARGETS)]


def test_channels_and_targets_that_the_post_names() -> None:
    assert reached(post()) == ["dai-tinh", "dai-bac-ai", "phi-chinh-thuc", "moi-nguoi"]
    assert reached(post(channels={"sms": ()})) == ["phi-chinh-thuc", "moi-nguoi"]
    assert reached(post(channels={"radio": ("dai-bac-ai",)})) == ["dai-bac-ai"]
    assert reached(post(channels={})) == []


def test_areas_must_meet_and_none_is_everywhere() -> None:
    radio = {"radio": ()}
    assert reached(post(channels=radio, areas=("bac-ai", "ninh-son"))) == ["dai-tinh", "dai-bac-ai"]
    assert reached(post(channels=radio, areas=("ninh-son",))) == ["dai-tinh"]


@pytest.mark.parametrize(
    ("audiences", "names"),
    [
        (("nguoi-lao-dong",), ["phi-chinh-thuc", "moi-nguoi"]),
        (("phi-chinh-thuc",), ["phi-chinh-thuc", "moi-nguoi"]),
        (("chinh-thuc",), ["moi-nguoi"]),
        (("sinh-vien",), []),
        (("sinh-vien", "phi-chinh-thuc"), ["phi-chinh-thuc", "moi-nguoi"]),
    ],
)
def test_a_whole_audience_and_its_parts_meet_both_ways(audiences: tuple[str, ...], names: list[str]) -> None:
    assert reached(post(channels={"sms": ()}, audiences=audiences)) == names


def test_another_language_needs_its_own_variant() -> None:
    radio = {"radio": ()}
    assert "dai-bac-ai-rog" not in reached(post(variant("radio"), variant("bac-ai"), channels=radio))
    assert "dai-bac-ai-rog" not in reached(post(variant("sms rog"), channels=radio))
    assert "dai-bac-ai-rog" in reached(post(variant("radio rog"), channels=radio))
    assert "dai-bac-ai-rog" in reached(post(variant("rog"), channels=radio))


def test_a_more_special_text_in_the_wrong_language_does_not_win() -> None:
    item = post(variant("radio bac-ai"), variant("rog"))
    assert variant_name(variant_for(item, PLAN, RAGLAI)) == "rog"
    assert variant_name(variant_for(item, PLAN, BAC_AI)) == "radio bac-ai"


def test_the_base_language_is_what_a_target_speaks_that_says_nothing() -> None:
    item = post(variant("radio rog"), variant("vi"))
    assert variant_name(variant_for(item, PLAN, PROVINCE)) == "vi"
    assert variant_name(variant_for(item, replace(PLAN, language="rog"), PROVINCE)) == "radio rog"


def test_a_text_for_one_district_does_not_go_further() -> None:
    item = post(variant("bac-ai"))
    assert variant_for(item, PLAN, PROVINCE) is None
    assert variant_for(item, PLAN, replace(BAC_AI, areas=("bac-ai", "ninh-son"))) is None
    assert variant_for(item, PLAN, BAC_AI) == variant("bac-ai")
    both = post(variant("bac-ai ninh-son"))
    assert variant_for(both, PLAN, replace(BAC_AI, areas=("ninh-son",))) is not None


def test_a_text_for_a_part_does_not_go_to_the_whole() -> None:
    assert variant_for(post(variant("phi-chinh-thuc")), PLAN, ALL) is None
    assert variant_for(post(variant("phi-chinh-thuc chinh-thuc")), PLAN, ALL) is not None
    assert variant_for(post(variant("nguoi-lao-dong")), PLAN, INFORMAL) is not None


@pytest.mark.parametrize(
    ("words", "target", "best"),
    [
        (["radio", "radio bac-ai", "bac-ai"], BAC_AI, "radio bac-ai"),
        (["bac-ai", "vi", "radio"], BAC_AI, "radio"),
        (["bac-ai", "vi"], BAC_AI, "vi"),
        (["nguoi-lao-dong", "bac-ai"], replace(INFORMAL, areas=("bac-ai",)), "bac-ai"),
        (["radio", "vi bac-ai"], BAC_AI, "vi bac-ai"),
        (["vi bac-ai", "radio bac-ai"], BAC_AI, "radio bac-ai"),
        (["nguoi-lao-dong", "phi-chinh-thuc"], INFORMAL, "phi-chinh-thuc"),
        (["bac-ai ninh-son", "bac-ai"], BAC_AI, "bac-ai"),
        (["sms", "ninh-son"], BAC_AI, ""),
    ],
)
def test_the_best_text(words: list[str], target: Target, best: str) -> None:
    variants = [variant(each) for each in words]
    assert variant_name(variant_for(post(*variants), PLAN, target)) == best
    assert variant_name(variant_for(post(*reversed(variants)), PLAN, target)) == best


def test_a_name_is_the_words_in_the_order_of_kinds() -> None:
    assert variant_name(None) == ""
    assert variant_name(variant("rog radio")) == "radio rog"
    assert variant_name(variant("sinh-vien ninh-son bac-ai vi sms")) == "sms vi bac-ai ninh-son sinh-vien"


WORDS = (
    "radio",
    "sms",
    "vi",
    "rog",
    "bac-ai",
    "ninh-son",
    "sinh-vien",
    "chinh-thuc",
    "phi-chinh-thuc",
    "nguoi-lao-dong",
)
AREAS = st.lists(st.sampled_from(("bac-ai", "ninh-son")), unique=True).map(tuple)
AUDIENCES = st.lists(st.sampled_from(WORDS[6:]), unique=True, max_size=2).map(tuple)
ANY_TARGET = st.builds(
    Target,
    st.sampled_from(("radio", "sms")),
    st.just("t"),
    st.just(""),
    AREAS,
    AUDIENCES,
    st.sampled_from(("", "vi", "rog")),
)
VARIANTS = st.lists(
    st.sets(st.sampled_from(WORDS), min_size=1, max_size=4).map(lambda words: variant(" ".join(sorted(words)))),
    unique_by=variant_name,
    max_size=6,
)


def kinds(item: Variant) -> list[bool]:
    return [bool(words) for words in (item.channels, item.languages, item.areas, item.audiences)]


@given(VARIANTS, ANY_TARGET, st.randoms(use_true_random=False))
def test_the_best_is_a_maximum_in_any_order(variants: list[Variant], target: Target, random: Any) -> None:
    best = variant_for(post(*variants), PLAN, target)
    alone = [each for each in variants if variant_for(post(each), PLAN, target)]
    assert (best is None) == (not alone)
    shuffled = variants[:]
    random.shuffle(shuffled)
    assert variant_for(post(*shuffled), PLAN, target) == best
    for each in alone:
        assert best is not None
        assert (sum(kinds(best)), kinds(best)) >= (sum(kinds(each)), kinds(each))


@given(VARIANTS, ANY_TARGET, AREAS, AUDIENCES)
def test_who_is_reached_has_a_text_in_the_right_language(
    variants: list[Variant], target: Target, areas: tuple[str, ...], audiences: tuple[str, ...]
) -> None:
    item = post(*variants, areas=areas, audiences=audiences)
    for each in targets_for(item, PLAN, [target]):
        best = variant_for(item, PLAN, each)
        assert best is None or not best.languages or (each.language or "vi") in best.languages
        assert best is not None or each.language in ("", "vi")
