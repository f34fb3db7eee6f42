"""A campaign folder whose deliveries are all due at once, as soon as it is armed."""

from __future__ import annotations

import re
import shutil
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from scheduler.plan.durations import format_duration

PLUGIN = Path(__file__).parent / "plugins" / "wire.py"
ZONE = "Asia/Ho_Chi_Minh"

OPEN = "# due as soon as it is armed"
_LEAD = re.compile(r'lead = ".*"')

_PLAN = """\
id = "thu"
title = "Thử"
year = 2026
language = "vi"
approval_required = false

[languages]
vi = "Tiếng Việt"

[[workstreams]]
id = "thu"
title = "Thử"
from = 2000-01-01
to = 2100-01-01

[[people]]
id = "giam-doc"
name = "Giám đốc"
roles = ["approve"]
"""

_POST = """\
---
id: {id}
title: Bài {id}
workstream: thu
channels: [{channels}]
at: {at}
---
Nội dung của bài {id}.
"""

_CHANNEL = """
[channels.{name}]
port = {port}
lead = "{lead}"
grace = "{grace}"
late = "send"
{more}
"""


@dataclass(frozen=True)
class Wanted:
    """What the folder is to hold. ``due`` is from the making of the folder to when its posts are due; ``None`` leaves
    that to `now_due`.

    ``settings`` are further lines of config.toml, by channel; ``later`` is how many of the posts are due a minute after
    the others.
    """

    port: int = 0
    channels: tuple[str, ...] = ("once",)
    posts: int = 1
    targets: int = 1
    due: timedelta | None = None
    grace: str = "1d"
    settings: tuple[tuple[str, str], ...] = ()
    later: int = 0
    poll: str = "5s"


def make(folder: Path, wanted: Wanted) -> None:
    """Write the folder."""
    (folder / "content" / "posts").mkdir(parents=True)
    (folder / "plugins").mkdir()
    shutil.copy(PLUGIN, folder / "plugins" / "wire.py")
    (folder / "content" / "plan.toml").write_text(_PLAN, encoding="utf-8")
    due = datetime.now(UTC) + (timedelta(hours=1) if wanted.due is None else wanted.due)
    at = (due + timedelta(minutes=2)).replace(second=0, microsecond=0)
    configure(folder, wanted, at - due)
    for number in range(1, wanted.posts + 1):
        later = timedelta(minutes=number > wanted.posts - wanted.later)
        post(folder, f"bai-{number}", wanted.channels, at + later)


def now_due(folder: Path) -> None:
    """Raise the lead of every channel so that what was to be due at some time is due now."""
    config = folder / "config.toml"
    text = config.read_text(encoding="utf-8")
    if OPEN not in text:
        return
    first = (folder / "content" / "posts" / "bai-1.md").read_text(encoding="utf-8").partition("\nat: ")[2][:16]
    at = datetime.fromisoformat(first).replace(tzinfo=ZoneInfo(ZONE))
    config.write_text(_LEAD.sub(f'lead = "{format_duration(at - datetime.now(UTC))}"', text), encoding="utf-8")


def configure(folder: Path, wanted: Wanted, lead: timedelta) -> None:
    """Write config.toml."""
    settings = dict(wanted.settings)
    parts = [OPEN] if wanted.due is None else []
    parts += [f'zone = "{ZONE}"\nlanguage = "en"\n[engine]\npoll = "{wanted.poll}"\n']
    for name in wanted.channels:
        parts.append(
            _CHANNEL.format(
                name=name,
                port=wanted.port,
                lead=format_duration(lead),
                grace=wanted.grace,
                more=settings.get(name, ""),
            )
        )
        parts += [f'[[channels.{name}.targets]]\nname = "{name}-{n}"\n' for n in range(1, wanted.targets + 1)]
    (folder / "config.toml").write_text("\n".join(parts), encoding="utf-8")


def post(folder: Path, name: str, channels: tuple[str, ...], at: datetime) -> Path:
    """Write one post that is published ``at`` (aware, to the minute), and return its file."""
    local = at.astimezone(ZoneInfo(ZONE))
    file = folder / "content" / "posts" / f"{name}.md"
    text = _POST.format(id=name, channels=", ".join(channels), at=f"{local:%Y-%m-%d %H:%M}")
    file.write_text(text, encoding="utf-8")
    return file
