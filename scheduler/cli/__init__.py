"""The command line. Only this floor and `scheduler.tui` talk to people."""

from __future__ import annotations

from typing import NoReturn

PATIENCE = 200_000
"""How many objects more than before are there when the collector of garbage looks again; 700 is its own patience."""


def main() -> NoReturn:
    """Run ``loa`` with the arguments of this process, and exit.

    Most commands end within a second: searching what they have loaded for garbage, on the way and once more at the
    end, would take a sixth of their time. Pydantic would read every distribution for plugins of its own, to find none.
    """
    import gc
    import os
    import sys

    if sys.stdout is None or sys.stderr is None:
        _open_streams()
    os.environ.setdefault("PYDANTIC_DISABLE_PLUGINS", "__all__")
    gc.set_threshold(PATIENCE)
    from scheduler.cli.program import program

    try:
        program.main(prog_name="loa")
    except SystemExit as end:
        from scheduler.cli.leaving import leave

        leave(end.code)
        raise
    finally:
        gc.freeze()


def _open_streams() -> None:
    """Have nothing written to whatever file would be opened in the place of a standard stream that is closed."""
    import os
    import sys

    while (spare := os.open(os.devnull, os.O_RDWR)) <= 2:
        pass
    os.close(spare)
    sys.stdout = sys.stdout or os.fdopen(1, "w", closefd=False)
    sys.stderr = sys.stderr or os.fdopen(2, "w", closefd=False)
