"""Which code of its plugins the engine at work runs, kept for whoever looks from another process."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from scheduler.engine.lock import running
from scheduler.store import settings

if TYPE_CHECKING:
    from scheduler.engine.core import Core

_NAME = "plugins"


def keep(core: Core) -> None:
    """Keep the stamps of what this engine has loaded."""
    plugins = core.snapshot.plugins
    found = {name: mark for name, (_file, mark) in plugins.stamps.items()} if plugins else {}
    text = json.dumps(found, sort_keys=True)
    if settings.get(core.store.read(), _NAME) != text:
        with core.store.write() as connection:
            settings.put(connection, _NAME, text)


def behind(core: Core, plugin: str) -> bool:
    """Return whether an engine at work runs other code of a plugin than what is there now."""
    plugins = core.snapshot.plugins
    if plugins is None or plugin not in plugins.stamps or not running(core.var):
        return False
    kept: dict[str, str] = json.loads(settings.get(core.store.read(), _NAME) or "{}")
    return plugin in kept and (plugin in plugins.altered or kept[plugin] != plugins.stamps[plugin][1])
