"""Screens as text, in both languages, at the smallest size and at a common one; read by eye when they change."""

from __future__ import annotations

import itertools

import pytest

SIZES = ((80, 24), (120, 40))
LANGUAGES = ("vi", "en")

every_look = pytest.mark.parametrize(
    ("language", "size"),
    [pytest.param(*look, id=f"{look[0]}-{look[1][0]}x{look[1][1]}") for look in itertools.product(LANGUAGES, SIZES)],
)
"""Runs a test once for each language and size; it calls ``use(language)`` and sits before ``seated(engine, size)``."""
