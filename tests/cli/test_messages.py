"""The catalogue is complete and fresh, its placeholders fit, and what is borrowed is still there to be borrowed."""

from __future__ import annotations

import ast
import re
import string
from pathlib import Path

import click
import pytest

from scheduler.cli import borrowed
from scheduler.ground.text import LANGUAGES, _, language, many, use
from tests.trees import nodes
from tools.messages import faults, read

ROOT = Path(__file__).parents[2]


def test_the_catalogue_is_complete_and_compiled() -> None:
    assert faults() == [], "run `python tools/messages.py update`, then fill in loa.po"


def literals() -> set[str]:
    """Return the sentences of the program as Python reads it: the collector sees nothing inside an f-string."""
    files = [file for part in ("scheduler", "plugins") for file in (ROOT / part).rglob("*.py")]
    calls = [node for file in files for node in nodes(file) if isinstance(node, ast.Call)]
    named = [call for call in calls if isinstance(call.func, ast.Name) and call.func.id in {"_", "N_", "many"}]
    firsts = [arg.value for call in named for arg in call.args[:1] if isinstance(arg, ast.Constant)]
    return {first for first in firsts if isinstance(first, str)}


def test_every_sentence_of_the_program_is_collected() -> None:
    known = {entry.id[0] if isinstance(entry.id, tuple) else entry.id for entry in read()}
    assert literals() - known == set(), "take them out of their f-strings"


def fields(text: str) -> set[str]:
    return {name for _text, name, _spec, _conversion in string.Formatter().parse(text) if name} | set(
        re.findall(r"%d", text)
    )


def test_a_translation_has_the_places_of_its_sentence() -> None:
    for message in read():
        if message.id and message.string:
            keys = message.id if isinstance(message.id, tuple) else (message.id,)
            words = message.string if isinstance(message.string, tuple) else (message.string,)
            assert all(fields(str(word)) == fields(str(keys[-1])) for word in words), keys


def test_commands_in_sentences_stay_commands() -> None:
    for message in read():
        if message.id and message.string and not isinstance(message.id, tuple):
            said, meant = (set(re.findall(r"`([^`]+)`", str(text))) for text in (message.string, message.id))
            assert said == meant or "'loa " in message.id, message.id


@pytest.mark.parametrize("text", borrowed.FROM_CLICK)
def test_what_is_borrowed_of_click_is_said_by_it(text: str) -> None:
    folder = Path(click.__file__).parent
    source = "".join(file.read_text("utf-8") for file in sorted(folder.glob("*.py")))
    assert repr(text)[1:-1] in source or text in source


def test_every_figure_of_the_shipped_channels_has_a_word() -> None:
    source = "".join(file.read_text("utf-8") for file in sorted((ROOT / "plugins").rglob("*.py")))
    assert all(f'"{word}"' in source or f"{word}=" in source for word in borrowed.FROM_CHANNELS)


def test_the_language_can_be_changed_at_any_time() -> None:
    assert LANGUAGES == ("vi", "en")
    use("vi")
    assert (language(), _("held"), many("%d post", "%d posts", 1), many("%d post", "%d posts", 5)) == (
        "vi",
        "giữ lại",
        "1 bài",
        "5 bài",
    )
    use("en")
    assert (language(), _("held"), many("%d post", "%d posts", 1), many("%d post", "%d posts", 5)) == (
        "en",
        "held",
        "1 post",
        "5 posts",
    )
    assert _("") == ""
    with pytest.raises(ValueError, match="no such language"):
        use("fr")


def test_a_sentence_that_is_in_no_catalogue_stays_as_it_is() -> None:
    use("vi")
    assert _("of an outsider's plugin") == "of an outsider's plugin"
