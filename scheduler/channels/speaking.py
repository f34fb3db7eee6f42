"""How words are read out, as plugins know it: asked once for each language, and covered by approvals."""

from __future__ import annotations

import unicodedata
from typing import TYPE_CHECKING, Any

from scheduler.ground.errors import PluginError
from scheduler.ground.problem import Problem, Severity
from scheduler.ground.text import _

if TYPE_CHECKING:
    from collections.abc import Iterable

    from scheduler.channels.hooks import Answer
    from scheduler.channels.loader import Plugins

HOOK = "spoken_forms"

Forms = dict[str, dict[str, str]]


def spoken_forms(plugins: Plugins, languages: Iterable[str]) -> tuple[Forms, list[Problem]]:
    """Return, by language, written forms with what is said for them, and what is wrong with what plugins say.

    Of two plugins that say different things for one word the one that was found first is heard.
    """
    sources = {each.name: each.source for each in reversed(plugins.statuses)}
    forms: Forms = {}
    problems = []
    for language in sorted(set(languages)):
        found: dict[str, tuple[str, str]] = {}
        for answer in _answers(plugins, language):
            if wrong := _wrong(answer):
                problems.append(Problem(str(PluginError(answer.plugin, wrong)), sources[answer.plugin]))
                continue
            for written, said in answer.value.items():
                word = unicodedata.normalize("NFC", written)
                other, before = found.setdefault(word, (answer.plugin, said))
                if before != said:
                    text = _("what it says for {word!r} is not used: plugin {other} has another spoken form")
                    told = str(PluginError(answer.plugin, text.format(word=word, other=other)))
                    problems.append(Problem(told, sources[answer.plugin], severity=Severity.WARNING))
        if found:
            forms[language] = {word: said for word, (_plugin, said) in sorted(found.items())}
    return forms, problems


def _answers(plugins: Plugins, language: str) -> list[Answer]:
    """Return what each plugin says, asked when first needed: it must not change while an engine runs."""
    kept: dict[Any, list[Answer]] = plugins.hooks.kept
    if (HOOK, language) not in kept:
        kept[HOOK, language] = list(plugins.hooks.ask(HOOK, dict, language=language))
    return kept[HOOK, language]


def _wrong(answer: Answer) -> str:
    if answer.error:
        return f"{HOOK}: {answer.error}"
    if all(isinstance(each, str) and each.strip() for pair in answer.value.items() for each in pair):
        return ""
    return _("{hook} must give words and what is said for each, neither of them empty").format(hook=HOOK)
