"""A stylesheet that parses each text once, whichever screens come and go."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from textual.css.stylesheet import Stylesheet

if TYPE_CHECKING:
    from textual.css.model import RuleSet
    from textual.css.types import CSSLocation

COLOURS = 4
"""So many sets of variables, one for each theme that was chosen, keep what was parsed with them."""

_Key = tuple[str, "CSSLocation", bool, int, str]


class ParsedOnce(Stylesheet):
    """Textual's own parses every text anew for each screen that opens for the first time: half of what that takes."""

    _kept: ClassVar[dict[frozenset[tuple[str, str]], dict[_Key, list[RuleSet]]]] = {}

    def __init__(self, *, variables: dict[str, str] | None = None) -> None:
        super().__init__(variables=variables)
        self._take()

    def _take(self) -> None:
        """Go on with what was parsed before with the same variables."""
        key = frozenset(self._variables.items())
        self._parsed = self._kept.pop(key, {})
        self._kept[key] = self._parsed
        while len(self._kept) > COLOURS:
            del self._kept[next(iter(self._kept))]

    def set_variables(self, variables: dict[str, str]) -> None:
        """Take other variables; the same ones change nothing."""
        if variables == self._variables:
            return
        super().set_variables(variables)
        self._take()
        self._require_parse = True
        self._rules_map = None

    def reparse(self) -> None:
        """Parse what has changed since the last time."""
        if self._require_parse:
            self.parse()

    def _parse_rules(
        self,
        css: str,
        read_from: CSSLocation,
        is_default_rules: bool = False,
        tie_breaker: int = 0,
        scope: str = "",
    ) -> list[RuleSet]:
        key = (css, read_from, is_default_rules, tie_breaker, scope)
        if key not in self._parsed:
            self._parsed[key] = super()._parse_rules(css, read_from, is_default_rules, tie_breaker, scope)
        return self._parsed[key]
