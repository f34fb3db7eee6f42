"""The channels that ship with Loa, in processes of their own, make what they make in Loa's."""

from __future__ import annotations

import hashlib
import shutil
from pathlib import Path
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from scheduler.channels.channel import Bulk, RenderContext, Rendered
from scheduler.channels.loader import load_plugins
from scheduler.cli.example import PARTS, example_folder
from scheduler.ground.model import Target
from scheduler.plan.config import PluginConfig
from tests.kill.process import loa

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.campaign import Folder

NAMES = ("radio", "fanpage", "rss", "sms")
OWN = ("armed.json", "loa.db", "loa.db-wal", "loa.db-shm", "engine.lock")
"""What is of one folder only."""
MANY = 100_000


def made(folder: Path, *, isolated: bool) -> dict[str, str]:
    """Rehearse the example in ``folder``, and return the digest of each file that its channels made."""
    folder.mkdir()
    for part in PARTS:
        source = example_folder() / part
        (shutil.copytree if source.is_dir() else shutil.copy2)(source, folder / part)
    tables = "".join(f"\n[plugins.{each}]\nisolated = {str(isolated).lower()}\n" for each in NAMES)
    config = folder / "config.toml"
    config.write_text(config.read_text(encoding="utf-8") + tables, encoding="utf-8")
    out = folder.parent / f"out-{folder.name}"
    loa(folder, "rehearse", "--from", "2021-05-10", "--to", "2021-05-12", "--out", str(out))
    files = [each for each in sorted(out.rglob("*")) if each.is_file() and each.name not in OWN]
    names = [str(each.relative_to(out)) for each in files if each.suffix not in (".db", ".jsonl")]
    return {name: hashlib.sha256((out / name).read_bytes()).hexdigest() for name in names}


def test_the_example_is_rehearsed_to_the_same_bytes(tmp_path: Path) -> None:
    apart, within = (made(tmp_path / str(each), isolated=each) for each in (True, False))
    assert len(within) > 10
    assert apart == within


def test_a_hundred_thousand_recipients_come_in_parts(hard: Callable[..., Folder]) -> None:
    folder = hard("many")
    plugins = load_plugins(folder.path, {"hard": PluginConfig(isolated=True)})
    channel: Any = plugins.channels["many"][0]
    bulk: object = channel
    assert isinstance(bulk, Bulk)
    target, sizes = Target("many", "noi"), []
    context: Any = RenderContext(channel.options.model_validate({}), ZoneInfo("Asia/Ho_Chi_Minh"), folder.path)
    (pid,) = channel._pool.processes()
    found = channel.recipients(Rendered({}, f"x {MANY}"), target, context)
    for number, each in enumerate(found):
        assert each.address == f"+84{number}"
        if number % 20_000 == 10_000:
            sizes.append(_resident(pid))
    assert number == MANY - 1
    assert max(sizes) < min(sizes) + 8, "it never holds the whole list"
    assert channel._pool.processes() == [pid]


def _resident(pid: int) -> float:
    lines = Path(f"/proc/{pid}/status").read_text(encoding="utf-8").splitlines()
    return int(next(each for each in lines if each.startswith("VmRSS")).split()[1]) / 1024
