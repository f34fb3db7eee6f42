"""The contract between the host and a channel. Plugins meet it through `scheduler.api`."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Generic, Protocol, TypeVar, runtime_checkable

from scheduler.ground.errors import LoaError
from scheduler.ground.text import _

if TYPE_CHECKING:
    import socket
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
    from datetime import datetime, timedelta
    from pathlib import Path
    from zoneinfo import ZoneInfo

    import httpx2

    from scheduler.channels.calling import DeliverContext
    from scheduler.channels.host import FeedElement
    from scheduler.channels.item import Item
    from scheduler.channels.options import Options
    from scheduler.ground.delivery import Key
    from scheduler.ground.errors import Verdict
    from scheduler.ground.lifecycle import Late
    from scheduler.ground.model import Health, Target
    from scheduler.ground.problem import Problem

O = TypeVar("O", bound="Options")  # noqa: E741
_NONE: Mapping[str, Any] = MappingProxyType({})


class Kind(StrEnum):
    """What a channel ends in; the last two end in a human act."""

    DIGITAL = "digital"
    BROADCAST = "broadcast"
    PRINT = "print"
    IN_PERSON = "in person"


@dataclass(frozen=True, slots=True)
class File:
    """A file that a channel made of an item."""

    name: str
    media_type: str
    data: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class Rendered:
    """The exact payload: what is previewed, approved, stored with the intent and delivered.

    ``body`` is the channel's own, of JSON values only. ``text`` is what a person sees or hears, in plain text.
    ``figures`` are named measures for previews and lists (``{"parts": 2}``).
    """

    body: Mapping[str, Any]
    text: str
    files: tuple[File, ...] = ()
    figures: Mapping[str, int | float | str] = field(default_factory=lambda: _NONE)


@dataclass(frozen=True, slots=True)
class Forecast:
    """What a delivery will cost, in đồng, and whom it will reach."""

    cost: int = 0
    units: int = 0
    unit: str = ""
    people: int | None = None


@dataclass(frozen=True, slots=True)
class Receipt:
    """Proof that it went out. ``handed`` says that people carry it on and must confirm it.

    ``id`` is the outside's own (a post id, a message id, a path below the channel's output folder).
    """

    id: str
    link: str = ""
    detail: Mapping[str, Any] = field(default_factory=lambda: _NONE)
    handed: bool = False


@dataclass(frozen=True, slots=True)
class Absent:
    """A look-up's answer: the outside does not have it."""


@dataclass(frozen=True, slots=True)
class CannotTell:
    """A look-up's answer: nobody can say yet."""

    reason: str = ""


@dataclass(frozen=True, slots=True)
class Recipient:
    """One address of a bulk delivery; the same address counts once per occurrence and channel."""

    address: str
    name: str = ""
    data: Mapping[str, Any] = field(default_factory=lambda: _NONE)


@dataclass(frozen=True, slots=True)
class Message:
    """One recipient's part of a bulk delivery, as it is called. ``key`` never changes, ``round`` only by requeue."""

    key: str
    round: int
    address: str
    name: str = ""
    data: Mapping[str, Any] = field(default_factory=lambda: _NONE)


@dataclass(frozen=True, slots=True)
class Published:
    """One delivery that stands in a projection, or stood in it and was ``withdrawn``.

    ``published_at`` is the time it was placed at (aware, in UTC).
    """

    key: Key
    rendered: Rendered
    published_at: datetime
    withdrawn: bool = False


@dataclass(frozen=True, slots=True)
class Sent:
    """What went out under ``key`` and is to be taken back. ``published_at`` is aware, in UTC.

    ``receipt`` has no id where a person said that it went out, and is ``handed`` while nobody has confirmed it.
    ``text`` is what a person saw or heard, or "" where that is kept no more.
    """

    key: Key
    title: str
    text: str
    receipt: Receipt
    published_at: datetime


@dataclass(frozen=True, slots=True)
class Call:
    """An earlier call whose outcome was never heard, for a look-up."""

    key: Key
    round: int
    rendered: Rendered
    started_at: datetime
    checkpoint: Mapping[str, Any] | None = None
    message: Message | None = None


@dataclass(frozen=True, slots=True)
class RenderContext(Generic[O]):
    """What pure steps may know beside the item: the channel's options, and the campaign's zone and folder.

    ``content`` is the folder of the campaign's texts, for lists that a target names. No approval covers what is read
    there, so nothing that is said may come from it. ``forms`` are how plugins have words read out, by language, and
    ``elements`` what they add to an entry of a feed.
    """

    options: O
    zone: ZoneInfo
    content: Path
    forms: Mapping[str, Mapping[str, str]] | None = field(default_factory=lambda: _NONE)
    elements: Callable[[Item], tuple[FeedElement, ...]] = field(default=lambda item: (), compare=False)

    def spoken(self, language: str) -> Mapping[str, str]:
        """Return how words of a text in ``language`` are read out by the rules of other plugins, written to spoken.

        For channels that say ``speaks = True``, so that an approval covers it; others raise `LoaError`.
        """
        if self.forms is None:
            raise LoaError(_("context.spoken is for channels that say `speaks = True`: an approval then covers it"))
        return self.forms.get(language, _NONE)

    def feed_elements(self, item: Item) -> tuple[FeedElement, ...]:
        """Return what other plugins add to a feed's entry for the item, checked; it belongs into the payload.

        Raises `PluginError` where one of them fails: let it pass, and the delivery is refused with its name.
        """
        return self.elements(item)

    def __reduce__(self) -> tuple[type[RenderContext[O]], tuple[Any, ...]]:
        """Go to another process without ``elements``: plugins cannot be asked from there."""
        forms = None if self.forms is None else {language: dict(each) for language, each in self.forms.items()}
        return RenderContext, (self.options, self.zone, self.content, forms)


class Channel(Protocol[O]):
    """What a plugin registers. Optional parts are protocols of their own, below.

    ``name`` is permanent. ``options`` and ``target_options`` are the models of its tables in config.toml.
    ``uses`` names the values of the plan that `render` reads: it gets no others, and an approval covers these.
    ``lead`` is how long before publication a delivery is due, ``late`` and ``grace`` what lateness means where
    neither config nor post says so. ``staged`` promises that ``deliver`` calls ``context.no_return()`` before the first
    thing that cannot be taken back, so that a crash before it means "not sent" and not "unknown". One whose texts are
    read out may say ``speaks = True``: it reads them by ``context.spoken``, and an approval covers that.
    """

    name: str
    title: str
    kind: Kind
    options: type[O]
    target_options: type[Options]
    uses: tuple[str, ...]
    lead: timedelta
    late: Late
    grace: timedelta
    staged: bool

    def render(self, item: Item, context: RenderContext[O]) -> Rendered:
        """Make the payload. Pure: the same item and options give the same bytes."""

    def check(self, rendered: Rendered, context: RenderContext[O]) -> Iterable[Problem]:
        """Yield what is wrong with it; an error refuses the delivery."""

    def forecast(self, rendered: Rendered, context: RenderContext[O]) -> Forecast:
        """Say what it will cost and whom it reaches."""

    def idempotent(self, rendered: Rendered, context: RenderContext[O]) -> bool:
        """Whether delivering it again under the same key changes nothing outside."""

    def deliver(self, rendered: Rendered, context: DeliverContext[O]) -> Receipt:
        """Send it, and return the proof.

        Raises a verdict; any other exception counts as `OutcomeUnknown` on a route that is not idempotent, and as
        `TemporaryFailure` on one that is.
        """


@runtime_checkable
class Bulk(Protocol):
    """A channel whose deliveries go to many recipients. The host calls this in place of ``deliver``."""

    batch_size: int

    def recipients(self, rendered: Rendered, target: Target, context: RenderContext[Any]) -> Iterator[Recipient]:
        """Stream whom it goes to; bad entries are left out here and reported by ``check``."""

    def deliver_batch(
        self, rendered: Rendered, messages: Sequence[Message], context: DeliverContext[Any]
    ) -> Sequence[Receipt | Verdict]:
        """Send to each, and answer for each, in order. What it raises counts for all of them."""


@runtime_checkable
class Projection(Protocol):
    """A channel whose output is a picture of all that was published, like a feed. Called in place of ``deliver``.

    Each target has a picture of its own: ``published`` is all that stands on ``context.target``, oldest first, and what
    was withdrawn from it, which says so. What it does not name may still be public, since a database can be lost or
    older than what went out: only what was withdrawn may be taken away.
    """

    def project(self, published: Sequence[Published], context: DeliverContext[Any]) -> Receipt:
        """Make the picture anew; the same ``published`` give the same bytes."""


@runtime_checkable
class Withdraws(Protocol):
    """A channel that can take back what it sent, or can write down for a person how that is done.

    ``withdraws_again`` promises that doing it again changes nothing outside. Without that a crash leaves it unknown,
    and `look_up` is asked for it by its key, as for any call.
    """

    withdraws_again: bool

    def withdraw(self, sent: Sent, context: DeliverContext[Any]) -> Receipt:
        """Take it back, or find it gone; ``handed`` where people must do it and confirm. Raises verdicts."""


@runtime_checkable
class LooksUp(Protocol):
    """A channel that can ask the outside whether a call took effect."""

    settle_after: timedelta

    def look_up(self, call: Call, context: DeliverContext[Any]) -> Receipt | Absent | CannotTell:
        """Say whether it is there. ``Absent`` counts only once ``settle_after`` has passed since the call."""


@runtime_checkable
class Probes(Protocol):
    """A channel that can say whether it would work now."""

    def probe(self, context: DeliverContext[Any]) -> Health:
        """Try what costs nothing: is the token valid, the gateway there, the folder writable."""


@runtime_checkable
class TriesOut(Protocol):
    """A channel that can send a test which the public does not meet.

    ``test_to`` is what a person names for it, such as "a phone number"; "" where nothing has to be named.
    """

    test_to: str

    def try_out(self, text: str, to: str, context: DeliverContext[Any]) -> Receipt:
        """Send ``text``, which the host has written, and return the proof; what it leaves behind nobody else sees.

        There is no attempt behind the call, so ``checkpoint`` and ``no_return`` are not for it. Raises a verdict.
        """


@runtime_checkable
class StandsIn(Protocol):
    """A channel that brings the outside's answers for a rehearsal."""

    def stand_in(self) -> Callable[[httpx2.Request], httpx2.Response]:
        """Return what answers the requests of the rehearsal's HTTP client."""


@runtime_checkable
class StandsInSocket(Protocol):
    """A channel that plays the outside in a rehearsal, for what it opens with ``context.connect``."""

    def stand_in_socket(self, connection: socket.socket, host: str, port: int) -> None:
        """Answer one connection until its other end is closed, in a thread of its own; the host closes it."""
