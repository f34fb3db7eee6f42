"""Writing config.toml: one key set in place, a table added at the end. Comments, order and layout stay as they are."""

from __future__ import annotations

import json
import tomllib
from copy import deepcopy
from typing import TYPE_CHECKING, Any

from scheduler.ground.errors import CampaignInvalid
from scheduler.ground.problem import Problem
from scheduler.ground.text import _
from scheduler.plan.config import FILE
from scheduler.plan.lines import toml_spans

if TYPE_CHECKING:
    from collections.abc import Iterator

    from scheduler.plan.lines import KeyPath, Span

_MARK = b"\xef\xbb\xbf"


def with_flag(data: bytes, table: tuple[str, ...], key: str, value: bool) -> bytes:
    """Return the text of config.toml with ``key`` of ``table`` set. Raises `CampaignInvalid` where that needs a hand.

    It is written where the table stands: below its header, in its braces, beside its dotted keys; else at the end.
    """
    text = _text(data)
    wanted = _held(text)
    place: Any = wanted
    for name in table:
        place = place.setdefault(name, {}) if isinstance(place, dict) else None
    spelt = "true" if value else "false"
    if isinstance(place, dict):
        place[key] = value
        for candidate in _candidates(text, table, key, spelt):
            if _fits(candidate, wanted):
                return _bytes(data, candidate)
    words = _("[{table}] {key} cannot be set in place: write {key} = {value} there by hand")
    raise CampaignInvalid([Problem(words.format(table=_dotted(table), key=key, value=spelt), FILE)])


def with_tables(data: bytes, added: str) -> bytes:
    """Return the text of config.toml with tables at its end. Raises `CampaignInvalid` where they do not go with it."""
    text = _text(data)
    _held(text)
    whole = _at_the_end(text, added)
    try:
        tomllib.loads(whole)
    except tomllib.TOMLDecodeError as error:
        words = _("the table cannot be added at the end: {why}")
        raise CampaignInvalid([Problem(words.format(why=error), FILE)]) from None
    return _bytes(data, whole)


def _text(data: bytes) -> str:
    try:
        return data.removeprefix(_MARK).decode("utf-8")
    except UnicodeDecodeError as error:
        raise CampaignInvalid([Problem(_("cannot be read: {error}").format(error=error), FILE)]) from None


def _bytes(before: bytes, text: str) -> bytes:
    return (_MARK if before.startswith(_MARK) else b"") + text.encode()


def _held(text: str) -> dict[str, Any]:
    try:
        return deepcopy(tomllib.loads(text))
    except (tomllib.TOMLDecodeError, RecursionError):
        wrong = _("is not valid TOML, and was left as it is: `loa check` says where")
        raise CampaignInvalid([Problem(wrong, FILE)]) from None


def _fits(text: str, wanted: dict[str, Any]) -> bool:
    try:
        return tomllib.loads(text) == wanted
    except tomllib.TOMLDecodeError:
        return False


def _candidates(text: str, table: tuple[str, ...], key: str, value: str) -> Iterator[str]:
    """Yield the texts that may be what is wanted, the one that changes least first."""
    spans = toml_spans(text)
    own, line = spans.get((*table, key)), f"{key} = {value}"
    if own is not None:
        yield text[: own.value] + value + text[own.end :]
        return
    header = spans.get(table)
    if header is not None and text.startswith("[", header.start):
        end = text.find("\n", header.end)
        yield _inserted(text, len(text) if end < 0 else end + 1, line)
    if header is not None and text.startswith("{", header.value):
        rest = text[header.value + 1 :]
        comma = " " if rest.lstrip().startswith("}") else ", "
        yield f"{text[: header.value + 1]} {line}{comma}{rest.lstrip()}"
    for start in _dotted_keys(text, spans, table):
        for length in range(len(table)):
            yield _inserted(text, start, f"{_dotted(table[length:])}.{line}")
    yield _at_the_end(text, f"[{_dotted(table)}]\n{line}\n")


def _dotted_keys(text: str, spans: dict[KeyPath, Span], table: tuple[str, ...]) -> Iterator[int]:
    """Yield where the lines begin that give the table a key by its dotted name."""
    for path, span in spans.items():
        if path[: len(table)] == table and len(path) > len(table) and text[span.start] != "[":
            yield text.rfind("\n", 0, span.start) + 1


def _inserted(text: str, at: int, line: str) -> str:
    newline = _newline(text)
    before = "" if not text[:at] or text[:at].endswith("\n") else newline
    return text[:at] + before + line + newline + text[at:]


def _at_the_end(text: str, added: str) -> str:
    newline = _newline(text)
    kept = text if not text or text.endswith("\n") else text + newline
    return kept + (newline if kept else "") + newline.join(added.split("\n"))


def _newline(text: str) -> str:
    return "\r\n" if "\r\n" in text else "\n"


def _dotted(names: tuple[str, ...]) -> str:
    plain = (each if each.replace("-", "").replace("_", "").isalnum() and each.isascii() else None for each in names)
    return ".".join(kept or json.dumps(name, ensure_ascii=False) for kept, name in zip(plain, names, strict=True))
