"""A test by a person: only where everything else may go out too, and only in Loa's own words."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from scheduler.ground.errors import LoaError, NotAllowed
from tests.campaign import Desk, Folder

if TYPE_CHECKING:
    from collections.abc import Callable

TRY = """
test_to = "a phone number"
tried = []

def try_out(self, text, to, context):
    self.tried.append((text, to))
    {body}
"""


def opened(folder: Folder, desks: Callable[..., Desk], body: str = 'return Receipt("t-1")', **more: object) -> Desk:
    folder.channel(more=TRY.format(body=body))
    return desks(folder, **more)


def tried(desk: Desk) -> list[tuple[str, str]]:
    found: list[tuple[str, str]] = type(desk.engine.registry.channels["kenh"].channel).tried  # type: ignore[attr-defined]
    return found


def told(desk: Desk) -> list[tuple[str, str, str]]:
    return [(each.key, each.actor, each.reason) for each in desk.look.journal() if each.event == "test"]


def test_a_test_says_who_and_when_and_the_journal_has_it_without_the_number(
    folder: Folder, desks: Callable[..., Desk]
) -> None:
    desk = opened(folder, desks)
    assert desk.act.try_out("kenh", to=" 0901234567 ").id == "t-1"
    assert tried(desk) == [("Loa: a test by Giám đốc, 03/05/2021 12:00. Please do not answer.", "0901234567")]
    assert told(desk) == [("kenh/noi", "giam-doc", "•••••••567")]


def test_it_wants_to_know_where_it_goes(folder: Folder, desks: Callable[..., Desk]) -> None:
    desk = opened(folder, desks)
    with pytest.raises(NotAllowed, match="name a phone number"):
        desk.act.try_out("kenh")
    assert tried(desk) == []


def test_nothing_leaves_a_folder_that_is_stopped_or_not_armed(folder: Folder, desks: Callable[..., Desk]) -> None:
    desk = opened(folder, desks, armed=False)
    with pytest.raises(NotAllowed, match=r"nothing goes out now, a test neither: .*arm"):
        desk.act.try_out("kenh", to="1")
    desk.act.arm()
    desk.act.stop("")
    with pytest.raises(NotAllowed, match="stopped by Giám đốc"):
        desk.act.try_out("kenh", to="1")
    assert tried(desk) == []
    desk.act.lift()
    desk.act.pause("kenh", "đang sửa")
    desk.act.try_out("kenh", to="1")
    assert len(tried(desk)) == 1, "a pause is when one tries a channel out"


@pytest.mark.parametrize(
    ("body", "said"),
    [
        ('raise PermanentFailure("số không có")', "the test was not sent: số không có"),
        ('raise OutcomeUnknown("rớt mạng")', "nobody can say whether the test went out: rớt mạng"),
        ('raise RuntimeError("hỏng")', "nobody can say whether the test went out: RuntimeError: hỏng"),
        ("return 5", "nobody can say whether the test went out: plugin kenh: try_out returned int"),
        ("context.no_return()", "nobody can say .*only deliver may use checkpoint and no_return"),
    ],
)
def test_what_went_wrong_is_said_and_kept(folder: Folder, desks: Callable[..., Desk], body: str, said: str) -> None:
    desk = opened(folder, desks, body)
    with pytest.raises(LoaError, match=said):
        desk.act.try_out("kenh", to="12345")
    ((key, _by, reason),) = told(desk)
    assert key == "kenh/noi"
    assert reason.startswith("••345: ")


def test_a_test_that_does_not_end_is_left_behind(folder: Folder, desks: Callable[..., Desk]) -> None:
    body = "import time; time.sleep(0.3)"
    folder.channel(more=TRY.format(body=body), table='time_limit = "100ms"')
    desk = desks(folder)
    with pytest.raises(LoaError, match="nobody can say whether the test went out: no answer within 0"):
        desk.act.try_out("kenh", to="12345")
    assert "no answer within 0.1 seconds" in told(desk)[0][2]


def test_a_channel_that_cannot_says_so(folder: Folder, desks: Callable[..., Desk]) -> None:
    folder.channel()
    desk = desks(folder)
    with pytest.raises(NotAllowed, match="kenh cannot send a test"):
        desk.act.try_out("kenh")
    assert (desk.look.channel("kenh").tests, desk.look.channel("kenh").test_to) == (False, "")


def test_surfaces_know_which_channels_can(folder: Folder, desks: Callable[..., Desk]) -> None:
    status = opened(folder, desks).look.channel("kenh")
    assert (status.tests, status.test_to) == (True, "a phone number")
