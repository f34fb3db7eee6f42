"""The campaign folder of a trial, as files: a plan, a channel with its targets, and what these name."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING

from scheduler.plan.config import FILE as CONFIG
from scheduler.testing.secrets import with_canaries
from scheduler.testing.setting import table

if TYPE_CHECKING:
    from pathlib import Path

    from scheduler.testing.setting import Setting, World

PLAN = """\
id = "kit"
title = "Chiến dịch thử"
year = 2021
theme = "Bảo hiểm cho mọi người"
message = "Tham gia sớm, hưởng lâu dài"
language = "vi"
approval_required = false
[languages]
vi = "Tiếng Việt"
[[workstreams]]
id = "chung"
title = "Chung"
from = 2021-01-01
to = 2021-12-31
[[people]]
id = "giam-doc"
name = "Giám đốc"
roles = ["draft", "review", "approve"]
"""


def _named(setting: Setting) -> set[str]:
    """Return which files below the campaign's own ``content/`` the options and targets name."""
    tables = [setting.options, *setting.places()]
    words = {value for each in tables for value in each.values() if isinstance(value, str) and value}
    return {word for word in words if setting.files is not None and (setting.files / word).is_file()}


def write_campaign(folder: Path, setting: Setting, world: World | None, limit: int) -> dict[str, str]:
    """Write the folder; return the environment in which its secrets, all made up, stand."""
    content = folder / "content"
    (content / "posts").mkdir(parents=True)
    (content / "events").mkdir()
    (content / "plan.toml").write_text(PLAN, encoding="utf-8")
    for file in _named(setting):
        (content / file).parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(setting.files / file, content / file)  # type: ignore[operator]
    for name, text in setting.content.items():
        (content / name).parent.mkdir(parents=True, exist_ok=True)
        (content / name).write_text(text, encoding="utf-8")
    name = setting.channel.name
    given = {**setting.options, **(world.options() if world else {})}
    options, environment = with_canaries(setting.channel.options, given, "O")
    head = f'zone = "Asia/Ho_Chi_Minh"\nlanguage = "en"\n[channels.{name}]\n'
    lines = [head, table({**options, "time_limit": f"{limit}s"})]
    for place in setting.places():
        row, more = with_canaries(setting.channel.target_options, place, f"T_{place['name']}")
        environment |= more
        lines.append(f"\n[[channels.{name}.targets]]\n{table(row)}")
    (folder / CONFIG).write_text("".join(lines), encoding="utf-8")
    return environment
