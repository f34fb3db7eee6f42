"""Writing texts of the campaign: one key changed in place, a new event.

What a person wrote stays as it is: only the keys in question change, byte for byte, and a file is replaced
whole or not at all.
"""

from __future__ import annotations

import json
import os
import re
import stat
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn

from scheduler.ground.borrowed import system
from scheduler.ground.errors import CampaignInvalid
from scheduler.ground.files import replace_file, sync_folder, write_file
from scheduler.ground.problem import Problem
from scheduler.ground.text import _
from scheduler.plan.campaign import EVENTS
from scheduler.plan.frontmatter import read_matter
from scheduler.plan.source import CONTROL, Report
from scheduler.plan.values import Wrong, as_flag, as_id, as_line

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from scheduler.plan.frontmatter import Matter
    from scheduler.plan.lines import Span

LISTS = frozenset({"audiences", "areas", "languages", "channels", "times", "except", "also", "moved", "media", "facts"})
"""Keys whose new value is written as a list (``[a, b]``) or a table (``{a: [b]}``) in the way of YAML."""

_FLAGS = frozenset({"outside"})
_PLAIN = re.compile(r"(?:[^-?:,\[\]{}#&*!|>'\"%@`\s]|-(?=[^\s-]))[^\n]*")
_UNSAFE = re.compile(r":(?:\s|$)|\s#|\s$")
_UNSAFE_IN_LIST = re.compile(r"[:,\[\]{}]|\s#|\s$")


def set_keys(path: Path, changes: Mapping[str, str | None]) -> None:
    """Give front-matter keys of the file new values, and take out those that become ``None``.

    Values are texts as a person would write them. Encoding mark, line endings, mode, comments and the order of
    keys stay. Raises `CampaignInvalid`, with the file untouched, where its front matter cannot be read, a key is
    written in a way that cannot be changed in place, or someone else has changed the file meanwhile.
    """
    before = read_bytes(path)
    replace_text(path, before, with_keys(path, before, changes))


def read_bytes(path: Path) -> bytes:
    """Return what the file holds. Raises `CampaignInvalid`."""
    try:
        return path.read_bytes()
    except OSError as error:
        _refuse(path, _("cannot be read: {error}").format(error=error))


def with_keys(path: Path, data: bytes, changes: Mapping[str, str | None]) -> bytes:
    """Return ``data``, the text of ``path``, with the keys changed as `set_keys` does it; nothing is written.

    Raises `CampaignInvalid`.
    """
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError as error:
        _refuse(path, _("cannot be read: {error}").format(error=error))
    mark = "\ufeff" if text.startswith("\ufeff") else ""
    text = text.removeprefix(mark)
    matter = _matter(path, text)
    meant = {key: None if value is None else _meant(path, matter.fence, key, value) for key, value in changes.items()}
    block = _edited(path, matter, meant)
    new = text[: matter.start] + block + text[matter.start + len(matter.block) :]
    if new == text:
        return data
    expected = {**matter.values, **meant}
    if _matter(path, new).values != {key: value for key, value in expected.items() if value is not None}:
        _refuse(path, _("{keys} cannot be changed in place; edit the file by hand").format(keys=", ".join(changes)))
    return (mark + new).encode()


def replace_text(path: Path, before: bytes, after: bytes) -> None:
    """Give a file that holds ``before`` the text ``after``, whole and on the disk; its mode stays, links are followed.

    Raises `CampaignInvalid` with the file untouched where someone else has changed it meanwhile, or it cannot be
    written.
    """
    if before == after:
        return
    real = Path(os.path.realpath(path))
    try:
        mode = stat.S_IMODE(real.stat().st_mode)
        replace_file(real, after, mode=mode, check=partial(_unchanged, real, before))
        sync_folder(real.parent)
    except OSError as error:
        _refuse(path, _("cannot be written: {why}").format(why=system(error)))


def _refuse(path: Path, message: str) -> NoReturn:
    raise CampaignInvalid([Problem(message, path.name)])


def _matter(path: Path, text: str) -> Matter:
    report = Report(path.name)
    matter = read_matter(text, report)
    if matter is None or report.failed:
        raise CampaignInvalid(report.problems)
    return matter


def _meant(path: Path, fence: str, key: str, text: str) -> object:
    """Return the value that ``text`` stands for under ``key``; in YAML every scalar is text."""
    if CONTROL.search(text):
        _refuse(path, _("{key}: holds a control character").format(key=key))
    if key not in LISTS:
        try:
            return as_flag(text) if key in _FLAGS and fence == "+++" else text
        except Wrong as wrong:
            _refuse(path, f"{key}: {wrong}")
    value = _matter(path, f"---\nkey: {text}\n---\n").values.get("key") if "\n" not in text else text
    if not isinstance(value, list | dict):
        _refuse(
            path,
            _("{key}: {text!r} is neither a list like [a, b] nor a table like {{a: [b]}}").format(key=key, text=text),
        )
    return value


def _edited(path: Path, matter: Matter, meant: Mapping[str, object]) -> str:
    edits: list[tuple[int, int, str]] = []
    added = ""
    newline = "\r\n" if "\r\n" in matter.block else "\n"
    for key, value in meant.items():
        span = matter.spans.get((key,))
        if span is None:
            if value is not None:
                added += _line(matter, key, value) + newline
        elif not _simple(matter, key, span):
            _refuse(
                path,
                _("{key} is written in a way that cannot be changed in place; edit the file by hand").format(key=key),
            )
        elif value is None:
            edits.append((*_whole_lines(matter.block, span), ""))
        else:
            edits.append(_new_value(matter, key, span, value))
    block = matter.block
    at = _end_of_keys(matter)
    for start, end, replacement in sorted([*edits, (at, at, added)], reverse=True):
        block = block[:start] + replacement + block[end:]
    return block


def _simple(matter: Matter, key: str, span: Span) -> bool:
    """Whether the key stands alone on its line, neither in braces nor as a table's header or a dotted name."""
    name = rf"(?:{re.escape(key)}|\"{re.escape(key)}\"|'{re.escape(key)}')[ \t]*"
    sign = "=" if matter.fence == "+++" else ":"
    before = matter.block[_line_start(matter.block, span.start) : span.start]
    return not before.strip() and re.match(name + sign, matter.block[span.start :]) is not None


def _line_start(block: str, offset: int) -> int:
    return block.rfind("\n", 0, offset) + 1


def _whole_lines(block: str, span: Span) -> tuple[int, int]:
    end = block.find("\n", span.end)
    return _line_start(block, span.start), len(block) if end < 0 else end + 1


def _new_value(matter: Matter, key: str, span: Span, value: object) -> tuple[int, int, str]:
    sign = "=" if matter.fence == "+++" else ":"
    after = matter.block.index(sign, span.start + len(key)) + 1
    same_line = "\n" not in matter.block[after : span.value]
    start = span.value if same_line and span.value > after else after
    return start, span.end, (" " if start == after else "") + _spelt(matter.fence, value)


def _end_of_keys(matter: Matter) -> int:
    """Return where a new key goes: after all others, but before the first table of TOML."""
    if matter.fence == "---":
        return len(matter.block)
    tops = [span for path, span in matter.spans.items() if len(path) == 1 and matter.block[span.start] != "["]
    return max((_whole_lines(matter.block, span)[1] for span in tops), default=0)


def _line(matter: Matter, key: str, value: object) -> str:
    first = min((span.start for path, span in matter.spans.items() if len(path) == 1), default=0)
    indent = matter.block[_line_start(matter.block, first) : first] if matter.fence == "---" else ""
    return f"{indent}{key}{' =' if matter.fence == '+++' else ':'} {_spelt(matter.fence, value)}"


def _spelt(fence: str, value: object, unsafe: re.Pattern[str] = _UNSAFE) -> str:
    """Return ``value`` as YAML or TOML spells it, on one line."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, list):
        return f"[{', '.join(_spelt(fence, each, _UNSAFE_IN_LIST) for each in value)}]"
    if isinstance(value, dict):
        sign = " =" if fence == "+++" else ":"
        pairs = (f"{key}{sign} {_spelt(fence, each, _UNSAFE_IN_LIST)}" for key, each in value.items())
        return f"{{{', '.join(pairs)}}}"
    text = str(value)
    plain = fence == "---" and _PLAIN.fullmatch(text) and not unsafe.search(text)
    return text if plain else json.dumps(text, ensure_ascii=False)


def put_text(path: Path, before: bytes | None, after: bytes | None) -> None:
    """Bring a file from one text to another; ``None`` is a file that is not there. Raises as `replace_text` does."""
    if before is not None and after is not None:
        replace_text(path, before, after)
        return
    try:
        if after is not None:
            _write_new(path, after)
        elif before is not None:
            _unchanged(path, before)
            path.unlink()
            sync_folder(path.parent)
    except OSError as error:
        _refuse(path, _("cannot be written: {why}").format(why=system(error)))


def _write_new(path: Path, data: bytes) -> None:
    """Write a file that is not there yet, and bring it to the disk. Raises `FileExistsError`, `OSError`."""
    path.parent.mkdir(parents=True, exist_ok=True)
    write_file(path, data, new=True)
    sync_folder(path.parent)


def _unchanged(path: Path, before: bytes) -> None:
    if path.read_bytes() != before:
        _refuse(path, _("was changed by someone else meanwhile; nothing was written"))


def new_event(
    folder: Path,
    event_id: str,
    title: str,
    *,
    start: datetime,
    end: datetime | None,
    place: str,
    workstream: str,
) -> Path:
    """Write a new event below ``folder`` and return its path. Times are local and naive.

    Raises `CampaignInvalid` where the id or title is none, or such a file is there already.
    """
    keys: dict[str, object] = {"title": title, "workstream": workstream, "start": _moment(start)}
    keys |= {"end": _moment(end)} if end else {}
    keys |= {"place": place} if place else {}
    return _create(folder, EVENTS, event_id, keys)


def _moment(when: datetime) -> str:
    if when.tzinfo is not None:
        raise ValueError(_("times in files are local and naive"))
    return f"{when:%Y-%m-%d %H:%M}"


def _create(folder: Path, below: str, own: str, keys: Mapping[str, object]) -> Path:
    path = folder / below / f"{own}.md"
    try:
        as_id(own)
        for value in keys.values():
            if isinstance(value, str):
                as_line(value)
    except Wrong as wrong:
        raise CampaignInvalid([Problem(str(wrong), hint=wrong.hint)]) from None
    lines = [f"{key}: {_spelt('---', value)}\n" for key, value in {"id": own, **keys}.items()]
    text = f"---\n{''.join(lines)}---\n"
    try:
        _write_new(path, text.encode())
    except FileExistsError:
        raise CampaignInvalid([Problem(_("is there already"), f"{below}/{path.name}")]) from None
    except OSError as error:
        raise CampaignInvalid(
            [Problem(_("cannot be written: {why}").format(why=system(error)), f"{below}/{path.name}")]
        ) from None
    return path
