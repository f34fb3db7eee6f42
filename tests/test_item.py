"""What a channel is given: the plan values that it named, and the bytes that were approved."""

from __future__ import annotations

import copy
import hashlib
import pickle
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from scheduler.channels.item import PLAN_VALUES, MediaFile, PlanValues
from scheduler.ground.errors import ContentChanged, PluginError
from scheduler.ground.lifecycle import State
from scheduler.ground.model import Plan
from tests.campaign import NOON

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.campaign import Desk, Folder

LATER = NOON + timedelta(hours=1)
PICTURES = """\
from scheduler.api import File

def render(self, item, context):
    return Rendered({}, "", tuple(Simple.File(each.name, each.media_type, each.read()) for each in item.media))
"""
PLAN = Plan("p", "Kế hoạch", 2021, message="Đầu tư cho tương lai")


def test_a_channel_reads_what_it_named() -> None:
    values = PlanValues(PLAN, ("message", "slogans"), "kenh")
    assert (values.message, values.slogans) == ("Đầu tư cho tương lai", {})


@pytest.mark.parametrize("name", [*sorted(PLAN_VALUES - {"message"}), "parts_of", "mesage"])
def test_a_channel_reads_nothing_else(name: str) -> None:
    values = PlanValues(PLAN, ("message",), "kenh")
    with pytest.raises(PluginError, match=rf"kenh.*plan\.{name}\b.*uses"):
        getattr(values, name)


def test_python_may_ask_what_it_asks_of_every_object() -> None:
    values = PlanValues(PLAN, ("message",), "kenh")
    assert not hasattr(values, "__wrapped__")
    assert copy.copy(values).message == PLAN.message
    assert pickle.loads(pickle.dumps(values)).message == PLAN.message


def test_every_value_that_may_be_named_is_there() -> None:
    assert PlanValues(PLAN, PLAN_VALUES, "kenh").title == "Kế hoạch"


def test_what_a_channel_reads_and_did_not_name_does_not_go_out(folder: Folder, desks: Callable[..., Desk]) -> None:
    folder.channel(more="def render(self, item, context):\n    return Rendered({}, item.plan.theme)\n")
    folder.post(at=LATER)
    desk = desks(folder)
    desk.at(LATER).run()
    assert (desk.row().state, "plan.theme" in desk.row().reason) == (State.FAILED, True)


def media(path: Path, data: bytes) -> MediaFile:
    path.write_bytes(data)
    return MediaFile(path.name, hashlib.sha256(data).hexdigest(), "image/jpeg", "", path)


def test_media_give_the_bytes_of_their_digest(tmp_path: Path) -> None:
    assert media(tmp_path / "anh.jpg", b"1").read() == b"1"


def test_media_that_were_swapped_or_are_gone_give_none(tmp_path: Path) -> None:
    file = media(tmp_path / "anh.jpg", b"1")
    file.path.write_bytes(b"2")
    with pytest.raises(ContentChanged, match=r"content/media/anh\.jpg is no longer"):
        file.read()
    file.path.unlink()
    with pytest.raises(ContentChanged, match=r"content/media/anh\.jpg cannot be read: No such file"):
        file.read()


def test_a_picture_that_was_swapped_waits_for_a_new_approval(folder: Folder, desks: Callable[..., Desk]) -> None:
    folder.plan(required=True)
    folder.channel(more=PICTURES)
    picture = folder.path / "content" / "media" / "anh.jpg"
    picture.parent.mkdir()
    picture.write_bytes(b"GOOD")
    folder.post(at=LATER, media="[anh.jpg]")
    desk = desks(folder)
    desk.act.approve("tin")
    picture.write_bytes(b"EVIL")
    desk.at(LATER).run()
    assert (desk.row().state, desk.folder.module("kenh").calls) == (State.SCHEDULED, [])
    assert desk.replans > 0
    desk.act.sync()
    assert desk.row().state is State.HELD
    desk.act.approve("tin")
    desk.after(minutes=1).run()
    payload = desk.look.payload(desk.row())
    assert payload is not None
    assert (desk.row().state, payload.files[0].data) == (State.SENT, b"EVIL")


def test_an_event_has_only_what_an_approval_covers(folder: Folder, desks: Callable[..., Desk]) -> None:
    folder.channel()
    folder.event("ra-quan", NOON + timedelta(days=2), place="Quảng trường", unit="x")
    folder.post(event="ra-quan", offset='"-1d"')
    desk = desks(folder)
    event = desk.engine.snapshot.item(desk.row().key, LATER).event
    assert event is not None
    assert (event.id, event.title, event.place) == ("ra-quan", "Việc ra-quan", "Quảng trường")
    assert (event.path, event.body, event.areas, event.unit) == ("", "", (), "")
