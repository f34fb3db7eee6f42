"""``loa post withdraw`` and ``loa delivery withdraw``."""

from __future__ import annotations

from pathlib import Path

import pytest

from scheduler.engine.engine import Engine
from scheduler.ground.lifecycle import State
from tests.cli.conftest import Loa, put, read_json

POST = "tv-loi-moi"
AS = ("--as", "giam-doc")


@pytest.fixture
def armed(loa: Loa, open_campaign: Path) -> Path:
    """Return a campaign of which a fanpage post (1) and a text message have gone out, and a station has a script."""
    for number in (1, of(open_campaign, "sms"), of(open_campaign, "radio")):
        put(open_campaign, number, State.HANDED if number == of(open_campaign, "radio") else State.SENT)
    loa("arm", "--yes", folder=open_campaign)
    return open_campaign


def of(folder: Path, channel: str) -> int:
    with Engine.open(folder) as engine:
        return next(each.id for each in engine.look.deliveries() if each.key.channel == channel)


def test_a_post_is_withdrawn_and_what_will_happen_is_said_first(loa: Loa, armed: Path) -> None:
    said = loa(*AS, "post", "withdraw", "bac-ai-cam-on", folder=armed, code=2)
    assert "Taken back:\n  fanpage/trang-so  24/05/2021" in said.output
    assert "without a terminal this needs --yes" in said.output
    done = loa(*AS, "post", "withdraw", "bac-ai-cam-on", "--reason", "wrong date", "--yes", folder=armed)
    number, _, rest = done.stdout.partition("  ")
    assert rest.startswith("Withdraw: ")
    assert rest.rstrip().endswith("fanpage/trang-so  scheduled")
    assert "No engine is at work: `loa run` takes it back." in done.stderr
    shown = read_json(loa("delivery", "show", "1", "--json", folder=armed))
    assert (shown["state"], shown["withdrawal"]) == ("sent", int(number))
    made = read_json(loa("delivery", "show", number, "--json", folder=armed))
    assert (made["action"], made["reason"], made["actor"], made["differs"]) == (
        "withdraw",
        "wrong date",
        "giam-doc",
        False,
    )
    assert f"Taken back by  {number}" in " ".join(loa("delivery", "show", "1", folder=armed).stdout.split(":"))
    assert "Withdraw: " in loa("delivery", "list", "--state", "scheduled", folder=armed).stdout
    again = loa(*AS, "post", "withdraw", "bac-ai-cam-on", "--yes", folder=armed, code=1)
    assert "bac-ai-cam-on has been withdrawn already" in again.stderr


def test_a_text_message_cannot_be_withdrawn(loa: Loa, armed: Path) -> None:
    number = str(of(armed, "sms"))
    said = loa(*AS, "delivery", "withdraw", number, "--yes", folder=armed, code=1)
    assert "what sms has sent cannot be taken back: send a correction, as a new post" in said.stderr


def test_one_delivery_alone(loa: Loa, armed: Path) -> None:
    asked = loa(*AS, "delivery", "withdraw", str(of(armed, "radio")), folder=armed, code=2).stderr
    assert "is in doubt on another channel is not tried again by itself" in " ".join(asked.split())
    assert "without a terminal this needs --yes" in asked
    made = read_json(loa(*AS, "delivery", "withdraw", str(of(armed, "radio")), "--yes", "--json", folder=armed))
    assert (made["state"], made["action"], made["channel"]) == ("scheduled", "withdraw", "radio")
    loa("stop", folder=armed)
    said = loa(*AS, "delivery", "withdraw", "1", "--yes", folder=armed)
    assert "Everything is stopped" in said.stderr


def test_who_may_not_and_what_is_not_there(loa: Loa, armed: Path) -> None:
    assert "may not withdraw" in loa("post", "withdraw", "bac-ai-cam-on", "--yes", folder=armed, code=1).stderr
    unknown = loa(*AS, "post", "withdraw", "bac-ai-cam", "--yes", folder=armed, code=1)
    assert "bac-ai-cam-on" in unknown.stderr
    other = loa(*AS, "post", "withdraw", "bac-ai-cam-on", "--occurrence", "20210525", "--yes", folder=armed, code=1)
    assert "20210524" in other.stderr
    waiting = loa(*AS, "post", "withdraw", POST, "--occurrence", "20210531", "--yes", folder=armed, code=1)
    assert "'loa post hold" in waiting.stderr
