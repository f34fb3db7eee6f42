"""Broken events, plans and configurations."""

from __future__ import annotations

from tests.broken.cases import CONFIG, NOTICE, PLAN, Case, Want

_HEAD = "---\nid: {}\ntitle: Sự kiện hỏng\nworkstream: thu-hut\n"


def _event(name: str, lines: str, *wants: Want) -> Case:
    """An event whose ``lines`` begin on line 5."""
    return Case(name, f"content/events/hong/{name}.md", f"{_HEAD.format(name)}{lines}\n---\nx\n".encode(), wants)


EVENTS = [
    _event("event-start", "start: 2021-02-30 08:00", Want(5, "start", "there is no date 2021-02-30")),
    _event("event-no-start", "place: Phan Rang", Want(1, "start", "is missing")),
    _event("event-end", "start: 2021-05-12 08:00\nend: 2021-05-12 07:00", Want(6, "end", "lies before `start`")),
    _event("event-key", "start: 2021-05-12 08:00\nplaces: x", Want(6, "places", "is not a key", "'place'")),
    _event("event-outside", "start: 2021-05-13 08:00\noutside: maybe", Want(6, "outside", "must be true or false")),
    _event("event-area", "start: 2021-05-12 08:00\nareas: [x-y]", Want(6, "areas.0", "there is no area 'x-y'")),
    Case(
        "event-workstream",
        "content/events/hong/event-workstream.md",
        b"---\nid: event-workstream\ntitle: A\nstart: 2021-05-12 08:00\n---\n",
        (Want(1, "workstream", "is missing"),),
    ),
    Case(
        "event-bytes",
        "content/events/hong/event-bytes.md",
        b"---\nid: e\ntitle: \xff",
        (Want(3, "", "byte 17", "UTF-8"),),
    ),
    Case("event-text", "content/events/hong/ghi-chu.txt", b"x", (Want(None, "", "is not read", severity=NOTICE),)),
]


def _plan(name: str, old: str, new: str, *wants: Want) -> Case:
    assert PLAN.count(old) >= 1, old
    return Case(name, "content/plan.toml", PLAN.replace(old, new, 1).encode(), wants)


PLANS = [
    _plan("plan-syntax", "year = 2021", "year = ", Want(3, "", "is not valid TOML")),
    _plan("plan-twice", "year = 2021", 'title = "x"', Want(3, "", "is not valid TOML")),
    _plan("plan-key", "theme =", "thema =", Want(4, "thema", "is not a key that Loa knows", "'theme'")),
    _plan("plan-year", "year = 2021", 'year = "năm nay"', Want(3, "year", "must be a whole number")),
    _plan("plan-year-missing", "year = 2021\n", "", Want(1, "year", "is missing")),
    _plan("plan-language", 'language = "vi"', 'language = "vn"', Want(5, "language", "no language 'vn'")),
    _plan("plan-dates", "to = 2021-06-30", "to = 2021-04-30", Want(15, "workstreams.thu-hut.to", "lies before `from`")),
    _plan(
        "plan-date", "to = 2021-06-30", 'to = "30/6/2021"', Want(15, "workstreams.thu-hut.to", "", "write 2021-06-30")
    ),
    _plan("plan-id-bad", 'id = "thu-hut"', 'id = "Thu-Hut"', Want(12, "workstreams.0.id", "is not an id", "'thu-hut'")),
    _plan(
        "plan-clash",
        'id = "ninh-son"',
        'id = "sms"',
        Want(26, "areas.sms.id", "'sms' is already the id of a channel"),
    ),
    _plan(
        "plan-part-twice",
        'id = "chinh-thuc"',
        'id = "phi-chinh-thuc"',
        Want(22, "audiences.nguoi-lao-dong.parts.phi-chinh-thuc.id", "already the id of an audience"),
    ),
    _plan("plan-table-once", "[[units]]", "[units]", Want(35, "units", "must be a list, not a table")),
    _plan("plan-area-language", '"cjm"]', '"cjn"]', Want(32, "areas.bac-ai.languages.1", "no language 'cjn'", "'cjm'")),
    _plan(
        "plan-person-unit",
        'unit = "phong-ld"',
        'unit = "phong"',
        Want(42, "people.dung.unit", "there is no unit", "'phong-ld'"),
    ),
    _plan(
        "plan-role",
        '["draft"]',
        '["drafts"]',
        Want(43, "people.dung.roles.0", "must be one of draft, review", "'draft'"),
    ),
    _plan(
        "plan-approval",
        "year = 2021",
        'year = 2021\napproval_required = "có"',
        Want(4, "approval_required", "true or false"),
    ),
    _plan("plan-fact", 'text = "Nhà nước hỗ trợ."\n', "", Want(45, "facts.ho-tro.text", "is missing")),
    Case(
        "plan-bom",
        "content/plan.toml",
        b"\xef\xbb\xbf" + PLAN.encode(),
        (Want(1, "", "byte order mark", severity=NOTICE),),
    ),
    Case("plan-bytes", "content/plan.toml", PLAN.encode("utf-16"), (Want(1, "", "is not UTF-8", "UTF-16"),)),
    Case("plan-deep", "content/plan.toml", b"x = " + b"[" * 50_000, (Want(None, "", "is nested too deeply"),)),
]


def _config(name: str, old: str, new: str, *wants: Want) -> Case:
    assert CONFIG.count(old) >= 1, old
    return Case(name, "config.toml", CONFIG.replace(old, new, 1).encode(), wants)


def _added(name: str, text: str, *wants: Want) -> Case:
    """A configuration with more at its end, from line 23 on."""
    return Case(name, "config.toml", f"{CONFIG}\n{text}\n".encode(), wants)


CONFIGS = [
    _config("config-syntax", 'language = "vi"', "language = vi", Want(2, "", "is not valid TOML")),
    _config("config-zone", "Ho_Chi_Minh", "Ho_Chi_Min", Want(1, "zone", "no time zone", "'Asia/Ho_Chi_Minh'")),
    _config("config-zone-path", "Asia/Ho_Chi_Minh", "../../etc/passwd", Want(1, "zone", "no time zone", "for example")),
    _config("config-language", '"vi"', '"fr"', Want(2, "language", "must be one of vi, en")),
    _config("config-key", "language", "langage", Want(2, "langage", "is not a key", "'language'")),
    _config("config-lead", '"2d"', '"2 ngày"', Want(5, "channels.radio.lead", "is not a length of time")),
    _config("config-lead-number", '"2d"', "2", Want(5, "channels.radio.lead", "must be a length of time", "")),
    _config("config-late", '"ask"', '"aks"', Want(6, "channels.radio.late", "must be one of send, skip, ask", "'ask'")),
    _config("config-rate", "60/min", "60 a minute", Want(16, "channels.sms.rate", "is not a rate like 30/min")),
    _config("config-rate-0", "60/min", "0/min", Want(16, "channels.sms.rate", "would never let anything go")),
    _config(
        "config-channel",
        "[channels.radio]",
        '[channels."Đài"]\n[channels.radio]',
        Want(4, "channels.Đài", "is not an id", "'dai'"),
    ),
    _config(
        "config-target-twice",
        '"dai-bac-ai"',
        '"dai-tinh"',
        Want(12, "channels.radio.targets.dai-tinh.name", "target in line 8"),
    ),
    _config("config-target-name", 'name = "danh-sach"\n', "", Want(18, "channels.sms.targets.0.name", "is missing")),
    _config(
        "config-target-area",
        '"bac-ai"]',
        '"bac-aj"]',
        Want(13, "channels.radio.targets.dai-bac-ai.areas", "there is no area", "'bac-ai'"),
    ),
    _config(
        "config-list-up",
        "contacts/danh",
        "../danh",
        Want(21, "channels.sms.targets.danh-sach.list", "leads out of its folder"),
    ),
    _config(
        "config-list-root",
        "contacts/danh",
        "/etc/danh",
        Want(21, "channels.sms.targets.danh-sach.list", "not a path below"),
    ),
    _added("config-poll", '[engine]\npoll = "0s"', Want(24, "engine.poll", "is too short")),
    _added("config-horizon", '[plan]\nhorizon = "-1d"', Want(24, "plan.horizon", "is too short")),
    _added("config-engine-key", '[engine]\npol = "5s"', Want(24, "engine.pol", "is not a key", "'poll'")),
    _added("config-retry", '[channels.sms.retry]\nfirst = "2h"', Want(24, "channels.sms.retry.first", "`most`")),
    _added("config-retry-key", "[channels.sms.retry]\ntimes = 3", Want(24, "channels.sms.retry.times", "is not a key")),
    _added(
        "config-breaker",
        '[channels.sms.breaker]\nfailures = "five"',
        Want(24, "channels.sms.breaker.failures", "whole number"),
    ),
    _added("config-workers", "[channels.web]\nworkers = 0", Want(24, "channels.web.workers", "must be from 1 to 64")),
    _added(
        "config-enabled", '[channels.web]\nenabled = "on"', Want(24, "channels.web.enabled", "must be true or false")
    ),
    _added("config-webhook", '[alert]\nwebhook = "hook"', Want(24, "alert.webhook", "is not a web address")),
    _added("config-email", '[alert.email]\nto = ["a@b"]', Want(23, "alert.email.from", "is missing")),
    _added(
        "config-address", '[alert.email]\nto = ["a b"]\nfrom = "a@b"', Want(24, "alert.email.to.0", "is not an e-mail")
    ),
    _added(
        "config-password",
        '[alert.email]\nto = ["a@b"]\nfrom = "a@b"\npassword = "x"',
        Want(26, "alert.email.password", "a secret never stands", "env"),
    ),
    Case("config-bytes", "config.toml", b'zone = "\xff"', (Want(1, "", "byte 8", "UTF-8"),)),
    Case("config-nul", "config.toml", b'zone = "\0"', (Want(1, "", "control character U+0000"),)),
    Case("config-large", "config.toml", b"#" * 1_000_001, (Want(None, "", "has 1,000,001 bytes"),)),
]
