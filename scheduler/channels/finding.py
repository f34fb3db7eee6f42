"""Where plugins are found, and how one is imported.

They come from three places, in this order: those shipped with Loa, installed distributions (entry points of the group
``loa.plugins``), and the campaign folder's own ``plugins/``.
"""

from __future__ import annotations

import hashlib
import importlib.util
import sys
import types
from contextlib import suppress
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from scheduler import __version__
from scheduler.channels.installed import points
from scheduler.ground.text import _

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from scheduler.channels.installed import Point

PACKAGE = "loa_plugins"
SHIPPED = "shipped/"
"""What the source of a plugin that ships with Loa begins with."""
TESTS = ("tests", "conftest.py")
"""What lies beside plugins in their folder and is none: their tests."""
_WHOLE = "__loa_file__"
"""Set on a module once it has been run to its end; one that hangs or failed is no plugin."""
_imported: dict[Path, str] = {}
"""The stamp of what this process has imported, by main file."""


class Candidate(NamedTuple):
    """A plugin that was found and not yet imported. ``file`` is its main file, where that can be told."""

    name: str
    source: str
    load: Callable[[], object]
    file: Callable[[], Path | None]
    version: str = ""


def shipped_folder() -> Path:
    """Return where the channels that ship with Loa are: inside the wheel, or beside the package in a checkout."""
    package = Path(__file__).parents[1]
    inside = package / "shipped"
    return inside if inside.is_dir() else package.parent / "plugins"


def candidates(folder: Path | None) -> Iterator[Candidate]:
    """Yield every plugin that there is for the campaign in ``folder``; two may have the same name."""
    shipped = shipped_folder()
    yield from _in_folder(shipped, SHIPPED.rstrip("/"), __version__)
    for point in points():
        yield Candidate(point.name, f"installed: {point.value}", point.load, partial(_main_file, point), point.version)
    own = folder / "plugins" if folder else None
    if own is not None and own.is_dir() and own.resolve() != shipped.resolve():
        yield from _in_folder(own, "plugins")


def naming(candidate: Candidate, hook: str) -> bool:
    """Return whether a plugin's main file names a hook, told without importing it."""
    file = candidate.file()
    try:
        return file is not None and hook.encode() in file.read_bytes()
    except OSError:
        return False


def stamp(file: Path) -> str:
    """Return what changes when a plugin's code does: names, sizes and times of its files. ``file`` is its main file."""
    marks = []
    for each in _code(file):
        status = each.stat()
        marks.append(f"{each.relative_to(file.parent)} {status.st_size} {status.st_mtime_ns}")
    return hashlib.sha256("\n".join(marks).encode("utf-8", "surrogateescape")).hexdigest()


def imported(file: Path) -> str:
    """Return the stamp of a plugin's code as this process runs it."""
    if file not in _imported:
        _imported[file] = stamp(file)
    return _imported[file]


def _code(file: Path) -> list[Path]:
    return sorted(file.parent.rglob("*.py")) if file.name == "__init__.py" else [file]


def _in_folder(folder: Path, label: str, version: str = "") -> Iterator[Candidate]:
    if not folder.is_dir():
        return
    for path in sorted(folder.iterdir()):
        if path.name.startswith((".", "_")) or path.name in TESTS:
            continue
        file = path / "__init__.py" if path.is_dir() else path
        if file.suffix == ".py" and file.is_file():
            load = partial(import_file, path.stem, file)
            yield Candidate(path.stem, f"{label}/{path.name}", load, partial(Path, file), version)


def _main_file(point: Point) -> Path | None:
    """Return the file of an entry point's module, without running it."""
    try:
        spec = importlib.util.find_spec(point.module)
    except (ImportError, ValueError, AttributeError):
        return None
    return Path(spec.origin) if spec and spec.origin else None


def import_file(name: str, file: Path) -> object:
    """Import a plugin's file, or folder, as ``loa_plugins.<name>``, so that it can import its own parts.

    One that has been imported is taken as it is, unless its code has changed since.
    """
    if PACKAGE not in sys.modules:
        package = types.ModuleType(PACKAGE)
        package.__path__ = []
        sys.modules[PACKAGE] = package
    full, now = f"{PACKAGE}.{name}", stamp(file)
    for module in [each for each in sys.modules if each == full or each.startswith(f"{full}.")]:
        if getattr(sys.modules.get(full), _WHOLE, None) == str(file) and _imported.get(file) == now:
            return sys.modules[full]
        del sys.modules[module]
    if _imported.get(file, now) != now:
        _forget_compiled(file)
    search = [str(file.parent)] if file.name == "__init__.py" else None
    spec = importlib.util.spec_from_file_location(full, file, submodule_search_locations=search)
    if spec is None or spec.loader is None:
        raise ImportError(_("{file} cannot be imported").format(file=file.name))
    module_object = importlib.util.module_from_spec(spec)
    sys.modules[full] = module_object
    try:
        spec.loader.exec_module(module_object)
    except BaseException:
        sys.modules.pop(full, None)
        raise
    setattr(module_object, _WHOLE, str(file))
    _imported[file] = now
    return module_object


def _forget_compiled(file: Path) -> None:
    """Take away what was compiled of a plugin: it is told by second and size, and two versions may share both."""
    importlib.invalidate_caches()
    for each in _code(file):
        with suppress(OSError, NotImplementedError):
            Path(importlib.util.cache_from_source(str(each))).unlink(missing_ok=True)
