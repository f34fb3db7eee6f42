"""Whom the campaign reaches: audience × channel × area, with its gaps."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest

from scheduler.engine.looks.reach import Reach, Standing
from scheduler.ground.lifecycle import State
from tests.campaign import NOON, Desk, Folder

SOON = NOON + timedelta(hours=2)
PLAN = """
[[audiences]]
id = "can-bo"
title = "Cán bộ"

[[audiences]]
id = "lao-dong"
title = "Người lao động"
parts = [{ id = "chinh-thuc", title = "Chính thức" }, { id = "tu-do", title = "Tự do" }]

[[areas]]
id = "dong"
title = "Huyện Đông"

[[areas]]
id = "tay"
title = "Huyện Tây"
"""


@pytest.fixture
def desk(folder: Folder, desks: Callable[..., Desk]) -> Desk:
    folder.plan(PLAN)
    targets = (f'[[channels.loa.targets]]\nname = "{area}"\nareas = ["{area}"]\n' for area in ("dong", "tay"))
    folder.channel("loa", table="\n".join(targets), targets=())
    only = '[[channels.bang.targets]]\nname = "noi"\naudiences = ["chinh-thuc"]\n'
    folder.channel("bang", table=only, targets=())
    return desks(folder)


def standings(reach: Reach, channel: str) -> dict[tuple[str, str], Standing]:
    return {(cell.audience, cell.area): cell.standing for cell in reach.cells.values() if cell.channel == channel}


def test_without_posts_all_that_a_channel_reaches_is_a_gap(desk: Desk) -> None:
    reach = desk.look.reach()
    assert list(reach.audiences) == ["can-bo", "chinh-thuc", "tu-do"]
    assert set(standings(reach, "loa").values()) == {Standing.GAP}
    found = standings(reach, "bang")
    assert {who for (who, _where), each in found.items() if each is Standing.GAP} == {"chinh-thuc"}
    assert {who for (who, _where), each in found.items() if each is Standing.NONE} == {"can-bo", "tu-do"}
    assert reach.cell("can-bo", "loa", "tay").targets == ("tay",)
    assert len(reach.missed()) == 6


def test_a_post_reaches_whom_it_and_the_target_are_both_for(desk: Desk) -> None:
    desk.folder.post("mot", at=SOON, areas="[dong]", audiences="[lao-dong]")
    desk.act.sync()
    reach = desk.look.reach()
    planned = {key for key, cell in reach.cells.items() if cell.standing is Standing.PLANNED}
    assert planned == {
        ("chinh-thuc", "loa", "dong"), ("tu-do", "loa", "dong"), ("chinh-thuc", "bang", "dong"),
    }  # fmt: skip
    (there,) = reach.cell("tu-do", "loa", "dong").posts
    assert (there.post, there.times, there.first, there.targets) == ("mot", 1, SOON, ("dong",))
    assert there.counts == {State.SCHEDULED: 1}
    assert ("tu-do", "tay") in reach.missed()
    assert ("tu-do", "dong") not in reach.missed()


def test_what_is_lost_counts_for_nothing_and_what_went_out_is_done(desk: Desk) -> None:
    desk.folder.post("mot", at=SOON, channels="{loa: [dong]}")
    desk.folder.post("hai", at=SOON, channels="{loa: [tay]}")
    desk.act.sync()
    desk.act.cancel(desk.row("mot", "loa", "dong").id)
    lost = desk.look.reach().cell("can-bo", "loa", "dong")
    assert (lost.standing, lost.times, len(lost.posts)) == (Standing.LOST, 0, 1)
    desk.clock.advance(SOON)
    desk.run("loa")
    done = desk.look.reach().cell("can-bo", "loa", "tay")
    assert (done.standing, done.times) == (Standing.DONE, 1)


def test_each_time_of_a_series_counts_until_the_campaign_is_over(desk: Desk) -> None:
    desk.folder.post("tuan", at=SOON, repeat="FREQ=DAILY")
    desk.act.sync()
    (there,) = desk.look.reach().cell("can-bo", "loa", "tay").posts
    last = max(each.end for each in desk.look._core.snapshot.campaign.plan.workstreams.values())
    assert there.times == (last - SOON.date()).days + 1
    assert there.last.date() == last


def test_drafts_and_files_with_errors_reach_nobody(desk: Desk) -> None:
    desk.folder.post("nhap", at=SOON, status="draft")
    desk.folder.post("sai", at=SOON, areas="[khong-co]")
    desk.act.sync()
    assert all(not cell.posts for cell in desk.look.reach().cells.values())


def test_a_plan_without_areas_has_one_column(folder: Folder, desks: Callable[..., Desk]) -> None:
    folder.plan('[[audiences]]\nid = "moi-nguoi"\ntitle = "Mọi người"\n')
    folder.channel()
    folder.post("mot", at=SOON)
    desk = desks(folder)
    desk.act.sync()
    reach = desk.look.reach()
    assert list(reach.areas) == [""]
    assert reach.cell("moi-nguoi", "kenh", "").standing is Standing.PLANNED


def test_what_was_withdrawn_reaches_nobody_any_more(folder: Folder, desks: Callable[..., Desk]) -> None:
    folder.plan(PLAN)
    folder.channel(more="kind = Kind.PRINT\n")
    folder.post(at=SOON, repeat="FREQ=DAILY;COUNT=2")
    desk = desks(folder)
    desk.at(SOON).run()
    cell = desk.look.reach().cell("can-bo", "kenh", "dong")
    assert (cell.standing, cell.posts[0].counts) == (Standing.DONE, {State.SENT: 1, State.SCHEDULED: 1})
    (made,) = desk.act.withdraw("tin").made
    cell = desk.look.reach().cell("can-bo", "kenh", "dong")
    assert (cell.standing, cell.posts[0].counts) == (Standing.PLANNED, {State.CANCELLED: 1, State.SCHEDULED: 1})
    desk.act.cancel(made.id)
    assert desk.look.reach().cell("can-bo", "kenh", "dong").standing is Standing.DONE
