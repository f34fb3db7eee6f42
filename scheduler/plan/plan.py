"""What the campaign wants: ``content/plan.toml`` as typed values. Its form is in docs/content.md."""

from __future__ import annotations

from datetime import date
from types import MappingProxyType
from typing import TYPE_CHECKING, NamedTuple, TypeVar

from scheduler.ground.model import Area, Audience, BudgetLine, Fact, Person, Plan, Unit, Workstream
from scheduler.ground.problem import Severity, nearest
from scheduler.ground.text import N_, _
from scheduler.plan.fields import Fields
from scheduler.plan.lines import read_toml
from scheduler.plan.source import Report, read_source
from scheduler.plan.values import (
    YEARS,
    as_count,
    as_date,
    as_flag,
    as_id,
    as_line,
    as_text,
    one_of,
    reference,
    slug,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Mapping
    from pathlib import Path

    from scheduler.ground.problem import Problem


T = TypeVar("T")

FILE = "content/plan.toml"
TABLES = ("languages", "workstreams", "audiences", "areas", "units", "people", "facts")
KEYS = (
    *("id", "title", "year", "number", "issued", "basis", "theme", "message", "language", "approval_required"),
    *(*TABLES, "budget"),
)
ROLES = ("draft", "review", "approve")
_APART = frozenset({"workstreams", "units", "people", "budget", "basis", "issued"})
"""Keys that no text quotes and no variant is chosen by; an error in these holds nothing back."""


class PlanFile(NamedTuple):
    """The plan as read.

    ``readable`` is false where nothing could be made of the file; ``plan`` is empty then. ``sound`` is false
    where an error touches what posts say or whom they reach. ``vague`` names the tables whose ids could not
    all be told, so that nobody can say whether a reference into them is wrong.
    """

    plan: Plan
    problems: list[Problem]
    readable: bool
    sound: bool
    vague: frozenset[str]


def read_plan(folder: Path, channels: Collection[str]) -> PlanFile:
    """Read the plan below ``folder``. ``channels`` are names that its own ids must differ from.

    A plan that cannot be read asks for approval, whatever it says.
    """
    report = Report(FILE)
    source = read_source(folder, FILE, report)
    parsed = read_toml(source.text, report) if source else None
    if parsed is None:
        nothing = Plan(id="", title="", year=0, approval_required=True)
        return PlanFile(nothing, report.problems, readable=False, sound=False, vague=frozenset(TABLES))
    fields = Fields(*parsed, report)
    fields.only(KEYS)
    plan = _plan(fields, channels)
    sound = all(key[0] in _APART for key in _wrong_keys(fields))
    return PlanFile(plan, report.problems, True, sound, _vague(fields))


def _wrong_keys(fields: Fields) -> list[list[str]]:
    return [each.key.split(".") for each in fields.report.problems if each.severity is Severity.ERROR]


def _vague(fields: Fields) -> frozenset[str]:
    vague: set[str] = set()
    for key in _wrong_keys(fields):
        if key[0] not in KEYS:
            vague.update(each for each in TABLES if not fields.has(each))
        elif len(key) == 1 or key[1].isdigit() or key[0] == "languages":
            vague.add(key[0])
    return frozenset(vague & set(TABLES))


def _plan(fields: Fields, channels: Collection[str]) -> Plan:
    taken = dict.fromkeys(channels, N_("a channel"))
    languages = _languages(fields.table("languages"), taken)
    language = _base_language(fields, languages)
    spoken = None if "languages" in _vague(fields) else languages
    areas = _by_id(fields.tables("areas"), N_("an area"), taken, lambda own, each: _area(own, each, spoken))
    within = None if "areas" in _vague(fields) else areas
    units = _by_id(fields.tables("units"), N_("a unit"), {}, lambda own, each: _unit(own, each, within))
    return Plan(
        id=fields.required("id", as_id, ""),
        title=fields.required("title", as_line, ""),
        year=fields.required("year", as_count(YEARS[0], YEARS[-1]), 0),
        theme=fields.read("theme", as_line, ""),
        message=fields.read("message", as_line, ""),
        number=fields.read("number", as_line, ""),
        issued=fields.read("issued", as_date, None),
        basis=fields.each("basis", as_line),
        language=language,
        # A value that cannot be read must not open the gate.
        approval_required=fields.read("approval_required", as_flag, fields.has("approval_required")),
        languages=MappingProxyType(languages),
        workstreams=_by_id(fields.tables("workstreams"), N_("a workstream"), {}, _workstream),
        audiences=_by_id(
            fields.tables("audiences"), N_("an audience"), taken, lambda own, each: _audience(own, each, taken)
        ),
        areas=areas,
        units=units,
        people=_people(fields, None if "units" in _vague(fields) else units),
        facts=_by_id(fields.tables("facts"), N_("a fact"), {}, _fact),
        budget=tuple(_budget_line(each) for each in fields.tables("budget", "line")),
    )


def _by_id(
    tables: Iterable[Fields], kind: str, taken: dict[str, str], read: Callable[[str, Fields], T]
) -> Mapping[str, T]:
    found: dict[str, T] = {}
    for table in tables:
        given = table.value("id")
        own = table.required("id", as_id, slug(given) if isinstance(given, str) else "")
        made = read(own, table)
        table.finish()
        if own and _claim(table, "id", own, kind, taken):
            found[own] = made
    return MappingProxyType(found)


def _claim(fields: Fields, key: str, own: str, kind: str, taken: dict[str, str]) -> bool:
    if own in taken:
        fields.error(_("{own!r} is already the id of {kind}").format(own=own, kind=_(taken[own])), key)
        return False
    taken[own] = kind
    return True


def _languages(fields: Fields, taken: dict[str, str]) -> dict[str, str]:
    found = {}
    for code in fields.names():
        title = fields.read(code, as_line, code)
        if _claim(fields, code, code, N_("a language"), taken):
            found[code] = title
    return found


def _base_language(fields: Fields, languages: dict[str, str]) -> str:
    language = fields.read("language", as_id, "vi")
    if not languages:
        languages[language] = language
    elif language not in languages and "languages" not in _vague(fields):
        fields.error(
            _("there is no language {language!r}").format(language=language),
            "language",
            hint=nearest(language, languages),
        )
    return language


def _workstream(own: str, fields: Fields) -> Workstream:
    title = fields.required("title", as_line, own)
    start = fields.required("from", as_date, date.min)
    end = fields.required("to", as_date, date.max)
    if not _in_order(fields, start, end):
        start, end = date.min, date.max
    return Workstream(own, title, start, end)


def _audience(own: str, fields: Fields, taken: dict[str, str]) -> Audience:
    title, slogan = fields.required("title", as_line, own), fields.read("slogan", as_line, "")
    parts = _by_id(fields.tables("parts"), N_("an audience"), taken, _part)
    return Audience(own, title, slogan, tuple(parts.values()))


def _part(own: str, fields: Fields) -> Audience:
    return Audience(own, fields.required("title", as_line, own), fields.read("slogan", as_line, ""))


def _area(own: str, fields: Fields, languages: Mapping[str, str] | None) -> Area:
    title = fields.required("title", as_line, own)
    spoken = fields.each("languages", reference("language", languages))
    remote = fields.read("remote", as_flag, False)
    return Area(own, title, spoken, remote, *_dates(fields))


def _unit(own: str, fields: Fields, areas: Mapping[str, Area] | None) -> Unit:
    title = fields.required("title", as_line, own)
    area = fields.read("area", reference("area", areas), "")
    duties = fields.each("duties", as_line)
    return Unit(own, title, area, duties, *_dates(fields))


def _people(fields: Fields, units: Mapping[str, Unit] | None) -> Mapping[str, Person]:
    logins: dict[str, str] = {}

    def person(own: str, each: Fields) -> Person:
        made = Person(
            id=own,
            name=each.required("name", as_line, own),
            unit=each.read("unit", reference("unit", units), ""),
            roles=frozenset(each.each("roles", one_of(*ROLES))),
            logins=each.each("logins", as_line),
        )
        for login in made.logins:
            if logins.setdefault(login, own) != own:
                each.error(
                    _("{login!r} is already a login of {person!r}").format(login=login, person=logins[login]), "logins"
                )
        return made

    return _by_id(fields.tables("people"), N_("a person"), {}, person)


def _fact(own: str, fields: Fields) -> Fact:
    text = fields.required("text", as_text, "")
    source = fields.read("source", as_line, "")
    return Fact(own, text, source, *_dates(fields))


def _budget_line(fields: Fields) -> BudgetLine:
    line = BudgetLine(fields.required("line", as_line, ""), fields.read("amount", as_count(), None))
    fields.finish()
    return line


def _dates(fields: Fields) -> tuple[date | None, date | None]:
    start, end = fields.read("from", as_date, None), fields.read("to", as_date, None)
    return (start, end) if _in_order(fields, start, end) else (None, None)


def _in_order(fields: Fields, start: date | None, end: date | None) -> bool:
    if start and end and end < start:
        fields.error(_("{end} lies before `from`, {start}").format(end=end, start=start), "to")
        return False
    return True
