from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from scheduler.engine.engine import system_user
from tests.cli.conftest import Loa, read_json

POST = "tv-loi-moi"


def test_list(loa: Loa, campaign: Path) -> None:
    posts = read_json(loa("post", "list", "--json", folder=campaign))
    assert len(posts) >= 40
    assert {each["id"]: each["channels"] for each in posts}[POST] == {"radio": []}
    assert len(loa("post", "list", folder=campaign).stdout.splitlines()) == len(posts) + 1


def test_list_of_one_channel(loa: Loa, campaign: Path) -> None:
    posts = read_json(loa("post", "list", "--channel", "sms", "--json", folder=campaign))
    assert posts
    assert all("sms" in each["channels"] for each in posts)


def edited(campaign: Path, before: str, after: str) -> None:
    file = campaign / "content" / "posts" / "2021-05" / "03-phat-thanh-loi-moi.md"
    text = file.read_text("utf-8")
    assert before in text
    file.write_text(text.replace(before, after), "utf-8")


def test_an_edited_post_waits_and_one_with_errors_too(loa: Loa, campaign: Path) -> None:
    edited(campaign, "Thưa bà con.", "Kính thưa bà con.")
    waiting = {each["id"]: each for each in read_json(loa("post", "list", "--waiting", "--json", folder=campaign))}
    assert waiting[POST]["approval"] is None
    assert waiting[POST]["valid"] is True
    edited(campaign, "channels: [radio]", "channels: [rado]")
    waiting = {each["id"]: each for each in read_json(loa("post", "list", "--waiting", "--json", folder=campaign))}
    assert waiting[POST]["valid"] is False


def test_show(loa: Loa, open_campaign: Path) -> None:
    shown = read_json(loa("post", "show", POST, "--json", folder=open_campaign))
    assert shown["file"] == "content/posts/2021-05/03-phat-thanh-loi-moi.md"
    assert len(shown["deliveries"]) == shown["counts"]["missed"] > 5
    assert shown["occurrences"][0] == {"recurrence": "20210503", "publish_at": "2021-05-03T05:30:00+07:00"}
    text = loa("post", "show", POST, folder=open_campaign).stdout
    assert "03/05/2021 05:30 (20210503), 03/05/2021 17:00 (20210503-2), 10/05/2021 05:30 (20210510)" in text
    assert "03/05/2021 05:30; FREQ=WEEKLY;BYDAY=MO;UNTIL=20210531" in text
    assert "Thưa bà con." in text


def test_show_says_how_a_post_follows_its_event(loa: Loa, campaign: Path) -> None:
    tied = read_json(loa("event", "show", "ra-quan", "--json", folder=campaign))["posts"]
    assert tied
    assert "from the start of ra-quan" in loa("post", "show", tied[0]["post"], folder=campaign).stdout


def test_preview_is_the_text_that_goes_out(loa: Loa, campaign: Path) -> None:
    previews = read_json(loa("post", "preview", POST, "--json", folder=campaign))
    assert {each["channel"] for each in previews} == {"radio"}
    assert all(each["text"] and each["figures"] and each["forecast"] for each in previews)
    text = loa("post", "preview", POST, folder=campaign).stdout
    assert previews[0]["text"].rstrip("\n") in text
    assert "{{" not in text


def test_preview_of_an_sms_says_what_it_costs(loa: Loa, campaign: Path) -> None:
    text = loa("post", "preview", "sms-bhxh-tu-nguyen", "--channel", "sms", folder=campaign).stdout
    assert "đồng" in text
    assert "parts" in text


def test_a_preview_is_drawn_in_blocks_and_given_as_json(loa: Loa, campaign: Path) -> None:
    (rss,) = read_json(loa("post", "preview", "rss-huong-ung", "--channel", "rss", "--json", folder=campaign))
    card, page = rss["blocks"]
    assert (card["kind"], page["kind"]) == ("card", "passage")
    assert card["when"] == rss["publish_at"]
    assert card["link"].endswith("rss-huong-ung-20210505.html")
    text = loa("post", "preview", "rss-huong-ung", "--channel", "rss", folder=campaign).stdout
    places = [text.index(each) for each in (card["source"], card["title"], card["text"], card["link"], page["text"])]
    assert places == sorted(places)
    radio = read_json(loa("post", "preview", POST, "--json", folder=campaign))
    assert [each["kind"] for each in radio[0]["blocks"]] == ["measure", "passage", "passage"]
    shown = loa("post", "preview", POST, folder=campaign).stdout
    assert shown.count("Reading time  ") == len(radio)
    assert " left\n" in shown


def test_both_ways_to_write_an_sms_are_drawn_with_their_parts(loa: Loa, campaign: Path) -> None:
    file = next((campaign / "content" / "posts").rglob("10-tin-nhan-bhxh-tu-nguyen.md"))
    head = file.read_text("utf-8").split("---")[1]
    file.write_text(f"---{head}---\n{'Bảo hiểm xã hội là đầu tư cho tương lai. ' * 2}\n", encoding="utf-8")
    shown = loa("post", "preview", "sms-bhxh-tu-nguyen", "--channel", "sms", folder=campaign).stdout
    assert "With accents\n2 parts, 14 used, 53 left in the last, UCS-2, 600 đ a person\n" in shown
    assert "Without accents (this goes out)\n1 part, 81 used, 79 left, GSM-7, 300 đ a person" in shown
    assert "│2│" in shown


def test_an_unknown_channel_of_a_preview(loa: Loa, campaign: Path) -> None:
    assert "did you mean 'radio'?" in loa("post", "preview", POST, "--channel", "rado", folder=campaign, code=2).stderr


def test_preview_of_a_post_with_an_error_says_it_once_and_shows_the_texts(loa: Loa, campaign: Path) -> None:
    edited(campaign, "workstream: ", "status: draft\nsummery: x\nworkstream: ")
    shown = loa("post", "preview", POST, folder=campaign, code=1).stdout
    assert shown.count("summery: is not a key that Loa knows (did you mean 'summary'?)") == 1
    assert "Thưa bà con." in shown
    every = read_json(loa("post", "preview", POST, "--json", folder=campaign, code=1))
    assert len(every) > 1
    assert all(each["text"] and each["problems"][0]["key"] == "summery" for each in every)


def with_login(campaign: Path, person: str) -> None:
    """Make the system user the person of the plan."""
    plan = campaign / "content" / "plan.toml"
    head, mark, rest = plan.read_text("utf-8").partition(f'id = "{person}"')
    assert mark
    plan.write_text(head + mark + rest.replace("logins = []", f'logins = ["{system_user()}"]', 1), "utf-8")


def test_approving_needs_the_role(loa: Loa, campaign: Path) -> None:
    assert "role 'approve'" in loa("--as", "dung", "post", "approve", POST, folder=campaign, code=1).stderr


def test_approve_then_edit_then_revoke(loa: Loa, campaign: Path) -> None:
    edited(campaign, "Thưa bà con.", "Kính thưa bà con.")
    said = loa("--as", "giam-doc", "post", "approve", POST, "--note", "đã đọc", folder=campaign).stdout
    assert "approved by Lê Hoàng Sơn" in said
    approval = read_json(loa("post", "show", POST, "--json", folder=campaign))["approval"]
    assert (approval["by"], approval["note"]) == ("giam-doc", "đã đọc")
    assert "đã đọc" in loa("post", "show", POST, folder=campaign).stdout
    edited(campaign, "Kính thưa bà con.", "Thưa quý vị.")
    assert read_json(loa("post", "show", POST, "--json", folder=campaign))["approval"] is None
    edited(campaign, "Thưa quý vị.", "Kính thưa bà con.")
    assert "revoked" in loa("--as", "giam-doc", "post", "revoke", POST, folder=campaign).stdout
    assert read_json(loa("post", "show", POST, "--json", folder=campaign))["approval"] is None


def test_send_back_and_what_has_changed_since(loa: Loa, campaign: Path) -> None:
    assert "is what Lê Hoàng Sơn approved" in loa("post", "diff", POST, folder=campaign).stdout
    assert "Missing option '--reason'" in loa("post", "return", POST, folder=campaign, code=2).stderr
    refused = loa("--as", "dung", "post", "return", POST, "--reason", "x", folder=campaign, code=1)
    assert "role 'approve'" in refused.stderr
    loa("--as", "giam-doc", "post", "approve", POST, folder=campaign)
    edited(campaign, "Thưa bà con.", "Kính thưa bà con.")
    said = loa("post", "diff", POST, folder=campaign).stdout
    assert "since Lê Hoàng Sơn approved it" in said
    assert ("- Thưa bà con." in said, "+ Kính thưa bà con." in said) == (True, True)
    assert " lines as before" in said
    found = read_json(loa("post", "diff", POST, "--json", folder=campaign))
    assert "\nThưa bà con." in found["before"]
    assert "\nKính thưa bà con." in found["after"]
    said = loa("--as", "giam-doc", "post", "return", POST, "--reason", "bớt khách sáo", folder=campaign).stdout
    assert "returned by Lê Hoàng Sơn" in said
    back = read_json(loa("post", "show", POST, "--json", folder=campaign))["returned"]
    assert (back["by"], back["reason"]) == ("giam-doc", "bớt khách sáo")
    assert "bớt khách sáo" in loa("post", "show", POST, folder=campaign).stdout
    listed = loa("post", "list", "--waiting", folder=campaign).stdout
    assert "sent back by Lê Hoàng Sơn" in next(line for line in listed.splitlines() if POST in line)
    assert "No post waits" in loa("--as", "giam-doc", "post", "approve", "--waiting", folder=campaign).stdout
    edited(campaign, "Kính thưa bà con.", "Bà con thân mến.")
    assert read_json(loa("post", "show", POST, "--json", folder=campaign))["returned"] is None


def test_a_new_post_was_never_approved(loa: Loa, campaign: Path) -> None:
    (campaign / "content" / "approvals.jsonl").unlink()
    assert "was never approved" in loa("post", "diff", POST, folder=campaign).stdout


def test_several_and_all_that_wait(loa: Loa, campaign: Path) -> None:
    (campaign / "content" / "approvals.jsonl").unlink()
    waiting = [each["id"] for each in read_json(loa("post", "list", "--waiting", "--json", folder=campaign))]
    said = loa("--as", "giam-doc", "post", "approve", *waiting[:2], folder=campaign).stdout
    assert said.count("approved by Lê Hoàng Sơn") == 2
    assert "needs --yes" in loa("--as", "giam-doc", "post", "approve", "--waiting", folder=campaign, code=2).stderr
    said = loa("--as", "giam-doc", "post", "approve", "--waiting", "--yes", folder=campaign).stdout
    assert said.count("approved by Lê Hoàng Sơn") == len(waiting) - 2 > 50
    assert "No post waits" in loa("--as", "giam-doc", "post", "approve", "--waiting", folder=campaign).stdout
    said = loa("--as", "giam-doc", "post", "revoke", *waiting[:3], folder=campaign).stdout
    assert said.count("revoked by Lê Hoàng Sơn") == 3
    loa("post", "hold", *waiting[:2], folder=campaign)
    held = [each["id"] for each in read_json(loa("post", "list", "--json", folder=campaign)) if each["held_by"]]
    assert sorted(held) == sorted(waiting[:2])
    loa("post", "release", *waiting[:2], folder=campaign)
    assert not any(each["held_by"] for each in read_json(loa("post", "list", "--json", folder=campaign)))


@pytest.mark.parametrize("args", [(), (POST, "--waiting")])
def test_approve_needs_names_or_waiting(args: tuple[str, ...], loa: Loa, campaign: Path) -> None:
    said = loa("--as", "giam-doc", "post", "approve", *args, folder=campaign, code=2).stderr
    assert "name the posts, or give --waiting" in said


def test_hold_and_release(loa: Loa, campaign: Path) -> None:
    loa("post", "hold", POST, "--reason", "the date may change", folder=campaign)
    shown = read_json(loa("post", "show", POST, "--json", folder=campaign))
    assert shown["held_by"]
    assert shown["held_reason"] == "the date may change"
    assert "held by" in loa("post", "list", folder=campaign).stdout
    loa("post", "release", POST, folder=campaign)
    assert read_json(loa("post", "show", POST, "--json", folder=campaign))["held_by"] is None


NEW = ("post", "new", "nhac-dong", "--title", "Nhớ: đóng đúng hạn", "--at", "2021-06-10 08:00")


def test_a_new_post_with_its_text_is_ready(loa: Loa, campaign: Path) -> None:
    args = (*NEW, "--text", "Nhớ đóng trước ngày 15.", "--channel", "rss", "--channel", "sms", "--area", "bac-ai")
    assert "content/posts/nhac-dong.md" in loa("--as", "dung", *args, folder=campaign).stdout
    shown = read_json(loa("post", "show", "nhac-dong", "--json", folder=campaign))
    assert shown["title"] == "Nhớ: đóng đúng hạn"
    assert list(shown["channels"]) == ["rss", "sms"]
    assert shown["draft"] is False
    assert shown["valid"] is True
    assert "areas: [bac-ai]" in (campaign / "content" / "posts" / "nhac-dong.md").read_text("utf-8")
    assert "author: dung" in (campaign / "content" / "posts" / "nhac-dong.md").read_text("utf-8")
    before = {each["message"] for each in read_json(loa("check", "--json", folder=campaign))}
    assert not [message for message in before if "nhac-dong" in message]


def test_a_new_post_that_comes_too_late_is_written_with_a_warning(loa: Loa, campaign: Path) -> None:
    soon = (datetime.now(ZoneInfo("Asia/Ho_Chi_Minh")) + timedelta(days=1)).strftime("%Y-%m-%d %H:%M")
    late = loa("post", "new", "gap", "--title", "Gấp", "--at", soon, "--workstream", "thu-hut", folder=campaign)
    assert "Written: content/posts/gap.md" in late.stdout
    assert "warning: at: too late for Radio: it was due there by" in late.stderr
    past = loa(*NEW, "--channel", "rss", folder=campaign)
    assert "warning: at: this time has passed" in past.stderr


def test_its_text_may_come_from_standard_input(loa: Loa, campaign: Path) -> None:
    loa(*NEW, "--text", "-", folder=campaign, stdin="Dòng một.\n\nDòng hai.\n")
    assert (campaign / "content" / "posts" / "nhac-dong.md").read_text("utf-8").endswith("Dòng một.\n\nDòng hai.\n")


def test_without_text_it_is_a_draft(loa: Loa, campaign: Path) -> None:
    assert "draft" in loa(*NEW, folder=campaign).stdout
    shown = read_json(loa("post", "show", "nhac-dong", "--json", folder=campaign))
    assert shown["draft"] is True
    problems = [p for p in read_json(loa("check", "--json", folder=campaign)) if "nhac-dong" in p["file"]]
    assert {each["severity"] for each in problems} <= {"warning", "notice"}


def test_a_new_post_relative_to_an_event(loa: Loa, campaign: Path) -> None:
    args = ("--title", "Mời dự", "--event", "ra-quan", "--offset", "-2d", "--text", "Mời bà con.", "--channel", "rss")
    loa("post", "new", "moi-du", *args, folder=campaign)
    due = read_json(loa("plan", "--from", "2021-05-09", "--to", "2021-05-11", "--json", folder=campaign))
    assert [each["publish_at"] for each in due if each["post"] == "moi-du"] == ["2021-05-10T07:30:00+07:00"]


def test_a_new_post_starts_from_a_template(loa: Loa, campaign: Path) -> None:
    names = [each["name"] for each in read_json(loa("post", "templates", "--json", folder=campaign))]
    assert names == ["chuyen-ke", "loi-moi", "nhac-han"]
    assert "Lời mời dự một sự kiện" in loa("post", "templates", folder=campaign).stdout
    args = ("--title", "Mời dự", "--event", "ra-quan", "--offset", "-2d", "--template", "loi-moi")
    assert "draft" in loa("post", "new", "moi-du", *args, folder=campaign).stdout
    shown = read_json(loa("post", "show", "moi-du", "--json", folder=campaign))
    assert (list(shown["channels"]), shown["workstream"]) == (["radio", "fanpage", "rss"], "van-dong")
    text = (campaign / "content" / "posts" / "moi-du.md").read_text("utf-8")
    assert text.startswith("---\nid: moi-du\n")
    assert "{{ event.place }}" in text
    previews = read_json(loa("post", "preview", "moi-du", "--json", folder=campaign))
    assert all("{{" not in each["text"] for each in previews)


@pytest.mark.parametrize("name", ["chuyen-ke", "loi-moi", "nhac-han"])
def test_every_template_that_ships_gives_a_post_without_errors(name: str, loa: Loa, campaign: Path) -> None:
    args = ("--title", "Mời dự", "--event", "ra-quan", "--offset", "-2d", "--template", name)
    loa("post", "new", "moi-du", *args, folder=campaign)
    found = [p for p in read_json(loa("check", "--json", folder=campaign)) if "moi-du" in p["file"]]
    assert [each for each in found if each["severity"] == "error"] == []


def test_a_template_and_a_text_exclude_each_other(loa: Loa, campaign: Path) -> None:
    args = (*NEW, "--template", "loi-moi", "--text", "x")
    assert "exclude each other" in loa(*args, folder=campaign, code=2).stderr
    assert "did you mean 'loi-moi'?" in loa(*NEW, "--template", "loi-mo", folder=campaign, code=2).stderr


def test_a_broken_template_is_a_problem(loa: Loa, campaign: Path) -> None:
    (campaign / "content" / "templates" / "hong.md").write_text("no front matter", "utf-8")
    found = read_json(loa("check", "--json", folder=campaign, code=1))
    assert [each["line"] for each in found if each["file"] == "content/templates/hong.md"] == [1]


@pytest.mark.parametrize(
    ("args", "said"),
    [
        (("--title", "x"), "exactly one of --at and --event"),
        (("--title", "x", "--at", "now", "--event", "ra-quan"), "exactly one of --at and --event"),
        (("--title", "x", "--at", "2021-05-10", "--offset", "-1d"), "--offset goes with --event"),
        (("--title", "x", "--event", "ra-qan"), "did you mean 'ra-quan'?"),
        (("--title", "x", "--event", "ra-quan", "--offset", "3 moons"), "3 moons"),
        (("--title", "x", "--at", "2031-05-10"), "name one with --workstream"),
        (("--title", "x", "--at", "2021-05-10", "--workstream", "thu-hot"), "did you mean 'thu-hut'?"),
        (("--title", "x", "--at", "2021-05-10", "--channel", "rado"), "did you mean 'radio'?"),
        (("--title", "x", "--at", "2021-05-10", "--area", "bac-ay"), "did you mean 'bac-ai'?"),
        (("--title", "x", "--at", "2021-05-10", "--audience", "sinh-vin"), "did you mean 'sinh-vien'?"),
    ],
)
def test_what_a_new_post_cannot_be(args: tuple[str, ...], said: str, loa: Loa, campaign: Path) -> None:
    assert said in loa("post", "new", "moi", *args, folder=campaign, code=2).stderr
    assert not (campaign / "content" / "posts" / "moi.md").exists()


@pytest.mark.parametrize(("name", "said"), [("Tên Sai", "is no id"), (POST, "is taken by"), ("ra-quan", "is taken by")])
def test_an_id_must_be_one_and_free(name: str, said: str, loa: Loa, campaign: Path) -> None:
    args = ("post", "new", name, "--title", "x", "--at", "2021-05-10")
    assert said in loa(*args, folder=campaign, code=2).stderr
