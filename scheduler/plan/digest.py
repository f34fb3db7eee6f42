"""The digest of a post: what an approval is bound to, and what going out is checked against.

It covers what the public meets, whom it reaches and when: the texts with the plan values that they use, the media,
whom it is for, the placement as written with the event it hangs on and the zone, and of each channel of the post the
options, the plan values that it uses itself, and the targets that the post reaches. It does not cover where the file
lies, how it is laid out, who wrote it, the order of targets, or the rest of the plan.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Set
from dataclasses import asdict, dataclass, field, fields, is_dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from enum import Enum
from pathlib import PurePath
from typing import TYPE_CHECKING, Any

from scheduler.ground.model import Placement, Target
from scheduler.ground.text import _
from scheduler.plan.matching import targets_for, variant_for, variant_name, with_parts
from scheduler.plan.template import values_for, values_used

if TYPE_CHECKING:
    from collections.abc import Iterator

    from scheduler.ground.model import CampaignEvent, Fact, Plan, Post

_VERSION = 1
_UNPLACED = {field.name: field.default for field in fields(Placement)}


@dataclass(frozen=True, slots=True)
class Coverage:
    """What an approval covers of a channel, in plain values.

    ``options`` are those in force that say what goes out (not the operational ones), ``uses`` names the plan values
    that the channel uses itself, and ``targets`` are all that it has, less the settings that are operational. ``forms``
    are how it has words read out, by language, as far as plugins say so.
    """

    options: Mapping[str, Any]
    uses: tuple[str, ...] = ()
    targets: tuple[Target, ...] = ()
    forms: Mapping[str, Mapping[str, str]] = field(default_factory=dict)

    def kept(self) -> dict[str, Any]:
        """Return it in values of JSON."""
        return asdict(replace(self, forms={language: dict(each) for language, each in self.forms.items()}))

    @classmethod
    def restored(cls, kept: Mapping[str, Any]) -> Coverage:
        """Return what was `kept`, also once it has been through JSON."""
        lists = ("areas", "audiences")
        targets = (Target(**{**each, **{name: tuple(each[name]) for name in lists}}) for each in kept["targets"])
        return cls(kept["options"], tuple(kept["uses"]), tuple(targets), kept.get("forms", {}))


def content_digest(
    post: Post,
    plan: Plan,
    event: CampaignEvent | None,
    coverage: Mapping[str, Coverage],
    zone: str,
) -> str:
    """Return ``sha256:`` and the hex digest of what an approval of ``post`` covers, as `content` puts it together."""
    covered = content(post, plan, event, coverage, zone)
    return f"sha256:{hashlib.sha256(_json(covered).encode('ascii')).hexdigest()}"


def content(
    post: Post,
    plan: Plan,
    event: CampaignEvent | None,
    coverage: Mapping[str, Coverage],
    zone: str,
) -> dict[str, Any]:
    """Return what an approval of ``post`` covers, in values of JSON.

    ``event`` is the one that the post is placed relative to. ``coverage`` is by channel; other channels than the
    post's are passed over, and so are targets that it does not reach. The facts that the post relies on are covered as
    a whole, other plan values as far as its texts or its channels use them. The order of variants, channels, targets,
    audiences and areas does not matter. ``zone`` is the name of the campaign's time zone. The same on every machine and
    version of Python. Raises `TypeError` for an option that is no plain value, `ValueError` for one that is no number.
    """
    covered = {
        "version": _VERSION,
        "post": _post(post, plan),
        "placement": _placement(post.placement),
        "zone": zone,
        "event": _event(post, event),
        "values": _values(post, plan, event),
        "facts": {fact: _fact(plan.facts.get(fact)) for fact in post.facts},
        "channels": {name: _channel(post, plan, coverage[name]) for name in post.channels if name in coverage},
    }
    found: dict[str, Any] = _plain(covered)
    return found


def _channel(post: Post, plan: Plan, coverage: Coverage) -> dict[str, Any]:
    spoken = {"spoken": coverage.forms} if coverage.forms else {}
    return {
        "options": coverage.options,
        "values": {name: getattr(plan, name) for name in coverage.uses},
        "targets": {each.name: _target(post, plan, each) for each in targets_for(post, plan, coverage.targets)},
        **spoken,
    }


def _target(post: Post, plan: Plan, target: Target) -> dict[str, Any]:
    """Return a target that the post reaches, with the text that it gets."""
    return {
        "title": target.title,
        "language": target.language or plan.language,
        "areas": frozenset(target.areas),
        "audiences": frozenset(target.audiences),
        "settings": target.settings,
        "variant": variant_name(variant_for(post, plan, target)),
    }


def _post(post: Post, plan: Plan) -> dict[str, Any]:
    return {
        "title": post.title,
        "summary": post.summary,
        "body": post.body,
        "variants": frozenset((variant_name(variant), variant.title, variant.text) for variant in post.variants),
        "link": post.link,
        "media": [[media.file, media.digest, media.alt] for media in post.media],
        "class": post.message_class,
        "channels": {channel: frozenset(names) for channel, names in post.channels.items()},
        "audiences": with_parts(post.audiences, plan),
        "areas": frozenset(post.areas),
        "late": post.late,
        "grace": post.grace,
    }


def _placement(placement: Placement) -> dict[str, Any]:
    """Return what is written; a key that a later version adds leaves the digests of now as they are."""
    values = {field.name: getattr(placement, field.name) for field in fields(placement)}
    return {name: value for name, value in values.items() if value != _UNPLACED[name]}


def _fact(fact: Fact | None) -> list[Any] | None:
    return [fact.text, fact.source, fact.start, fact.end] if fact else None


def _event(post: Post, event: CampaignEvent | None) -> dict[str, Any] | None:
    if event is None or not post.placement.event:
        return None
    return {"title": event.title, "start": event.start, "end": event.end, "place": event.place}


def _values(post: Post, plan: Plan, event: CampaignEvent | None) -> dict[str, Any]:
    """Return the plan values that the texts use, by name; what is not there yet is ``None``."""
    values = {**values_for(plan, post, event, datetime.combine(date.min, time.min)), "post": post}
    found: dict[str, Any] = {}
    for text in _texts(post):
        try:
            found |= values_used(text, values)
        except ValueError:
            continue  # it cannot be filled in, so nothing goes out; as written it is covered anyway
    return {name: value for name, value in found.items() if name.partition(".")[0] != "publish"}


def _texts(post: Post) -> Iterator[str]:
    yield from (post.title, post.summary, post.body, post.link)
    yield from (media.alt for media in post.media)
    for variant in post.variants:
        yield from (variant.title, variant.text)


def _plain(value: Any) -> Any:
    """Return ``value`` in the types of JSON, in one way for each."""
    if type(value) is str or value is None:
        return value
    if isinstance(value, Enum):
        return _plain(value.value)
    if isinstance(value, (bool, int, float, str)):
        return value
    if isinstance(value, (list, tuple)):
        return [_plain(each) for each in value]
    if isinstance(value, Mapping):
        return {str(_plain(key)): _plain(each) for key, each in value.items()}
    if is_dataclass(value):
        return {each.name: _plain(getattr(value, each.name)) for each in fields(value)}
    if isinstance(value, Set):
        return sorted((_plain(each) for each in value), key=_json)
    return _text(value)


def _text(value: Any) -> str:
    if isinstance(value, datetime) and value.tzinfo is not None:
        return value.astimezone(UTC).isoformat()
    if isinstance(value, (date, time)):
        return value.isoformat()
    if isinstance(value, timedelta):
        return f"{value // timedelta(microseconds=1)}us"
    if isinstance(value, PurePath):
        return value.as_posix()
    if isinstance(value, Decimal):
        return str(value)
    raise TypeError(_("a digest cannot cover a {kind}").format(kind=type(value).__name__))


def _json(value: Any) -> str:
    return json.dumps(value, sort_keys=True, allow_nan=False, separators=(",", ":"))
