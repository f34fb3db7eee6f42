"""The other process of the check ``process``: it renders what it is handed, and writes the digest of the payload."""

from __future__ import annotations

import importlib.util
import os
import pickle
import sys
from pathlib import Path


def main() -> None:
    """Read the channel, the item and the context from standard input."""
    told = os.dup(1)
    os.dup2(2, 1)  # what the plugin prints is no part of the digest
    from scheduler.channels.finding import PACKAGE, import_file
    from scheduler.engine.delivering.payload import pack

    name, main_name, file, values = pickle.load(sys.stdin.buffer)  # noqa: S301 - written by the kit itself
    if main_name.startswith(f"{PACKAGE}."):
        import_file(main_name.removeprefix(f"{PACKAGE}."), Path(file))
    elif file and not _importable(name):
        spec = importlib.util.spec_from_file_location(name, file)
        if spec is not None and spec.loader is not None:
            sys.modules[name] = importlib.util.module_from_spec(spec)
            spec.loader.exec_module(sys.modules[name])
    channel, item, context = pickle.loads(values)  # noqa: S301 - as above
    os.write(told, pack(channel.render(item, context)).digest.encode())


def _importable(name: str) -> bool:
    try:
        return importlib.util.find_spec(name) is not None
    except (ImportError, ValueError):
        return False


if __name__ == "__main__":
    main()
