"""Which plugins the installed distributions bring, by their entry points of the group ``loa.plugins``.

`importlib.metadata` says the same; to import it and to ask it takes twenty milliseconds, which every help would pay.
"""

from __future__ import annotations

import importlib
import os
import re
import sys
from functools import partial, reduce
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

GROUP = "loa.plugins"
_SEPARATORS = re.compile(r"[-_.]+")


class Point(NamedTuple):
    """An entry point: ``value`` is a module, or ``module:name``; ``version`` that of its distribution."""

    name: str
    value: str
    version: str

    @property
    def module(self) -> str:
        """The module in which the plugin is."""
        return self.value.partition(":")[0].strip()

    def load(self) -> object:
        """Import it."""
        attributes = self.value.partition(":")[2].strip()
        return reduce(getattr, filter(None, attributes.split(".")), importlib.import_module(self.module))


def points() -> list[Point]:
    """Return what all distributions on the path bring, by name; of one that is there twice, the first counts."""
    found: list[Point] = []
    seen: set[str] = set()
    for place in sys.path:
        for name, read in _distributions(place):
            plain = _SEPARATORS.sub("-", name.partition("-")[0]).lower()
            if plain not in seen:
                seen.add(plain)
                found += read()
    return sorted(found)


def _distributions(place: str) -> Iterator[tuple[str, Callable[[], list[Point]]]]:
    if os.path.isfile(place):  # noqa: PTH113 - a zip archive, which only the library reads
        yield from _archived(place)
        return
    try:
        with os.scandir(place or ".") as entries:
            folders = [each for each in entries if each.name.endswith((".dist-info", ".egg-info"))]
    except OSError:
        return
    for each in folders:
        name = each.name.rpartition(".")[0]
        yield name, partial(_read, each.path, name)


def _archived(place: str) -> Iterator[tuple[str, Callable[[], list[Point]]]]:
    from importlib.metadata import distributions

    for each in distributions(path=[place]):
        found = [Point(point.name, point.value, each.version) for point in each.entry_points if point.group == GROUP]
        yield each.name.replace("-", "_"), partial(list, found)


def _read(folder: str, name: str) -> list[Point]:
    text = _text(os.path.join(folder, "entry_points.txt"))  # noqa: PTH118
    section = text.partition(f"[{GROUP}]")[2].partition("\n[")[0]
    if not section:
        return []
    lines = [line.partition("=") for line in section.splitlines() if "=" in line and not line.startswith("#")]
    version = name.partition("-")[2] or _version(folder)
    return [Point(key.strip(), value.partition("[")[0].strip(), version) for key, _equals, value in lines]


def _version(folder: str) -> str:
    """Return what the metadata say, for a folder whose name does not."""
    head = _text(os.path.join(folder, "PKG-INFO")) or _text(os.path.join(folder, "METADATA"))  # noqa: PTH118
    found = re.search(r"^Version: *(\S+)", head, re.MULTILINE)
    return found[1] if found else ""


def _text(path: str) -> str:
    try:
        with open(path, encoding="utf-8", errors="replace") as file:  # noqa: PTH123
            return file.read()
    except OSError:
        return ""
