"""A stylesheet that does nothing twice: it parses a text once, and looks for a part's rules when they may differ."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar
from weakref import WeakKeyDictionary

from textual.css.stylesheet import Stylesheet

if TYPE_CHECKING:
    from textual.css.model import RuleSet
    from textual.css.types import CSSLocation
    from textual.dom import DOMNode

COLOURS = 4
"""So many sets of variables, one for each theme that was chosen, keep what was parsed with them."""

_Key = tuple[str, "CSSLocation", bool, int, str]


class ParsedOnce(Stylesheet):
    """Textual's own parses every text anew for each screen that opens for the first time: half of what that takes."""

    _kept: ClassVar[dict[frozenset[tuple[str, str]], dict[_Key, list[RuleSet]]]] = {}

    def __init__(self, *, variables: dict[str, str] | None = None) -> None:
        super().__init__(variables=variables)
        self._placed: WeakKeyDictionary[DOMNode, tuple[object, object]] = WeakKeyDictionary()
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

    def _process_component_classes(self, node: DOMNode) -> None:
        """Give each part of a widget its rules, unless the same rules have met the same place before.

        A list has a part for each tone and channel, and Textual would look for the rules of them all at every change.
        """
        if not node._get_component_classes():
            return
        rules = self.rules_map
        place = [(type(each), each.id, each.classes, each.pseudo_classes) for each in node.css_path_nodes]
        known, before = self._placed.get(node, (None, None))
        if known is not rules or before != place or not node._component_styles:
            super()._process_component_classes(node)
            self._placed[node] = (rules, place)
