"""Secrets that give themselves away: each one of a channel's options is replaced by a word found nowhere else."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from scheduler.channels.options import Options, Secret

_REFERENCES = frozenset(("env", "file", "credential"))
_ADDRESSES = ("url", "address", "hook", "endpoint")
MARK = "LoaKitCanary7f3"
"""What every made-up secret holds."""


def holds_secret(annotation: Any) -> bool:
    """Return whether a field's type is a `Secret`, or may be one."""
    parts = getattr(annotation, "__args__", ())
    return annotation is Secret or any(map(holds_secret, parts))


def with_canaries(model: type[Options], given: Mapping[str, Any], head: str) -> tuple[dict[str, Any], dict[str, str]]:
    """Return the options with each secret made up, and the environment that holds them; required ones are added."""
    environment: dict[str, str] = {}
    required = [name for name, each in model.model_fields.items() if each.is_required() and name not in given]
    wanted = {name: {"env": ""} for name in required if holds_secret(model.model_fields[name].annotation)}
    return _replaced({**given, **wanted}, f"LOA_KIT_{head}", environment), environment


def _replaced(values: Mapping[str, Any], head: str, environment: dict[str, str]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for key, value in values.items():
        name = f"{head}_{key}".upper().replace("-", "_")
        if isinstance(value, Mapping) and len(value) == 1 and _REFERENCES.issuperset(value):
            found[key] = {"env": name}
            environment[name] = _made_up(key, len(environment))
        elif isinstance(value, Mapping):
            found[key] = _replaced(value, name, environment)
        else:
            found[key] = value
    return found


def _made_up(key: str, number: int) -> str:
    secret = f"{MARK}x{number}"
    return f"https://outside.example/{secret}" if any(word in key.lower() for word in _ADDRESSES) else secret


@contextmanager
def exported(environment: Mapping[str, str]) -> Iterator[None]:
    """Have the environment hold these, and what it held before afterwards."""
    before = {name: os.environ.get(name) for name in environment}
    os.environ.update(environment)
    try:
        yield
    finally:
        for name, value in before.items():
            if value is None:
                os.environ.pop(name, None)
            else:
                os.environ[name] = value
