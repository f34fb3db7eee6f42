"""A rehearsal's summary as one HTML page: what goes out, day by day, with every text, and every problem."""

from __future__ import annotations

from datetime import timedelta
from itertools import groupby
from pathlib import Path
from typing import TYPE_CHECKING, Any

from scheduler.ground.lifecycle import State
from scheduler.ground.problem import Severity
from scheduler.ground.text import _, language

if TYPE_CHECKING:
    from scheduler.engine.rehearsing.summary import Row, Summary

TEMPLATE = "summary.html.j2"
WEEKDAYS = {
    "vi": ("Thứ Hai", "Thứ Ba", "Thứ Tư", "Thứ Năm", "Thứ Sáu", "Thứ Bảy", "Chủ nhật"),
    "en": ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"),
}


def page(summary: Summary) -> str:
    """Return the page, in the language in use; it needs no other file and no network."""
    from jinja2 import Environment, FileSystemLoader, StrictUndefined

    environment = Environment(
        loader=FileSystemLoader(Path(__file__).parent), autoescape=True, undefined=StrictUndefined, trim_blocks=True
    )
    environment.filters["dong"] = dong
    template = environment.get_template(TEMPLATE)
    return template.render(
        s=summary,
        _=_,
        language=language(),
        days=_days(summary),
        states=[state for state in State if any(counts.get(state) for counts in summary.by_channel.values())],
        errors=sum(problem.severity is Severity.ERROR for problem in summary.problems),
        first=summary.start.astimezone(summary.zone).strftime("%d/%m/%Y"),
        last=_last(summary),
        costs={name: sum(row.cost for row in summary.rows if row.channel == name) for name in summary.by_channel},
    )


def _last(summary: Summary) -> str:
    """Return the last day that is played; with the time, where it ends within a day."""
    end = summary.end.astimezone(summary.zone)
    if (end.hour, end.minute) == (0, 0):
        return (end - timedelta(minutes=1)).strftime("%d/%m/%Y")
    return end.strftime("%d/%m/%Y %H:%M")


def _days(summary: Summary) -> list[dict[str, Any]]:
    def day(row: Row) -> Any:
        return row.at.astimezone(summary.zone).date()

    found = []
    for date, rows in groupby(sorted(summary.rows, key=lambda row: (row.at, row.key)), key=day):
        name = WEEKDAYS[language()][date.weekday()]
        found.append({"head": f"{name}, {date:%d/%m/%Y}", "rows": [_shown(summary, row) for row in rows]})
    return found


def _shown(summary: Summary, row: Row) -> dict[str, Any]:
    published = row.publish_at.astimezone(summary.zone)
    return {
        "row": row,
        "time": row.at.astimezone(summary.zone).strftime("%H:%M"),
        "published": published.strftime("%d/%m %H:%M") if row.publish_at != row.at else "",
    }


def dong(amount: int) -> str:
    """Return an amount in đồng, grouped as in Viet Nam: ``78.900 đ``."""
    return f"{amount:,}".replace(",", ".") + " đ"
