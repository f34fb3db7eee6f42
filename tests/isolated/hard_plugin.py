"""Channels that the tests of isolation run in a process of their own; what each does is said in the post's text."""

from __future__ import annotations

import ctypes
import os
import time
from datetime import timedelta
from enum import Enum
from typing import Any, Literal

import pydantic

from scheduler.api import *
from scheduler.api import BaseChannel, Options, Receipt, Rendered, Secret, hookimpl

_leak = []


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


def act(text: str, context: Any) -> Any:
    """Do what a post says."""
    match text.split():
        case ["die", "once", place]:
            try:
                os.close(os.open(place, os.O_CREAT | os.O_EXCL))
            except FileExistsError:
                return None
            os.kill(os.getpid(), 9)
        case ["crash"]:
            ctypes.string_at(0)
        case ["exit"]:
            os._exit(3)
        case ["leave"]:
            raise SystemExit(3)
        case ["hang"]:
            time.sleep(600)
        case ["print"]:
            print("a word", flush=True)
            os.write(1, b"\x00\xff" * 5000)
        case ["fork"]:
            if os.fork() == 0:
                time.sleep(600)
        case ["return"]:
            os.fork()
        case ["leak"]:
            while True:
                _leak.append(bytearray(1 << 20))
        case ["own"]:
            return Own("1")
        case ["key"]:
            return {}["nothing"]
        case ["say", verdict]:
            raise {"temporary": TemporaryFailure("later", retry_after=timedelta(minutes=7)),
                   "permanent": PermanentFailure("never"), "unknown": OutcomeUnknown("who knows")}[verdict]
        case ["tell"]:
            context.log.warning("the word is %s", context.reveal(context.options.token))
            context.checkpoint({"step": 1})
            return Receipt(f"{context.clock.now():%H:%M} {context.out.name}", detail={"taken": context.taken("x")})
        case ["late"]:
            context.no_return()
            os._exit(4)
    return None


class Sure(BaseChannel[Hard]):
    name = "sure"
    title = "Hard"
    options = Hard
    target_options = Hard
    uses = ("message",)
    sure = True

    def render(self, item, context):
        if item.text.startswith("render "):
            act(item.text.removeprefix("render ").strip(), context)
        pictures = tuple(File(each.name, each.media_type, each.read()) for each in item.media)
        body = {"tone": context.options.tone, "text": item.text.strip(), "plan": item.plan.message}
        return Rendered(body, item.text.strip(), pictures, {"letters": len(item.text)})

    def check(self, rendered, context):
        if len(rendered.text) > 100:
            yield Problem("too long", severity=Severity.WARNING)

    def idempotent(self, rendered, context):
        return self.sure

    def deliver(self, rendered, context):
        with open(context.out / "went", "a") as file:
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

    def recipients(self, rendered, target, context):
        for number in range(int(rendered.text.split()[-1])):
            yield Recipient(f"+84{number}", data={"number": number})

    def deliver_batch(self, rendered, messages, context):
        if rendered.text.startswith("half"):
            return [TemporaryFailure("no") if m.data["number"] % 2 else Receipt(m.key) for m in messages]
        return [Receipt(m.key) for m in messages]


class Picture(Sure):
    name = "picture"

    def project(self, published, context):
        text = "".join(f"{each.key.post}:{each.rendered.text};" for each in published)
        (context.out / f"{context.target.name}.txt").write_text(text)
        return Receipt(f"{context.target.name}.txt")


@hookimpl
def register_channels():
    return [Sure(), Once(), Staged(), Many(), Picture()]


@hookimpl
def spoken_forms(language):
    return {"a": "b"}
