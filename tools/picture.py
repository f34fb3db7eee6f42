"""A screen of the running app as SVG: whatever font a reader has, letters keep their cells and lines join.

Letters are text, in a monospace font of the reader's own, fitted to their cells; lines and blocks are drawn, since a
font's own would leave gaps. Nothing is asked for outside the file, and the same screen gives the same bytes.
"""

from __future__ import annotations

import re
import unicodedata
from html import escape
from itertools import groupby
from typing import TYPE_CHECKING, Any, NamedTuple

from rich.cells import cell_len
from rich.color import Color
from rich.segment import Segment
from rich.style import Style

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from textual.app import App

WIDE, HIGH = 8.4, 18
MARGIN = 10
FONTS = "ui-monospace,'Cascadia Mono',Consolas,Menlo,'Noto Sans Mono','Liberation Mono','DejaVu Sans',sans-serif"
"""Not DejaVu Sans Mono, nor whatever a system calls monospace: it sets the marks of ề, ễ and ổ beside their letter."""
EIGHTHS = {
    "ONE EIGHTH": 1, "ONE QUARTER": 2, "THREE EIGHTHS": 3, "HALF": 4, "FIVE EIGHTHS": 5, "THREE QUARTERS": 6,
    "SEVEN EIGHTHS": 7,
}  # fmt: skip
_WORDS = re.compile(r"[^\s\u2190-\U0010ffff]+(?: [^\s\u2190-\U0010ffff]+)*|\S")
"""Words of what every monospace font has; any other sign stands alone, in its own cell."""


class Paint(NamedTuple):
    """How a run of letters looks."""

    ink: str
    ground: str
    bold: bool
    italic: bool
    underline: bool
    strike: bool


def picture(app: App[Any], title: str) -> str:
    """Return the screen of ``app``, with what stands above it, as an SVG file."""
    width, height = app.size
    rows = [list(_runs(row)) for row in _strips(app)]
    inks: dict[tuple[str, bool, bool, bool, bool], str] = {}
    grounds = "".join(_grounds(rows))
    signs = "".join(_signs(rows, inks))
    rules = "".join(f".{name}{{{_rule(look)}}}" for look, name in inks.items())
    page = rows[0][0][1].ground
    across, down = round(width * WIDE + 2 * MARGIN), height * HIGH + 2 * MARGIN
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {across} {down}" width="{across}" height="{down}"'
        f' role="img"><title>{escape(title)}</title>'
        f"<style>text{{font:14px {FONTS};white-space:pre;text-rendering:geometricPrecision}}"
        f"rect{{shape-rendering:crispEdges}}path{{fill:none;stroke-width:1.2}}{rules}</style>"
        f'<path d="M0 0h{across}v{down}H0z" style="fill:{page};stroke:#888"/>'
        f'<g transform="translate({MARGIN} {MARGIN})">{grounds}{signs}</g></svg>\n'
    )


def _strips(app: App[Any]) -> list[list[Segment]]:
    compositor = app.screen._compositor
    update: Any = compositor.render_update(full=True, screen_stack=app._background_screens)
    return [[segment for strip in line for segment in strip if not segment.control] for line in update.strips]


def _runs(segments: Iterable[Segment]) -> Iterator[tuple[str, Paint, int]]:
    """Yield the runs of one row: text, look, and the cell where each begins."""
    at = 0
    for paint, group in groupby(segments, lambda each: _paint(each.style or Style())):
        text = "".join(each.text for each in group)
        yield text, paint, at
        at += cell_len(text)


def _paint(style: Style) -> Paint:
    ink, ground = _hex(style.color, "#d7dce2"), _hex(style.bgcolor, "#14171a")
    if style.dim:
        ink = _between(ink, ground)
    if style.reverse:
        ink, ground = ground, ink
    looks = (style.bold, style.italic, style.underline, style.strike)
    return Paint(ink, ground, *(bool(each) for each in looks))


def _hex(color: Color | None, default: str) -> str:
    return default if color is None or color.is_default else color.get_truecolor().hex


def _between(ink: str, ground: str) -> str:
    pairs = ((int(ink[at : at + 2], 16), int(ground[at : at + 2], 16)) for at in (1, 3, 5))
    return "#" + "".join(f"{(3 * one + 2 * other) // 5:02x}" for one, other in pairs)


def _grounds(rows: list[list[tuple[str, Paint, int]]]) -> Iterator[str]:
    page = rows[0][0][1].ground
    for row, runs in enumerate(rows):
        for ground, group in groupby(runs, lambda run: run[1].ground):
            parts = list(group)
            begin, end = parts[0][2], parts[-1][2] + cell_len(parts[-1][0])
            if ground != page:
                yield f'<rect x="{_n(begin * WIDE)}" y="{row * HIGH}" width="{_n((end - begin) * WIDE)}"'
                yield f' height="{HIGH}" fill="{ground}"/>'


def _signs(
    rows: list[list[tuple[str, Paint, int]]], inks: dict[tuple[str, bool, bool, bool, bool], str]
) -> Iterator[str]:
    for row, runs in enumerate(rows):
        for text, paint, begin in runs:
            name = ""
            for found in _WORDS.finditer(text):
                word, at = found[0].rstrip(), begin + cell_len(text[: found.start()])
                look = (paint.ink, *paint[2:])
                name = name or inks.setdefault(look, f"i{len(inks)}")
                yield drawn(word, at, row, paint.ink) or _text(word, at, row, name)


def _text(word: str, at: int, row: int, name: str) -> str:
    long = _n(cell_len(word) * WIDE)
    fitted = f' textLength="{long}" lengthAdjust="spacingAndGlyphs"' if len(word) > 1 or word > "\u2190" else ""
    return (
        f'<text class="{name}" x="{_n(at * WIDE)}" y="{row * HIGH + 13.5}"{fitted}>{escape(word, quote=False)}</text>'
    )


def _rule(look: tuple[str, bool, bool, bool, bool]) -> str:
    ink, bold, italic, underline, strike = look
    lines = " ".join(name for name, wanted in (("underline", underline), ("line-through", strike)) if wanted)
    parts = [f"fill:{ink}", "font-weight:bold" if bold else "", "font-style:italic" if italic else ""]
    return ";".join(part for part in (*parts, f"text-decoration:{lines}" if lines else "") if part)


def drawn(sign: str, at: int, row: int, ink: str) -> str:
    """Return a line or a block as a shape, "" for any other sign."""
    name = unicodedata.name(sign, "") if len(sign) == 1 else ""
    left, top = at * WIDE, row * HIGH
    if name.endswith("BLOCK"):
        return _block(name.removesuffix(" BLOCK"), left, top, ink)
    if name.startswith("BOX DRAWINGS") and "DIAGONAL" not in name:
        return _line(name, left, top, ink)
    return ""


def _block(name: str, left: float, top: float, ink: str) -> str:
    side, _, part = name.partition(" ")
    eighths = EIGHTHS.get(part, 8)
    wide = WIDE * eighths / 8 if side in {"LEFT", "RIGHT"} else WIDE
    high = HIGH * eighths / 8 if side in {"LOWER", "UPPER"} else HIGH
    x = left + WIDE - wide if side == "RIGHT" else left
    y = top + HIGH - high if side == "LOWER" else top
    return f'<rect x="{_n(x)}" y="{_n(y)}" width="{_n(wide)}" height="{_n(high)}" fill="{ink}"/>'


def _line(name: str, left: float, top: float, ink: str) -> str:
    words = set(name.split())
    centre, middle = left + WIDE / 2, top + HIGH / 2
    ends = {
        "LEFT": (left, middle),
        "RIGHT": (left + WIDE, middle),
        "UP": (centre, top),
        "DOWN": (centre, top + HIGH),
    }
    arms = words | ({"LEFT", "RIGHT"} if "HORIZONTAL" in words else set())
    arms |= {"UP", "DOWN"} if "VERTICAL" in words else set()
    path = "".join(f"M{_n(centre)} {_n(middle)}L{_n(x)} {_n(y)}" for arm, (x, y) in ends.items() if arm in arms)
    heavy = ' stroke-width="2.4"' if "HEAVY" in words else ""
    dashes = ' stroke-dasharray="2 2"' if "DASH" in words else ""
    return f'<path d="{path}" stroke="{ink}"{heavy}{dashes}/>'


def _n(number: float) -> str:
    return f"{number:.1f}".removesuffix(".0")
