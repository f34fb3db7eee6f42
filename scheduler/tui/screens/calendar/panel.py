"""What is known of the day and the item under the cursor."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual.content import Content

from scheduler.ground.text import _
from scheduler.plan.lunar import lunar
from scheduler.tui.screens.calendar.listing import gap_words
from scheduler.tui.widgets.pieces import STYLES
from scheduler.tui.words import SYMBOLS, TONES, weekday_of, word

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from scheduler.engine.looks.agenda import Agenda
    from scheduler.tui.screens.calendar.cells import Look
    from scheduler.tui.screens.calendar.days import Item


def about(look: Look, titles: Mapping[str, str]) -> Content:
    """Return the day, and the item under the cursor; ``titles`` are those of events and workstreams by id."""
    rows = list(_day(look))
    item = look.days.item(look.day, look.chosen)
    if item is not None:
        rows += [Content(""), Content.styled(item.title, "bold")]
        rows += _post(item, look, titles) if item.showing else _event(item, look)
    gaps = look.days.gaps(look.day)
    rows += [Content(""), *(Content.styled(f"— {gap_words(each)}", "$warning") for each in gaps)] if gaps else []
    return Content("\n").join(rows)


def brief(look: Look) -> Content:
    """Return one line on the item under the cursor, where there is no room for more."""
    item = look.days.item(look.day, look.chosen)
    if item is None:
        return Content(" · ").join(_day(look))
    symbol, tone = item.sign()
    when = f"{weekday_of(look.day)} {look.day:%d/%m}" + ("" if item.whole else f" {item.start:%H:%M}")
    parts = [Content.styled(when, "bold"), Content.styled(symbol, STYLES[tone])]
    if item.collisions:
        parts.append(Content.styled("! " + _("collides"), "bold $error"))
    parts.append(Content(item.title))
    if item.showing is not None and not item.showing.approved:
        parts.append(Content.styled(_("waits for approval"), "$warning"))
    if item.event is not None and item.event.place:
        parts.append(Content.styled(item.event.place, "$quiet"))
    return Content("  ").join(parts)


def _day(look: Look) -> Iterator[Content]:
    moon = lunar(look.day)
    words = _("{day}/{month} lunar, leap month") if moon.leap else _("{day}/{month} lunar")
    date = Content.styled(f"{weekday_of(look.day)} {look.day:%d/%m/%Y}", "bold $primary")
    yield Content.assemble(date, (f"  {words.format(day=moon.day, month=moon.month)}", "$quiet"))
    if name := look.days.holidays.get(look.day):
        yield Content.styled(_(name), "$accent")
    if look.days.empty(look.day):
        yield Content.styled(_("Nothing goes out on this day."), "$warning")


def _post(item: Item, look: Look, titles: Mapping[str, str]) -> Iterator[Content]:
    showing = item.showing
    assert showing is not None  # noqa: S101 - asked for posts only
    sign, style = approval(item)
    yield Content.assemble((f"{item.start:%H:%M}", "bold"), "  ", (sign, style))
    if showing.event:
        yield labelled(_("Placed by"), titles.get(f"event:{showing.event}", showing.event))
    if showing.workstream:
        yield labelled(_("Workstream"), titles.get(f"workstream:{showing.workstream}", showing.workstream))
    for name, counts in showing.channels.items():
        mark = look.marks.get(name)
        style = f"bold $channel-{mark.hue}" if mark else "$quiet"
        parts = [Content.styled(f"{mark.letter if mark else '?'} {name:<10}", style)]
        for state, number in counts.items():
            parts.append(Content.styled(f"  {SYMBOLS[state]} {number} {word(state)}", STYLES[TONES[state]]))
        yield Content("").join(parts)
    yield from collisions(item, look.days.agenda)


def approval(item: Item) -> tuple[str, str]:
    """Return how a post's approval stands, and its style."""
    if item.showing is not None and item.showing.draft:
        return "· " + _("a draft: checked, never planned"), "$quiet"
    if item.showing is not None and not item.showing.approved:
        return "‖ " + _("waits for approval"), "$warning"
    return "✓ " + _("may go out"), "$success"


def collisions(item: Item, agenda: Agenda) -> Iterator[Content]:
    """Yield what an item collides with."""
    titles = {(each.post, each.recurrence): each.title for each in agenda.showings}
    mine = (item.showing.post, item.showing.recurrence) if item.showing else ("", "")
    for each in item.collisions:
        other = each.second if each.first == mine else each.first
        words = _("collides on {channel}/{target} with: {title}")
        title = titles.get(other, other[0])
        yield Content.styled("! " + words.format(channel=each.channel, target=each.target, title=title), "bold $error")


def labelled(name: str, value: str, style: str = "") -> Content:
    """Return what something is, and its value, in one line that may wrap."""
    return Content.assemble((f"{name}: ", "$quiet"), (value, style))


def _window(item: Item) -> str:
    ends = f"{item.end:%H:%M}" if item.end.date() == item.start.date() else f"{item.end:%d/%m/%Y %H:%M}"
    return f"{item.start:%d/%m/%Y %H:%M} – {ends}"


def _event(item: Item, look: Look) -> Iterator[Content]:
    event = item.event
    assert event is not None  # noqa: S101 - what is no post is an event
    yield Content.styled(_window(item), "bold")
    if event.place:
        yield labelled(_("Place"), event.place)
    if event.outside:
        yield Content.styled("◇ " + _("others organise it"), "$quiet")
    hanging = [each for each in look.days.agenda.showings if each.event == event.id]
    if hanging:
        yield Content.styled(_("Posts that move with it"), "bold $primary")
        for each in hanging:
            yield Content(f"{each.publish_at.astimezone(look.zone):%d/%m %H:%M}  {each.title}")
    if event.body.strip():
        yield Content("")
        yield Content(event.body.strip())
