"""The pages of the site: one per entry, and one that lists them all. They need nothing but themselves."""

from __future__ import annotations

from html import escape
from itertools import groupby
from typing import TYPE_CHECKING

from .folder import MARK
from .frame import frame
from .settings import FEED
from .text import reads_on

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime
    from zoneinfo import ZoneInfo

    from .entry import Entry, Medium, Row
    from .frame import Frame
    from .settings import Site

INDEX = "index.html"
WITHDRAWN = '<meta name="robots" content="noindex">'
"""By this a page is known that stands for one that was withdrawn; search engines forget it."""
_CSS = """
:root{color-scheme:light dark;--paper:#fff;--ink:#1b2430;--soft:#5a6675;--line:#dfe4ea;--blue:#0b4f9e}
@media(prefers-color-scheme:dark){
:root{--paper:#12171d;--ink:#e4e9ef;--soft:#9aa6b4;--line:#2a333d;--blue:#7db4f5}}
*{box-sizing:border-box}
html{-webkit-text-size-adjust:100%}
body{margin:0;border-top:4px solid var(--blue);background:var(--paper);color:var(--ink);
font:1.125rem/1.7 system-ui,"Segoe UI",Roboto,"Noto Sans",sans-serif}
header,main,footer{width:calc(100% - 2.5rem);max-width:38rem;margin:0 auto}
header{padding:1.25rem 0 1rem;border-bottom:1px solid var(--line)}
header a{display:block;font-weight:600;font-size:1rem;line-height:1.4;text-decoration:none}
main{padding:2rem 0 2.5rem}
h1,h2,h3,h4,h5,h6{line-height:1.3;text-wrap:balance;margin:2rem 0 .75rem}
h1{font-size:clamp(1.65rem,1.3rem + 1.6vw,2.2rem);line-height:1.25;letter-spacing:-.01em;margin:0 0 .75rem}
h2{font-size:1.3rem}h3,h4,h5,h6{font-size:1.125rem}
p,ul,ol,blockquote,table,pre,figure{margin:0 0 1.25rem}
ul,ol{padding-left:1.4em}li{margin:.25rem 0}
a{color:var(--blue);text-underline-offset:.15em;overflow-wrap:anywhere}
a:focus-visible{outline:3px solid var(--blue);outline-offset:3px;border-radius:2px}
time,.summary,figcaption,footer{color:var(--soft);font-size:1rem}
article>time{display:block;margin-bottom:1.75rem}
img,audio,video{display:block;max-width:100%;height:auto;border-radius:6px}
audio{width:100%}
figure{margin:1.75rem 0}
blockquote{margin-left:0;padding-left:1rem;border-left:3px solid var(--line);color:var(--soft)}
table{border-collapse:collapse;display:block;overflow-x:auto}
th,td{border:1px solid var(--line);padding:.4rem .7rem;text-align:left}
pre{overflow-x:auto}hr{border:0;border-top:1px solid var(--line);margin:2rem 0}
.list{list-style:none;padding:0;margin:0}
.list li{padding:1rem 0;margin:0;border-top:1px solid var(--line)}
.list a{display:block;margin:.1rem 0 .25rem;text-wrap:balance;
font-weight:600;font-size:1.15rem;line-height:1.4;text-decoration:none}
.list a:hover,header a:hover{text-decoration:underline}
.list time{display:block;font-size:.95rem}
.list p{margin:0;line-height:1.55}
main>h2{color:var(--soft);font-size:1rem;font-weight:600;margin:2.25rem 0 .5rem}
footer{border-top:1px solid var(--line);padding:1.25rem 0 2.5rem}
footer a{margin-right:1.25rem}
@media print{header,footer{display:none}body{border:0;font-size:12pt}}
""".strip()


def page_bytes(row: Row, site: Site, zone: ZoneInfo) -> bytes:
    """Return the page of one entry: it says what, when, and where to read on."""
    entry = row.entry
    up = "../" * entry.path.count("/")
    words = frame(entry.language, site.language)
    spoken = _language(words, site)
    language = "" if entry.language == spoken else f' lang="{entry.language}"'
    main = (
        f"<article{language}>\n<h1>{escape(entry.title)}</h1>\n"
        f"{_time(row.published_at.astimezone(zone), words, at_hour=True)}\n"
        f"{body_html(entry, up, site.language)}\n</article>"
    )
    image = next((each for each in entry.media if each.type.startswith("image/")), None)
    head = [
        _meta("name", "description", entry.summary),
        f'<link rel="canonical" href="{escape(site.base + entry.path)}">',
        _meta("property", "og:type", "article"),
        _meta("property", "og:title", entry.title),
        _meta("property", "og:description", entry.summary),
        _meta("property", "og:url", site.base + entry.path),
    ]
    if image:
        head.append(_meta("property", "og:image", site.base + image.path))
    title = f"{entry.title} – {site.title}"
    return _document(title, head, main, up, site, words)


def index_bytes(entries: Sequence[Row], site: Site, zone: ZoneInfo) -> bytes:
    """Return the page that lists all entries, newest first, month by month."""
    words = frame(site.language)
    parts = [f"<h1>{escape(site.title)}</h1>"]
    if site.description != site.title:
        parts.append(f'<p class="summary">{escape(site.description)}</p>')
    dated = [(row.published_at.astimezone(zone), row.entry) for row in entries]
    for (year, month), each in groupby(dated, key=lambda pair: (pair[0].year, pair[0].month)):
        listed = "\n".join(_listed(when, entry, words) for when, entry in each)
        parts.append(f'<h2>{words.heading(year, month)}</h2>\n<ul class="list">\n{listed}\n</ul>')
    if not entries:
        parts.append(f'<p class="summary">{words.none}</p>')
    head = [
        _meta("name", "description", site.description),
        f'<link rel="canonical" href="{escape(site.base)}">',
    ]
    return _document(site.title, head, "\n".join(parts), "", site, words)


def withdrawn_bytes(path: str, site: Site) -> bytes:
    """Return the page that stands in place of a withdrawn one: that it was, and nothing of what it said."""
    words = frame(site.language)
    main = f'<h1>{words.withdrawn}</h1>\n<p class="summary">{words.withdrawn_more}</p>'
    return _document(f"{words.withdrawn} – {site.title}", [WITHDRAWN], main, "../" * path.count("/"), site, words)


def body_html(entry: Entry, root: str, language: str) -> str:
    """Return what an entry says, with its media and link; ``root`` leads to the public folder.

    ``language`` is the site's, for the words that the entry's own has not.
    """
    parts = [_medium(each, root) for each in entry.media]
    parts.append(entry.html)
    if reads_on(entry.link, entry.html):
        link = escape(entry.link)
        parts.append(f'<p>{frame(entry.language, language).more}: <a href="{link}">{link}</a></p>')
    return "\n".join(parts)


def _medium(medium: Medium, root: str) -> str:
    address, alt = escape(root + medium.path), escape(medium.alt)
    match medium.type.partition("/")[0]:
        case "image":
            shown = f'<img src="{address}" alt="{alt}">'
        case "audio" | "video" as kind:
            caption = f"<figcaption>{alt}</figcaption>" if alt else ""
            shown = f'<{kind} controls preload="none" src="{address}"></{kind}>{caption}'
        case _:
            name = medium.path.rpartition("/")[2]
            shown = f'<a href="{address}">{alt or escape(name)}</a>'
    return f"<figure>{shown}</figure>"


def _listed(when: datetime, entry: Entry, words: Frame) -> str:
    return (
        f'<li>{_time(when, words)}<a href="{entry.path}">{escape(entry.title)}</a>'
        f'<p class="summary">{escape(entry.summary)}</p></li>'
    )


def _time(when: datetime, words: Frame, *, at_hour: bool = False) -> str:
    hour = f", {when:%H:%M}" if at_hour else ""
    return f'<time datetime="{when.isoformat(timespec="seconds")}">{words.date(when)}{hour}</time>'


def _language(words: Frame, site: Site) -> str:
    """Return the language of the words around an entry: the site's own name for it where it is the site's."""
    return site.language if words is frame(site.language) else words.language


def _meta(kind: str, name: str, content: str) -> str:
    return f'<meta {kind}="{name}" content="{escape(content)}">'


def _document(title: str, head: list[str], main: str, up: str, site: Site, words: Frame) -> bytes:
    home = f'<header><a href="{up}{INDEX}">{escape(site.title)}</a></header>\n' if up else ""
    back = f'<a href="{up}{INDEX}">{words.every}</a>\n' if up else ""
    lines = [
        "<!DOCTYPE html>",
        f'<html lang="{_language(words, site)}">',
        "<head>",
        '<meta charset="utf-8">',
        '<meta name="viewport" content="width=device-width, initial-scale=1">',
        f"<title>{escape(title)}</title>",
        *head,
        MARK.decode(),
        f'<link rel="alternate" type="application/rss+xml" href="{up}{FEED}">',
        f"<style>{_CSS}</style>",
        "</head>",
        "<body>",
        f"{home}<main>\n{main}\n</main>",
        f'<footer>\n{back}<a href="{up}{FEED}">{words.follow}</a>\n</footer>',
        "</body>",
        "</html>",
    ]
    return ("\n".join(lines) + "\n").encode()
