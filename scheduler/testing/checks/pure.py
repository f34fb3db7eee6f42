"""The pure steps: the same item gives the same bytes, whatever the clock, the order, the process or the text."""

from __future__ import annotations

import copyreg
import io
import os
import pickle
import subprocess
import sys
from functools import partial
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from scheduler.channels.channel import Forecast
from scheduler.channels.showing import Block, Card, Passage, Shows
from scheduler.engine.delivering.calls import Overtime, Raised
from scheduler.engine.delivering.payload import TooLarge
from scheduler.ground.problem import Problem, Severity
from scheduler.ground.said import said
from scheduler.ground.text import N_, _
from scheduler.testing.checks import mends
from scheduler.testing.kit import bare, ended, mend_of
from scheduler.testing.report import Finding, Skipped
from scheduler.testing.trial import SECONDS
from scheduler.testing.watch import overhearing

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from scheduler.channels.channel import Rendered
    from scheduler.engine.delivering.prepare import Prepared
    from scheduler.ground.delivery import Delivery
    from scheduler.testing.kit import Kit
    from scheduler.testing.trial import Trial

TONES = "".join(
    f"{base}{rest} " for base, rest in (
        ("à á ả ã ạ", " ằ ắ ẳ ẵ ặ ầ ấ ẩ ẫ ậ"), ("è é ẻ ẽ ẹ", " ề ế ể ễ ệ"), ("ì í ỉ ĩ ị", ""),
        ("ò ó ỏ õ ọ", " ồ ố ổ ỗ ộ ờ ớ ở ỡ ợ"), ("ù ú ủ ũ ụ", " ừ ứ ử ữ ự"), ("ỳ ý ỷ ỹ ỵ", " đ Đ Ă Â Ê Ô Ơ Ư"),
    )
)  # fmt: skip
TEXTS: tuple[tuple[str, str], ...] = (
    (N_("Vietnamese with every tone"), f"Bảo hiểm xã hội: {TONES}."),
    (N_("letters with their marks apart (NFD)"), "Ba\u0309o hie\u0302\u0309m xa\u0303 ho\u0323\u0302i"),
    (N_("letters beyond the first plane"), "Vui quá 🎉👨‍👩‍👧‍👦 𠀀 𝔏𝔬𝔞"),
    (N_("a text from right to left"), "مرحبا \u202eabc\u202c שלום"),
    (N_("letters without width"), "Ninh\u200b Thuận\u200d\u2060\ufeff \u00ad"),
    (N_("control characters and NUL"), "a\x00b\x01c\x1bd\x7fe\x85f\u2028g"),
    (N_("words that mean something in markup"), "<b>&amp;</b> ]]> {{x}} %s ${HOME} '; DROP -- \\\r\n`|`"),
    (N_("an empty text"), ""),
)
_MENDS = {
    N_("control characters and NUL"): mends.CONTROL,
    N_("words that mean something in markup"): mends.MARKUP,
    N_("an empty text"): mends.EMPTY,
}
LONG = 20.0
"""Seconds that a text of a megabyte may take, each step."""
_MEGABYTE = "Bà con nhớ mang theo sổ khi đến điểm thu, cảm ơn bà con. " * 14_000


def pure(kit: Kit) -> Iterator[Finding]:
    """Render again, in another order, and listen to what the code asks for."""
    with kit.trial() as trial:
        row, other = trial.post("mot")[0], trial.post("hai", "Bài khác hẳn.", "Khác")[0]
        first = _digest(trial, row)
        if first is None:
            raise Skipped(_("it does not render an ordinary post: see the check 'sends'"))
        if _digest(trial, row) != first:
            yield Finding(_("the same item twice"), _("the payload differs"), mends.FORGET)
        elif (_digest(trial, other), _digest(trial, row))[1] != first:
            yield Finding(_("the same item after another one"), _("the payload differs"), mends.FORGET)
        yield from _asks(kit, trial, row)
        yield from _steps(trial, row)


def _digest(trial: Trial, row: Delivery) -> str | None:
    made = trial.guarded(partial(trial.rendered, row))
    return None if isinstance(made, Raised | Overtime) else str(_all_of(made))


def _all_of(prepared: Prepared) -> tuple[str, tuple[Any, ...]]:
    return prepared.payload.digest, tuple(prepared.payload.files)


def _asks(kit: Kit, trial: Trial, row: Delivery) -> Iterator[Finding]:
    tried = _("to render, listening to what the code asks for")
    before = len(trial.watch.written), len(trial.watch.elsewhere), len(trial.watch.connected)

    def work() -> list[str]:
        with overhearing(kit.folder) as heard:
            trial.rendered(row)
        return heard

    heard = trial.guarded(work)
    for where in dict.fromkeys(heard if isinstance(heard, list) else ()):
        yield Finding(tried, _("it asks for the time or for chance: {where}").format(where=where), mends.TIME)
    watch = trial.watch
    for place in (*watch.written[before[0] :], *watch.elsewhere[before[1] :]):
        if place != trial.folder / "tmp":
            yield Finding(tried, _("it writes to {place}").format(place=place.name), mends.WRITES)
    for host in watch.connected[before[2] :] + watch.started:
        yield Finding(tried, _("it calls {place}").format(place=host), mends.CALLS)


def _steps(trial: Trial, row: Delivery) -> Iterator[Finding]:
    channel, context = trial.channel, trial.core.snapshot.context(trial.channel.name)
    rendered = trial.rendered(row).rendered
    for name, kind in (("check", list), ("forecast", Forecast), ("idempotent", bool)):
        step: Callable[[], Any] = partial(_step, getattr(channel, name), kind, rendered, context)
        one: Any = trial.guarded(step)
        two: Any = trial.guarded(step)
        if isinstance(one, Raised | Overtime):
            yield Finding(name, ended(one), mends.RAISES)
        elif not isinstance(one, kind):
            yield Finding(name, _("it gave {kind}").format(kind=type(one).__name__), mends.RETURNS)
        elif strange := _strange(one):
            yield Finding(name, _("it gave {kind}").format(kind=strange), mends.RETURNS)
        elif one != two:
            yield Finding(_("{name} twice").format(name=name), _("the answers differ"), mends.FORGET)


def _strange(found: Any) -> str:
    """Return the type of what stands among problems and is none, or ""."""
    among = found if isinstance(found, list) else ()
    return next((type(each).__name__ for each in among if not isinstance(each, Problem)), "")


def _step(call: Callable[[Any, Any], Any], kind: type, rendered: Rendered, context: Any) -> Any:
    found = call(rendered, context)
    return list(found) if kind is list else found


def process(kit: Kit) -> Iterator[Finding]:
    """Render in a process of its own, in another time zone and with another seed of its hashes."""
    with kit.trial() as trial:
        row = trial.post()[0]
        here = trial.guarded(partial(trial.rendered, row))
        if isinstance(here, Raised | Overtime):
            raise Skipped(_("it does not render an ordinary post: see the check 'sends'"))
        if _digest(trial, row) != str(_all_of(here)):
            raise Skipped(_("it differs in this process already: see the check 'pure'"))
        given = (kit.channel, trial.item(row), trial.core.snapshot.context(kit.channel.name))
        there = _elsewhere(kit, given)
    if there != here.payload.digest:
        yield Finding(_("the same item in another process, time zone and order of sets"), _("the payload differs"))


def _elsewhere(kit: Kit, given: tuple[Any, ...]) -> str:
    name = type(kit.channel).__module__
    main = sys.modules.get(".".join(name.split(".")[:2]) if name.startswith("loa_plugins.") else name)
    try:
        values = _packed(given)
    except Exception as error:  # noqa: BLE001 - pickling runs the plugin's code
        raise Skipped(_("it cannot be handed to another process: {why}").format(why=said(error))) from None
    whole = pickle.dumps((name, getattr(main, "__name__", ""), getattr(main, "__file__", None), values))
    environment = os.environ | {"PYTHONHASHSEED": "77", "TZ": "Pacific/Kiritimati"}
    environment["PYTHONPATH"] = os.pathsep.join(each for each in sys.path if each)
    command = [sys.executable, "-m", "scheduler.testing.again"]
    done = subprocess.run(command, input=whole, capture_output=True, check=False, env=environment, timeout=60)
    if done.returncode:
        last = done.stderr.decode("utf-8", "replace").strip().splitlines()[-1:]
        raise Skipped(_("it cannot be loaded in another process: {why}").format(why=" ".join(last)))
    return done.stdout.decode().strip()


def _packed(given: object) -> bytes:
    """Return a pickle, also of the read-only tables that the plan is made of."""
    buffer = io.BytesIO()
    pickler = pickle.Pickler(buffer)
    pickler.dispatch_table = copyreg.dispatch_table | {
        MappingProxyType: lambda value: (MappingProxyType, (dict(value),))
    }
    pickler.dump(given)
    return buffer.getvalue()


def unicode(kit: Kit) -> Iterator[Finding]:
    """Render and deliver texts of many kinds."""
    kit.sending()
    for name, text in TEXTS:
        yield from _said(kit, _(name), text, mend=_MENDS.get(name, ""))


def huge(kit: Kit) -> Iterator[Finding]:
    """Render a text of a megabyte."""
    kit.sending()
    yield from _said(kit, _("a text of a megabyte"), _MEGABYTE, LONG)


def _said(kit: Kit, tried: str, text: str, limit: float = SECONDS, mend: str = "") -> Iterator[Finding]:
    with kit.trial(limit=limit) as trial:
        row = trial.post()[0]
        made = trial.guarded(partial(trial.rendered, row, text=text, title=text[:200] or "Bài"))
        if isinstance(made, Overtime):
            yield Finding(tried, _("render did not end within {limit:g} seconds").format(limit=trial.limit), mends.ONCE)
            return
        if isinstance(made, Raised):
            if not isinstance(made.error, TooLarge):
                yield Finding(tried, f"render: {ended(made)}", mend)
            return
        problems = trial.guarded(lambda: list(trial.channel.check(made.rendered, _context(trial))))
        if isinstance(problems, Raised | Overtime):
            yield Finding(tried, f"check: {ended(problems)}", mend)
        elif not any(each.severity is Severity.ERROR for each in problems):
            answer = trial.call(made)
            for outcome in answer.outcomes:
                if bare(outcome) or isinstance(outcome, Overtime):
                    yield Finding(tried, f"deliver: {ended(outcome)}", mend or mend_of(outcome))
                    return


def _context(trial: Trial) -> Any:
    return trial.core.snapshot.context(trial.channel.name)


def shows(kit: Kit) -> Iterator[Finding]:
    """Show a preview twice, and look at its blocks."""
    channel = kit.has(Shows)
    with kit.trial() as trial:
        row = trial.post(text="Bà con nhớ mang theo sổ. " * 20)[0]
        made = trial.guarded(partial(trial.rendered, row))
        if isinstance(made, Raised | Overtime):
            raise Skipped(_("it does not render an ordinary post: see the check 'sends'"))
        tried = _("the preview of an ordinary post")
        work = partial(lambda: tuple(channel.show(trial.item(row), made.rendered, _context(trial))))
        one, two = trial.guarded(work), trial.guarded(work)
        if isinstance(one, Raised | Overtime):
            yield Finding(tried, ended(one), mends.RAISES)
        elif one != two:
            yield Finding(_("the preview of an ordinary post, twice"), _("the blocks differ"), mends.FORGET)
        else:
            yield from (Finding(tried, why, how) for why, how in map(_wrong, one) if why)


def _wrong(block: Any) -> tuple[str, str]:
    if not isinstance(block, Block):
        return _("{kind} is no block of a preview").format(kind=type(block).__name__), mends.BLOCKS
    if isinstance(block, Passage) and list(block.cuts) != sorted(
        {each for each in block.cuts if 0 < each < len(block.text)}
    ):
        return _("the cuts {cuts} are not places in the text, in order").format(cuts=block.cuts), mends.CUTS
    if isinstance(block, Card) and block.when.tzinfo is None:
        return _("the time of the card has no zone"), mends.ZONE
    return "", ""
