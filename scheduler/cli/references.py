"""Where config.toml refers to secrets. Values are never read here."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

from pydantic import BaseModel

from scheduler.channels.options import Secret

if TYPE_CHECKING:
    from scheduler.engine.engine import Engine


def references(engine: Engine) -> Iterator[tuple[str, Secret]]:
    """Yield every reference to a secret with the key where it stands."""
    for name, configured in engine.registry.channels.items():
        yield from _within(f"channels.{name}", configured.options)
        for target in configured.targets:
            yield from _within(f"channels.{name}.targets.{target.name}", target.settings)
    webhook, email = engine.config.alert.webhook, engine.config.alert.email
    if isinstance(webhook, Mapping):
        yield "alert.webhook", Secret.model_validate(dict(webhook))
    if email is not None and email.password is not None:
        yield "alert.email.password", Secret.model_validate(dict(email.password))


def _within(where: str, value: object) -> Iterator[tuple[str, Secret]]:
    if isinstance(value, Secret):
        yield where, value
    elif isinstance(value, BaseModel):
        for name in type(value).model_fields:
            yield from _within(f"{where}.{name}", getattr(value, name))
    elif isinstance(value, Mapping):
        for key, each in value.items():
            yield from _within(f"{where}.{key}", each)
    elif isinstance(value, (list, tuple)):
        for place, each in enumerate(value):
            yield from _within(f"{where}.{place}", each)
