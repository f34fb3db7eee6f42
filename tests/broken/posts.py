"""Broken posts. Each has its own name as id, so that they can all stand in one folder."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.broken.cases import ERROR, NOTICE, WARNING, Case, Want

if TYPE_CHECKING:
    from scheduler.ground.problem import Severity

_HEAD = "---\nid: {}\ntitle: Bài hỏng\nworkstream: thu-hut\nchannels: [radio, sms]\n"
_AT = "at: 2021-05-03 08:00\n"


def _file(name: str) -> str:
    return f"content/posts/hong/{name}.md"


def _post(name: str, lines: str, *wants: Want, at: str = _AT, body: str = "Chữ.\n") -> Case:
    """A post whose ``lines`` begin on line 7, or on line 6 where ``at`` is left out."""
    ending = "\n" if lines else ""
    text = f"{_HEAD.format(name)}{at}{lines}{ending}---\n{body}"
    held = any(want.severity is ERROR for want in wants)
    return Case(name, _file(name), text.encode(), wants, name if held else None)


def _key(name: str, line: str, key: str, message: str, hint: str = "", severity: Severity = ERROR) -> Case:
    """A post with one wrong line, the seventh."""
    return _post(name, line, Want(7, key, message, hint, severity))


def _body(name: str, body: str, line: int, key: str, message: str, hint: str = "") -> Case:
    """A post with a wrong text, which begins on line 8."""
    return _post(name, "", Want(line, key, message, hint), body=body)


def _raw(name: str, data: str | bytes, *wants: Want, id: str | None = "") -> Case:
    """A post of which every byte counts."""
    return Case(name, _file(name), data.encode() if isinstance(data, str) else data, wants, id)


_GOOD = f"{_HEAD}{_AT}---\nChữ.\n"

VALUES = [
    _post("at-31-02", "", Want(6, "at", "there is no date 2021-02-31"), at="at: 2021-02-31 08:00\n"),
    _post("at-viet", "", Want(6, "at", "is not a date and time", "write 2021-05-31 08:00"), at="at: 31/5/2021 08:00\n"),
    _post("at-viet-31-02", "", Want(6, "at", "is not a date and", "no such date"), at="at: 31/02/2021 08:00\n"),
    _post("at-no-time", "", Want(6, "at", "has no time of day", "write 2021-05-03 08:00"), at="at: 2021-05-03\n"),
    _post("at-25h", "", Want(6, "at", "there is no time 25:00"), at="at: 2021-05-03 25:00\n"),
    _post("at-zone", "", Want(6, "at", "names a zone", "local"), at="at: 2021-05-03 08:00+07:00\n"),
    _post("at-word", "", Want(6, "at", "'mai' is not a date and time"), at="at: mai\n"),
    _post("at-year-1", "", Want(6, "at", "the year 1 is not from 1900 to 2199"), at="at: 0001-01-01 00:00\n"),
    _post("at-list", "", Want(6, "at", "must be a date and time like", ""), at="at: [2021-05-03 08:00]\n"),
    _key("summary-list", "summary: [a, b]", "summary", "must be text, not a list"),
    _key("link-lines", 'link: "a\\nb"', "link", "must be one line"),
    _key("null-escape", 'summary: "a\\0b"', "summary", "holds the control character U+0000"),
    _key("areas-text", "areas: ninh-son", "areas", "must be a list, not text", "write [ninh-son]"),
    _key("facts-table", "facts: {ho-tro: yes}", "facts", "must be a list, not a table"),
    _key("areas-nested", "areas: [[ninh-son]]", "areas.0", "must be text, not a list"),
    _key("areas-twice", "areas: [ninh-son, ninh-son]", "areas.1", "stands here twice", severity=WARNING),
    _key("late-word", "late: sends", "late", "must be one of send, skip, ask", "'send'"),
    _key("grace-unit", "grace: 2x", "grace", "has no unit that Loa knows: 'x'"),
    _key("grace-negative", "grace: -2h", "grace", "must not be negative"),
    _key("grace-forever", "grace: 999999999999d", "grace", "longer than a century"),
    _key("class-word", "class: advert", "class", "must be one of policy_notice, advertising", "'advertising'"),
    _key("status-word", "status: redy", "status", "must be one of draft, ready", "'ready'"),
    _key("link-scheme", "link: ftp://example.org/x", "link", "is not a web address"),
    _key("link-bare", "link: example.org/x", "link", "is not a web address", "https://example.org/x"),
    _key("time-viet", "times: [17h30]", "times.0", "is not a time like 05:30", "write 17:30"),
    _key("time-short", "times: [5:30]", "times.0", "is not a time like 05:30", "write 05:30"),
    _key("except-31-04", "except: [2021-04-31]", "except.0", "there is no date 2021-04-31"),
    _key("also-day", "also: [2021-05-05]", "also.0", "has no time of day", "write 2021-05-05 08:00"),
]

NAMES = [
    _key("unknown-key", "audience: [chinh-thuc]", "audience", "is not a key that Loa knows", "'audiences'"),
    _key("merge-key", "<<: {grace: 2h}", "<<", "is not a key that Loa knows"),
    _key("unknown-audience", "audiences: [chinh-thuk]", "audiences.0", "there is no audience", "'chinh-thuc'"),
    _key("unknown-area", "areas: [ninh-son, bac-aj]", "areas.1", "there is no area 'bac-aj'", "'bac-ai'"),
    _key("unknown-language", "languages: [cjn]", "languages.0", "there is no language 'cjn'", "'cjm'"),
    _key("unknown-unit", "unit: phong-id", "unit", "there is no unit 'phong-id'", "'phong-ld'"),
    _key("unknown-person", "author: dug", "author", "there is no person 'dug'", "'dung'"),
    _key("unknown-fact", "facts: [ho-tr]", "facts.0", "there is no fact 'ho-tr'", "'ho-tro'"),
    _raw(
        "unknown-workstream",
        _GOOD.format("unknown-workstream").replace("thu-hut", "thu-hutt"),
        Want(4, "workstream", "there is no workstream 'thu-hutt'", "'thu-hut'"),
        id="unknown-workstream",
    ),
    _raw(
        "unknown-channel",
        _GOOD.format("unknown-channel").replace("[radio, sms]", "[rado, sms]"),
        Want(5, "channels.0", "there is no channel 'rado'", "'radio'"),
        id="unknown-channel",
    ),
    _raw(
        "unknown-channel-in-table",
        _GOOD.format("unknown-channel-in-table").replace("[radio, sms]", "{rado: [dai-tinh], sms: }"),
        Want(5, "channels.rado", "there is no channel 'rado'", "'radio'"),
        id="unknown-channel-in-table",
    ),
    _raw(
        "unknown-target",
        _GOOD.format("unknown-target").replace("[radio, sms]", "\n  radio: [dai-tin]"),
        Want(6, "channels.radio.0", "there is no target of radio 'dai-tin'", "'dai-tinh'"),
        id="unknown-target",
    ),
    _raw(
        "no-target",
        _GOOD.format("no-target").replace("[radio, sms]", "{radio: []}"),
        Want(5, "channels.radio", "names no target"),
        id="no-target",
    ),
    _raw(
        "no-channel",
        _GOOD.format("no-channel").replace("channels: [radio, sms]\n", ""),
        Want(1, "channels", "no channel carries this post", severity=WARNING),
        id=None,
    ),
]

PLACES = [
    _post("at-and-event", "event: ra-quan", Want(7, "event", "stands beside `at`")),
    _post("neither", "", Want(1, "at", "a post needs `at` or `event`"), at=""),
    _post("draft-nowhere", "status: draft", Want(1, "at", "is not placed yet", severity=WARNING), at=""),
    _post("repeat-alone", "repeat: FREQ=DAILY", Want(6, "repeat", "needs `at`"), at=""),
    _post("repeat-event", "event: ra-quan\nrepeat: FREQ=DAILY", Want(7, "repeat", "needs `at`"), at=""),
    _post("offset-alone", "offset: -3d", Want(6, "offset", "needs `event`"), at=""),
    _post("offset-at", "offset: -3d", Want(7, "offset", "needs `event`")),
    _post("offset-hours", "event: ra-quan\noffset: -3h\ntime: 17:00", Want(7, "offset", "whole days"), at=""),
    _post("offset-order", "event: ra-quan\noffset: -2h 1d", Want(7, "offset", "from large units to small"), at=""),
    _post("anchor-word", "event: ra-quan\nanchor: begin", Want(7, "anchor", "must be one of start, end"), at=""),
    _post("unknown-event", "event: ra-kuan", Want(6, "event", "there is no event 'ra-kuan'", "'ra-quan'"), at=""),
    _key("rule-empty", "repeat: WEEKLY", "repeat", "is not a part of a rule"),
    _key("rule-freq", "repeat: FREQ=WEEKY", "repeat", "unknown FREQ=WEEKY"),
    _key("rule-part", "repeat: FREQ=WEEKLY;BYDAY=XX", "repeat", "BYDAY=XX must be"),
    _key("rule-secondly", "repeat: FREQ=SECONDLY", "repeat", "FREQ=SECONDLY is not supported"),
    _key("rule-interval-0", "repeat: FREQ=DAILY;INTERVAL=0", "repeat", "INTERVAL=0 must be"),
    _key("rule-until", "repeat: FREQ=DAILY;UNTIL=20210231", "repeat", "UNTIL=20210231"),
    _key("rule-both-ends", "repeat: FREQ=DAILY;COUNT=2;UNTIL=20210601", "repeat", "not by both"),
    _post(
        "fact-over", "facts: [ho-tro]", Want(7, "facts.0", "'ho-tro' ends on 2021-05-31"), at="at: 2021-06-01 08:00\n"
    ),
    _post(
        "fact-over-by-event",
        "event: ra-quan\noffset: 30d\nfacts: [ho-tro]",
        Want(8, "facts.0", "the post is dated 2021-06-11"),
        at="",
    ),
    _post(
        "area-over",
        "areas: [bac-ai]",
        Want(7, "areas.0", "'bac-ai' ends on 2021-05-31", severity=WARNING),
        at="at: 2021-06-01 08:00\n",
    ),
    _post(
        "workstream-over",
        "",
        Want(4, "workstream", "'thu-hut' ends on 2021-06-30", severity=WARNING),
        at="at: 2021-07-01 08:00\n",
    ),
    _key("gap", "languages: [vi, cjm]", "languages.1", "no text in Tiếng Chăm", severity=WARNING),
]

TEXTS = [
    _body("variant-word", "Chữ.\n\n::: radoi\nA\n:::\n", 10, "::: radoi", "no channel, language, area", "'radio'"),
    _body("variant-open", "Chữ.\n\n::: sms\nA\n", 10, "::: sms", "is not closed"),
    _body("variant-twice", "::: sms cjm\nA\n:::\n::: cjm sms\nB\n:::\n", 11, "::: cjm sms", "variant in line 8"),
    _body("variant-nested", "::: sms\nA\n::: cjm\nB\n:::\n:::\n", 10, "::: cjm", "inside the variant of line 8"),
    _body("variant-stray", "Chữ.\n:::\n", 9, ":::", "none is open"),
    _body("variant-empty", "Chữ.\n::: sms\ntitle: A\n\n:::\n", 9, "::: sms", "has no text"),
    _body("no-text", "\n\n", 8, "", "has no text"),
    _body("value-unknown", "A\n\n{{ plan.them }}\n", 10, "", "plan.them"),
    _body("value-syntax", "A\n\n{{ plan.theme\n", 10, "", "{{"),
    _body("value-no-event", "A {{ event.place }}\n", 8, "", "event"),
    _body("value-in-variant", "A\n::: sms\ntitle: B\n\n{{ nothing }}\n:::\n", 12, "", "nothing"),
    _raw(
        "variant-other-channel",
        "---\nid: variant-other-channel\ntitle: A\nworkstream: thu-hut\nchannels: [sms]\n"
        "at: 2021-05-03 08:00\n---\nA\n::: radio\nB\n:::\n",
        Want(9, ":::", "radio does not carry this post", severity=WARNING),
        id=None,
    ),
]

MEDIA = [
    _key("media-missing", "media: [thee.png]", "media.0", "there is no file 'thee.png'", "'the.png'"),
    _key("media-up", "media: [../plan.toml]", "media.0", "leads out of its folder"),
    _key("media-absolute", "media: [/etc/hostname]", "media.0", "is not a path below"),
    _key("media-backslash", "media: [a\\b.png]", "media.0", "has a backslash", "write a/b.png"),
    _key("media-prefix", "media: [content/media/the.png]", "media.0", "there is no file", "write the.png"),
    _key("media-folder", "media: [.]", "media.0", "is not a file"),
    _key("media-key", "media: [{file: the.png, text: a}]", "media.0", "'text' is not a key"),
    _key("media-no-file", "media: [{alt: a}]", "media.0", "names no `file`"),
]

FORMS = [
    _raw("empty", b"", Want(1, "", "is empty")),
    _raw("no-matter", "Chào các bạn\n", Want(1, "", "has no front matter")),
    _raw(
        "late-matter", "\n" + _GOOD.format("late-matter"), Want(1, "", "must begin on the first line"), id="late-matter"
    ),
    _raw("unclosed", "---\nid: unclosed\ntitle: A\n", Want(1, "", "is not closed by a line ---"), id="unclosed"),
    _raw("colon", "---\nid: colon\ntitle: A: b\n---\nx\n", Want(3, "", "is not valid YAML", "in quotes"), id="colon"),
    _raw(
        "tab", "---\nid: tab\nareas:\n\t- a\n---\nx\n", Want(4, "", "is not valid YAML", "indent with spaces"), id="tab"
    ),
    _raw("bracket", "---\nid: bracket\nareas: [a\n---\nx\n", Want(4, "", "is not valid YAML"), id="bracket"),
    _raw("list-matter", "---\n- id: list-matter\n---\nx\n", Want(2, "", "lines of `key: value`")),
    _raw("alias", "---\nid: alias\nareas: &a [b]\nunit: *a\n---\nx\n", Want(3, "", "anchors and aliases"), id="alias"),
    _raw("bomb", "---\nid: bomb\na: " + "[" * 30000 + "\n---\nx\n", Want(3, "", "is nested too deeply"), id="bomb"),
    _raw("tag", "---\nid: tag\nunit: !!python/name:os.system x\n---\nx\n", Want(3, "", "tags (!)"), id="tag"),
    _raw(
        "key-twice",
        _GOOD.format("key-twice").replace("---\nChữ", "title: Khác\n---\nChữ"),
        Want(7, "title", "stands twice, first in line 3"),
        id="key-twice",
    ),
    _raw("toml", '+++\nid = "toml"\nat = 2021-02-31\n+++\nx\n', Want(3, "", "is not valid TOML"), id="toml"),
    _raw(
        "toml-types",
        '+++\nid = "toml-types"\ntitle = 5\nworkstream = "thu-hut"\nchannels = ["sms"]\nat = 2021-05-03\n+++\nx\n',
        Want(3, "title", "must be text, not a number"),
        Want(6, "at", "must be a date and time like 2021-05-03 05:30, not a date"),
        id="toml-types",
    ),
    _raw("id-missing", _GOOD.format("x").replace("id: x\n", ""), Want(1, "id", "is missing")),
    _raw("id-blank", _GOOD.format(""), Want(2, "id", "is empty")),
    _raw("id-letters", _GOOD.format("Đối thoại"), Want(2, "id", "is not an id", "'doi-thoai'")),
    _raw("id-slash", _GOOD.format("../../etc"), Want(2, "id", "is not an id", "'etc'")),
    _raw("id-long", _GOOD.format("a" * 81), Want(2, "id", "at most 80 characters")),
    _raw(
        "title-missing",
        _GOOD.format("title-missing").replace("title: Bài hỏng\n", ""),
        Want(1, "title", "is missing"),
        id="title-missing",
    ),
]

BYTES = [
    _raw(
        "bom",
        b"\xef\xbb\xbf" + _GOOD.format("bom").encode(),
        Want(1, "", "starts with a byte order mark", severity=NOTICE),
        id=None,
    ),
    _raw("crlf", _GOOD.format("crlf").replace("\n", "\r\n"), id=None),
    _raw(
        "crlf-bad",
        _GOOD.format("crlf-bad").replace("05-03", "13-03").replace("\n", "\r\n"),
        Want(6, "at", "there is no date 2021-13-03"),
        id="crlf-bad",
    ),
    _raw(
        "nfd",
        _GOOD.format("nfd").replace("Bài", "Ba\u0300i"),
        Want(3, "", "decomposed letters (NFD)", severity=NOTICE),
        id=None,
    ),
    _raw("not-utf8", b"---\nid: not-utf8\ntitle: B\xe0i\n---\n", Want(3, "", "byte 25", "UTF-8"), id="not-utf8"),
    _raw("utf16", b"\xff\xfe" + _GOOD.format("x").encode("utf-16-le"), Want(1, "", "byte 0", "UTF-16")),
    _raw("nul", _GOOD.format("nul").replace("Chữ", "Ch\0"), Want(8, "", "control character U+0000"), id="nul"),
    _raw("bell", _GOOD.format("bell").replace("Bài", "B\x07"), Want(3, "", "control character U+0007"), id="bell"),
    _raw("bidi", _GOOD.format("bidi").replace("Chữ", "a\u202eb"), Want(8, "", "U+202E"), id="bidi"),
    _raw("lone-cr", _GOOD.format("lone-cr").replace("Chữ", "a\rb"), Want(8, "", "U+000D"), id="lone-cr"),
    _raw(
        "large",
        _GOOD.format("large") + "x" * 1_000_000,
        Want(None, "", "a text of more than 1,000,000 is not read"),
        id="large",
    ),
]

POSTS = [*VALUES, *NAMES, *PLACES, *TEXTS, *MEDIA, *FORMS, *BYTES]
