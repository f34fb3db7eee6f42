"""An ordinary delivery: that it goes out as it was rendered, under its own key, into its own folder."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from scheduler.channels.channel import Bulk, File, Projection, Receipt, StandsIn
from scheduler.engine.delivering.calls import NotCalled, Raised
from scheduler.engine.delivering.payload import pack
from scheduler.ground.errors import LoaError
from scheduler.ground.lifecycle import OUT
from scheduler.ground.said import said
from scheduler.ground.text import _
from scheduler.testing.checks import mends
from scheduler.testing.kit import FIRST, SECOND, bare, ended
from scheduler.testing.report import Finding, Skipped
from scheduler.testing.trial import written

if TYPE_CHECKING:
    from collections.abc import Iterator

    from scheduler.channels.channel import Rendered
    from scheduler.engine.delivering.prepare import Prepared
    from scheduler.testing.kit import Kit
    from scheduler.testing.trial import Answer, Trial

TEXT = f"Bà con nhớ mang theo sổ {FIRST}."
OTHER = f"Bà con nhớ mang theo sổ {SECOND}."


def sends(kit: Kit) -> Iterator[Finding]:
    """Let the whole host send one post."""
    tried = _("an ordinary post, sent by the host itself")
    if kit.ordinary.stray:
        raise Skipped(_("it writes outside its folder: see the check 'folder'"))
    if not kit.ordinary.received:
        yield Finding(tried, kit.ordinary.refused or _unsent(kit), kit.ordinary.mend)
        return
    with kit.trial() as trial:
        row = trial.run(trial.post(text=TEXT)[0])
        if row.state not in OUT:
            yield Finding(tried, _("it came to {state}: {why}").format(state=_(row.state.value), why=_(row.reason)))


def _unsent(kit: Kit) -> str:
    """Return what an ordinary delivery ended in, in place of a receipt."""
    outcome = kit.ordinary.outcome
    if bare(outcome) and not isinstance(outcome, Raised | NotCalled):
        return _("the call returned {kind} in place of a receipt").format(kind=type(outcome).__name__)
    return _("it ended in {what}").format(what=ended(outcome))


def payload(kit: Kit) -> Iterator[Finding]:
    """Deliver another payload under the same key: that one must go out."""
    kit.sending()
    with kit.trial() as trial:
        prepared = trial.ready(text=TEXT)
        trial.context(prepared)
        yield from _kept(trial, prepared)
        other = _swapped(prepared.rendered)
        trial.call(replace(prepared, rendered=other, payload=pack(other)))
        seen = trial.seen()
        tried = _("a payload in which one word differs from what was rendered last")
        if FIRST in seen:
            yield Finding(tried, _("what was rendered went out, and not what was given"), mends.FROM_RENDERED)
        elif FIRST in kit.ordinary.seen and SECOND not in seen:
            yield Finding(tried, _("the word did not go out"), mends.FROM_RENDERED)


def _kept(trial: Trial, prepared: Prepared) -> Iterator[Finding]:
    from scheduler.engine.delivering.payload import unpack

    back = unpack(trial.core.store.read(), prepared.delivery.id, prepared.payload.digest)
    if dict(back.body) != dict(prepared.rendered.body):
        names = [key for key, value in prepared.rendered.body.items() if back.body.get(key) != value]
        words = _("after a crash its body differs in {keys}: they are no values of JSON")
        yield Finding(
            _("the payload as the database gives it back"), words.format(keys=", ".join(map(str, names))), mends.JSON
        )


def _swapped(rendered: Rendered) -> Rendered:
    files = tuple(
        File(each.name, each.media_type, each.data.replace(FIRST.encode(), SECOND.encode())) for each in rendered.files
    )
    return replace(
        rendered, body=_exchanged(dict(rendered.body)), text=rendered.text.replace(FIRST, SECOND), files=files
    )


def _exchanged(value: Any) -> Any:
    if isinstance(value, str):
        return value.replace(FIRST, SECOND)
    if isinstance(value, dict):
        return {key: _exchanged(each) for key, each in value.items()}
    return type(value)(map(_exchanged, value)) if isinstance(value, list | tuple) else value


def keys(kit: Kit) -> Iterator[Finding]:
    """Deliver under several keys."""
    kit.sending()
    if isinstance(kit.channel, Projection):
        raise Skipped(_("it draws a picture of all: see the check 'projection'"))
    with kit.trial() as trial:
        yield from _apart(trial, _("two posts"), trial.ready("mot", TEXT, "Bài"), trial.ready("hai", OTHER, "Bài"))
    with kit.trial() as trial:
        row = trial.post(text=TEXT)[0]
        later = row.key._replace(recurrence="20210510")
        next_week = trial.rendered(row, key=later, publish_at=row.publish_at + timedelta(days=7), text=OTHER)
        yield from _apart(trial, _("two occurrences of one post"), trial.rendered(row), next_week)
    with kit.trial() as trial:
        rows = trial.post(text=TEXT)
        if len(rows) > 1 and not isinstance(kit.channel, Bulk):
            both = [trial.rendered(row, text=text) for row, text in zip(rows, (TEXT, OTHER), strict=False)]
            yield from _apart(trial, _("one post to two targets"), *both)
    if kit.ordinary.asked:
        yield from _told_apart(kit)


def _apart(trial: Trial, tried: str, one: Prepared, other: Prepared) -> Iterator[Finding]:
    first = trial.call(one).outcome
    shown = FIRST in trial.seen()
    second = trial.call(other).outcome
    seen = trial.seen()
    ids = [each.id for each in (first, second) if isinstance(each, Receipt) and each.id]
    made_up = bool(trial.outside.asked) and isinstance(trial.channel, StandsIn)
    if shown and FIRST not in seen:
        yield Finding(tried, _("the second took the place of the first"), mends.NAME)
    elif shown and SECOND not in seen:
        yield Finding(tried, _("the second did not go out"), mends.NAME)
    elif len(ids) == 2 and ids[0] == ids[1] and not made_up:
        yield Finding(tried, _("both have the receipt {id!r}").format(id=ids[0]), mends.OWN_ID)


def _told_apart(kit: Kit) -> Iterator[Finding]:
    with kit.trial() as trial:
        one, other = trial.ready("mot", TEXT, "Bài"), trial.ready("hai", TEXT, "Bài")
        first, second, third = trial.call(one), trial.call(other), trial.call(one, round=2)
        if one.idempotent and _writes(first) and _writes(first) == _writes(second):
            words = _("the calls are the same: nothing tells them apart")
            yield Finding(_("two posts of the same text"), words, mends.KEYED)
        if _carries(first, one) and _writes(first) == _writes(third) and not one.idempotent:
            words = _("the call carries the key without the round: a gateway that remembers keys would not send it")
            yield Finding(_("the same delivery in a second round"), words, mends.ROUND)


def _writes(answer: Answer) -> list[str]:
    return [written(each) for each in answer.asked if each.writes]


def _carries(answer: Answer, prepared: Prepared) -> bool:
    key = str(prepared.delivery.key)
    return any(key in each.text() or quote(key, safe="") in each.text() for each in answer.asked)


def idempotent(kit: Kit) -> Iterator[Finding]:
    """Call twice, and compare the world."""
    kit.once()
    with kit.trial() as trial:
        prepared = trial.ready(text=TEXT)
        first = trial.call(prepared)
        before = trial.effects()
        second = trial.call(prepared, again=True)
        after = trial.effects()
    tried = _("the same delivery twice")
    for name in sorted(set(before) ^ set(after))[:3]:
        yield Finding(tried, _("the second call changed the world: {what}").format(what=name[:120]))
    for name in [each for each in sorted(set(before) & set(after)) if before[each] != after[each]][:3]:
        yield Finding(tried, _("the second call wrote other bytes: {what}").format(what=name[:120]))
    if (
        isinstance(first.outcome, Receipt)
        and isinstance(second.outcome, Receipt)
        and first.outcome.id != second.outcome.id
    ):
        words = _("the receipts differ: {one!r} and {other!r}").format(one=first.outcome.id, other=second.outcome.id)
        if not first.asked:
            yield Finding(tried, words, mends.SAME_ID)


def folder(kit: Kit) -> Iterator[Finding]:
    """Compare the machine before and after a delivery."""
    with kit.trial() as trial:
        try:
            trial.call(trial.ready(text=TEXT))
        except LoaError as error:
            if not trial.watch.elsewhere:
                raise Skipped(said(error)) from None
        tried = _("what an ordinary delivery writes")
        allowed = [trial.folder / "var" / "out" / kit.channel.name, *trial.around.asked_for]
        for place in dict.fromkeys(trial.watch.elsewhere):
            yield Finding(tried, _("it writes to {place}").format(place=place))
        for place in dict.fromkeys(trial.watch.written):
            if place.name.startswith(("loa.db", "armed")):
                continue
            inside = any(place.is_relative_to(each) or each.is_relative_to(place) for each in allowed)
            if not inside and _left(place, trial):
                name = place.relative_to(trial.folder).as_posix()
                yield Finding(tried, _("it writes to {place}").format(place=name))


def surroundings(kit: Kit) -> Iterator[Finding]:
    """Compare what the whole process shares before and after a delivery."""
    with kit.trial() as trial:
        try:
            trial.call(trial.ready(text=TEXT))
        except LoaError as error:
            raise Skipped(said(error)) from None
    for each in trial.changed:
        yield Finding(
            _("what all of the process shares, after an ordinary delivery"), _("it changed {what}").format(what=_(each))
        )


def _left(place: Path, trial: Trial) -> bool:
    return place.exists() and place != trial.folder / "tmp"
