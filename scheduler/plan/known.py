"""The names that posts, events and targets may refer to, as far as they could be told."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from scheduler.ground.text import N_, _
from scheduler.plan.values import reference
from scheduler.plan.variants import Words

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Mapping, Sequence

    from scheduler.ground.model import CampaignEvent, Plan
    from scheduler.plan.plan import PlanFile

_KINDS = {
    "languages": N_("language"),
    "workstreams": N_("workstream"),
    "audiences": N_("audience"),
    "areas": N_("area"),
    "units": N_("unit"),
    "people": N_("person"),
    "facts": N_("fact"),
}


@dataclass(frozen=True, slots=True)
class Known:
    """The plan, the channels with their targets, and the events.

    ``sound`` is as in `PlanFile`; ``vague`` too, and it has "channels" where config.toml could not be taken apart.
    ``events`` has ``None`` for an event whose file is broken; where
    ``all_events`` is false, there are event files whose id could not even be told.
    """

    plan: Plan
    targets: Mapping[str, Sequence[str]]
    sound: bool = True
    vague: frozenset[str] = frozenset()
    events: Mapping[str, CampaignEvent | None] = field(default_factory=dict)
    all_events: bool = True

    @classmethod
    def of(cls, file: PlanFile, targets: Mapping[str, Sequence[str]], *, told: bool = True) -> Known:
        """Return what one plan says; ``told`` is whether ``targets`` are all that there are."""
        return cls(file.plan, targets, file.sound, file.vague if told else file.vague | {"channels"})

    def names(self, table: str) -> Collection[str]:
        """Return the ids of one table of the plan; parts are audiences too."""
        if table == "audiences":
            return self.plan.slogans
        names: Mapping[str, object] = getattr(self.plan, table)
        return names

    def one(self, table: str) -> Callable[[object], str]:
        """Return a converter to an id that stands in a table of the plan."""
        valid = None if table in self.vague else self.names(table)
        return reference(_KINDS[table], valid)

    def channel(self, value: object) -> str:
        """Convert the name of a channel."""
        return reference(N_("channel"), None if "channels" in self.vague else self.targets)(value)

    def target(self, channel: str) -> Callable[[object], str]:
        """Return a converter to the name of a target of ``channel``."""
        valid = None if "channels" in self.vague else self.targets[channel]
        return reference(_("target of {name}").format(name=channel), valid)

    def event(self, value: object) -> str:
        """Convert the id of an event, broken ones included."""
        return reference(N_("event"), self.events if self.all_events else None)(value)

    @property
    def words(self) -> Words:
        """What the words of variants may be."""
        return Words(self.targets, *(self.names(each) for each in Words._fields[1:]))

    @property
    def all_words(self) -> bool:
        """Whether a word that is not among `words` is certainly wrong."""
        return not self.vague & set(Words._fields)
