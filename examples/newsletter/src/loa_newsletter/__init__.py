"""newsletter: each post as a letter to everyone on a list, by e-mail."""

from __future__ import annotations

import socket
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from functools import partial
from typing import Any

from scheduler.api import (
    Absent,
    BaseChannel,
    Block,
    Call,
    CannotTell,
    Card,
    Channel,
    DeliverContext,
    Forecast,
    Health,
    Item,
    Message,
    Options,
    PermanentFailure,
    Problem,
    Receipt,
    Recipient,
    RenderContext,
    Rendered,
    Target,
    TemporaryFailure,
    Verdict,
    hookimpl,
)

from . import lists
from .letter import as_html, as_text, message_id, written
from .progress import Progress, said_of
from .server import Server
from .settings import NewsletterOptions, Readers
from .stand_in import converse

__version__ = "0.1.0"
loa_contract = "1.0"


class Newsletter(BaseChannel[NewsletterOptions]):
    """A delivery is one letter; its messages go to the readers on the target's list, over one connection a batch.

    The payload's body is ``{subject, text, html, language, list_id, list, date}``.
    """

    name = "newsletter"
    title = "Newsletter"
    options = NewsletterOptions
    target_options: type[Options] = Readers
    staged = True
    batch_size = 50
    settle_after = timedelta(minutes=1)
    test_to = "an e-mail address"

    def render(self, item: Item, context: RenderContext[NewsletterOptions]) -> Rendered:
        """Write the letter but for its reader, who is read from the list when it goes out."""
        source = "\n\n".join(part for part in (item.text.strip(), f"<{item.link}>" if item.link else "") if part)
        text = as_text(source)
        body = {
            "subject": " ".join(item.title.split()),
            "text": text,
            "html": as_html(source, item.title, item.language),
            "language": item.language,
            "list_id": item.target.name,
            "list": item.target.settings.list,
            "date": item.publish_at.astimezone(context.zone).isoformat(),
        }
        return Rendered(body, f"{item.title}\n\n{text}", figures={"characters": len(text)})

    def check(self, rendered: Rendered, context: RenderContext[NewsletterOptions]) -> Iterable[Problem]:
        """Yield what is wrong with the letter and its list."""
        if not rendered.body["text"]:
            yield Problem("there is no text", part="text")
        if not rendered.body["subject"]:
            yield Problem("a letter needs a title, which is its subject", part="title")
        yield from lists.problems(context.content, rendered.body["list"])

    def show(self, item: Item, rendered: Rendered, context: RenderContext[NewsletterOptions]) -> Iterable[Block]:
        """Show the letter as it is read in plain text."""
        source = f"{context.options.sender_name} <{context.options.sender}>".strip()
        yield Card(source, item.publish_at, rendered.body["text"], rendered.body["subject"])

    def forecast(self, rendered: Rendered, context: RenderContext[NewsletterOptions]) -> Forecast:
        """Count the readers."""
        try:
            people = sum(not each.fault for each in lists.lines(context.content, rendered.body["list"]))
        except lists.Unreadable:
            return Forecast(unit="letters")
        return Forecast(units=people, unit="letters", people=people)

    def recipients(self, rendered: Rendered, target: Target, context: RenderContext[Any]) -> Iterator[Recipient]:
        """Stream the good lines of the list. Raises `TemporaryFailure` where it cannot be read."""
        try:
            for line in lists.lines(context.content, rendered.body["list"]):
                if not line.fault:
                    yield Recipient(line.address, line.name)
        except lists.Unreadable as error:
            raise TemporaryFailure(str(error)) from error

    def deliver(self, rendered: Rendered, context: DeliverContext[NewsletterOptions]) -> Receipt:
        """Refuse: the host calls ``deliver_batch``."""
        raise PermanentFailure("a newsletter goes to readers; it has no delivery as a whole")

    def deliver_batch(
        self, rendered: Rendered, messages: Sequence[Message], context: DeliverContext[Any]
    ) -> Sequence[Receipt | Verdict]:
        """Send a letter to each, over one connection, and answer for each. Raises what counts for all."""
        key = context.reveal(context.options.unsubscribe_key)
        progress = Progress(context)
        answers: list[Receipt | Verdict] = []
        with Server(context) as server:
            for message in messages:
                try:
                    if context.cancelled():
                        raise TemporaryFailure("the call was given up before this letter")
                    answers.append(_sent(server, rendered, message, context, progress, key))
                except Verdict as verdict:
                    answers.append(verdict)
        return answers

    def look_up(self, call: Call, context: DeliverContext[Any]) -> Receipt | Absent | CannotTell:
        """Read how far the batch had come. A mail server cannot be asked."""
        if call.message is None:
            return CannotTell("a newsletter is looked up letter by letter")
        return said_of(call.message.key, call.checkpoint)

    def probe(self, context: DeliverContext[NewsletterOptions]) -> Health:
        """Greet the mail server and log in."""
        try:
            with Server(context):
                return Health(True, f"{context.options.host} takes letters from {context.options.sender}")
        except Verdict as verdict:
            return Health(False, str(verdict))

    def try_out(self, text: str, to: str, context: DeliverContext[NewsletterOptions]) -> Receipt:
        """Send one letter to one's own address. Raises verdicts."""
        try:
            address = lists.address(to)
        except lists.BadAddress as error:
            raise PermanentFailure(str(error)) from None
        now = context.clock.now()
        body = {"subject": text.splitlines()[0][:80], "text": text, "html": as_html(text, "", "vi"), "language": "vi"}
        message = Message(f"{context.key}/{address}/{now.isoformat()}", 1, address)
        body |= {"list_id": context.target.name, "date": now.isoformat()}
        key = context.reveal(context.options.unsubscribe_key)
        with Server(context) as server:
            return _given(server, body, message, context, key, lambda: None)

    def stand_in_socket(self, connection: socket.socket, host: str, port: int) -> None:
        """Be the mail server of a rehearsal."""
        converse(connection)


def _sent(
    server: Server,
    rendered: Rendered,
    message: Message,
    context: DeliverContext[Any],
    progress: Progress,
    key: str,
) -> Receipt:
    try:
        receipt = _given(server, rendered.body, message, context, key, partial(progress.going, message.key))
    except (TemporaryFailure, PermanentFailure):
        progress.refused(message.key)
        raise
    progress.gone(message.key, receipt.id)
    return receipt


def _given(
    server: Server,
    body: Mapping[str, Any],
    message: Message,
    context: DeliverContext[NewsletterOptions],
    key: str,
    before: Callable[[], None],
) -> Receipt:
    options = context.options
    letter = written(body, message, datetime.fromisoformat(body["date"]), options, key)
    said = server.send(letter, options.bounces or options.sender, message.address, before)
    return Receipt(message_id(message, options.domain), detail={"said": said})


@hookimpl
def register_channels() -> Iterable[Channel[Any]]:
    """Bring the channel."""
    return [Newsletter()]
