"""Ending a process although plugins have left threads behind that never end."""

from __future__ import annotations

import os
import threading
from datetime import timedelta

from scheduler.ground.clock import SystemClock
from scheduler.ground.text import _

PATIENCE = timedelta(seconds=3)
"""How long such threads have, once the command is over."""
SHOWN = 3


def leave(code: object) -> None:
    """See to it that the process ends with ``code``.

    Python waits at its end for threads that are no daemons, and for executors: for ever, where a plugin's never end.
    """
    if threading.active_count() > 1:
        number = code if isinstance(code, int) else int(code is not None)
        threading.Thread(target=_cut, args=(number,), name="loa-leaving", daemon=True).start()


def _cut(code: int) -> None:
    SystemClock().sleep(PATIENCE)
    others = {each.name for each in threading.enumerate() if each is not threading.main_thread()}
    names = sorted(each for each in others if not each.startswith("loa-"))
    shown = ", ".join([*names[:SHOWN], *("…" for _each in names[SHOWN : SHOWN + 1])])
    text = _("ended, though a plugin has left threads that do not end: {names}").format(names=shown)
    os.write(2, f"loa: {text}\n".encode())
    os._exit(code)
