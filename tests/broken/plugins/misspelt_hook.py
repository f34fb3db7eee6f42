"""A hook of it is misspelt."""

# loads: there is no hook 'register_channel' (did you mean 'register_channels'?)

from scheduler.api import hookimpl


@hookimpl
def register_channel() -> list[object]:
    return []
