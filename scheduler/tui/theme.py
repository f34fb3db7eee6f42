"""Colours: dark, light, and the terminal's own sixteen.

A colour never says anything alone: each state has a symbol and a word as well.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from textual.theme import BUILTIN_THEMES, Theme

from scheduler.ground.text import _
from scheduler.tui.hues import variables

if TYPE_CHECKING:
    from collections.abc import Mapping

PLAIN = "loa-16"

DARK = Theme(
    name="loa-dark",
    primary="#6cb6d9",
    secondary="#8fa7c4",
    accent="#e3b45c",
    success="#83c092",
    warning="#e3b45c",
    error="#ef7d72",
    foreground="#d7dce2",
    background="#14171a",
    surface="#1b1f23",
    panel="#24292e",
    dark=True,
    variables={
        "quiet": "#8592a0",
        "rule": "#33404d",
        "field": "#24292e",
        "block-cursor-background": "#2a4a5e",
        "block-cursor-foreground": "#ffffff",
        "block-cursor-text-style": "none",
        "block-cursor-blurred-background": "#262b31",
        "block-cursor-blurred-foreground": "#d7dce2",
        "input-selection-background": "#6cb6d9 35%",
        "scrollbar": "#33404d",
        "scrollbar-background": "#14171a",
        "scrollbar-corner-color": "#14171a",
        "banner-text": "#14171a",
        **variables(["#6cb6d9", "#e0a36c", "#83c092", "#c79fd0", "#d9c36c", "#e8959f", "#7fc7bd", "#a9b1e6"]),
    },
)

LIGHT = Theme(
    name="loa-light",
    primary="#0d5c86",
    secondary="#48627f",
    accent="#8a5a00",
    success="#226b3b",
    warning="#8a5a00",
    error="#b3261e",
    foreground="#1d242b",
    background="#fbfaf7",
    surface="#f4f2ec",
    panel="#e8e5dc",
    dark=False,
    variables={
        "quiet": "#5d6873",
        "rule": "#c9c4b6",
        "field": "#e8e5dc",
        "block-cursor-background": "#cfe3ee",
        "block-cursor-foreground": "#0b2233",
        "block-cursor-text-style": "none",
        "block-cursor-blurred-background": "#e8e5dc",
        "block-cursor-blurred-foreground": "#1d242b",
        "input-selection-background": "#0d5c86 25%",
        "scrollbar": "#c9c4b6",
        "scrollbar-background": "#fbfaf7",
        "scrollbar-corner-color": "#fbfaf7",
        "banner-text": "#ffffff",
        **variables(["#0d5c86", "#8a4500", "#226b3b", "#75378a", "#665800", "#a3245a", "#00635a", "#4a4fa3"]),
    },
)


_SIXTEEN_HUES = [
    "cyan",
    "bright_yellow",
    "green",
    "bright_magenta",
    "bright_cyan",
    "bright_red",
    "bright_green",
    "white",
]
"""The colours of channels where the terminal has no more: those of its palette that can be read on its black."""


def _sixteen() -> Theme:
    """Return the theme of few colours, on black whatever the terminal's ground: of the sixteen, white has but five."""
    base = BUILTIN_THEMES["ansi-dark"]
    return Theme(
        name=PLAIN,
        primary="ansi_bright_cyan",
        secondary="ansi_cyan",
        accent="ansi_bright_yellow",
        success="ansi_bright_green",
        warning="ansi_bright_yellow",
        error="ansi_bright_red",
        foreground="ansi_bright_white",
        background="ansi_black",
        surface="ansi_black",
        panel="ansi_black",
        boost="ansi_black",
        dark=True,
        ansi=True,
        variables={
            **base.variables,
            "quiet": "ansi_white",
            "rule": "ansi_bright_black",
            "field": "ansi_blue",
            "input-cursor-background": "ansi_bright_white",
            "input-cursor-foreground": "ansi_black",
            "input-selection-background": "ansi_cyan",
            "input-selection-foreground": "ansi_black",
            "block-cursor-foreground": "ansi_black",
            "block-cursor-background": "ansi_cyan",
            "block-cursor-blurred-foreground": "ansi_bright_white",
            "block-cursor-blurred-background": "ansi_blue",
            "scrollbar": "ansi_bright_black",
            "scrollbar-hover": "ansi_white",
            "scrollbar-active": "ansi_white",
            "scrollbar-background": "ansi_black",
            "scrollbar-background-hover": "ansi_black",
            "scrollbar-background-active": "ansi_black",
            "scrollbar-corner-color": "ansi_black",
            "banner-text": "ansi_black",
            **variables(f"ansi_{each}" for each in _SIXTEEN_HUES),
        },
    )


THEMES = (DARK, LIGHT, _sixteen())


_CONFIGURED = {"dark": "loa-dark", "light": "loa-light", "16": PLAIN}


def names() -> dict[str, str]:
    """Return each theme with what it is called on the screen."""
    return {"loa-dark": _("dark"), "loa-light": _("light"), PLAIN: _("the terminal's own sixteen")}


def fitting(environment: Mapping[str, str] = os.environ) -> str:
    """Return the theme for this terminal: its own sixteen colours where it has no more, light on a light ground."""
    term = environment.get("TERM", "")
    rich = environment.get("COLORTERM") in {"truecolor", "24bit"} or "256" in term or "direct" in term
    if not rich or "NO_COLOR" in environment:
        return PLAIN
    ground = environment.get("COLORFGBG", "").rpartition(";")[2]
    return "loa-light" if ground in {"7", "15"} else "loa-dark"


def first(chosen: str, configured: str, environment: Mapping[str, str] = os.environ) -> str:
    """Return the theme to begin with: what was chosen last, what config.toml says, what fits.

    A terminal of sixteen colours begins with those, whatever was chosen on another.
    """
    fits = fitting(environment)
    if fits == PLAIN:
        return fits
    return chosen if chosen in names() else _CONFIGURED.get(configured, fits)


def after(name: str) -> str:
    """Return the theme that follows ``name`` in the round of all."""
    names = [theme.name for theme in THEMES]
    return names[(names.index(name) + 1) % len(names)] if name in names else names[0]
