"""What a plugin's channel derives from, so that it says only what is its own."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Generic

from scheduler.channels.channel import Forecast, Kind, O
from scheduler.channels.options import Options
from scheduler.ground.lifecycle import Late

if TYPE_CHECKING:
    from collections.abc import Iterable

    from scheduler.channels.channel import RenderContext, Rendered
    from scheduler.ground.problem import Problem


class BaseChannel(Generic[O]):
    """The defaults of a channel, to derive from: due at its time, two hours of grace, nothing to check, no cost."""

    name: str
    title: str = ""
    kind: Kind = Kind.DIGITAL
    options: type[O]
    target_options: type[Options] = Options
    uses: tuple[str, ...] = ()
    lead: timedelta = timedelta()
    late: Late = Late.SEND
    grace: timedelta = timedelta(hours=2)
    staged: bool = False
    speaks: bool = False

    def check(self, rendered: Rendered, context: RenderContext[O]) -> Iterable[Problem]:
        """Find nothing wrong."""
        return ()

    def forecast(self, rendered: Rendered, context: RenderContext[O]) -> Forecast:
        """Cost nothing."""
        return Forecast()

    def idempotent(self, rendered: Rendered, context: RenderContext[O]) -> bool:
        """Claim nothing: a crash during the call leaves its outcome unknown."""
        return False
