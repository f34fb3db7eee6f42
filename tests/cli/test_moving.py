"""Moving posts, leaving times out, undo and redo, as people and programs ask for it."""

from __future__ import annotations

from pathlib import Path

import pytest

from scheduler.ground.lifecycle import State
from tests.cli.conftest import Loa, put, read_json

POST = "thu-tu-hoi-dap"
FILE = "content/posts/2021-05/05-thu-tu-hoi-dap.md"


def text(folder: Path) -> str:
    return (folder / FILE).read_text("utf-8")


def test_a_whole_series_moves_and_comes_back(loa: Loa, campaign: Path) -> None:
    before = text(campaign)
    said = loa("post", "move", POST, "+1h", folder=campaign)
    assert "05/05/2021 19:30 → 05/05/2021 20:30" in said.stdout
    assert "Take it back with `loa undo`." in said.stdout
    assert text(campaign) == before.replace("at: 2021-05-05 19:30", "at: 2021-05-05 20:30")
    undone = loa("undo", folder=campaign).stdout
    assert undone.startswith("Undone: Thứ Tư hỏi – đáp")
    assert "05/05/2021 20:30 → 05/05/2021 19:30" in undone
    assert text(campaign) == before
    again = loa("redo", folder=campaign).stdout
    assert again.startswith("Done again: Thứ Tư hỏi – đáp")
    assert "05/05/2021 19:30 → 05/05/2021 20:30" in again
    assert "20:30" in text(campaign)


@pytest.mark.parametrize(
    ("when", "at"),
    [
        ("+1d", "2021-05-20 19:30"),
        ("2021-05-21", "2021-05-21 19:30"),
        ("21/05/2021 08:00", "2021-05-21 08:00"),
        ("-90m", "2021-05-19 18:00"),
    ],
)
def test_one_occurrence_moves_alone(when: str, at: str, loa: Loa, campaign: Path) -> None:
    form = read_json(loa("post", "move", POST, "--occurrence", "20210519", "--json", "--", when, folder=campaign))
    assert f'moved: {{20210519: "{at}"}}\n' in text(campaign)
    assert (form["before"], form["after"]) == ("2021-05-19T19:30:00+07:00", f"{at.replace(' ', 'T')}:00+07:00")
    assert (form["along"], form["refused"], form["edit"]) == ([], "", 1)
    shown = read_json(loa("post", "show", POST, "--json", folder=campaign))
    assert {"recurrence": "20210519", "publish_at": form["after"]} in shown["occurrences"]
    loa("post", "move", POST, "--occurrence", "20210519", "--", "2021-05-19 19:30", folder=campaign)
    assert "moved" not in text(campaign)


def test_a_try_writes_nothing_and_says_what_would_be_refused(loa: Loa, open_campaign: Path) -> None:
    before = text(open_campaign)
    said = loa("post", "move", POST, "+1d", "--dry-run", folder=open_campaign)
    assert "5 times move along" in said.stdout
    assert "6 stay as they are" in said.stdout
    assert "goes only with `loa delivery requeue`" in said.stderr
    assert said.stdout.endswith("Nothing was written.\n")
    same = loa("post", "move", POST, "2021-05-05", "--dry-run", folder=open_campaign, code=1)
    assert "This would be refused: it is at that time already" in same.stderr
    refused = read_json(loa("post", "move", POST, "+0h", "--dry-run", "--json", folder=open_campaign, code=1))
    assert (refused["refused"], refused["edit"]) == ("it is at that time already", None)
    assert text(open_campaign) == before
    assert read_json(loa("undo", "--list", "--json", folder=open_campaign)) == []


def test_what_has_gone_out_is_not_moved(loa: Loa, open_campaign: Path) -> None:
    row = read_json(loa("delivery", "list", "--post", POST, "--limit", "1", "--json", folder=open_campaign))[0]
    put(open_campaign, row["number"], State.SENT)
    before = text(open_campaign)
    said = loa("post", "move", POST, "+1d", folder=open_campaign, code=1).stderr
    assert said == f"loa: {row['key']} has gone out, and would go by another date, so that it could go out again\n"
    alone = loa("post", "move", POST, "+1d", "--occurrence", row["recurrence"], folder=open_campaign, code=1).stderr
    assert alone == "loa: it has gone out, and stays at its time\n"
    assert "has gone out" in loa("post", "skip", POST, row["recurrence"], folder=open_campaign, code=1).stderr
    assert text(open_campaign) == before


def test_approvals_that_fall_are_named(loa: Loa, campaign: Path) -> None:
    loa("--as", "giam-doc", "post", "approve", "ra-quan-thu-moi", folder=campaign)
    said = loa("event", "move", "ra-quan", "+1d", "--dry-run", folder=campaign)
    assert "To be approved again: " in said.stderr
    assert "ra-quan-thu-moi" in said.stderr


def test_one_time_is_left_out_and_taken_in_again(loa: Loa, campaign: Path) -> None:
    before = text(campaign)
    said = loa("post", "skip", POST, "20210519", folder=campaign).stdout
    assert "19/05/2021 19:30 → —" in said
    assert "except: [2021-05-12, 2021-05-26, 2021-06-16, 2021-05-19]" in text(campaign)
    loa("post", "skip", POST, "20210519", "--lift", folder=campaign)
    assert text(campaign) == before
    said = loa("post", "skip", POST, "20210512", "--lift", "--dry-run", folder=campaign).stdout
    assert "— → 12/05/2021 19:30" in said


def test_changes_are_listed_and_taken_back_by_number(loa: Loa, campaign: Path) -> None:
    before = text(campaign)
    loa("--as", "giam-doc", "post", "move", POST, "+1h", folder=campaign)
    loa("event", "move", "ra-quan", "+1d", folder=campaign)
    second, first = read_json(loa("undo", "--list", "--json", folder=campaign))
    assert (first["number"], first["by"], first["file"], first["undone_at"]) == (1, "giam-doc", FILE, None)
    assert first["what"] == "Thứ Tư hỏi – đáp: gửi câu hỏi BHXH của bạn: 05/05/2021 19:30 → 05/05/2021 20:30"
    assert second["file"].startswith("content/events/")
    said = loa("undo", "1", folder=campaign, code=2).stderr
    assert "(Lê Hoàng Sơn, " in said
    assert "without a terminal this needs --yes" in said
    assert text(campaign) != before
    loa("undo", "1", "--yes", folder=campaign)
    assert text(campaign) == before
    assert "Lê Hoàng Sơn" in loa("undo", "--list", folder=campaign).stdout
    said = loa("redo", folder=campaign, code=2).stderr
    assert "05/05/2021 19:30 → 05/05/2021 20:30  (Lê Hoàng Sơn, " in said
    assert "without a terminal this needs --yes" in said
    assert text(campaign) == before
    assert read_json(loa("redo", "--yes", "--json", folder=campaign))["undone_at"] is None
    assert text(campaign) != before


@pytest.mark.parametrize(
    ("args", "code", "said"),
    [
        (("undo",), 1, "there is nothing to undo"),
        (("redo",), 1, "there is nothing to do again"),
        (("undo", "7"), 1, "there is no change 7: `loa undo --list` shows them"),
        (("undo", "--list", "7"), 2, "--list takes no number"),
        (("post", "move", POST, "someday"), 2, "is not a time"),
        (("post", "move", "thu-tu", "+1h"), 1, "there is no post 'thu-tu'"),
        (("post", "move", POST, "+1h", "--occurrence", "20210518"), 1, "did you mean '20210519'?"),
        (("post", "move", POST, "+99999d"), 2, "is longer than a century"),
        (("post", "skip", "ra-quan-thu-moi", "20210510"), 1, "is published once: hold it"),
        (("post", "skip", POST, "19/05"), 1, "'19/05' names no occurrence: write its first date, like 20210503"),
    ],
)
def test_errors(args: tuple[str, ...], code: int, said: str, loa: Loa, campaign: Path) -> None:
    before = text(campaign)
    assert said in loa(*args, folder=campaign, code=code).stderr
    assert text(campaign) == before


def test_a_change_by_hand_is_never_undone(loa: Loa, campaign: Path) -> None:
    loa("post", "move", POST, "+1h", folder=campaign)
    (campaign / FILE).write_text(text(campaign) + "Thêm.\n", "utf-8")
    said = loa("undo", folder=campaign, code=1).stderr
    assert f"{FILE} has been changed since, by hand or by another program: nothing was changed" in said
    assert text(campaign).endswith("Thêm.\n")
