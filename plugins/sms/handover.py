"""Handing a batch to the spool, and finding out afterwards whether a message got there.

First every message is written under a name that SMSD passes over; then the batch is past its point
of no return; then each is renamed into view, which happens or does not. So after a crash in the
middle of a batch, a message is either still staged, and was never seen, or it stands under its own
name in one of the folders.
"""

from __future__ import annotations

import errno
from contextlib import suppress
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from scheduler.api import (
    Absent,
    CannotTell,
    OutcomeUnknown,
    PermanentFailure,
    Receipt,
    TemporaryFailure,
    _,
    system,
)

from .segments import Encoding, split
from .spool import Spool, contents, file_name, token

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from scheduler.api import Call, DeliverContext, Message, Verdict

FULL = frozenset({errno.ENOSPC, errno.EDQUOT})
RETRY = timedelta(minutes=5)


@dataclass(frozen=True, slots=True)
class Letter:
    """One message of a batch with its mark and its name in the spool."""

    place: int
    mark: str
    name: str
    data: bytes


def hand_over(
    body: Mapping[str, Any], messages: Sequence[Message], context: DeliverContext[Any]
) -> Sequence[Receipt | Verdict]:
    """Put each message into the outbox, and answer for each, in order."""
    spool = Spool(context.outside(context.options.spool))
    answers: list[Receipt | Verdict | None] = [None] * len(messages)
    letters = _write(body, messages, context.key.recurrence, answers)
    try:
        spool.prepare()
        _leave_out_handed(spool, letters, answers)
        staged = _stage(spool, letters, answers)
        spool.sync()
    except OSError as error:
        _give_back(spool, letters, answers, _refused(error))
    else:
        _show(spool, staged, answers, context)
    return [answer or OutcomeUnknown(_("the message was left without an answer")) for answer in answers]


def hand_one(text: str, phone: str, context: DeliverContext[Any]) -> Receipt:
    """Put one message into the outbox, beside any delivery. Raises `OSError` where it is not there afterwards."""
    spool, cut, now = Spool(context.outside(context.options.spool)), split(text), context.clock.now()
    mark = token(f"test/{now.isoformat()}/{phone}", 1)
    name = file_name(f"{now.astimezone(context.zone):%Y%m%d}", phone, mark)
    spool.prepare()
    spool.stage(mark, contents(cut.parts, cut.encoding, phone, mark))
    spool.publish(mark, name)
    spool.sync()
    return Receipt(name, detail={"parts": len(cut.parts)})


def _write(
    body: Mapping[str, Any], messages: Sequence[Message], recurrence: str, answers: list[Receipt | Verdict | None]
) -> list[Letter]:
    letters = []
    for place, message in enumerate(messages):
        mark = token(message.key, message.round)
        try:
            name = file_name(recurrence, message.address, mark)
        except ValueError as error:
            answers[place] = PermanentFailure(str(error))
            continue
        data = contents(body["parts"], Encoding(body["encoding"]), message.address, mark)
        letters.append(Letter(place, mark, name, data))
    return letters


def _leave_out_handed(spool: Spool, letters: list[Letter], answers: list[Receipt | Verdict | None]) -> None:
    for letter in [*letters]:
        if folder := spool.find(letter.name):
            answers[letter.place] = _receipt(letter.name, folder)
            letters.remove(letter)


def _stage(spool: Spool, letters: Sequence[Letter], answers: list[Receipt | Verdict | None]) -> list[Letter]:
    staged: list[Letter] = []
    failure: OSError | None = None
    for letter in letters:
        try:
            if failure is None:
                spool.stage(letter.mark, letter.data)
                staged.append(letter)
        except OSError as error:
            failure = error
        if failure is not None:
            answers[letter.place] = _refused(failure)
    return staged


def _show(
    spool: Spool,
    staged: Sequence[Letter],
    answers: list[Receipt | Verdict | None],
    context: DeliverContext[Any],
) -> None:
    if not staged or context.cancelled():
        _give_back(spool, staged, answers, _stopped())
        return
    try:
        context.checkpoint({"staged": [letter.mark for letter in staged]})
        context.no_return()
    except BaseException:
        _give_back(spool, staged, answers, _stopped())
        raise
    for place, letter in enumerate(staged):
        if context.cancelled():
            _give_back(spool, staged[place:], answers, _stopped())
            break
        answers[letter.place] = _publish(spool, letter)
    _settle_on_disk(spool, staged, answers)


def _give_back(
    spool: Spool,
    letters: Sequence[Letter],
    answers: list[Receipt | Verdict | None],
    verdict: TemporaryFailure,
) -> None:
    """Take back what is staged; nothing of it has been seen."""
    for letter in letters:
        # What stays hidden because it cannot be removed is never seen; the next attempt writes over it.
        with suppress(OSError):
            spool.withdraw(letter.mark)
        answers[letter.place] = answers[letter.place] or verdict


def _publish(spool: Spool, letter: Letter) -> Receipt | Verdict:
    try:
        spool.publish(letter.mark, letter.name)
    except FileNotFoundError:
        return TemporaryFailure(_("a look-up took it back before it was handed to Gammu"))
    except OSError as error:
        return _refused(error) if spool.withdraw(letter.mark) else OutcomeUnknown(str(error))
    return _receipt(letter.name, "outbox")


def _settle_on_disk(spool: Spool, staged: Sequence[Letter], answers: list[Receipt | Verdict | None]) -> None:
    try:
        spool.sync()
    except OSError as error:
        for letter in staged:
            if isinstance(answers[letter.place], Receipt):
                answers[letter.place] = OutcomeUnknown(_("the outbox is not on disk: {why}").format(why=system(error)))


def _stopped() -> TemporaryFailure:
    return TemporaryFailure(_("stopped before it was handed to Gammu"))


def _refused(error: OSError) -> TemporaryFailure:
    why = _("the disk of the spool is full") if error.errno in FULL else _("the spool: {why}").format(why=system(error))
    return TemporaryFailure(why, retry_after=RETRY)


def _receipt(name: str, folder: str) -> Receipt:
    return Receipt(name, detail={"folder": folder})


def settle(call: Call, context: DeliverContext[Any]) -> Receipt | Absent | CannotTell:
    """Say whether SMSD was shown a message of an earlier call.

    A message that is still staged is taken back, so that a call that has not ended cannot show it
    any more. One that the call had staged, and that is in no folder now, was seen and removed by
    someone: nobody can tell.
    """
    if call.message is None:
        return CannotTell(_("the call names no message"))
    spool = Spool(context.outside(context.options.spool))
    if not spool.outbox.is_dir():
        return CannotTell(_("there is no outbox in {folder}").format(folder=context.options.spool))
    mark = token(call.message.key, call.message.round)
    name = file_name(context.key.recurrence, call.message.address, mark)
    if folder := spool.find(name):
        return _receipt(name, folder)
    if spool.withdraw(mark):
        return Absent()
    if folder := spool.find(name):
        return _receipt(name, folder)
    if mark in (call.checkpoint or {}).get("staged", ()):
        return CannotTell(_("the spool was given the message, and no folder has it any more"))
    return Absent()
