"""What can be done to a channel."""

from __future__ import annotations

from functools import partial

from scheduler.ground.text import N_
from scheduler.tui.action import Action, Scope

_here = partial(Action, scope=Scope.CHANNELS)

ACTIONS: tuple[Action, ...] = (
    _here(
        "switch_channel",
        "p",
        name=N_("Pause"),
        about=N_("Pause the channel, or let it go on"),
        command="loa channel pause",
        weight=10,
    ),
    _here(
        "ask_channel",
        "K",
        name=N_("Ask"),
        about=N_("Ask whether it would work now; nothing is sent"),
        command="loa channel test",
        weight=11,
    ),
    _here(
        "try_channel",
        "S",
        name=N_("Send a test"),
        about=N_("Send a test that the public does not meet"),
        command="loa channel test --send",
        weight=12,
    ),
    _here(
        "channel_deliveries",
        "d",
        name=N_("Deliveries"),
        about=N_("Its deliveries in the queue; Enter does the same"),
        command="loa delivery list",
        weight=13,
    ),
    _here(
        "all_options",
        "z",
        name=N_("All options"),
        about=N_("Every option in force, or only what config.toml says"),
        command="loa channel show",
        weight=14,
    ),
)
