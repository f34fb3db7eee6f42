"""The folder's files at one reading: what they say, what can be trusted of it, and who approved what."""

from __future__ import annotations

import dataclasses
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from scheduler.engine.engine import Engine, system_user, who
from scheduler.engine.snapshot import Snapshot, read_snapshot
from scheduler.ground.delivery import Key
from scheduler.ground.errors import CampaignInvalid, NotAllowed, NotFound
from tests.campaign import NOON

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.campaign import Desk, Folder

KEY = Key("tin", "20210503", "kenh", "noi")


def read(folder: Folder) -> Snapshot:
    return read_snapshot(folder.path)


# --- what can be trusted --------------------------------------------------------------------------------------------


def test_without_config_there_is_nothing_to_read(folder: Folder) -> None:
    (folder.path / "config.toml").unlink()
    with pytest.raises(CampaignInvalid, match="loa init"):
        read(folder)


def test_a_sound_folder_can_be_trusted(folder: Folder) -> None:
    folder.channel()
    folder.post(at=NOON)
    snapshot = read(folder)
    assert snapshot.trustworthy
    assert snapshot.whole
    assert snapshot.problems == ()


@pytest.mark.parametrize(
    ("file", "old", "new", "trusted"),
    [
        ("config.toml", "Asia/Ho_Chi_Minh", "Sao/Hoa", False),
        ("config.toml", "zone =", "zone", False),
        ("config.toml", 'language = "en"', 'language = "fr"', True),
        ("config.toml", "greeting", "greting", True),
        ("content/plan.toml", 'id = "nho"', "id = [", False),
        ("content/plan.toml", "year = 2021", 'year = "hai"', False),
        ("content/posts/tin.md", "at:", "att:", True),
    ],
)
def test_one_fault_is_no_fault_of_the_whole_unless_all_rest_on_it(
    folder: Folder, file: str, old: str, new: str, trusted: bool
) -> None:
    folder.channel(table='greeting = "chào"')
    folder.post(at=NOON)
    path = folder.path / file
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new), encoding="utf-8")
    snapshot = read(folder)
    assert snapshot.problems
    assert snapshot.trustworthy is trusted


def test_a_channel_with_an_error_is_left_out_and_the_others_work(folder: Folder) -> None:
    folder.channel("mot")
    folder.channel("hai")
    folder.switch_on("hai", 'rate = "viel"')
    snapshot = read(folder)
    assert set(snapshot.registry.channels) == {"mot"}
    assert not snapshot.whole
    assert snapshot.trustworthy


def test_what_was_known_before_config_vanished_is_in_doubt(folder: Folder) -> None:
    folder.channel()
    folder.post(at=NOON)
    engine = Engine.open(folder.path)
    config = folder.path / "config.toml"
    text = config.read_text(encoding="utf-8")
    config.unlink()
    assert [engine.refresh() for _ in range(2)] == [True, False]
    assert not engine.snapshot.trustworthy
    assert set(engine.campaign.posts) == {"tin"}
    assert len([each for each in engine.problems() if "loa init" in each.message]) == 1
    config.write_text(text, encoding="utf-8")
    assert engine.refresh()
    assert read(folder).trustworthy
    assert engine.core.snapshot.problems == ()
    engine.close()


# --- approvals ------------------------------------------------------------------------------------------------------


def test_an_approval_is_of_the_post_as_it_stands(folder: Folder, desks: Callable[..., Desk]) -> None:
    folder.channel()
    folder.post(at=NOON + timedelta(hours=1))
    desk = desks(folder)
    desk.act.approve("tin", "đọc rồi")
    before = read(folder)
    assert (before.approvals["tin"].by, before.approvals["tin"].note) == ("giam-doc", "đọc rồi")
    folder.post(at=NOON + timedelta(hours=1), text="Khác.")
    assert read(folder).approvals == {}
    folder.post(at=NOON + timedelta(hours=1))
    assert read(folder).approvals == before.approvals
    desk.act.revoke("tin")
    assert read(folder).approvals == {}


def test_a_broken_channel_undoes_no_approval_while_it_is_known_what_it_said(folder: Folder) -> None:
    folder.channel("mot")
    folder.channel("hai", table='greeting = "chào"')
    folder.post(at=NOON)
    whole = read(folder)
    folder.switch_on("hai", 'greeting = "chào"\nrate = "viel"')
    assert read(folder).digests != whole.digests
    assert read_snapshot(folder.path, None, lambda: whole.coverage).digests == whole.digests


# --- what is to be said ---------------------------------------------------------------------------------------------


def test_an_item_is_put_together_from_post_target_plan_and_event(folder: Folder) -> None:
    folder.channel(more="", table="", targets=("noi",))
    folder.event("ra-quan", NOON + timedelta(days=2))
    folder.post(
        event="ra-quan",
        offset='"-2d"',
        link="https://a.vn",
        summary="Tóm tắt",
        text="{{ plan.theme }}: {{ event.title }}.",
    )
    item = read(folder).item(KEY, NOON)
    assert item.text.strip() == "Bảo hiểm cho mọi người: Việc ra-quan."
    assert (item.title, item.summary, item.link, item.language) == ("Bài tin", "Tóm tắt", "https://a.vn", "vi")
    assert item.event is not None
    assert item.event.id == "ra-quan"
    assert item.key == KEY
    assert item.publish_at == NOON
    assert item.approved_by == ""


def test_an_item_names_who_approved_it(folder: Folder, desks: Callable[..., Desk]) -> None:
    folder.channel()
    folder.post(at=NOON)
    desk = desks(folder)
    desk.act.approve("tin")
    assert read(folder).item(KEY, NOON).approved_by == "Giám đốc"


def test_media_are_named_with_their_bytes(folder: Folder) -> None:
    import hashlib

    folder.channel()
    media = folder.path / "content" / "media"
    media.mkdir()
    (media / "anh.jpg").write_bytes(b"\xff\xd8\xff")
    (media / "la.loa").write_bytes(b"1")
    folder.post(at=NOON, media="[{file: anh.jpg, alt: Ảnh}, {file: la.loa, alt: Lạ}]")
    first, second = read(folder).item(KEY, NOON).media
    assert (first.name, first.media_type, first.alt) == ("anh.jpg", "image/jpeg", "Ảnh")
    assert first.digest.removeprefix("sha256:") == hashlib.sha256(first.read()).hexdigest()
    assert second.media_type == "application/octet-stream"


@pytest.mark.parametrize(
    ("key", "message"),
    [
        (KEY._replace(post="khong"), "khong"),
        (KEY._replace(target="khong"), "no target khong"),
        (KEY._replace(channel="khong"), "khong"),
    ],
)
def test_what_is_not_there_now_is_said(folder: Folder, key: Key, message: str) -> None:
    folder.channel()
    folder.post(at=NOON)
    with pytest.raises(NotFound, match=message):
        read(folder).item(key, NOON)


def test_it_cannot_be_changed(folder: Folder) -> None:
    folder.channel()
    folder.post(at=NOON)
    snapshot = read(folder)
    with pytest.raises(dataclasses.FrozenInstanceError):
        snapshot.fingerprint = ""  # type: ignore[misc]
    with pytest.raises(TypeError):
        snapshot.digests["tin"] = ""  # type: ignore[index]
    with pytest.raises(TypeError):
        snapshot.approvals["tin"] = None  # type: ignore[index]


# --- whoever opens it -----------------------------------------------------------------------------------------------


def test_files_are_read_again_only_where_they_changed(folder: Folder) -> None:
    folder.channel()
    folder.post(at=NOON)
    engine = Engine.open(folder.path)
    before = engine.snapshot
    assert not engine.refresh()
    assert engine.snapshot is before
    folder.post("hai", at=NOON)
    assert engine.refresh()
    assert set(engine.campaign.posts) == {"tin", "hai"}
    engine.close()


def test_who_works_here(folder: Folder, monkeypatch: pytest.MonkeyPatch) -> None:
    folder.plan(more='\n[[people]]\nid = "lan"\nname = "Lan"\nroles = ["approve"]\nlogins = ["lan"]\n')
    campaign = read(folder).campaign
    monkeypatch.delenv("LOA_AS", raising=False)
    monkeypatch.setattr("scheduler.engine.engine.system_user", lambda: "lan")
    assert who(campaign, None).id == "lan"
    assert who(campaign, "can-bo").id == "can-bo"
    monkeypatch.setenv("LOA_AS", "giam-doc")
    assert who(campaign, None).id == "giam-doc"
    assert who(campaign, "lan").id == "lan"
    monkeypatch.delenv("LOA_AS")
    monkeypatch.setattr("scheduler.engine.engine.system_user", lambda: "binh")
    stranger = who(campaign, None)
    assert (stranger.id, stranger.roles) == ("user:binh", frozenset())
    with pytest.raises(NotAllowed, match="you are binh"):
        who(campaign, "lan")
    with pytest.raises(NotFound, match="giam-doc"):
        who(campaign, "giam-dok")


def test_the_environment_does_not_say_who_one_is(monkeypatch: pytest.MonkeyPatch) -> None:
    before = system_user()
    for name in ("LOGNAME", "USER", "USERNAME"):
        monkeypatch.setenv(name, "giam-doc")
    assert system_user() == before != "giam-doc"
