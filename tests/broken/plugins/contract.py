"""It was written for a Loa that is not there yet."""

# loads: it is written for contract 9.0

from scheduler.api import hookimpl

loa_contract = "9.0"


@hookimpl
def register_channels() -> list[object]:
    return []
