"""Sentences for people, in the language they asked for. English sentences are the keys of the catalogue.

`_` looks a sentence up at the moment it is called, so a language may be changed at any time; `N_` only marks a
sentence that is looked up later. Catalogues stand in ``scheduler/locale`` and are read when first needed.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping
    from gettext import NullTranslations

LANGUAGES = ("vi", "en")
DOMAIN = "loa"
FOLDER = os.path.join(os.path.dirname(os.path.dirname(os.path.abspath(__file__))), "locale")  # noqa: PTH100, PTH118, PTH120


class _Current:
    """The language in use, and its catalogue; English needs none."""

    language = "en"
    catalogue: NullTranslations | None = None


def use(language: str) -> None:
    """Speak ``language`` from now on. Raises `ValueError` for one that is not in `LANGUAGES`."""
    if language not in LANGUAGES:
        raise ValueError(f"no such language: {language!r}")
    if language == _Current.language:
        return
    _Current.catalogue = _read(language) if language != "en" else None
    _Current.language = language


def language() -> str:
    """Return the language in use."""
    return _Current.language


def _read(language: str) -> NullTranslations:
    from gettext import translation

    return translation(DOMAIN, FOLDER, [language], fallback=True)


def _(message: str) -> str:
    """Return ``message`` in the language in use."""
    return message if _Current.catalogue is None or not message else _Current.catalogue.gettext(message)


def many(one: str, more: str, number: int) -> str:
    """Return the sentence for ``number`` things, with ``%d`` filled in where it stands in it."""
    if _Current.catalogue is None:
        found = one if number == 1 else more
    else:
        found = _Current.catalogue.ngettext(one, more, number)
    return found.replace("%d", str(number))


def N_(message: str) -> str:
    """Mark ``message`` for the catalogue, and return it as it is."""
    return message


WORDS = (
    N_("held"),
    N_("scheduled"),
    N_("sending"),
    N_("retrying"),
    N_("unknown"),
    N_("handed"),
    N_("sent"),
    N_("failed"),
    N_("missed"),
    N_("cancelled"),
    N_("approval"),
    N_("operator"),
    N_("post"),
    N_("invalid"),
    N_("late"),
    N_("send"),
    N_("skip"),
    N_("ask"),
    N_("digital"),
    N_("broadcast"),
    N_("print"),
    N_("in person"),
    N_("error"),
    N_("warning"),
    N_("notice"),
    N_("approved"),
    N_("revoked"),
    N_("returned"),
    N_("publish"),
    N_("withdraw"),
    N_("start"),
    N_("end"),
)
"""The words of states, holds, lateness, kinds, severities, verdicts and anchors: `_` is given their values."""

VERBS = (
    N_("admit"),
    N_("hold"),
    N_("cancel"),
    N_("expire"),
    N_("doubt"),
    N_("intend"),
    N_("refuse"),
    N_("succeed"),
    N_("hand"),
    N_("fail"),
    N_("exhaust"),
    N_("recover"),
    N_("lose"),
    N_("hear"),
    N_("settle-sent"),
    N_("settle-not-sent"),
    N_("abandon"),
    N_("confirm"),
    N_("deny"),
    N_("requeue"),
    N_("restore"),
)
"""What happens to a delivery, as `IllegalTransition` says it."""

_MEASURED = {
    "seconds": N_("{0} s"),
    "slot": N_("slot of {0} s"),
    "over": N_("{0} s too long"),
    "left": N_("{0} left"),
}


def measures(figures: Mapping[str, int | float | str]) -> list[str]:
    """Return a channel's own measures in words; what is nothing is not said.

    One that has no sentence here, as an outsider's, is said by its name and value.
    """
    return [_measure(name, value) for name, value in figures.items() if value not in (0, "")]


def _measure(name: str, value: float | str) -> str:
    if isinstance(value, str):
        return value
    return _(_MEASURED[name]).format(value) if name in _MEASURED else f"{_(name)} {value}"


def size(number: int) -> str:
    """Return a number of bytes, in the largest unit that leaves a whole part."""
    for unit, least in (("GB", 2**30), ("MB", 2**20), ("KB", 2**10)):
        if number >= least:
            return f"{number // least} {unit}"
    return f"{number} B"
