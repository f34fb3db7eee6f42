from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from scheduler.ground.errors import NotFound
from tests.campaign import NOON, Desk, Folder

if TYPE_CHECKING:
    from collections.abc import Callable

    from scheduler.engine.looks.channel_views import OptionRow

SECRET = "rat-bi-mat-0123"


def rows(desk: Desk, channel: str = "kenh") -> dict[str, OptionRow]:
    return {each.key: each for each in desk.look.options(channel)}


def test_every_option_says_its_value_and_where_that_comes_from(folder: Folder, desks: Callable[..., Desk]) -> None:
    folder.channel(table='greeting = "Kính chào"\nrate = "20/min"\nretry = { attempts = 3 }\n')
    found = rows(desks(folder))
    lines = (folder.path / "config.toml").read_text(encoding="utf-8").splitlines()
    where = {
        key: f"config.toml:{next(n for n, line in enumerate(lines, 1) if line.startswith(key))}"
        for key in ("greeting", "rate", "retry")
    }
    assert (found["greeting"].value, found["greeting"].source) == ("Kính chào", where["greeting"])
    assert (found["rate"].value, found["rate"].default, found["rate"].source) == ("20/min", "", where["rate"])
    assert (found["retry.attempts"].value, found["retry.attempts"].default) == ("3", "10")
    assert found["retry.attempts"].source == where["retry"]
    assert (found["grace"].value, found["grace"].source) == ("2h", "")
    assert (found["time_limit"].value, found["time_limit"].kind) == ("1m", "duration")


@pytest.mark.parametrize("how", ["env", "file"])
def test_a_secret_says_where_it_stands_and_never_what_it_is(
    folder: Folder, desks: Callable[..., Desk], how: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder.channel(table=f'token = {{ {how} = "MA_BI_MAT" }}\n')
    desk = desks(folder)
    row = rows(desk)["token"]
    assert row.kind == "secret"
    assert row.value == {"env": "••• environment variable MA_BI_MAT", "file": "••• file MA_BI_MAT"}[how]
    assert row.wrong
    monkeypatch.setenv("MA_BI_MAT", SECRET)
    (folder.path / "MA_BI_MAT").write_text(SECRET, encoding="utf-8")
    (folder.path / "MA_BI_MAT").chmod(0o600)
    assert rows(desk)["token"].wrong == ""
    assert SECRET not in str(desk.look.options("kenh"))


def test_a_secret_that_was_written_into_a_text_is_masked_once_it_is_known(
    folder: Folder, desks: Callable[..., Desk]
) -> None:
    folder.channel(table=f'greeting = "mã {SECRET}"\n')
    desk = desks(folder)
    desk.core.redactor.learn(SECRET)
    assert rows(desk)["greeting"].value == "mã •••"


def test_the_settings_of_each_target(folder: Folder, desks: Callable[..., Desk]) -> None:
    folder.plugin("radio2", "")
    folder.channels["radio"] = 'lead = "1d"\n\n[[channels.radio.targets]]\nname = "dai"\nslot = "3m"\n'
    folder.config()
    found = rows(desks(folder), "radio")
    assert found["targets.dai.slot"].value == "3m"
    assert found["targets.dai.slot"].source.startswith("config.toml:")
    assert found["lead"].value == "1d"


def test_the_pace_is_counted_over_the_stretch_of_the_rate(folder: Folder, desks: Callable[..., Desk]) -> None:
    folder.channel(table='rate = "20/min"\n')
    for number in range(3):
        folder.post(f"tin-{number}", at=NOON + timedelta(minutes=1))
    desk = desks(folder)
    desk.act.sync()
    desk.at(NOON + timedelta(minutes=1)).run()
    status = desk.look.channel("kenh")
    assert (str(status.rate), status.used) == ("20/min", 3)
    desk.at(NOON + timedelta(minutes=2, seconds=1))
    assert desk.look.channel("kenh").used == 0


def test_of_a_bulk_channel_messages_are_counted(folder: Folder, desks: Callable[..., Desk]) -> None:
    folder.channel(
        table='rate = "20/min"\n',
        more="""
        batch_size = 4
        def recipients(self, rendered, target, context):
            return (Recipient(f"+849000000{n:02}") for n in range(7))
        def deliver_batch(self, rendered, messages, context):
            return [Receipt(each.key) for each in messages]
        """,
    )
    folder.post(at=NOON + timedelta(minutes=1))
    desk = desks(folder)
    desk.act.sync()
    desk.at(NOON + timedelta(minutes=1)).run()
    assert desk.look.channel("kenh").used == 7


def test_a_channel_that_is_not_there(folder: Folder, desks: Callable[..., Desk]) -> None:
    folder.channel()
    desk = desks(folder)
    for ask in (desk.look.channel, desk.look.options):
        with pytest.raises(NotFound, match="did you mean 'kenh'"):
            ask("ken")


def test_a_channel_that_does_not_work_is_named_with_why(folder: Folder, desks: Callable[..., Desk]) -> None:
    folder.channel()
    folder.channel("sai", table="khong_co = 1\n")
    folder.channel("tat", table="enabled = false\n")
    folder.switch_on("la")
    off = {each.name: each.problems for each in desks(folder).look.idle_channels()}
    assert set(off) == {"sai", "tat", "la"}
    assert "unknown key" in str(off["sai"][0])
    assert "no plugin brings this channel" in str(off["la"][0])
    assert off["tat"] == ()
