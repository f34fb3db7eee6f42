"""Channels that the tests of isolation run in a process of their own: a post's text says what is done."""

from __future__ import annotations

import ctypes
import os
import time
from datetime import timedelta
from enum import Enum
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

import pydantic

from scheduler.api import (
    BaseChannel,
    DeliverContext,
    File,
    Item,
    Message,
    Options,
    OutcomeUnknown,
    PermanentFailure,
    Problem,
    Published,
    Receipt,
    Recipient,
    RenderContext,
    Rendered,
    Secret,
    Severity,
    Target,
    TemporaryFailure,
    Verdict,
    hookimpl,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

    Context = DeliverContext["Hard"]

_leak: list[bytearray] = []


class Tone(Enum):
    """Of the plugin's own."""

    CALM = "calm"
    LOUD = "loud"


class Inner(pydantic.BaseModel):
    """Of the plugin's own."""

    depth: int = 1


class Hard(Options):
    operational = frozenset({"where"})

    where: str = ""
    tone: Tone = Tone.CALM
    way: Literal["a", "b"] = "a"
    limit: int = pydantic.Field(5, ge=1, le=9, description="how many")
    pause: timedelta = timedelta(minutes=1)
    token: Secret | None = None
    inner: Inner = Inner()
    names: tuple[str, ...] = ()

    @pydantic.field_validator("names")
    @classmethod
    def _short(cls, names: tuple[str, ...]) -> tuple[str, ...]:
        if any(len(each) > 5 for each in names):
            raise ValueError("too long a name")
        return tuple(each.upper() for each in names)


class Own(Receipt):
    """A receipt of the plugin's own kind."""


def die_once(place: str, context: Context) -> None:
    """Be killed, the first time."""
    file = Path(place)
    if not file.exists():
        file.touch()
        os.kill(os.getpid(), 9)


def leave(context: Context) -> None:
    """Raise what ends a program."""
    raise SystemExit(3)


def write(context: Context) -> None:
    """Write what is no text to where others write text, too."""
    print("a word", flush=True)
    os.write(1, b"\x00\xff" * 5000)


def fork(context: Context) -> None:
    """Leave a process behind."""
    if os.fork() == 0:
        time.sleep(600)


def leak(context: Context) -> None:
    """Take all the memory that there is."""
    while True:
        _leak.append(bytearray(1 << 20))


def say(verdict: str, context: Context) -> None:
    """Raise a verdict."""
    raise {
        "temporary": TemporaryFailure("later", retry_after=timedelta(minutes=7)),
        "permanent": PermanentFailure("never"),
        "unknown": OutcomeUnknown("who knows"),
    }[verdict]


def tell(context: Context) -> Receipt:
    """Use all that a call is given."""
    token = context.options.token
    assert token is not None
    context.log.warning("the word is %s", context.reveal(token))
    context.checkpoint({"step": 1})
    return Receipt(f"{context.clock.now():%H:%M} {context.out.name}", detail={"taken": context.taken("x")})


def late(context: Context) -> None:
    """End past the point of no return."""
    context.no_return()
    os._exit(4)


DEEDS: dict[str, Callable[..., Any]] = {
    "die": die_once,
    "crash": lambda context: ctypes.string_at(0),
    "exit": lambda context: os._exit(3),
    "leave": leave,
    "hang": lambda context: time.sleep(600),
    "print": write,
    "fork": fork,
    "return": lambda context: os.fork() and None,
    "leak": leak,
    "own": lambda context: Own("1"),
    "key": lambda context: os.environ["NO_SUCH_NAME"],
    "say": say,
    "tell": tell,
    "late": late,
}


def act(text: str, context: Any) -> Any:
    """Do what a post says."""
    name, *given = text.split()
    return DEEDS[name](*given, context) if name in DEEDS else None


class Sure(BaseChannel[Hard]):
    name = "sure"
    title = "Hard"
    options = Hard
    target_options = Hard
    uses = ("message",)
    sure = True

    def render(self, item: Item, context: RenderContext[Hard]) -> Rendered:
        if item.text.startswith("render "):
            act(item.text.removeprefix("render ").strip(), context)
        pictures = tuple(File(each.name, each.media_type, each.read()) for each in item.media)
        body = {"tone": context.options.tone, "text": item.text.strip(), "plan": item.plan.message}
        return Rendered(body, item.text.strip(), pictures, {"letters": len(item.text)})

    def check(self, rendered: Rendered, context: RenderContext[Hard]) -> Iterable[Problem]:
        if len(rendered.text) > 100:
            yield Problem("too long", severity=Severity.WARNING)

    def idempotent(self, rendered: Rendered, context: RenderContext[Hard]) -> bool:
        return self.sure

    def deliver(self, rendered: Rendered, context: Context) -> Receipt:
        with (context.out / "went").open("a") as file:
            file.write(f"{context.key} {os.getpid()} {rendered.text}\n")
        return act(rendered.text, context) or Receipt(str(context.key), detail={"pid": os.getpid()})


class Once(Sure):
    name = "once"
    sure = False


class Staged(Once):
    name = "staged"
    staged = True


class Many(Sure):
    name = "many"
    batch_size = 500

    def recipients(self, rendered: Rendered, target: Target, context: RenderContext[Hard]) -> Iterator[Recipient]:
        for number in range(int(rendered.text.split()[-1])):
            yield Recipient(f"+84{number}", data={"number": number})

    def deliver_batch(
        self, rendered: Rendered, messages: Sequence[Message], context: Context
    ) -> Sequence[Receipt | Verdict]:
        if rendered.text.startswith("half"):
            return [TemporaryFailure("no") if m.data["number"] % 2 else Receipt(m.key) for m in messages]
        return [Receipt(m.key) for m in messages]


class Picture(Sure):
    name = "picture"

    def project(self, published: Sequence[Published], context: Context) -> Receipt:
        text = "".join(f"{each.key.post}:{each.rendered.text};" for each in published)
        (context.out / f"{context.target.name}.txt").write_text(text)
        return Receipt(f"{context.target.name}.txt")


@hookimpl
def register_channels() -> Iterable[BaseChannel[Hard]]:
    return [Sure(), Once(), Staged(), Many(), Picture()]


@hookimpl
def spoken_forms(language: str) -> Mapping[str, str]:
    return {"a": "b"}
