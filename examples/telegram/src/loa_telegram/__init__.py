"""telegram: each post as a message of a bot in a channel or group, with a photo where it has one."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping
from datetime import timedelta
from typing import TYPE_CHECKING, Any, ClassVar

from pydantic import Field, field_validator

from scheduler.api import (
    BaseChannel,
    Block,
    Card,
    Channel,
    DeliverContext,
    File,
    Health,
    Item,
    Measure,
    Options,
    OutcomeUnknown,
    PermanentFailure,
    Picture,
    Problem,
    Receipt,
    RenderContext,
    Rendered,
    Secret,
    Sent,
    Severity,
    Verdict,
    hookimpl,
)

from .bot import Bot, Gone, TooOld, link_of, sent_at
from .markup import escaped, length, marked, plain
from .stand_in import answer

if TYPE_CHECKING:
    import httpx2

__version__ = "0.1.0"
loa_contract = "1.0"
LONGEST, LONGEST_CAPTION = 4096, 1024
"""UTF-16 units of a message, and of the words below a photo, after its tags are read."""
LARGEST = 10 * 10**6
"""Bytes of a photo."""
DELETABLE = timedelta(hours=48)
"""For how long a bot may delete a message everywhere; later only where it is an administrator who may."""
PHOTOS = ("image/jpeg", "image/png", "image/webp")


class TelegramOptions(Options):
    """``[channels.telegram]``. No approval covers how the API is reached."""

    operational: ClassVar[frozenset[str]] = frozenset({"token", "api", "silent"})
    token: Secret = Field(description="The bot's token, as BotFather gave it.")
    api: str = Field(default="https://api.telegram.org", description="Another Bot API server, if there is one.")
    silent: bool = Field(default=False, description="Messages come without a sound.")
    preview: bool = Field(default=True, description="The first link is shown as a card.")

    @field_validator("api")
    @classmethod
    def _is_address(cls, value: str) -> str:
        if not value.startswith(("https://", "http://")):
            raise ValueError("give an address that begins with https://")
        return value.rstrip("/")


class Chat(Options):
    """``[[channels.telegram.targets]]``: one channel or group in which the bot may write."""

    chat: str = Field(pattern=r"^(@[A-Za-z][A-Za-z0-9_]{3,}|-?\d{1,20})$", description="@name, or its number.")
    thread: int | None = Field(default=None, gt=0, description="The number of a topic, in a group that has topics.")


class Telegram(BaseChannel[TelegramOptions]):
    """One message per delivery. A bot cannot read what it has sent, so nothing can be looked up.

    The payload's body is ``{chat, thread, markup, preview, alt, left_out}``; its file is the photo.
    """

    name = "telegram"
    title = "Telegram"
    options = TelegramOptions
    target_options: type[Options] = Chat
    staged = True
    withdraws_again = True
    test_to = "a chat of your own: its number, or @name"

    def render(self, item: Item, context: RenderContext[TelegramOptions]) -> Rendered:
        """Write the message: the title in bold, the text, the link; and take the first photo."""
        photos = [each for each in item.media if each.media_type in PHOTOS]
        parts = [f"<b>{escaped(' '.join(item.title.split()))}</b>" if item.title.strip() else "", marked(item.text)]
        parts.append(escaped(item.link) if item.link and item.link not in item.text else "")
        markup = "\n\n".join(filter(None, parts))
        settings = item.target.settings
        body = {
            "chat": settings.chat,
            "thread": settings.thread,
            "markup": markup,
            "preview": context.options.preview,
            "alt": photos[0].alt if photos else "",
            "left_out": [each.name for each in item.media if each not in photos[:1]],
        }
        files = tuple(File(each.name, each.media_type, each.read()) for each in photos[:1])
        return Rendered(body, plain(markup), files, {"characters": length(markup)})

    def check(self, rendered: Rendered, context: RenderContext[TelegramOptions]) -> Iterable[Problem]:
        """Yield what Telegram would refuse, and what does not go along."""
        long, most = length(rendered.body["markup"]), LONGEST_CAPTION if rendered.files else LONGEST
        if long > most:
            what = "a text below a photo" if rendered.files else "a message"
            yield Problem(f"the text has {long:,} characters; {what} takes {most:,}", key="text")
        if not rendered.text.strip() and not rendered.files:
            yield Problem("there is nothing to send", key="text")
        for photo in rendered.files:
            if len(photo.data) > LARGEST:
                yield Problem(f"{photo.name} has {len(photo.data) / 1e6:.1f} MB; a photo may have 10 MB", key="media")
        for name in rendered.body["left_out"]:
            yield Problem(f"{name} does not go along: one photo does", key="media", severity=Severity.NOTICE)

    def show(self, item: Item, rendered: Rendered, context: RenderContext[TelegramOptions]) -> Iterable[Block]:
        """Show the message as a card, and how full it is."""
        photos = tuple(Picture(each.name, rendered.body["alt"]) for each in rendered.files)
        yield Card(item.target.title or rendered.body["chat"], item.publish_at, rendered.text, media=photos)
        most = LONGEST_CAPTION if photos else LONGEST
        yield Measure("Characters", length(rendered.body["markup"]), most, part="text")

    def deliver(self, rendered: Rendered, context: DeliverContext[TelegramOptions]) -> Receipt:
        """Send it. Raises verdicts."""
        bot, body = Bot(context), rendered.body
        photo = rendered.files[0] if rendered.files else None
        fields: dict[str, Any] = {"chat_id": body["chat"], "parse_mode": "HTML"}
        fields |= {"disable_notification": True} if context.options.silent else {}
        fields |= {"message_thread_id": body["thread"]} if body["thread"] else {}
        if photo is None:
            fields |= {"text": body["markup"], "link_preview_options": {"is_disabled": not body["preview"]}}
        else:
            fields |= {"caption": body["markup"]}
            fields = {name: value if isinstance(value, str) else json.dumps(value) for name, value in fields.items()}
        context.no_return()
        return _receipt(bot.call("sendPhoto" if photo else "sendMessage", fields, photo))

    def withdraw(self, sent: Sent, context: DeliverContext[TelegramOptions]) -> Receipt:
        """Delete the message, or find it gone. Raises verdicts."""
        chat, _slash, number = sent.receipt.id.rpartition("/")
        if not chat or not number.isdecimal():
            raise PermanentFailure("nobody noted which message it is: delete it in Telegram, and settle this by hand")
        try:
            Bot(context).call("deleteMessage", {"chat_id": chat, "message_id": int(number)})
        except Gone:
            return Receipt(sent.receipt.id, detail={"stood": False})
        except TooOld as error:
            late = context.clock.now() - sent.published_at > DELETABLE
            why = "it is older than 48 hours" if late else "the bot may not delete there"
            raise PermanentFailure(f"{error}; {why}: an administrator must delete it in Telegram") from None
        return Receipt(sent.receipt.id, detail={"stood": True})

    def probe(self, context: DeliverContext[TelegramOptions]) -> Health:
        """Ask who the bot is."""
        try:
            me = Bot(context).call("getMe", {})
        except Verdict as verdict:
            return Health(False, str(verdict))
        name = me.get("username", "") if isinstance(me, Mapping) else ""
        return Health(bool(name), f"the bot is @{name}" if name else "Telegram does not say who the bot is")

    def try_out(self, text: str, to: str, context: DeliverContext[TelegramOptions]) -> Receipt:
        """Send words to a chat of one's own. Raises verdicts."""
        return _receipt(Bot(context).call("sendMessage", {"chat_id": to.strip(), "text": text[:LONGEST]}))

    def stand_in(self) -> Callable[[httpx2.Request], httpx2.Response]:
        """Return Telegram's part in a rehearsal."""
        return answer


def _receipt(message: Any) -> Receipt:
    try:
        name = f"{message['chat']['id']}/{message['message_id']}"
        return Receipt(name, link_of(message), {"date": sent_at(message).isoformat()})
    except (KeyError, TypeError, ValueError, AttributeError, OverflowError):
        raise OutcomeUnknown("Telegram took the call, and did not say which message it made") from None


@hookimpl
def register_channels() -> Iterable[Channel[Any]]:
    """Bring the channel."""
    return [Telegram()]
