"""It ends the program at import."""

# loads: SystemExit: no licence (import_exits.py:7)

import sys

sys.exit("no licence")
