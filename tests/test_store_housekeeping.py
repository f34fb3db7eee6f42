"""Old payloads and addresses are let go; keys, states and the journal stay."""

from __future__ import annotations

from datetime import timedelta

from scheduler.store import housekeeping, journal, messages
from scheduler.store.deliveries import Query
from tests.campaign import NOON, Desk, Folder

BULK = """
batch_size = 10

def recipients(self, rendered, target, context):
    from scheduler.api import Recipient
    return iter([Recipient("+84900000001", "Anh A"), Recipient("+84900000002", "Chị B")])

def deliver_batch(self, rendered, messages, context):
    return [Receipt(each.address) for each in messages]
"""


def _sent(folder: Folder, **channel: str) -> Desk:
    folder.channel(**channel)  # type: ignore[arg-type]
    folder.post(at=NOON + timedelta(hours=1))
    desk = Desk(folder).after(hours=1)
    desk.run()
    assert desk.row().state == "sent"
    return desk


def _forget(desk: Desk, *standing: str) -> tuple[int, int]:
    with desk.store.write() as connection:
        return housekeeping.forget(connection, desk.clock.now(), standing)


def test_what_is_old_is_let_go_and_its_record_stays(folder: Folder) -> None:
    desk = _sent(folder)
    before = journal.of_delivery(desk.store.read(), desk.row().id)
    desk.after(days=500)
    assert _forget(desk) == (1, 0)
    assert desk.look.payload(desk.row()) is None
    assert desk.row().state == "sent"
    assert journal.of_delivery(desk.store.read(), desk.row().id) == before
    assert _forget(desk) == (0, 0)
    desk.close()


def test_what_is_new_stays(folder: Folder) -> None:
    desk = _sent(folder)
    with desk.store.write() as connection:
        assert housekeeping.forget(connection, desk.clock.now() - timedelta(days=1), ()) == (0, 0)
    assert desk.look.payload(desk.row()) is not None
    desk.close()


def test_what_still_stands_published_keeps_its_payload(folder: Folder) -> None:
    desk = _sent(folder).after(days=500)
    assert _forget(desk, "kenh") == (0, 0)
    assert desk.look.payload(desk.row()) is not None
    desk.close()


def test_addresses_become_unreadable_and_nobody_gets_a_second_message(folder: Folder) -> None:
    desk = _sent(folder, more=BULK).after(days=500)
    assert _forget(desk) == (1, 2)
    rows = messages.in_state(desk.store.read(), desk.row().id, "sent")  # type: ignore[arg-type]
    assert [(row.address, row.name) for row in rows] == [("#1", ""), ("#2", "")]
    assert desk.look.count(Query()) == 1
    desk.close()
