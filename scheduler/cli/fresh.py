"""``python -m scheduler.cli.fresh [FOLDER]``: what is installed and which plugins load, as a new process finds it.

One line of JSON, the last on standard output: plugins may write what they like before it.
"""

from __future__ import annotations

import json
import os
import sys
import traceback
from importlib.metadata import distributions
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn

from scheduler.channels.installed import GROUP
from scheduler.channels.loader import load_plugins
from scheduler.ground.errors import LoaError
from scheduler.plan.config import load_config

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from scheduler.channels.channel import Channel
    from scheduler.channels.options import Options
    from scheduler.plan.config import PluginConfig


def found(folder: Path | None) -> dict[str, Any]:
    """Return every distribution with its version, and every plugin with what it brings."""
    wishes = _wishes(folder)
    plugins = load_plugins(folder, wishes, told=wishes is not None)
    every = list(distributions())
    source = {
        f"installed: {point.value}": each.name for each in every for point in each.entry_points if point.group == GROUP
    }
    return {
        "distributions": {each.name: each.version for each in every},
        "plugins": [
            {
                "name": each.name,
                "distribution": source.get(each.source, ""),
                "version": each.version,
                "contract": each.contract,
                "hooks": list(each.hooks),
                "error": each.error,
                "enabled": each.enabled,
                "channels": {name: "".join(_table(plugins.channels[name][0])) for name in each.channels},
            }
            for each in plugins.statuses
        ],
    }


def _wishes(folder: Path | None) -> Mapping[str, PluginConfig] | None:
    """Return what config.toml says of plugins, ``None`` where it cannot be read."""
    if folder is None:
        return {}
    try:
        config, _problems = load_config(folder)
    except LoaError:
        return None
    return config.plugins if config.parsed else None


def _table(channel: Channel[Any]) -> Iterator[str]:
    """Yield the lines of config.toml that switch a channel on: what must be given, and a target."""
    yield f"[channels.{channel.name}]\n"
    yield from _required(channel.options)
    yield f'\n[[channels.{channel.name}.targets]]\nname = "first"\n'
    yield from _required(channel.target_options)


def _required(model: type[Options]) -> Iterator[str]:
    from scheduler.channels.described import described

    for each in described(model):
        if each.required:
            yield f"{each.name} = {each.example}\n"


def _end() -> NoReturn:
    """Print the line and leave at once: threads of plugins that never end would be waited for."""
    code = 1
    try:
        print("\n" + json.dumps(found(Path(sys.argv[1]) if sys.argv[1:] else None)), flush=True)  # noqa: T201
        code = 0
    except BaseException:  # noqa: BLE001 - said on standard error, and left all the same
        traceback.print_exc()
    finally:
        os._exit(code)


if __name__ == "__main__":
    _end()
