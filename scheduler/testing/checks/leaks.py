"""No secret leaves a call but to the outside that it is for."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from scheduler.channels.channel import Probes, Receipt
from scheduler.engine.delivering.calls import Raised
from scheduler.ground.said import said
from scheduler.ground.text import N_, _
from scheduler.testing.outside import DOWN, Conduct, echoing
from scheduler.testing.report import Finding, Skipped
from scheduler.testing.secrets import MARK

if TYPE_CHECKING:
    from collections.abc import Iterator

    from scheduler.testing.kit import Kit
    from scheduler.testing.trial import Answer, Trial

ECHO = Conduct(N_("a refusal that repeats what was sent"), "refused", echoing)


def leaks(kit: Kit) -> Iterator[Finding]:
    """Look for made-up secrets in all that a call leaves."""
    kit.sending()
    with kit.trial() as trial:
        if not trial.canaries:
            raise Skipped(_("no option of it is given a secret"))
        yield from _searched(trial, _("an ordinary delivery"))
    if kit.ordinary.asked:
        for conduct in (DOWN, ECHO):
            with kit.facing(conduct, 0) as trial:
                yield from _searched(trial, _(conduct.name))


def _searched(trial: Trial, tried: str) -> Iterator[Finding]:
    prepared = trial.ready()
    answer = trial.call(prepared)
    places = {
        _("the payload"): prepared.payload.body + said(prepared.rendered.figures),
        _("a file that it wrote"): "".join(map(said, trial.files().values())) + " ".join(trial.files()),
        _("the log"): "\n".join(trial.around.said),
        _("a checkpoint"): said(answer.context.checkpoints),
        **_outcomes(answer),
    }
    if isinstance(trial.channel, Probes):
        places[_("the answer of probe")] = said(
            trial.guarded(lambda: trial.channel.probe(trial.context(prepared, recorded=False)))
        )
    for place, words in places.items():
        if MARK in words:
            yield Finding(tried, _("a secret stands in {place}").format(place=place))


def _outcomes(answer: Answer) -> dict[str, str]:
    found: dict[str, str] = {}
    for each in answer.outcomes:
        if isinstance(each, Receipt):
            found[_("the receipt")] = f"{each.id} {each.link} {_json(each.detail)}"
        else:
            error = each.error if isinstance(each, Raised) else each
            found[_("the message of an error")] = found.get(_("the message of an error"), "") + said(error)
    return found


def _json(detail: Any) -> str:
    return json.dumps(dict(detail), default=said, ensure_ascii=False)
