"""What a channel says of itself: its attributes, the types of its options, and where its secrets stand."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from pydantic import ValidationError

from scheduler.channels.fitting import fitting, misfits
from scheduler.channels.hooks import one_line
from scheduler.ground.said import said
from scheduler.ground.text import _
from scheduler.testing.checks import mends
from scheduler.testing.report import Finding, Skipped
from scheduler.testing.secrets import holds_secret

if TYPE_CHECKING:
    from collections.abc import Iterator

    from scheduler.channels.options import Options
    from scheduler.testing.kit import Kit

_SECRET = re.compile(r"(^|_)(passw(or)?d|token|secret|api_?key|credentials?)$", re.IGNORECASE)
_WRONG: tuple[Any, ...] = ("\0", "x" * 10_000, -1, 10**30, 3.5, [], ["x"], {"x": 1}, True, float("nan"))
UNKNOWN = "loa_kit_no_such_key"


def attributes(kit: Kit) -> Iterator[Finding]:
    """Look at names, types and times."""
    channel: Any = kit.channel
    try:
        fitting(channel)
    except TypeError as error:
        yield Finding(_("to register the channel"), said(error), mends.ATTRIBUTE)
        return
    tried = _("to read its attributes")
    for name in ("lead", "grace", "settle_after"):
        if getattr(channel, name, timedelta()) < timedelta():
            yield Finding(tried, _("{name} is less than 0").format(name=name), mends.POSITIVE)
    if not isinstance(getattr(channel, "title", ""), str) or not channel.title:
        yield Finding(tried, _("it has no title, by which people would know it"), mends.TITLE)


def options(kit: Kit) -> Iterator[Finding]:
    """Try both models with unknown keys and wrong values."""
    for name, model, given in _models(kit):
        yield from _model(name, model, given)


def _models(kit: Kit) -> list[tuple[str, type[Options], dict[str, Any]]]:
    with kit.trial() as trial:
        target = trial.configured.targets[0]
        return [
            ("options", kit.channel.options, dict(trial.configured.config.options)),
            ("target_options", kit.channel.target_options, _given(trial.configured, target.name)),
        ]


def _given(configured: Any, name: str) -> dict[str, Any]:
    return next(dict(each.settings) for each in configured.config.targets if each.name == name)


def _model(name: str, model: type[Options], given: dict[str, Any]) -> Iterator[Finding]:
    if _accepts(model, given | {UNKNOWN: 1}) is None:
        yield Finding(
            _("an unknown key in {name}").format(name=name), _("it was taken, and counts for nothing"), mends.FORBID
        )
    for each in sorted(set(model.operational) - set(model.model_fields)):
        yield Finding(
            _("the names in {name}.operational").format(name=name),
            _("there is no option {key}").format(key=each),
            mends.OPERATIONAL,
        )
    try:
        model.model_validate(given).model_dump(mode="json", warnings=False)
    except Exception as error:  # noqa: BLE001 - serializers are the plugin's
        tried = _("to write {name} down as JSON, as an approval does").format(name=name)
        yield Finding(tried, f"{type(error).__name__}: {said(error)}", mends.WRITTEN)
    for key, why in misfits(model):
        tried = _("the default of {name}.{key}").format(name=name, key=key)
        yield Finding(tried, why, mends.DEFAULT)
    for key in model.model_fields:
        for value in _WRONG:
            refusal = _accepts(model, given | {key: value})
            if refusal is not None and not isinstance(refusal, ValidationError):
                tried = _("{name}.{key} = {value}").format(name=name, key=key, value=repr(value)[:40])
                yield Finding(tried, one_line(refusal), mends.SENTENCE)
                break


def _accepts(model: type[Options], values: dict[str, Any]) -> Exception | None:
    try:
        model.model_validate(values)
    except Exception as error:  # noqa: BLE001 - validators are the plugin's
        return error
    return None


def secrets(kit: Kit) -> Iterator[Finding]:
    """Look for secrets that stand in config.toml as text."""
    models = _models(kit)
    found = False
    for name, model, given in models:
        for key, each in model.model_fields.items():
            if not _suspect(key, each.annotation):
                continue
            found = True
            if _accepts(model, given | {key: "words-of-a-secret"}) is None:
                yield Finding(
                    _("{name}.{key} as text").format(name=name, key=key),
                    _("it was taken, and stands there for all to read"),
                )
    if not found:
        raise Skipped(_("it has no option that is a secret"))


def _suspect(key: str, annotation: Any) -> bool:
    return holds_secret(annotation) or (_text(annotation) and bool(_SECRET.search(key)))


def _text(annotation: Any) -> bool:
    return annotation is str or any(map(_text, getattr(annotation, "__args__", ())))
