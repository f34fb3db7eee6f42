"""It waits at import for what never comes."""

# loads: did not load within 2 seconds

import threading

threading.Event().wait()
