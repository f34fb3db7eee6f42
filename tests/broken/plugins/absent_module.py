"""It imports what is not installed."""

# loads: ModuleNotFoundError: No module named 'loudhailer_of_the_office': install what brings it beside Loa (plugins/absent_module.py:5)

import loudhailer_of_the_office  # noqa: F401
