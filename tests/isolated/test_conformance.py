"""The conformance kit on channels in processes of their own: what they keep in Loa's process they keep there."""

from __future__ import annotations

import shutil
import threading
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from scheduler.channels.loader import load_plugins
from scheduler.plan.config import PluginConfig
from scheduler.testing import Setting, check_channel
from tests.conformance.test_builtins import LIST
from tests.servers import graph

if TYPE_CHECKING:
    from collections.abc import Mapping

SOUND = Path(__file__).parents[1] / "conformance" / "sound"
PAPERS = {"targets": [{"name": "mot", "list": "contacts/a.csv"}], "content": {"contacts/a.csv": LIST}}


class Facebook:
    """A page's API on this machine, which takes any token."""

    scenarios = frozenset({"down"})

    def __init__(self) -> None:
        self.server = graph.Server(graph.Page("123", ""), Path("/dev/null"))
        self.server.RequestHandlerClass = _Trusting
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def options(self) -> Mapping[str, Any]:
        return {"api": f"http://127.0.0.1:{self.server.server_address[1]}"}

    def effects(self) -> list[Any]:
        return [dict(each) for each in self.server.page.posts]

    def play(self, scenario: str) -> None:
        self.close()

    def close(self) -> None:
        self.server.shutdown()
        self.server.server_close()


class _Trusting(graph.Handler):
    def _act(self, method: str, parts: list[str], query: dict[str, str], form: graph.Form) -> tuple[int, Any]:
        self.server.page.token = self.headers.get("Authorization", "").removeprefix("Bearer ")
        return super()._act(method, parts, query, form)


def channel(name: str, folder: Path | None = None) -> Any:
    """Return a channel whose plugin, of the same name, runs in a process of its own."""
    plugins = load_plugins(folder, {name: PluginConfig(isolated=True)}, only=lambda each: each.name == name)
    assert not plugins.statuses[0].error
    found: Any = plugins.channels[name][0]
    assert found._pool.processes()
    return found


def passed(setting: Setting) -> set[str]:
    """Return which checks it passes. All the others must be skipped."""
    report = check_channel(setting)
    assert report.sound, str(report)
    return {each.check.id for each in report.results if not each.reason}


EVERY = {"attributes", "options", "sends", "pure", "payload", "verdicts", "cancel", "unicode", "huge", "clock"}
EVERY |= {"shows", "folder"}
EACH = EVERY | {"keys", "concurrent"}
"""What is called once for each delivery, and no picture of all."""


@pytest.mark.parametrize(
    ("name", "setting", "least"),
    [
        (
            "radio",
            {"targets": [{"name": "dai-mot", "slot": "3m"}, {"name": "hai", "confirm": True}]},
            EACH | {"withdraws"},
        ),
        ("fanpage", {}, EACH | {"withdraws"}),
        ("rss", {"options": {"site": "https://example.org/tin/", "title": "Tin"}}, {"projection"}),
        ("sms", {**PAPERS, "to": "0912345678"}, EACH | {"bulk", "tries-out"}),
    ],
)
def test_every_shipped_channel_keeps_the_contract(name: str, setting: dict[str, Any], least: set[str]) -> None:
    assert passed(Setting(channel(name), plugin=name, **setting)) >= EVERY | least


def test_a_page_is_called_from_there() -> None:
    options = {"page_id": "123", "token": {"env": "TOKEN"}}
    found = passed(Setting(channel("fanpage"), options, plugin="fanpage", world=Facebook))
    assert found >= EACH - {"folder"} | {"secrets", "look-up", "withdraws", "probes", "tries-out"}


@pytest.mark.parametrize(("name", "least"), [("files", {"idempotent"}), ("picture", {"projection"})])
def test_sound_plugins_keep_it(tmp_path: Path, name: str, least: set[str]) -> None:
    assert passed(Setting(channel(name, put(tmp_path, name)), plugin=name)) >= least


def put(folder: Path, name: str) -> Path:
    """Return a campaign folder with a sound plugin."""
    (folder / "plugins").mkdir()
    shutil.copy2(SOUND / f"{name}.py", folder / "plugins")
    return folder
