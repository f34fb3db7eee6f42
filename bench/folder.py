"""Campaign folders made for measuring, with channels that do nothing."""

from __future__ import annotations

from pathlib import Path

PLUGIN = """
from datetime import timedelta
from scheduler.api import BaseChannel, Options, Receipt, Rendered, hookimpl

RECEIPT = Receipt("done")


class Nothing(BaseChannel[Options]):
    options = Options
    grace = timedelta(days=4000)

    def __init__(self, name, again):
        self.name, self.again = name, again

    def render(self, item, context):
        return Rendered({"text": item.text, "to": item.target.name}, item.text)

    def idempotent(self, rendered, context):
        return self.again

    def deliver(self, rendered, context):
        HOOK(context)
        return RECEIPT


HOOK = lambda context: None


@hookimpl
def register_channels():
    return [Nothing("again", True), Nothing("once", False)]
"""

PLAN = """
id = "bench"
title = "Bench"
year = 2021
[[workstreams]]
id = "work"
title = "Work"
from = 2021-01-01
to = 2030-12-31
"""


def make(folder: Path, channel: str, targets: int, posts: dict[str, str]) -> Path:
    """Write a folder with one channel of ``targets`` targets, and posts given as id → placement lines."""
    (folder / "plugins").mkdir(parents=True)
    (folder / "content" / "posts").mkdir(parents=True)
    (folder / "plugins" / "nothing.py").write_text(PLUGIN, encoding="utf-8")
    (folder / "content" / "plan.toml").write_text(PLAN, encoding="utf-8")
    lines = ['zone = "Asia/Ho_Chi_Minh"', "[plan]", 'horizon = "4000d"', f"[channels.{channel}]"]
    for number in range(targets):
        lines += [f"[[channels.{channel}.targets]]", f'name = "t{number:04d}"']
    (folder / "config.toml").write_text("\n".join(lines) + "\n", encoding="utf-8")
    for name, placement in posts.items():
        head = f"id: {name}\ntitle: A post named {name}\nworkstream: work\nchannels: [{channel}]\n{placement}"
        (folder / "content" / "posts" / f"{name}.md").write_text(f"---\n{head}\n---\nA text of some length.\n", "utf-8")
    return folder
