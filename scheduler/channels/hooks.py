"""Asking plugins by their hooks: one at a time, each answering for itself, within a time limit."""

from __future__ import annotations

import sys
import threading
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from scheduler.channels.finding import PACKAGE
from scheduler.ground.said import said
from scheduler.ground.text import _

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    import pluggy

SECONDS = 10.0
"""How long one plugin may take over one hook, unless the caller says otherwise."""
LONGEST = 300
"""How many characters of what an error says are told."""
_HOST = frozenset({"scheduler", "pluggy", "click", "pydantic", *sys.stdlib_module_names})
"""The packages that lie between the caller and a plugin, and are never where a plugin is wrong."""


class Answer(NamedTuple):
    """What one plugin said; ``error`` is one line, "" where there was none."""

    plugin: str
    value: Any = None
    error: str = ""


@dataclass(frozen=True, slots=True)
class Hooks:
    """The hooks of all plugins that are loaded, in the order in which they were found.

    ``kept`` is what whoever asks keeps of the answers, for as long as these plugins stay loaded.
    """

    manager: pluggy.PluginManager
    kept: dict[Any, Any] = field(default_factory=dict)

    def names(self, hook: str) -> list[str]:
        """Return the plugins that implement a hook."""
        return [each.plugin_name for each in getattr(self.manager.hook, hook).get_hookimpls()]

    def calls(self, hook: str) -> list[tuple[str, Callable[[Mapping[str, Any]], Any]]]:
        """Return each plugin that implements a hook, and what asks it, which whoever calls it guards."""
        found = getattr(self.manager.hook, hook).get_hookimpls()
        return [(each.plugin_name, partial(_called, each, collect=list)) for each in found]

    def ask(
        self,
        hook: str,
        collect: Callable[[Any], Any] = lambda value: value,
        *,
        plugin: str = "",
        seconds: float = SECONDS,
        **given: Any,
    ) -> Iterator[Answer]:
        """Yield what each plugin, or that one, answers to a hook.

        ``collect`` makes a whole of the answer within the time limit (`list`).
        """
        for each in getattr(self.manager.hook, hook).get_hookimpls():
            if plugin not in ("", each.plugin_name):
                continue
            value, error = guarded(partial(_called, each, given, collect), seconds)
            yield Answer(each.plugin_name, value, error)


def _called(each: pluggy.HookImpl, given: Mapping[str, Any], collect: Callable[[Any], Any]) -> Any:
    return collect(each.function(*(given[name] for name in each.argnames)))


def guarded(work: Callable[[], Any], seconds: float, late: str = "") -> tuple[Any, str]:
    """Run a plugin's code with a time limit; return its result, or its error in one line.

    ``late`` is what is said of one that takes longer, with ``{seconds}`` in it.
    """
    outcome: list[Any] = [None, ""]

    def run() -> None:
        try:
            outcome[0] = work()
        except BaseException as error:  # noqa: BLE001 - a plugin may raise anything, SystemExit too
            outcome[1] = one_line(error)

    thread = threading.Thread(target=run, name="loa-plugin", daemon=True)
    thread.start()
    thread.join(seconds)
    if thread.is_alive():
        return None, (late or _("did not answer within {seconds:.0f} seconds")).format(seconds=seconds)
    return outcome[0], outcome[1]


def one_line(error: BaseException) -> str:
    """Return an error as a line: what it is, what it says, and where in the plugin's own code it rose, if there."""
    text, where = _unparsed(error) if isinstance(error, SyntaxError) else ("", "")
    text, where = " ".join((text or said(error)).split()), where or _place(error)
    text = text if len(text) <= LONGEST else f"{text[:LONGEST]}…"
    if isinstance(error, ModuleNotFoundError) and error.name:
        text += _lacking(error.name)
    return " ".join(filter(None, (f"{type(error).__name__}: {text}" if text else type(error).__name__, where)))


def placed(text: str, function: Any) -> str:
    """Return what is wrong with a plugin's answer, with file and line of the function that gave it, if there."""
    code = getattr(function, "__code__", None)
    parts = str(getattr(function, "__module__", "")).split(".")
    if code is None or parts[0] in _HOST:
        return text
    return f"{text} ({'/'.join(Path(code.co_filename).parts[-2:])}:{code.co_firstlineno})"


def _unparsed(error: SyntaxError) -> tuple[str, str]:
    """Return what does not parse, and where, written as for every other error; "" for what is in no file."""
    if not (error.filename and error.filename.endswith(".py") and error.lineno):
        return "", ""
    return str(error.msg), f"({'/'.join(Path(error.filename).parts[-2:])}:{error.lineno})"


def _lacking(module: str) -> str:
    """Return what to do about a module that is not there: install it, or ask the door where it is Loa's own."""
    if module.partition(".")[0] == "scheduler":
        return _(": of Loa, plugins import scheduler.api only")
    return _(": install what brings it beside Loa")


def _place(error: BaseException) -> str:
    """Return file and line of the innermost step within the package that Loa, or what calls for it, went into first."""
    whose, where = "", ""
    trace = error.__traceback__
    while trace is not None:
        name = str(trace.tb_frame.f_globals.get("__name__", ""))
        parts = name.split(".")
        owner = ".".join(parts[:2]) if parts[0] == PACKAGE else parts[0]
        whose = whose or ("" if owner in _HOST else owner)
        if whose and owner == whose:
            file = Path(trace.tb_frame.f_code.co_filename)
            depth = len(parts) + (file.stem == "__init__")
            where = f"({'/'.join(file.parts[-depth:])}:{trace.tb_lineno})"
        trace = trace.tb_next
    return where
