from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest
from rich.style import Style
from textual.color import Color
from textual.command import CommandList
from textual.widgets import Button

from scheduler.tui.hues import HUES
from scheduler.tui.theme import DARK, LIGHT, THEMES, after, first, fitting
from tests.tui.screen import seated
from tests.tui.test_terminal import Terminal

if TYPE_CHECKING:
    from pathlib import Path

    from rich.segment import Segment

    from scheduler.engine.engine import Engine

CHOSEN = "option-list--option-highlighted"


@pytest.mark.parametrize(
    ("environment", "theme"),
    [
        ({"TERM": "xterm-256color"}, "loa-dark"),
        ({"TERM": "xterm", "COLORTERM": "truecolor"}, "loa-dark"),
        ({"TERM": "xterm-256color", "COLORFGBG": "0;15"}, "loa-light"),
        ({"TERM": "linux"}, "loa-16"),
        ({}, "loa-16"),
        ({"TERM": "screen", "COLORTERM": ""}, "loa-16"),
        ({"TERM": "xterm-16color"}, "loa-16"),
        ({"TERM": "xterm-256color", "NO_COLOR": "1"}, "loa-16"),
    ],
)
def test_the_terminal_chooses(environment: dict[str, str], theme: str) -> None:
    assert fitting(environment) == theme


RICH = {"TERM": "xterm-256color"}


@pytest.mark.parametrize(
    ("chosen", "configured", "environment", "theme"),
    [
        ("", "auto", RICH, "loa-dark"),
        ("", "light", RICH, "loa-light"),
        ("", "16", RICH, "loa-16"),
        ("loa-dark", "light", RICH, "loa-dark"),
        ("gone", "light", RICH, "loa-light"),
        ("loa-light", "light", {"TERM": "linux"}, "loa-16"),
    ],
)
def test_what_was_chosen_goes_before_the_config_but_never_past_the_terminal(
    chosen: str, configured: str, environment: dict[str, str], theme: str
) -> None:
    assert first(chosen, configured, environment) == theme


@pytest.mark.parametrize(
    ("environment", "colours"),
    [
        ({"TERM": "linux", "COLORTERM": ""}, range(16)),
        ({"TERM": "screen", "COLORTERM": ""}, range(16)),
        ({"TERM": "xterm-256color", "NO_COLOR": "1"}, range(0)),
    ],
)
def test_a_terminal_of_few_colours_is_sent_no_others(folder: Path, environment: dict[str, str], colours: range) -> None:
    terminal = Terminal(str(folder), **environment)
    try:
        for key, shown in (
            ("", "Needs me"),
            ("3", "20 deliveries"),
            ("\x10", "Hold"),
            ("\x1b", ""),
            ("1", "Coming up"),
        ):
            terminal.press(key)
            terminal.says(shown)
        sent = bytes(terminal.output).decode(errors="replace")
    finally:
        terminal.close()
    codes = [part for found in re.findall(r"\x1b\[([0-9;]*)m", sent) for part in found.split(";") if part]
    assert codes
    assert not {"38", "48"} & set(codes)
    assert "7" in codes, "the cursor stands out without colour too"
    used = {int(code) % 10 + (8 if int(code) >= 90 else 0) for code in codes if int(code) >= 30 and int(code) % 10 != 9}
    assert used <= set(colours)


async def test_the_button_in_focus_stands_out_without_colours(engine: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NO_COLOR", "1")
    async with seated(engine) as seat:
        await seat.press("ctrl+s", "tab")
        back = seat.app.screen.query_one("#back", Button)
        assert back.has_focus
        assert back.get_visual_style().underline
        await seat.press("tab")
        assert not back.get_visual_style().underline


async def test_the_palette_shows_where_one_is_without_colours(engine: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NO_COLOR", "1")
    async with seated(engine) as seat:
        await seat.press("ctrl+p")
        await seat.type("rad")
        await seat.until(lambda: bool(seat.app.screen.query(CommandList)))
        found = seat.app.screen.query_one(CommandList)
        await seat.until(lambda: found.highlighted is not None)
        looks = [found.get_visual_style("option-list--option", *more) for more in ((), (CHOSEN,))]
        assert [look.underline for look in looks] == [None, True]


def test_the_round_of_themes_closes() -> None:
    names = [theme.name for theme in THEMES]
    assert [after(name) for name in names] == [*names[1:], names[0]]
    assert after("nord") == names[0]


@pytest.mark.parametrize("theme", [DARK, LIGHT], ids=lambda theme: theme.name)
def test_every_text_can_be_read_on_every_ground(theme: object) -> None:
    """WCAG 2.1, 1.4.3: a contrast of 4.5 to 1."""
    variables = theme.variables  # type: ignore[attr-defined]
    grounds = [theme.background, theme.surface, theme.panel]  # type: ignore[attr-defined]
    tones = ["foreground", "primary", "secondary", "accent", "success", "warning", "error"]
    texts = [*(getattr(theme, tone) for tone in tones), variables["quiet"]]
    texts += [variables[f"channel-{number}"] for number in range(1, HUES + 1)]
    for ground in grounds:
        for text in texts:
            assert contrast(text, ground) >= 4.5, (text, ground)
    for kind in ("block-cursor", "block-cursor-blurred"):
        assert contrast(variables[f"{kind}-foreground"], variables[f"{kind}-background"]) >= 4.5
    for tone in ("accent", "error"):
        assert contrast(variables["banner-text"], getattr(theme, tone)) >= 4.5


PALETTES = {
    "linux": "000000 aa0000 00aa00 aa5500 0000aa aa00aa 00aaaa aaaaaa"
    " 555555 ff5555 55ff55 ffff55 5555ff ff55ff 55ffff ffffff",
    "xterm": "000000 cd0000 00cd00 cdcd00 0000ee cd00cd 00cdcd e5e5e5"
    " 7f7f7f ff0000 00ff00 ffff00 5c5cff ff00ff 00ffff ffffff",
}
"""What two terminals make of the sixteen."""
NAMES = ["black", "red", "green", "yellow", "blue", "magenta", "cyan", "white"]


@pytest.mark.parametrize("palette", PALETTES.values(), ids=PALETTES)
def test_every_text_can_be_read_in_sixteen_colours(palette: str) -> None:
    shades = dict(zip([*NAMES, *(f"bright_{name}" for name in NAMES)], palette.split(), strict=True))

    def shade(colour: str | None) -> str:
        return "#" + shades[str(colour).removeprefix("ansi_")]

    theme = THEMES[2]
    variables = theme.variables
    texts = [theme.foreground, theme.primary, theme.secondary, theme.accent, theme.success, theme.warning, theme.error]
    texts += [variables["quiet"], *(variables[f"channel-{number}"] for number in range(1, HUES + 1))]
    grounds = {theme.background, theme.surface, theme.panel}
    pairs = [(text, ground) for text in texts for ground in grounds]
    pairs += [(theme.foreground, variables["field"]), (variables["quiet"], variables["field"])]
    pairs += [(variables["banner-text"], tone) for tone in (theme.accent, theme.error)]
    for kind in ("block-cursor", "block-cursor-blurred", "input-cursor", "input-selection"):
        pairs.append((variables[f"{kind}-foreground"], variables[f"{kind}-background"]))
    assert [pair for pair in pairs if contrast(*map(shade, pair)) < 4.5] == []


OPENED = {
    **{key: (key,) for key in "123456789"},
    "week": ("2", "w"),
    "help": ("f1",),
    "palette": ("ctrl+p",),
    "form": ("N",),
    "question": ("3", "end", "h"),
    "button": ("3", "end", "h", "tab", "tab"),
    "stop": ("ctrl+s",),
    "editor": ("4", "e", "down", "down"),
}


@pytest.mark.parametrize("keys", OPENED.values(), ids=OPENED)
async def test_every_letter_on_the_screen_can_be_read_in_sixteen_colours(engine: Engine, keys: tuple[str, ...]) -> None:
    async with seated(engine, (100, 30)) as seat:
        seat.app.choose_theme("loa-16")
        for key in keys:
            await seat.press(key)
            await seat.pilot.pause(0.2)
        strips = seat.app.screen._compositor.render_strips()
        parts = {segment for strip in strips for segment in strip if any(map(str.isalnum, segment.text))}
        assert parts
        assert [part for part in parts if not legible(part)] == []


def legible(part: Segment) -> bool:
    """Return whether a part of a screen has a contrast of 4.5 to 1 in every palette."""
    style = part.style or Style()
    shades = [colour.number if colour and not colour.is_default else None for colour in (style.color, style.bgcolor)]
    return all(
        None not in shades and contrast(*(f"#{palette.split()[shade or 0]}" for shade in shades)) >= 4.5
        for palette in PALETTES.values()
    )


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


@pytest.mark.parametrize("theme", ["loa-dark", "loa-light"])
async def test_the_button_in_focus_is_the_brightest_whole_and_no_other_looks_like_it(
    engine: Engine, theme: str
) -> None:
    async with seated(engine) as seat:
        seat.app.choose_theme(theme)
        await seat.press("ctrl+s")
        await seat.until(lambda: bool(seat.app.screen.query(Button)))
        buttons = list(seat.app.screen.query(Button))
        for one in buttons:
            one.focus()
            await seat.pilot.pause()
            assert one.styles.background.hex == seat.app.theme_variables["foreground"]
            assert not one.rich_style.reverse
            assert all(each.styles.background != one.styles.background for each in buttons if each is not one)
