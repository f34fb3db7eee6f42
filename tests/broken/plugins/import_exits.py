"""It ends the program at import."""

# loads: SystemExit: no licence (plugins/import_exits.py:7)

import sys

sys.exit("no licence")
