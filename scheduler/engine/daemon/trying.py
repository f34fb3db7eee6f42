"""A test by a person: one message, in Loa's own words, on a channel that can send one aside from the public."""

from __future__ import annotations

import re
from functools import partial
from typing import TYPE_CHECKING

from scheduler.channels.channel import Receipt, TriesOut
from scheduler.channels.hooks import one_line
from scheduler.engine.daemon.probing import called
from scheduler.engine.delivering.calls import Overtime, Raised
from scheduler.ground.errors import LoaError, NotAllowed, OutcomeUnknown, Verdict
from scheduler.ground.text import N_, _
from scheduler.store import moves

if TYPE_CHECKING:
    from scheduler.channels.registry import Configured
    from scheduler.engine.core import Core
    from scheduler.ground.model import Person, Target

TEST = N_("Loa: a test by {who}, {time}. Please do not answer.")
_DIGITS = re.compile(r"\d(?=\d{3})")


def try_out(core: Core, configured: Configured, target: Target, to: str, person: Person) -> Receipt:
    """Send a test, and write who did it into the journal.

    It goes by the rules of everything that goes out: an unarmed or stopped folder sends none. A pause lets it through,
    since that is when one tries a channel out. The text is Loa's own, so that nothing goes out by this that nobody has
    approved. Raises `NotAllowed`, or `LoaError` where it was not sent or nobody can say.
    """
    channel = configured.channel
    if not isinstance(channel, TriesOut):
        raise NotAllowed(
            _("{channel} cannot send a test: 'loa channel test' only asks it").format(channel=configured.name)
        )
    if channel.test_to and not to.strip():
        raise NotAllowed(_("name {what} that the test goes to").format(what=_(channel.test_to)))
    why = core.why_not()
    if why:
        raise NotAllowed(_("nothing goes out now, a test neither: {why}").format(why=why))
    now = core.clock.now()
    text = _(TEST).format(who=person.name, time=f"{now.astimezone(core.snapshot.config.zone):%d/%m/%Y %H:%M}")
    answer = called(core, configured, target, partial(_work, channel, text, to.strip()))
    trouble = _trouble(core, configured, answer)
    place, shown = f"{configured.name}/{target.name}", _DIGITS.sub("•", to.strip())
    with core.store.write() as connection:
        moves.note(connection, now, "test", place, person.id, ": ".join(each for each in (shown, trouble) if each))
    if trouble:
        raise LoaError(trouble)
    detail = core.redactor.value(dict(answer.detail))
    return Receipt(core.redactor.text(answer.id), core.redactor.text(answer.link), detail)


def _work(channel: TriesOut, text: str, to: str, context: object) -> Receipt:
    return channel.try_out(text, to, context)  # type: ignore[arg-type]


def _trouble(core: Core, configured: Configured, answer: object) -> str:
    """Return why the test was not sent, or that nobody can say; "" where it was."""
    if isinstance(answer, Receipt):
        return ""
    if isinstance(answer, Raised):
        error = answer.error
        known = isinstance(error, Verdict) and not isinstance(error, OutcomeUnknown)
        words = _("the test was not sent: {why}") if known else _("nobody can say whether the test went out: {why}")
        why = str(error) if isinstance(error, Verdict) else one_line(error)
        return core.redactor.text(words.format(why=why))
    if isinstance(answer, Overtime):
        limit = configured.config.time_limit.total_seconds()
        why = _("no answer within {limit:g} seconds").format(limit=limit)
    else:
        why = _("plugin {name}: try_out returned {kind}").format(name=configured.plugin, kind=type(answer).__name__)
    return _("nobody can say whether the test went out: {why}").format(why=why)
