"""Its file is no Python."""

# loads: SyntaxError: '(' was never closed (syntax.py, line 7)

from scheduler.api import hookimpl

print(hookimpl
