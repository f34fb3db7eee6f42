"""Old payloads and addresses are let go; keys, states and the journal stay."""

from __future__ import annotations

from datetime import timedelta

from scheduler.api import File, Recipient, Rendered
from scheduler.ground.lifecycle import State
from scheduler.store import housekeeping, journal, messages
from scheduler.store.deliveries import Query
from scheduler.store.sealing import SEALED
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
    rows = messages.in_state(desk.store.read(), desk.row().id, State.SENT)
    assert len({row.address for row in rows}) == 2
    assert all(row.address.startswith(SEALED) and not row.name for row in rows)
    kept = str(desk.store.read().execute("SELECT * FROM message").fetchall())
    assert "9000000" not in kept, "nor do receipts have it"
    assert desk.look.count(Query()) == 1
    with desk.store.write() as connection:
        occasion = messages.occasion(connection, desk.row().key)
        people: list[tuple[str, str, dict[str, str]]] = [("+84900000001", "Anh A", {}), ("+84900000003", "Chị C", {})]
        assert messages.add(connection, occasion, desk.row().id, people) == 1
    desk.close()


def test_sent_again_after_forgetting_only_who_never_got_it_gets_it(folder: Folder) -> None:
    called = "calls.append([m.address for m in messages])\n    does.get('now', int)()\n    return [Receipt(each"
    more = BULK.replace("batch_size = 10", "batch_size = 1").replace("return [Receipt(each", called)
    module = folder.channel(more=more)
    folder.post(at=NOON + timedelta(hours=1))
    desk = Desk(folder).after(hours=1)
    module.does["now"] = lambda: desk.act.cancel(desk.row().id, "thôi")
    desk.run()
    assert desk.row().state is State.CANCELLED
    desk.after(days=500)
    assert _forget(desk) == (1, 2)
    del module.does["now"]
    desk.act.requeue(desk.row().id)
    desk.run()
    assert (desk.row().state, module.calls) == (State.SENT, [["+84900000001"], ["+84900000002"]])
    desk.close()


def test_who_was_let_go_and_is_on_the_list_no_more_cannot_be_called(folder: Folder) -> None:
    module = folder.channel(more=BULK.replace("return iter(", "return iter(does.get('list') or "))
    folder.post(at=NOON + timedelta(hours=1))
    desk = Desk(folder).after(hours=1)
    module.does["list"] = [Recipient("+84900000009")]
    desk.run()
    with desk.store.write() as connection:
        connection.execute("DROP TRIGGER message_lifecycle")
        connection.execute("UPDATE message SET state = 'failed'")
        connection.execute("DROP TRIGGER delivery_lifecycle")
        connection.execute("UPDATE delivery SET state = 'failed', done_at = NULL")
    desk.after(days=500)
    assert _forget(desk) == (1, 1)
    module.does["list"] = [Recipient("+84900000001")]
    desk.act.requeue(desk.row().id)
    desk.run()
    assert desk.look.messages(desk.row().id) == {State.FAILED: 1, State.SENT: 1}
    desk.close()


def test_files_that_no_payload_has_any_more_are_dropped(folder: Folder) -> None:
    module = folder.channel()
    module.does["render"] = lambda item, _: Rendered({}, item.text, (File("a.mp3", "audio/mpeg", item.text.encode()),))
    folder.post(at=NOON + timedelta(hours=1))
    folder.post("sau", at=NOON + timedelta(days=100), text="Sau.")
    desk = Desk(folder).after(hours=1)
    desk.run()
    desk.at(NOON + timedelta(days=100)).act.sync()
    desk.run()
    kept = desk.look.payload(desk.row("sau"))
    with desk.store.write() as connection:
        housekeeping.forget(connection, desk.clock.now() - timedelta(days=50), ())
    assert desk.store.read().execute("SELECT count(*) FROM blob").fetchone() == (1,)
    assert desk.look.payload(desk.row("sau")) == kept
    desk.close()
