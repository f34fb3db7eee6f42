"""Starting an engine that goes on when the screens are left."""

from __future__ import annotations

import subprocess
import sys
from datetime import timedelta
from typing import TYPE_CHECKING

from scheduler.ground.errors import LoaError
from scheduler.ground.text import _

if TYPE_CHECKING:
    from scheduler.engine.engine import Engine

PROGRAM = "from scheduler.cli import main; main()"
PATIENCE = timedelta(seconds=10)
STEP = timedelta(seconds=0.1)


def start(engine: Engine) -> subprocess.Popen[bytes]:
    """Start ``loa run`` for the engine's folder, apart from this terminal, and wait until it is at work.

    What it says goes to ``var/engine.log``. Returns its process. Raises `LoaError` with its last words.
    """
    if engine.look.status().running:
        raise LoaError(_("another engine is at work in this folder"))
    log = engine.var / "engine.log"
    with log.open("ab") as output:
        process = subprocess.Popen(
            [sys.executable, "-c", PROGRAM, "-C", str(engine.folder), "run"],
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
    waited = timedelta()
    while waited < PATIENCE:
        if engine.look.status().running:
            return process
        if process.poll() is not None:
            words = log.read_text(encoding="utf-8", errors="replace").strip().splitlines()
            raise LoaError(
                words[-1] if words else _("the engine ended with code {code}").format(code=process.returncode)
            )
        engine.clock.sleep(STEP)
        waited += STEP
    raise LoaError(_("the engine does not answer; see {log}").format(log=log))
