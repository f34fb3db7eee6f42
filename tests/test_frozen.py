"""Frozen classes made here behave as those that `dataclasses` makes."""

from __future__ import annotations

import copy
import dataclasses
import inspect
import pickle
import threading
from typing import TYPE_CHECKING, Any, Generic, TypeVar

import pytest

from scheduler.ground import frozen

if TYPE_CHECKING:
    from collections.abc import Callable

T = TypeVar("T")


@frozen.dataclass(frozen=True, slots=True)
class Ours:
    """Of every kind of field."""

    name: str
    day: int = 3
    kept: tuple[str, ...] = ()
    made: dict[str, int] = dataclasses.field(default_factory=dict, hash=False)
    aside: str = dataclasses.field(default="", compare=False, repr=False)
    named: str = dataclasses.field(default="", kw_only=True)


@dataclasses.dataclass(frozen=True, slots=True)
class Theirs:
    """Of every kind of field."""

    name: str
    day: int = 3
    kept: tuple[str, ...] = ()
    made: dict[str, int] = dataclasses.field(default_factory=dict, hash=False)
    aside: str = dataclasses.field(default="", compare=False, repr=False)
    named: str = dataclasses.field(default="", kw_only=True)


def said(work: Callable[[], Any]) -> tuple[str, str]:
    """Return the kind of what was raised, and what it says of a class by whichever name."""
    with pytest.raises(Exception) as raised:  # noqa: PT011 - which one is compared
        work()
    return type(raised.value).__name__, str(raised.value).replace("Theirs", "Ours")


@pytest.mark.parametrize(
    "work",
    [
        lambda kind: kind(),
        lambda kind: kind("a", 1, (), {}, "", "six"),
        lambda kind: kind("a", other=1),
        lambda kind: setattr(kind("a"), "day", 4),
        lambda kind: delattr(kind("a"), "day"),
        lambda kind: kind("a") < kind("b"),
        lambda kind: dataclasses.replace(kind("a"), other=1),
    ],
)
def test_what_is_wrong_is_refused_in_the_same_words(work: Callable[[Any], Any]) -> None:
    assert said(lambda: work(Ours)) == said(lambda: work(Theirs))


@pytest.mark.parametrize(
    "look",
    [
        lambda kind: repr(kind("a", 4, aside="x", named="n")),
        lambda kind: kind("a", aside="x") == kind("a", aside="y"),
        lambda kind: kind("a") == kind("b"),
        lambda kind: kind("a").__eq__("a"),
        lambda kind: hash(kind("a", 4, aside="x")) == hash(("a", 4, (), "")),
        lambda kind: dataclasses.asdict(kind("a", made={"b": 1})),
        lambda kind: dataclasses.astuple(dataclasses.replace(kind("a"), day=9)),
        lambda kind: kind("a").made is not kind("a").made,
        lambda kind: copy.deepcopy(kind("a", 5, made={"b": 1})) == kind("a", 5, made={"b": 1}),
        lambda kind: pickle.loads(pickle.dumps(kind("a", 5))) == kind("a", 5),
        lambda kind: str(inspect.signature(kind)),
        lambda kind: kind.__init__.__qualname__,
        lambda kind: inspect.get_annotations(kind.__init__),
        lambda kind: (kind.__match_args__, kind.__slots__, kind.__doc__),
        lambda kind: [(each.name, each.type, each.default, each.compare) for each in dataclasses.fields(kind)],
        lambda kind: repr(kind.__dataclass_params__),
    ],
)
def test_it_is_what_dataclasses_would_make(look: Callable[[Any], Any]) -> None:
    assert str(look(Ours)) == str(look(Theirs)).replace("Theirs", "Ours")


def test_a_class_may_be_derived_from_and_have_its_own_methods() -> None:
    @frozen.dataclass(frozen=True, slots=True)
    class Box(Generic[T]):
        """Which has words of its own."""

        inside: T
        seen: list[str] = dataclasses.field(default_factory=list)

        def __post_init__(self) -> None:
            self.seen.append("made")

        def __repr__(self) -> str:
            return "a box"

    class Crate(Box[int]):
        """Which is no value any more: it takes more."""

    @dataclasses.dataclass(frozen=True)
    class Marked(Box[int]):
        mark: str = "m"

    crate = Crate(3)
    crate.label = "fragile"  # type: ignore[attr-defined]
    assert (crate.inside, crate.seen, vars(crate)) == (3, ["made"], {"label": "fragile"})
    with pytest.raises(dataclasses.FrozenInstanceError):
        Box(1).label = "fragile"  # type: ignore[attr-defined]
    with pytest.raises(dataclasses.FrozenInstanceError):
        crate.inside = 4  # type: ignore[misc]
    assert repr(Box(1)) == "a box"
    assert Box(1) == Box(1)
    assert (Marked(1).inside, Marked(1).mark) == (1, "m")
    with pytest.raises(TypeError, match="frozen"):
        frozen.dataclass(frozen=False, slots=True)


def test_threads_that_make_the_first_at_once_all_make_one() -> None:
    for _ in range(20):

        @frozen.dataclass(frozen=True, slots=True)
        class Fresh:
            """Made by nobody yet."""

            number: int

        made: list[Fresh] = []
        barrier = threading.Barrier(8)

        def make(number: int, kind: type[Fresh] = Fresh, made: Any = made, barrier: Any = barrier) -> None:
            barrier.wait()
            made.append(kind(number))

        threads = [threading.Thread(target=make, args=(number,)) for number in range(8)]
        for each in threads:
            each.start()
        for each in threads:
            each.join()
        assert set(made) == {Fresh(number) for number in range(8)}
