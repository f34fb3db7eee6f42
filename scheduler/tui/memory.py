"""What the screens remember over a restart: where one was, each screen's filter and choice, the colours, the language.

It stands in ``var/screen.json``, apart for each person. It is written whole soon after it has changed, so that a crash
loses no more than the last second; a file that cannot be read is said once, and replaced.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from scheduler.ground.files import replace_file
from scheduler.ground.text import _

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

FILE = "screen.json"
VERSION = 1
MODE = 0o600


class Memory:
    """The memory of one person in one campaign folder. ``trouble`` is why nothing could be remembered, or ""."""

    def __init__(self, var: Path, person: str) -> None:
        self._path = var / FILE
        self._person = person
        self.trouble = ""
        self.kept = self._people().get(person) or {}
        if not isinstance(self.kept, dict):
            self.kept = {}

    def text(self, name: str) -> str:
        """Return a word that was kept: the screen, the colours, the language; "" where there is none."""
        value = self.kept.get(name)
        return value if isinstance(value, str) else ""

    def screen(self, name: str) -> Mapping[str, Any]:
        """Return what one screen remembers; nothing where it never did."""
        screens = self.kept.get("screens")
        found = screens.get(name) if isinstance(screens, dict) else None
        return found if isinstance(found, dict) else {}

    def keep(self, now: Mapping[str, Any]) -> None:
        """Write what there is to remember, beside what other people have. Raises `OSError`."""
        people = {**self._people(), self._person: now}
        self._path.parent.mkdir(parents=True, exist_ok=True)
        text = json.dumps({"version": VERSION, "people": people}, ensure_ascii=False, indent=1)
        replace_file(self._path, text.encode(), mode=MODE)

    def _people(self) -> dict[str, Any]:
        try:
            whole = json.loads(self._path.read_bytes())
        except FileNotFoundError:
            return {}
        except (OSError, ValueError) as error:
            self.trouble = _("{file} cannot be read, and is begun anew: {error}").format(file=self._path, error=error)
            return {}
        if not isinstance(whole, dict) or whole.get("version") != VERSION or not isinstance(whole.get("people"), dict):
            self.trouble = _("{file} is of another version, and is begun anew").format(file=self._path)
            return {}
        return dict(whole["people"])
