"""The Vietnamese catalogue: ``python tools/messages.py update`` after a change of a sentence, ``check`` to see.

``update`` collects the sentences of the program and of the shipped channels (``_``, ``N_``, ``many``, the help of every
command, the templates of pages), merges them into
``loa.po`` and writes ``loa.mo``. What is new stands there untranslated. ``check`` ends with 1 where something is
missing or the ``.mo`` is not that of the ``.po``.
"""

from __future__ import annotations

import io
import sys
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_file
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po

if TYPE_CHECKING:
    from collections.abc import Iterator

    import click

ROOT = Path(__file__).resolve().parent.parent
CATALOGUE = ROOT / "scheduler" / "locale" / "vi" / "LC_MESSAGES" / "loa.po"
KEYWORDS: dict[str, Any] = {"_": None, "N_": None, "many": (1, 2)}
PARTS = ("scheduler", "plugins")
METHODS = {".py": "python", ".j2": "jinja2.ext:babel_extract"}
_NEVER = datetime(2026, 1, 1, tzinfo=UTC)


@cache
def sentences() -> Catalog:
    """Return every sentence that the program can say, with the files that say it."""
    found = Catalog(domain="loa", project="Loa", charset="utf-8")
    for file in sorted(each for part in PARTS for each in (ROOT / part).rglob("*") if each.suffix in METHODS):
        where, method = file.relative_to(ROOT).as_posix(), METHODS[file.suffix]
        for _line, message, _comments, _context in extract_from_file(method, file, keywords=KEYWORDS):
            found.add(message, locations=[(where, 0)])
    for where, text in helps():
        found.add(text, locations=[(where, 0)])
    return found


def helps() -> Iterator[tuple[str, str]]:
    """Yield the paragraphs and option texts of every command, with the file that has them."""
    from scheduler.cli.program import program

    yield from _help(program)
    for name in program.places:
        command = program.get_command(None, name)  # type: ignore[arg-type]
        if command is not None:
            yield from _help(command)
        for each in getattr(command, "commands", {}).values():
            yield from _help(each)


def _help(command: click.Command) -> Iterator[tuple[str, str]]:
    from scheduler.cli.shape import paragraphs

    where = str(getattr(command.callback, "__module__", "")).replace(".", "/") + ".py"
    for paragraph in paragraphs(command.help):
        yield where, paragraph
    for param in command.params:
        if text := getattr(param, "help", None):
            yield where, text


def read() -> Catalog:
    """Return the catalogue as it is written; an empty one where there is none."""
    if not CATALOGUE.exists():
        return Catalog(locale="vi", domain="loa", charset="utf-8")
    with CATALOGUE.open("rb") as file:
        return read_po(file, locale="vi", domain="loa")


def compiled(catalogue: Catalog) -> bytes:
    """Return what the ``.mo`` of a catalogue must be."""
    buffer = io.BytesIO()
    write_mo(buffer, catalogue)
    return buffer.getvalue()


def merged() -> Catalog:
    """Return the catalogue with exactly the sentences of the program, translated where they were before."""
    old, new = read(), Catalog(locale="vi", domain="loa", project="Loa", charset="utf-8")
    new.creation_date = new.revision_date = _NEVER
    new.last_translator, new.language_team, new.copyright_holder = "Loa contributors", "vi", "Loa contributors"
    for message in sentences():
        if message.id:
            before = old.get(message.id[0] if isinstance(message.id, tuple) else message.id)
            new.add(message.id, before.string if before else None, locations=message.locations)
    return new


def faults() -> list[str]:
    """Return what is wrong with the catalogue: missing, untranslated or left-over sentences, a stale ``.mo``."""
    wanted, have = sentences(), read()
    found = [f"not in the catalogue: {m.id!r}" for m in wanted if m.id and _key(m.id) not in have]
    found += [f"not translated: {m.id!r}" for m in have if m.id and not _said(m.string)]
    found += [f"said nowhere: {m.id!r}" for m in have if m.id and _key(m.id) not in wanted]
    found += [f"{error}: {message.id!r}" for message in have for error in message.check() if message.id]
    mo = CATALOGUE.with_suffix(".mo")
    if not mo.exists() or mo.read_bytes() != compiled(have):
        found.append("loa.mo is not that of loa.po")
    return found


def _key(identity: Any) -> str:
    return str(identity[0] if isinstance(identity, tuple) else identity)


def _said(string: Any) -> bool:
    return all(string) if isinstance(string, tuple) else bool(string)


def update() -> None:
    """Write both files."""
    CATALOGUE.parent.mkdir(parents=True, exist_ok=True)
    catalogue = merged()
    buffer = io.BytesIO()
    write_po(buffer, catalogue, width=110, sort_output=True, include_lineno=False, ignore_obsolete=True)
    CATALOGUE.write_bytes(buffer.getvalue())
    CATALOGUE.with_suffix(".mo").write_bytes(compiled(read()))


def main() -> int:
    """Do what the command line asks for."""
    if sys.argv[1:] == ["update"]:
        update()
    elif sys.argv[1:] != ["check"]:
        sys.exit("usage: python tools/messages.py update|check")
    found = faults()
    sys.stdout.write(("\n".join(found) or "The catalogue is complete.") + "\n")
    return 1 if found else 0


if __name__ == "__main__":
    sys.path.insert(0, str(ROOT))
    sys.exit(main())
