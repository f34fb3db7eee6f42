from __future__ import annotations

import pytest
from textual.color import Color

from scheduler.tui.hues import HUES
from scheduler.tui.theme import DARK, LIGHT, THEMES, after, fitting


@pytest.mark.parametrize(
    ("environment", "theme"),
    [
        ({"TERM": "xterm-256color"}, "loa-dark"),
        ({"TERM": "xterm", "COLORTERM": "truecolor"}, "loa-dark"),
        ({"TERM": "xterm-256color", "COLORFGBG": "0;15"}, "loa-light"),
        ({"TERM": "linux"}, "loa-16"),
        ({}, "loa-16"),
    ],
)
def test_the_terminal_chooses(environment: dict[str, str], theme: str) -> None:
    assert fitting(environment) == theme


def test_the_round_of_themes_closes() -> None:
    names = [theme.name for theme in THEMES]
    assert [after(name) for name in names] == [*names[1:], names[0]]
    assert after("nord") == names[0]


@pytest.mark.parametrize("theme", [DARK, LIGHT], ids=lambda theme: theme.name)
def test_every_text_can_be_read_on_every_ground(theme: object) -> None:
    """WCAG 2.1, 1.4.3: a contrast of 4.5 to 1."""
    variables = theme.variables  # type: ignore[attr-defined]
    grounds = [theme.background, theme.surface, theme.panel]  # type: ignore[attr-defined]
    tones = ["foreground", "primary", "success", "warning", "error"]
    texts = [*(getattr(theme, tone) for tone in tones), variables["quiet"]]
    texts += [variables[f"channel-{number}"] for number in range(1, HUES + 1)]
    for ground in grounds:
        for text in texts:
            assert contrast(text, ground) >= 4.5, (text, ground)
    assert contrast(variables["block-cursor-foreground"], variables["block-cursor-background"]) >= 4.5
    for tone in ("accent", "error"):
        assert contrast(variables["banner-text"], getattr(theme, tone)) >= 4.5


def test_every_theme_tells_eight_channels_apart() -> None:
    for theme in THEMES:
        assert len({theme.variables[f"channel-{number}"] for number in range(1, HUES + 1)}) == HUES, theme.name


def contrast(one: str, other: str) -> float:
    """Return the contrast of two colours after WCAG 2.1."""

    def luminance(text: str) -> float:
        parts = [part / 255 for part in Color.parse(text).rgb]
        linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
        return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]

    lighter, darker = sorted((luminance(one), luminance(other)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)
