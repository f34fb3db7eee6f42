"""From what a call gave back to what becomes of its delivery: every outcome on every route."""

from __future__ import annotations

import itertools
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest

from scheduler.api import (
    Absent,
    BaseChannel,
    Late,
    Options,
    OutcomeUnknown,
    PermanentFailure,
    Receipt,
    Rendered,
    TemporaryFailure,
)
from scheduler.channels.registry import Configured
from scheduler.engine.delivering.calls import NotCalled, Overtime, Raised
from scheduler.engine.delivering.outcome import Judgement, Standing, judge, next_look, receipt_value
from scheduler.ground.errors import StoreBusy
from scheduler.ground.lifecycle import Event, State, transition
from scheduler.plan.config import ChannelConfig, Retry
from tests.campaign import NOON

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.campaign import Desk, Folder

NOW = datetime(2021, 5, 3, 5, tzinfo=UTC)
RETRY = Retry(timedelta(minutes=1), timedelta(minutes=10), timedelta(hours=1), 5)


class Plain(BaseChannel[Options]):
    name = "kenh"
    options = Options

    def render(self, item: Any, context: Any) -> Rendered:
        return Rendered({}, "")

    def deliver(self, rendered: Rendered, context: Any) -> Receipt:
        return Receipt("1")


class Staged(Plain):
    staged = True


class Asks(Plain):
    settle_after = timedelta(minutes=5)

    def look_up(self, call: Any, context: Any) -> Absent:
        return Absent()


def configured(channel: Plain | None = None, retry: Retry = RETRY) -> Configured:
    config = ChannelConfig("kenh", retry=retry, time_limit=timedelta(seconds=7))
    zero = timedelta()
    return Configured("kenh", channel or Plain(), "nha", config, Options(), (), zero, Late.SEND, zero)


def standing(*, idempotent: bool = False, returnable: bool = True, attempts: int = 1, age: float = 0) -> Standing:
    return Standing("k", attempts, NOW - timedelta(minutes=age), idempotent, returnable)


# --- the table ------------------------------------------------------------------------------------------------------

SURE = {
    "a receipt": (Receipt("1"), Event.SUCCEED, State.SENT),
    "a package for people": (Receipt("1", handed=True), Event.HAND, State.HANDED),
    "never begun": (NotCalled(), Event.RECOVER, State.RETRYING),
    "never": (Raised(PermanentFailure("hỏng")), Event.REFUSE, State.FAILED),
    "not for now": (Raised(TemporaryFailure("bận")), Event.FAIL, State.RETRYING),
}
"""What says for itself whether it went out: the route does not matter."""

SAID_UNKNOWN = Raised(OutcomeUnknown("?"))
"""The channel's own word that it may have gone out: only doing it again without harm is an answer."""

UNSAID = {
    "overtime": Overtime(),
    "an error": Raised(RuntimeError("lỗi")),
    "an exit": Raised(SystemExit(1)),
    "a store error within the call": Raised(StoreBusy("bận")),
    "nothing": None,
    "a dict": {"id": "1"},
    "a verdict, returned": TemporaryFailure("bận"),
    "a class": Receipt,
}
"""Nobody said whether it went out."""

ROUTES = list(itertools.product([True, False], repeat=3))


def judged(outcome: Any, route: tuple[bool, bool, bool]) -> Judgement:
    idempotent, staged, returnable = route
    channel = Staged() if staged else Plain()
    found = judge(outcome, standing(idempotent=idempotent, returnable=returnable), configured(channel), NOW)
    assert transition(State.SENDING, found.event, found.after) is found.after
    return found


@pytest.mark.parametrize("route", ROUTES)
@pytest.mark.parametrize("name", SURE)
def test_what_is_sure_is_so_on_every_route(name: str, route: tuple[bool, bool, bool]) -> None:
    outcome, event, after = SURE[name]
    found = judged(outcome, route)
    assert (found.event, found.after) == (event, after)


@pytest.mark.parametrize(("idempotent", "staged", "returnable"), ROUTES)
def test_a_channel_that_says_unknown_is_believed(idempotent: bool, staged: bool, returnable: bool) -> None:
    found = judged(SAID_UNKNOWN, (idempotent, staged, returnable))
    assert found.after is (State.RETRYING if idempotent else State.UNKNOWN)
    assert found.event is (Event.FAIL if idempotent else Event.LOSE)


@pytest.mark.parametrize(("idempotent", "staged", "returnable"), ROUTES)
@pytest.mark.parametrize("name", UNSAID)
def test_what_nobody_said_is_tried_again_only_where_that_is_harmless(
    name: str, idempotent: bool, staged: bool, returnable: bool
) -> None:
    found = judged(UNSAID[name], (idempotent, staged, returnable))
    harmless = idempotent or (staged and returnable)
    assert found.after is (State.RETRYING if harmless else State.UNKNOWN)
    assert found.reason.startswith("no answer within 7 seconds" if name == "overtime" else "plugin nha: ")


@pytest.mark.parametrize("name", [*SURE, *UNSAID, "perhaps"])
def test_only_what_speaks_against_the_channel_counts_against_it(name: str) -> None:
    outcome = SURE[name][0] if name in SURE else UNSAID.get(name, SAID_UNKNOWN)
    trouble = judged(outcome, (False, False, True)).trouble
    assert trouble is (name not in ("a receipt", "a package for people", "never begun", "never"))


# --- when -----------------------------------------------------------------------------------------------------------


def test_the_attempts_of_a_round_come_to_an_end() -> None:
    failure = Raised(TemporaryFailure("bận"))
    assert [judge(failure, standing(attempts=n), configured(), NOW).event for n in (1, 4, 5, 6)] == [
        Event.FAIL,
        Event.FAIL,
        Event.EXHAUST,
        Event.EXHAUST,
    ]
    last = judge(failure, standing(attempts=5), configured(), NOW)
    assert (last.after, last.wake_at) == (State.FAILED, None)
    assert last.reason == "given up after 5 attempts: bận"


def test_no_attempt_is_planned_for_after_the_time_is_up() -> None:
    failure = Raised(TemporaryFailure("bận", retry_after=timedelta(minutes=50)))
    assert judge(failure, standing(age=9), configured(), NOW).event is Event.FAIL
    assert judge(failure, standing(age=11), configured(), NOW).event is Event.EXHAUST


def test_the_channel_may_ask_for_more_time_and_never_gets_less() -> None:
    asked = judge(Raised(TemporaryFailure("bận", retry_after=timedelta(minutes=20))), standing(), configured(), NOW)
    assert asked.wake_at == NOW + timedelta(minutes=20)
    plain = judge(Raised(TemporaryFailure("bận", retry_after=timedelta(seconds=1))), standing(), configured(), NOW)
    assert plain.wake_at is not None
    assert timedelta(seconds=48) <= plain.wake_at - NOW <= timedelta(seconds=72)


def test_what_was_never_begun_goes_at_once() -> None:
    assert judge(NotCalled(), standing(attempts=99, age=999), configured(), NOW).wake_at == NOW


def test_an_unknown_outcome_is_looked_up_only_where_the_channel_can() -> None:
    lost = Raised(OutcomeUnknown("?"))
    assert judge(lost, standing(), configured(), NOW).wake_at is None
    assert judge(lost, standing(), configured(Asks()), NOW).wake_at == NOW + timedelta(seconds=1)


def test_it_looks_soon_then_when_absence_counts_then_ever_more_rarely_and_not_for_ever() -> None:
    channel, moment, looks = configured(Asks()), NOW, []
    while (after := next_look(channel, NOW, moment)) is not None:
        assert after > moment
        moment = after
        looks.append(moment - NOW)
    assert looks[0] == timedelta(seconds=1)
    assert timedelta(minutes=5) in looks
    steps = [later - sooner for sooner, later in itertools.pairwise(looks)]
    settled = [step for at, step in zip(looks, steps, strict=False) if at >= timedelta(minutes=5)]
    assert settled == sorted(settled)
    assert max(settled) == timedelta(hours=1)
    assert timedelta(days=7) < looks[-1] < timedelta(days=7, hours=2)
    assert len(looks) < 200


# --- receipts -------------------------------------------------------------------------------------------------------


def test_a_receipt_is_kept_as_it_is() -> None:
    assert receipt_value(Receipt("1")) == {"id": "1"}
    full = Receipt("1", "https://a.vn/1", {"parts": 2, "to": ["a", None]})
    assert receipt_value(full) == {"id": "1", "link": "https://a.vn/1", "detail": {"parts": 2, "to": ["a", None]}}


STRANGE: dict[str, tuple[Any, Any]] = {
    "a time in the detail": (Receipt("1", detail={"at": NOW}), "1"),
    "bytes in the detail": (Receipt("1", detail={"raw": b"\xff"}), "1"),
    "keys that are no text": (Receipt("1", detail={("a", 1): 2}), "1"),  # type: ignore[dict-item]
    "not a number": (Receipt("1", detail={"cost": float("nan")}), "1"),
    "a detail that is no mapping": (Receipt("1", detail="abc"), "1"),  # type: ignore[arg-type]
    "half a letter": (Receipt("a\udcffb", detail={"x\udcff": "y\udcff"}), "a?b"),
    "a number for an id": (Receipt(17), "17"),  # type: ignore[arg-type]
    "no id": (Receipt(None), ""),  # type: ignore[arg-type]
}


@pytest.mark.parametrize("name", STRANGE)
def test_a_strange_receipt_is_still_a_proof_and_takes_nobody_with_it(
    folder: Folder, desks: Callable[..., Desk], name: str
) -> None:
    """It went out: that must be on disk, whatever the plugin wrote into its receipt, and for the whole batch."""
    receipt, identity = STRANGE[name]
    kenh = folder.channel(targets=("a", "b", "c"))
    kenh.does["deliver"] = lambda _, context: receipt if context.target.name == "b" else Receipt(context.target.name)
    folder.post(at=NOON + timedelta(hours=1))
    desk = desks(folder)
    desk.after(hours=1).run()
    assert set(desk.states().values()) == {"sent"}
    kept = desk.row(target="b").receipt
    assert kept is not None
    assert kept["id"] == identity
    assert len(kenh.calls) == 3


@pytest.mark.parametrize(
    "error", [RuntimeError("a\udcffb"), TemporaryFailure("a\udcffb"), PermanentFailure("a\udcffb")]
)
def test_an_error_with_half_a_letter_is_written_all_the_same(
    folder: Folder, desks: Callable[..., Desk], error: Exception
) -> None:
    """As file names that are not UTF-8 come out of the system."""
    kenh = folder.channel(targets=("a", "b"))

    def deliver(_: object, context: Any) -> Receipt:
        if context.target.name == "a":
            raise error
        return Receipt("1")

    kenh.does["deliver"] = deliver
    folder.post(at=NOON + timedelta(hours=1))
    desk = desks(folder)
    desk.after(hours=1).run()
    assert "a?b" in desk.row(target="a").reason
    assert desk.row(target="b").state is State.SENT


# --- objects of a plugin's own ----------------------------------------------------------------------------------------


class Bad:
    """Raises, whatever is asked of it."""

    def __str__(self) -> str:
        raise RuntimeError("no")

    def __bool__(self) -> bool:
        raise RuntimeError("no")


@pytest.mark.parametrize("receipt", [Receipt(Bad()), Receipt("1", link=Bad()), Receipt("1", detail=Bad())])  # type: ignore[arg-type]
def test_a_receipt_that_cannot_be_read_is_in_doubt(receipt: Receipt) -> None:
    assert judge(receipt, standing(idempotent=False), configured(), NOW).event is Event.LOSE
    assert judge(receipt, standing(idempotent=True), configured(), NOW).event is Event.FAIL


@pytest.mark.parametrize("wait", [5, "mai", timedelta.max, timedelta.min])
def test_nonsense_in_place_of_a_time_to_wait(wait: Any) -> None:
    judgement = judge(Raised(TemporaryFailure("bận", retry_after=wait)), standing(idempotent=True), configured(), NOW)
    assert judgement.event is (Event.EXHAUST if wait == timedelta.max else Event.FAIL)


def test_why_it_was_not_called() -> None:
    judgement = judge(NotCalled("dừng"), standing(idempotent=True), configured(), NOW)
    assert (judgement.event, judgement.reason, judgement.wake_at) == (Event.RECOVER, "not called: dừng", NOW)


def test_what_a_wrong_clock_put_into_the_future_is_asked_hourly() -> None:
    assert next_look(configured(Asks()), NOW + timedelta(days=900), NOW) == NOW + timedelta(hours=1)
