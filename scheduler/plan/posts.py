"""Reading a post: its front matter, its text with variants, and what the two must agree on."""

from __future__ import annotations

from datetime import datetime
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from scheduler.ground.lifecycle import Late
from scheduler.ground.model import Post
from scheduler.ground.text import _
from scheduler.plan import template
from scheduler.plan.content import Entry, open_text
from scheduler.plan.media import read_media
from scheduler.plan.placement import own_dates, read_placement
from scheduler.plan.source import Report, printable
from scheduler.plan.values import as_choice, as_duration, as_line, as_link, as_text, one_of, spoken
from scheduler.plan.variants import read_body

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import date
    from pathlib import Path

    from scheduler.ground.model import Area, CampaignEvent, Fact, Workstream
    from scheduler.plan.content import Opened
    from scheduler.plan.fields import Fields
    from scheduler.plan.known import Known
    from scheduler.plan.variants import Body, Text

MESSAGE_CLASSES = ("policy_notice", "advertising", "internal")
_SOMETIME = datetime(2000, 1, 1)  # noqa: DTZ001 - local and naive, where a text is checked that has no date yet


def read_post(folder: Path, path: str, known: Known, data: bytes | None = None) -> Entry[Post]:
    """Read one post, or ``data`` as if it stood there.

    A bad value has its default in the result, and its error in the problems.
    """
    report = Report(printable(path))
    opened = open_text(folder, path, report, data)
    if isinstance(opened, str):
        return Entry(path, opened, None, None, report.problems, failed=True)
    fields = opened.fields
    body = read_body(opened.matter.body, opened.matter.body_line, known.words, report, known=known.all_words)
    clean = not report.failed
    post = _post(folder, path, opened, body, known)
    fields.finish()
    event = known.events.get(post.placement.event)
    tied = bool(post.placement.event) and event is None
    if clean:
        _check_texts(post, body, opened.matter.body_line, fields, known)
    _check_dates(post, own_dates(post.placement, event), fields, known)
    if known.sound and not tied:
        _check_values(post, body, event, fields, known)
    value = post if opened.id else None
    return Entry(path, opened.id, fields.line("id"), value, report.problems, report.failed, tied)


def _post(folder: Path, path: str, opened: Opened, body: Body, known: Known) -> Post:
    fields = opened.fields
    draft = fields.read("status", one_of("draft", "ready"), "ready") == "draft"
    return Post(
        id=opened.id,
        title=fields.required("title", as_line, ""),
        body=body.base.text,
        placement=read_placement(fields, known, draft=draft),
        path=path,
        summary=fields.read("summary", as_text, ""),
        workstream=fields.required("workstream", known.one("workstreams"), ""),
        variants=body.variants,
        audiences=fields.each("audiences", known.one("audiences")),
        areas=fields.each("areas", known.one("areas")),
        languages=fields.each("languages", known.one("languages")),
        channels=_channels(fields, known),
        late=fields.read("late", as_choice(Late), None),
        grace=fields.read("grace", as_duration(), None),
        message_class=fields.read("class", one_of(*MESSAGE_CLASSES), "policy_notice"),
        link=fields.read("link", as_link, ""),
        media=read_media(folder, fields),
        unit=fields.read("unit", known.one("units"), ""),
        author=fields.read("author", known.one("people"), ""),
        facts=fields.each("facts", known.one("facts")),
        draft=draft,
        source_digest=opened.digest,
        body_line=body.base.lines[0] if body.base.lines else opened.matter.body_line,
    )


def _channels(fields: Fields, known: Known) -> Mapping[str, tuple[str, ...]]:
    if not isinstance(fields.value("channels"), dict):
        if not fields.has("channels") or fields.value("channels") == []:
            fields.warning(_("no channel carries this post"), "channels")
        return MappingProxyType(dict.fromkeys(fields.each("channels", known.channel), ()))
    table = fields.table("channels")
    found = {}
    for name in table.names():
        if not table.named(name, known.channel):
            continue
        found[name] = table.each(name, known.target(name))
        if table.value(name) == []:
            table.error(_("names no target; leave the list out to mean all of them"), name)
    return MappingProxyType(found)


def _check_texts(post: Post, body: Body, line: int, fields: Fields, known: Known) -> None:
    report = fields.report
    if not post.body and not post.variants:
        (report.warning if post.draft else report.error)(_("has no text"), line)
        return
    for variant in post.variants:
        strangers = sorted(variant.channels - set(post.channels))
        if strangers and post.channels:
            report.warning(_("{channel} does not carry this post").format(channel=strangers[0]), variant.line, ":::")
    base = {known.plan.language} if post.body or any(not each.languages for each in post.variants) else set()
    written = base.union(*(each.languages for each in post.variants))
    for index, language in enumerate(post.languages):
        if language not in written:
            named = known.plan.languages.get(language, language)
            fields.warning(_("no text in {language}").format(language=named), "languages", index)


def _check_dates(post: Post, dates: Sequence[date], fields: Fields, known: Known) -> None:
    for index, name in enumerate(post.facts):
        outside = _outside(dates, known.plan.facts.get(name))
        if outside:
            fields.error(outside, "facts", index)
    for index, name in enumerate(post.areas):
        outside = _outside(dates, known.plan.areas.get(name))
        if outside:
            fields.warning(outside, "areas", index)
    outside = _outside(dates, known.plan.workstreams.get(post.workstream))
    if outside:
        fields.warning(outside, "workstream")
    _check_neighbours(post, dates, fields, known)


def _outside(dates: Sequence[date], dated: Fact | Area | Workstream | None) -> str:
    if dated is None:
        return ""
    for day in dates:
        if dated.start and day < dated.start:
            return _("{id!r} begins on {start}, and the post is dated {day}").format(
                id=dated.id, start=spoken(dated.start), day=spoken(day)
            )
        if dated.end and day > dated.end:
            return _("{id!r} ends on {end}, and the post is dated {day}").format(
                id=dated.id, end=spoken(dated.end), day=spoken(day)
            )
    return ""


def _check_neighbours(post: Post, dates: Sequence[date], fields: Fields, known: Known) -> None:
    if post.draft:
        return
    for event in known.events.values():
        if event is None or not event.outside or event.id == post.placement.event:
            continue
        near = not event.areas or not post.areas or set(event.areas) & set(post.areas)
        days = [day for day in dates if event.start.date() <= day <= event.end.date()]
        if near and days:
            key = "at" if post.placement.at else "event"
            fields.notice(
                _("falls on {day}, the day of {title!r} ({id})").format(
                    day=spoken(days[0]), title=event.title, id=event.id
                ),
                key,
            )


def _check_values(post: Post, body: Body, event: CampaignEvent | None, fields: Fields, known: Known) -> None:
    values = template.values_for(known.plan, post, event, post.placement.at or (event.start if event else _SOMETIME))
    for key, short in (("title", post.title), ("summary", post.summary)):
        for _line, message in template.check(short, values):
            fields.error(message, key)
    _check_text(body.base, values, fields)
    for variant, text in zip(body.variants, body.texts, strict=True):
        _check_text(text, values, fields)
        for _line, message in template.check(variant.title, values):
            fields.report.error(message, variant.line, ":::")


def _check_text(text: Text, values: Mapping[str, Any], fields: Fields) -> None:
    for line, message in template.check(text.text, values):
        fields.report.error(message, text.lines[min(line, len(text.lines)) - 1])
