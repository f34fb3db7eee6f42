"""Which targets a post reaches, and with which of its texts (docs/content.md, Variants)."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator

    from scheduler.ground.model import Plan, Post, Target, Variant


def targets_for(post: Post, plan: Plan, targets: Iterable[Target]) -> Iterator[Target]:
    """Yield those of ``targets`` that ``post`` goes to, in their order.

    The post names the channel (and the target, where it lists some), and what they are for has an area
    and an audience in common; to name none means all. A whole audience and its parts meet in both
    directions. A target whose language is not the base language needs a variant in that language.
    """
    for target in targets:
        named = post.channels.get(target.channel)
        if named is None or (named and target.name not in named):
            continue
        if not _meet(frozenset(post.areas), frozenset(target.areas)):
            continue
        if not _meet(_atoms(plan, post.audiences), _atoms(plan, target.audiences)):
            continue
        if _foreign(plan, target) and variant_for(post, plan, target) is None:
            continue
        yield target


def variant_for(post: Post, plan: Plan, target: Target) -> Variant | None:
    """Return the variant of ``post`` that fits ``target`` best, or ``None`` for the base text.

    A variant fits when the target's channel and language are among its words of that kind, and all of
    the target's areas and audiences lie within them; so a text for one district does not go to a target
    that reaches further. Of those that fit, the one with the most kinds of words wins, then the kinds
    count in the order channel, language, area, audience; then the one with fewer words, then by name.
    For a target in another than the base language only variants that name this language count.
    """
    fitting = [variant for variant in post.variants if _fits(variant, plan, target)]
    return min(fitting, key=lambda variant: _rank(variant, plan), default=None)


def variant_name(variant: Variant | None) -> str:
    """Return a short name that stays while the words do: ``radio rog``; "" for the base text."""
    if variant is None:
        return ""
    return " ".join(word for words in _kinds(variant) for word in sorted(words))


def _kinds(variant: Variant) -> tuple[frozenset[str], ...]:
    """Return the words by kind, in the order in which kinds count."""
    return variant.channels, variant.languages, variant.areas, variant.audiences


def _rank(variant: Variant, plan: Plan) -> tuple[int, tuple[bool, ...], int, str]:
    kinds = _kinds(variant)
    words = sum(map(len, kinds[:3])) + len(_atoms(plan, variant.audiences))
    return -sum(map(bool, kinds)), tuple(not words for words in kinds), words, variant_name(variant)


def _fits(variant: Variant, plan: Plan, target: Target) -> bool:
    language = target.language or plan.language
    if variant.channels and target.channel not in variant.channels:
        return False
    if language not in variant.languages and (variant.languages or _foreign(plan, target)):
        return False
    return _within(frozenset(target.areas), variant.areas) and _within(
        _atoms(plan, target.audiences), _atoms(plan, variant.audiences)
    )


def with_parts(audiences: Iterable[str], plan: Plan) -> frozenset[str]:
    """Return ``audiences`` with the parts of each that is a whole."""
    return frozenset(part for each in audiences for part in plan.parts_of(each))


def _foreign(plan: Plan, target: Target) -> bool:
    return target.language not in ("", plan.language)


def _atoms(plan: Plan, audiences: Collection[str]) -> frozenset[str]:
    """Return the audiences with each whole taken as its parts."""
    found: set[str] = set()
    for audience in audiences:
        found |= (plan.parts_of(audience) - {audience}) or {audience}
    return frozenset(found)


def _meet(one: frozenset[str], other: frozenset[str]) -> bool:
    return not one or not other or not one.isdisjoint(other)


def _within(inner: frozenset[str], outer: frozenset[str]) -> bool:
    return not outer or (bool(inner) and inner <= outer)
