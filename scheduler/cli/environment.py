"""The environment that the program runs in: what is installed there, and putting something in or taking it out."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
import sysconfig
import tempfile
from dataclasses import dataclass, field
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any

from scheduler import __version__
from scheduler.ground.errors import LoaError
from scheduler.ground.text import _

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

OURSELVES = "loa-scheduler"
_ERROR = re.compile(r"^\s*(?:ERROR|error|×)[:\s]+(.+)$", re.MULTILINE)
_NEEDS = re.compile(rf"depends on ({re.escape(OURSELVES)}\S+)")
_BECAUSE = re.compile(r"(?:╰─▶|cause:) (.+?)(?:\n\s*\n|\Z)", re.DOTALL)
"""How uv gives its reasons."""
_FRESH = "scheduler.cli.fresh"
LOOK_SECONDS = 60.0
"""How long a new process may take to load all plugins."""


@dataclass(frozen=True, slots=True)
class Found:
    """What a new process finds: distribution → version, and each plugin, as `scheduler.cli.fresh` tells it."""

    distributions: Mapping[str, str] = field(default_factory=dict)
    plugins: Sequence[Mapping[str, Any]] = ()

    def of(self, distribution: str) -> list[Mapping[str, Any]]:
        """Return the plugins that a distribution brings."""
        return [each for each in self.plugins if each["distribution"] == distribution]


def look(folder: Path | None) -> Found:
    """Have a new process say what is installed and which plugins there are, so that what is new is seen.

    Raises `LoaError` where that process fails.
    """
    command = [sys.executable, "-P", "-m", _FRESH, *([os.fspath(folder)] if folder else [])]
    try:
        ended = _ended(command, LOOK_SECONDS)
    except subprocess.TimeoutExpired:
        late = _("a new process did not load the plugins within {seconds:.0f} seconds")
        raise LoaError(late.format(seconds=LOOK_SECONDS)) from None
    try:
        return Found(**json.loads(ended.stdout.splitlines()[-1]))
    except (ValueError, TypeError, IndexError):
        last = (ended.stderr.strip().splitlines() or [""])[-1]
        raise LoaError(_("a new process cannot load the plugins: {why}").format(why=last)) from None


def install(wanted: str, *, upgrade: bool = False) -> str:
    """Put a requirement, a folder or a wheel into the environment; return the log.

    Loa itself stays as it is: what needs another Loa is refused. Raises `Refused` with the log.
    """
    with tempfile.NamedTemporaryFile("w", suffix=".txt", encoding="utf-8") as fixed:
        fixed.write(f"{OURSELVES}=={__version__}\n")
        fixed.flush()
        return _run("install", *(["--upgrade"] if upgrade else []), "--constraint", fixed.name, wanted)


def uninstall(distribution: str) -> str:
    """Take a distribution out of the environment; return the log. Raises `Refused` with the log."""
    return _run("uninstall", distribution)


class Refused(LoaError):
    """The installer did not do it. ``log`` is all that it said."""

    def __init__(self, why: str, log: str) -> None:
        super().__init__(why)
        self.log = log


def _run(verb: str, *args: str) -> str:
    _writable()
    command = _installer(verb)
    ended = _ended([*command, *args])
    log = f"{ended.stdout}\n{ended.stderr}".strip()
    if ended.returncode:
        raise Refused(_in_one_line(log), log)
    return log


def _ended(command: Sequence[str], seconds: float | None = None) -> subprocess.CompletedProcess[str]:
    """Run a program to its end; it is asked nothing, and hears nothing. Raises `TimeoutExpired` after ``seconds``."""
    nobody = subprocess.DEVNULL
    return subprocess.run(
        command,
        stdin=nobody,
        capture_output=True,
        encoding="utf-8",
        errors="replace",
        check=False,
        timeout=seconds,
    )


def _in_one_line(log: str) -> str:
    """Return what an installer says went wrong: its first error, since the later ones only follow from it."""
    if needs := _NEEDS.search(log):
        said = _("it needs {wanted}, and this Loa is {version}: install another version of it, or of Loa")
        return said.format(wanted=needs[1].rstrip(".,;"), version=__version__)
    if because := _BECAUSE.search(log):
        return " ".join(because[1].split())
    found = [" ".join(each.split()) for each in _ERROR.findall(log) if "subprocess-exited-with-error" not in each]
    lines = [line.strip() for line in log.splitlines() if line.strip()]
    return (found or lines[-1:] or [_("the installer failed and says nothing")])[0]


def _installer(verb: str) -> list[str]:
    """Return the command that installs into this environment. Raises `LoaError` where there is none."""
    yes = ["--yes"] if verb == "uninstall" else []
    if find_spec("pip") is not None:
        return [sys.executable, "-m", "pip", "--disable-pip-version-check", "--no-input", verb, *yes]
    if uv := shutil.which("uv"):
        return [uv, "pip", verb, "--python", sys.executable]
    if pip := shutil.which("pip"):
        return [pip, "--python", sys.executable, "--disable-pip-version-check", "--no-input", verb, *yes]
    said = _("no pip in {place}: `{python} -m ensurepip` puts one there; uv, or a pip on the PATH, will do too")
    raise LoaError(said.format(place=sys.prefix, python=sys.executable))


def _writable() -> None:
    """Raise `LoaError` where the environment is not ours to change."""
    managed = Path(sysconfig.get_path("stdlib")) / "EXTERNALLY-MANAGED"
    if sys.prefix == sys.base_prefix and managed.exists():
        said = _(
            "the system looks after this Python ({place}), so nothing is put into it: install Loa into an environment"
            " of its own (pipx, uv tool, or python -m venv)"
        )
        raise LoaError(said.format(place=sys.prefix))
    place = sysconfig.get_path("purelib")
    if not os.access(place, os.W_OK):
        said = _("{place} is not writable for you: do this as the one who installed Loa")
        raise LoaError(said.format(place=place))
