"""``python -m scheduler``: the same program as ``loa``."""

from scheduler.cli import main

main()
