"""``loa delivery``: the group. Its commands are in `delivery_read` and `delivery_act`."""

from __future__ import annotations

import click

from scheduler.cli.commands import delivery_act, delivery_read, withdraw
from scheduler.cli.shape import Group


@click.group(cls=Group, examples=("loa delivery list --state held", "loa delivery show 1"))
def delivery() -> None:
    """Follow deliveries, and decide what hangs.

    A delivery is one post, at one time, for one target of one channel. Commands take its number, its key, or the
    beginning of a key where only one delivery has it. Those that change deliveries take several, or filters.
    """


for each in (
    delivery_read.list_,
    delivery_read.show,
    delivery_act.requeue,
    delivery_act.settle,
    delivery_act.cancel,
    delivery_act.confirm,
    delivery_act.deny,
    delivery_act.hold,
    delivery_act.release,
    withdraw.of_delivery,
):
    delivery.add_command(each)
