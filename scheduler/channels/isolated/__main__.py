"""``python -m scheduler.channels.isolated READ WRITE``: the process of one plugin; Loa starts it."""

from __future__ import annotations

import sys

from scheduler.channels.isolated.child import main

if __name__ == "__main__":
    main(int(sys.argv[1]), int(sys.argv[2]))
