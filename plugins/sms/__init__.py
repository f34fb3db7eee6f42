"""Text messages: exact parts and cost, one per recipient, handed to Gammu SMSD by its spool."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime, timedelta
from pathlib import PurePosixPath
from typing import Any, ClassVar, Literal

from pydantic import Field, field_validator

from scheduler.api import (
    N_,
    Absent,
    BaseChannel,
    Block,
    Call,
    CannotTell,
    Channel,
    DeliverContext,
    Forecast,
    Health,
    Item,
    Kind,
    Late,
    Message,
    Options,
    PermanentFailure,
    Problem,
    Receipt,
    Recipient,
    RenderContext,
    Rendered,
    Severity,
    Target,
    TemporaryFailure,
    Verdict,
    _,
    hookimpl,
    system,
)

from . import contacts, plain, segments
from .handover import hand_one, hand_over, settle
from .spool import Spool

loa_contract = "1.0"
SENDER_LENGTH = 11
LABELS = ("[QC]", "[AD]")
OPENS, CLOSES = 7, 22
"""The local hours between which a message to the public may arrive (Decree 91/2020/NĐ-CP)."""


class SmsOptions(Options):
    """``[channels.sms]``: how a message is written, what a part costs in đồng, where it goes."""

    operational: ClassVar[frozenset[str]] = frozenset({"gateway", "spool", "price_per_part", "region"})

    gateway: Literal["gammu"] = "gammu"
    spool: str = "var/spool/gammu"
    sender: str = ""
    accents: bool = False
    max_parts: int = Field(default=3, ge=1, le=50)
    price_per_part: int = Field(default=0, ge=0)
    region: str = Field(default="VN", pattern="^[A-Z]{2}$")


class SmsTarget(Options):
    """``[[channels.sms.targets]]``: whom it goes to.

    ``list`` is a CSV file, by its path below ``content/``.
    """

    list: str

    @field_validator("list")
    @classmethod
    def _below_content(cls, value: str) -> str:
        path = PurePosixPath(value)
        if not value or path.is_absolute() or ".." in path.parts or "\\" in value:
            raise ValueError(_("give a path below content/, such as contacts/workers.csv"))
        return value


class Sms(BaseChannel[SmsOptions]):
    """The channel. A delivery is one text; its messages are the recipients of the target's list."""

    name = "sms"
    title = "SMS"
    kind = Kind.DIGITAL
    options = SmsOptions
    target_options: type[Options] = SmsTarget
    late = Late.SEND
    staged = True
    batch_size = 100
    settle_after = timedelta(minutes=5)
    test_to = N_("a phone number")

    def render(self, item: Item, context: RenderContext[SmsOptions]) -> Rendered:
        """Write the text and cut it into parts.

        The list is read later: who is in it may change until the call.
        """
        written = plain.plain(item.text)
        text = written if context.options.accents else plain.without_accents(written)
        cut = segments.split(text)
        body = {
            "text": text,
            "encoding": cut.encoding.value,
            "parts": [*cut.parts],
            "sender": context.options.sender,
            "class": item.message_class,
            "publish_at": item.publish_at.astimezone(context.zone).isoformat(),
            "list": item.target.settings.list,
            "areas": [*item.areas],
            "audiences": [*item.audiences],
            "changed_links": [*_changed(written, text)],
        }
        figures = {
            "parts": len(cut.parts),
            "units": cut.units,
            "left": cut.left,
            "encoding": cut.encoding.value,
        }
        return Rendered(body, text, figures=figures)

    def show(self, item: Item, rendered: Rendered, context: RenderContext[SmsOptions]) -> Iterable[Block]:
        """Show the text with its accents beside that without."""
        from .preview import blocks

        return blocks(item, rendered, context.options)

    def check(self, rendered: Rendered, context: RenderContext[SmsOptions]) -> Iterable[Problem]:
        """Yield what is wrong with the text, its sender, its hour and its list."""
        yield from _text_problems(rendered.body, context.options)
        yield from _rule_problems(rendered.body)
        shown_as = f"content/{rendered.body['list']}"
        try:
            yield from contacts.problems(_survey(rendered, context), shown_as)
        except contacts.ListUnreadable as error:
            yield error.problem

    def forecast(self, rendered: Rendered, context: RenderContext[SmsOptions]) -> Forecast:
        """Multiply parts by recipients by the price of a part."""
        try:
            people = _survey(rendered, context).counts[contacts.Status.GOOD]
        except contacts.ListUnreadable:
            return Forecast(unit="parts")
        units = people * len(rendered.body["parts"])
        return Forecast(units * context.options.price_per_part, units, "parts", people)

    def recipients(self, rendered: Rendered, target: Target, context: RenderContext[Any]) -> Iterator[Recipient]:
        """Stream the good lines of the list, each number once.

        Raises `TemporaryFailure` where it cannot be read.
        """
        name = rendered.body["list"]
        try:
            path = contacts.locate(context.content, name)
            for line in contacts.lines(path, f"content/{name}", _selection(rendered, context)):
                if line.status is contacts.Status.GOOD:
                    yield Recipient(line.phone, line.name)
        except contacts.ListUnreadable as error:
            raise TemporaryFailure(str(error)) from error

    def deliver(self, rendered: Rendered, context: DeliverContext[SmsOptions]) -> Receipt:
        """Refuse: without a recipient there is nothing to send.

        The host calls ``deliver_batch``.
        """
        raise PermanentFailure(_("a text message goes to recipients; it has no delivery as a whole"))

    def deliver_batch(
        self, rendered: Rendered, messages: Sequence[Message], context: DeliverContext[Any]
    ) -> Sequence[Receipt | Verdict]:
        """Put each message into the spool, and answer for each."""
        return hand_over(rendered.body, messages, context)

    def look_up(self, call: Call, context: DeliverContext[Any]) -> Receipt | Absent | CannotTell:
        """Say whether SMSD was shown the message, by its name in the spool's folders."""
        return settle(call, context)

    def probe(self, context: DeliverContext[Any]) -> Health:
        """Write a file that SMSD passes over, and count what it has not yet taken."""
        spool = Spool(context.outside(context.options.spool))
        try:
            spool.prepare()
            spool.stage("probe", b"")
            spool.withdraw("probe")
            return Health(
                True, _("the spool is writable; waiting in the outbox: {number}").format(number=spool.waiting())
            )
        except OSError as error:
            return Health(
                False,
                _("the spool {folder} is not writable: {why}").format(folder=context.options.spool, why=system(error)),
            )

    def try_out(self, text: str, to: str, context: DeliverContext[Any]) -> Receipt:
        """Put one message for one's own number into the spool."""
        try:
            phone = contacts.e164(to, context.options.region)
        except ValueError as error:
            raise PermanentFailure(str(error)) from error
        try:
            return hand_one(text if context.options.accents else plain.without_accents(text), phone, context)
        except OSError as error:
            raise TemporaryFailure(
                _("the spool {folder} is not writable: {why}").format(folder=context.options.spool, why=system(error))
            ) from error


def _changed(written: str, text: str) -> Iterator[str]:
    kept = set(plain.links(text))
    return (link for link in plain.links(written) if link not in kept)


def _text_problems(body: Mapping[str, Any], options: SmsOptions) -> Iterator[Problem]:
    text, parts = body["text"], len(body["parts"])
    if not text.strip():
        yield Problem(_("there is no text"), part="text")
    if parts > options.max_parts:
        yield Problem(
            _("the text takes {parts} parts of a message; max_parts is {most}").format(
                parts=parts, most=options.max_parts
            ),
            part="text",
        )
    if len(body["sender"]) > SENDER_LENGTH:
        yield Problem(
            _("the sender {sender!r} is longer than {most} characters").format(
                sender=body["sender"], most=SENDER_LENGTH
            )
        )
    for link in body["changed_links"]:
        said = _("without accents the link {link} leads elsewhere: write it in ASCII").format(link=link)
        yield Problem(said, part="text")
    if costly := _costly(text, accents=options.accents):
        yield _cost_problem(text, costly, parts)


def _costly(text: str, *, accents: bool) -> list[str]:
    """Return what forces UCS-2 and could be spared: nothing, where wanted accents need it."""
    foreign = segments.foreign(text)
    letters = [each for each in foreign if plain.without_accents(each).isalpha()]
    return [] if accents and letters else foreign


def _cost_problem(text: str, costly: Sequence[str], parts: int) -> Problem:
    spared = len(segments.split("".join("?" if each in costly else each for each in text)).parts)
    shown = " ".join(costly[:8]) + (" …" if len(costly) > 8 else "")
    price = (
        _("{parts} parts in place of {spared}").format(parts=parts, spared=spared)
        if parts > spared
        else _("70 characters a part, not 160")
    )
    said = _("{shown} makes the whole text UCS-2: {price}").format(shown=shown, price=price)
    return Problem(said, severity=Severity.WARNING, part="text")


def _rule_problems(body: Mapping[str, Any]) -> Iterator[Problem]:
    if body["class"] == "advertising" and not body["text"].startswith(LABELS):
        yield Problem(_("an advertising message starts with [QC] or [AD] (Decree 91/2020/NĐ-CP)"), part="text")
    hour = datetime.fromisoformat(body["publish_at"]).hour
    if body["class"] != "internal" and not OPENS <= hour < CLOSES:
        yield Problem(
            _("it would arrive outside {opens:02}:00–{closes}:00 (Decree 91/2020/NĐ-CP)").format(
                opens=OPENS, closes=CLOSES
            ),
            severity=Severity.WARNING,
        )


def _selection(rendered: Rendered, context: RenderContext[Any]) -> contacts.Selection:
    body = rendered.body
    day: date = datetime.fromisoformat(body["publish_at"]).date()
    areas, audiences = frozenset(body["areas"]), frozenset(body["audiences"])
    return contacts.Selection(day, context.options.region, areas, audiences)


def _survey(rendered: Rendered, context: RenderContext[SmsOptions]) -> contacts.Survey:
    name = rendered.body["list"]
    path = contacts.locate(context.content, name)
    return contacts.survey(path, f"content/{name}", _selection(rendered, context))


@hookimpl
def register_channels() -> Iterable[Channel[Any]]:
    """Bring the channel."""
    return [Sms()]
