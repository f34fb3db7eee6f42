"""The command line. Only this floor and `scheduler.tui` talk to people."""

from __future__ import annotations

from typing import NoReturn


def main() -> NoReturn:
    """Run ``loa`` with the arguments of this process, and exit."""
    from scheduler.cli.program import program

    program.main(prog_name="loa")
    raise SystemExit
