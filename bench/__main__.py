"""Run every measurement, or those named: ``python -m bench handoff lateness start memory screens plugins``.

One part of the screens by itself: ``python -m bench screens.paint``, ``.queue``, ``.keys``, ``.memory``.
"""

from __future__ import annotations

import importlib
import platform
import sys

NAMES = {
    "handoff": "(a) Durable hand-off of 10,000 due deliveries",
    "lateness": "(b) From due time to the start of the call, 200 deliveries over 20 s",
    "start": "(c) Cold start, beside a bare interpreter",
    "memory": "(d) Memory of a running engine with 100,000 planned deliveries",
    "screens": "(e) The screens in a terminal, with 100,000 deliveries",
    "plugins": "(f) What 50 plugins add to a start, beyond their own imports",
    "isolated": "(g) A plugin in a process of its own, beside the same one in Loa's",
}


def main(chosen: list[str]) -> None:
    """Measure what was chosen, or everything, and print it."""
    print(f"Python {platform.python_version()} on {platform.system()} {platform.machine()}")
    for wanted in chosen or NAMES:
        name, _, part = wanted.partition(".")
        print(f"\n{NAMES[name]}", flush=True)
        for figure in importlib.import_module(f"bench.{name}").measure(**({"only": part} if part else {})):
            print(figure, flush=True)


if __name__ == "__main__":
    main(sys.argv[1:])
