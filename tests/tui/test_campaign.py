"""The campaign that ships, in the screens: every post can be looked at, nothing raises, everything is in Vietnamese."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING

import pytest

from scheduler.engine.rehearsing.rehearsal import stand_at
from scheduler.ground.text import use
from scheduler.tui.screens.posts.screen import PostScreen
from tests.tui import campaign
from tests.tui.screen import seated

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from scheduler.engine.engine import Engine


@pytest.fixture(scope="module")
def shipped(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engine]:
    """The 2021 campaign as it stood on the morning of 10 May, from a copy of its files."""
    folder: Path = tmp_path_factory.mktemp("shipped")
    shutil.copytree(campaign.ROOT / "content", folder / "content")
    shutil.copy(campaign.ROOT / "config.toml", folder)
    engine = stand_at(folder, folder / "var", campaign.START, campaign.MORNING)
    yield engine
    engine.close()


async def test_every_post_is_shown_beside_its_previews(shipped: Engine) -> None:
    use("vi")
    async with seated(shipped, (200, 60)) as seat:
        await seat.says("DIỄN TẬP — 10/05/2021 (giờ mô phỏng) — bạn là ")
        await seat.says("Tuyên truyền bảo hiểm xã hội trên địa bàn tỉnh Ninh Thuận năm 2021")
        await seat.press("4")
        await seat.until(lambda: isinstance(seat.app.screen, PostScreen))
        screen = seat.app.screen
        assert isinstance(screen, PostScreen)
        for post in shipped.look.posts():
            screen.choose(post.post.id)
            await seat.settle()
            assert screen.post is not None
            assert screen.post.post.id == post.post.id
            first = post.post.title.split()[0]
            assert first in seat.text
