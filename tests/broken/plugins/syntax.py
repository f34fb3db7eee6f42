"""Its file is no Python."""

# loads: SyntaxError: '(' was never closed (plugins/syntax.py:7)

from scheduler.api import hookimpl

print(hookimpl
