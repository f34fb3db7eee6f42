"""The stylesheet parses each text once, and says the same as Textual's own."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from textual.css.parse import parse
from textual.css.stylesheet import Stylesheet

from scheduler.tui.parsed import COLOURS, ParsedOnce
from tests.tui.screen import seated

if TYPE_CHECKING:
    from textual.css.model import RuleSet
    from textual.dom import DOMNode

    from scheduler.engine.engine import Engine

TEXT = "Static { color: $tone; }\nStatic.-bold { text-style: bold; }"


def filled(sheet: Stylesheet) -> Stylesheet:
    sheet.add_source(TEXT, ("here", "Static"), is_default_css=True, tie_breaker=1)
    return sheet


def css(sheet: Stylesheet) -> str:
    sheet.reparse()
    return sheet.css


def said(rule: RuleSet) -> object:
    return rule.selectors, repr(rule.styles.get_rules()), rule.tie_breaker, rule.is_default_rules


async def test_every_screen_has_the_rules_that_textual_itself_would_give_it(engine: Engine) -> None:
    async with seated(engine) as seat:
        for key in "23456789":
            await seat.press(key)
        ours = seat.app.stylesheet
        theirs = Stylesheet(variables=seat.app.get_css_variables())
        theirs.source = ours.source.copy()
        theirs.parse()
        assert isinstance(ours, ParsedOnce)
        assert [said(rule) for rule in ours.rules] == [said(rule) for rule in theirs.rules]


async def test_other_colours_change_the_rules(engine: Engine) -> None:
    async with seated(engine) as seat:
        before = seat.app.screen.styles.background
        seat.app.do_theme()
        await seat.until(lambda: seat.app.screen.styles.background != before)


def test_a_text_is_parsed_once_for_the_same_variables(monkeypatch: pytest.MonkeyPatch) -> None:
    parsed: list[str] = []

    def counted(scope: str, text: str, *args: object, **more: object) -> object:
        parsed.append(text)
        return parse(scope, text, *args, **more)  # type: ignore[arg-type]

    monkeypatch.setattr("textual.css.stylesheet.parse", counted)
    first = filled(ParsedOnce(variables={"tone": "#010203"}))
    red = css(first)
    first.set_variables({"tone": "#010203"})
    assert css(first) == red
    assert css(filled(ParsedOnce(variables={"tone": "#010203"}))) == red
    assert parsed == [TEXT]
    first.set_variables({"tone": "#040506"})
    assert css(first) != red
    assert parsed == [TEXT, TEXT]
    first.set_variables({"tone": "#010203"})
    assert css(first) == red
    assert parsed == [TEXT, TEXT]


def test_it_keeps_what_belongs_to_a_few_themes() -> None:
    for n in range(COLOURS * 2):
        css(filled(ParsedOnce(variables={"tone": f"#00000{n}"})))
    assert len(ParsedOnce._kept) == COLOURS


def parts(node: DOMNode) -> dict[str, object]:
    return {name: styles.base.get_rules() for name, styles in node._component_styles.items()}


async def test_the_parts_of_every_widget_have_the_rules_that_textual_itself_would_give_them(engine: Engine) -> None:
    async with seated(engine) as seat:
        sheet, seen = seat.app.stylesheet, set()
        for key in ("2", "down", "3", "slash", "escape", "4", "tab", "9", "ctrl+t", "3", "2", "f1", "escape"):
            await seat.press(key)
            for node in seat.app.screen.walk_children(with_self=True):
                ours = parts(node)
                Stylesheet._process_component_classes(sheet, node)
                assert ours == parts(node), (key, node)
                seen |= {(type(node).__name__, name) for name in ours}
        assert {("Page", "page--cursor"), ("Table", "lines--cursor")} <= seen


async def test_parts_follow_what_is_around_their_widget_and_are_looked_for_only_then(
    engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[DOMNode] = []
    own = Stylesheet._process_component_classes

    def counted(sheet: Stylesheet, node: DOMNode) -> None:
        asked.append(node)
        own(sheet, node)

    async with seated(engine) as seat:
        await seat.press("2")
        page = seat.app.screen.query_one("Page")
        seat.app.stylesheet.apply(page)
        before = parts(page)
        monkeypatch.setattr(Stylesheet, "_process_component_classes", counted)
        seat.app.stylesheet.apply(page)
        assert asked == []
        page.add_class("-else", update=False)
        seat.app.stylesheet.apply(page)
        seat.app.screen.add_class("-else", update=False)
        seat.app.stylesheet.apply(page)
        page.disabled = True
        asked.remove(page)
        asked.remove(page)
        seat.app.stylesheet.apply(page)
        assert asked == [page]
        seat.app.do_theme()
        await seat.until(lambda: parts(page) != before)
