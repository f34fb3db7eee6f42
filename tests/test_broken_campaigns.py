from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from scheduler.ground.errors import CampaignInvalid
from scheduler.ground.problem import Problem, Severity
from scheduler.plan.campaign import Campaign, read_campaign
from scheduler.plan.config import load_config
from tests.broken.cases import CONFIG, GOOD_POST, PLAN, Case, Want, good_campaign, put
from tests.broken.others import CONFIGS, EVENTS, PLANS
from tests.broken.posts import POSTS

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

ALL = [*POSTS, *EVENTS, *PLANS, *CONFIGS]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return good_campaign(tmp_path)


def read(folder: Path) -> tuple[list[Problem], Campaign]:
    """Read a folder as every caller does; all problems, those of config.toml included."""
    config, problems = load_config(folder)
    targets = {name: [each.name for each in channel.targets] for name, channel in config.channels.items()}
    campaign = read_campaign(folder, config, targets)
    return [*problems, *campaign.problems], campaign


def assert_reported(problems: Iterable[Problem], wants: Iterable[Want]) -> None:
    """Every wanted problem is there once, and no other."""
    left = list(problems)
    for want in wants:
        found = next((each for each in left if want.matches(each)), None)
        assert found, f"{want} is not among\n" + "\n".join(map(repr, left))
        left.remove(found)
    assert not left


def by_name(case: Case) -> str:
    return case.name


def test_the_corpus_is_large_and_without_doubles() -> None:
    assert len(ALL) >= 70
    assert len({case.name for case in ALL}) == len(ALL)


def test_the_good_campaign_is_good(folder: Path) -> None:
    problems, campaign = read(folder)
    assert problems == []
    assert list(campaign.sound) == ["tot"]
    assert list(campaign.events) == ["ra-quan"]
    assert not campaign.invalid
    assert not campaign.unreadable


@pytest.mark.parametrize("case", POSTS, ids=by_name)
def test_a_broken_post_is_reported_and_harms_no_other(folder: Path, case: Case) -> None:
    put(folder, case)
    problems, campaign = read(folder)
    assert_reported(problems, case.wants)
    assert campaign.invalid == ({case.id} if case.id else set())
    assert campaign.unreadable == ({case.file} if case.id == "" else set())
    assert "tot" in campaign.sound
    if case.id is None:
        assert case.name in campaign.sound


@pytest.mark.parametrize("case", EVENTS, ids=by_name)
def test_a_broken_event_is_reported_and_harms_no_post(folder: Path, case: Case) -> None:
    put(folder, case)
    problems, campaign = read(folder)
    assert_reported(problems, case.wants)
    assert list(campaign.sound) == ["tot"]
    assert "ra-quan" in campaign.events


@pytest.mark.parametrize("case", PLANS, ids=by_name)
def test_a_broken_plan_is_reported_once_and_posts_are_still_read(folder: Path, case: Case) -> None:
    put(folder, case)
    problems, campaign = read(folder)
    assert_reported(problems, case.wants)
    assert campaign.posts["tot"].title == "Bài tốt"
    apart = ("workstreams", "units", "people")
    holds = any(w.severity is Severity.ERROR and w.key.split(".")[0] not in apart for w in case.wants)
    assert campaign.invalid == ({"tot"} if holds else set())


@pytest.mark.parametrize("case", CONFIGS, ids=by_name)
def test_a_broken_configuration_is_reported_and_does_not_raise(folder: Path, case: Case) -> None:
    put(folder, case)
    (folder / "content/posts/tot.md").unlink()
    problems, _ = read(folder)
    assert_reported(problems, case.wants)


def test_a_plan_that_cannot_be_read_asks_for_approval(folder: Path) -> None:
    (folder / "content/plan.toml").write_text(PLAN.replace("year", "year year"), encoding="utf-8")
    assert read(folder)[1].plan.approval_required
    (folder / "content/plan.toml").write_text("approval_required = 1\n" + PLAN, encoding="utf-8")
    assert read(folder)[1].plan.approval_required
    (folder / "content/plan.toml").unlink()
    problems, campaign = read(folder)
    assert_reported(problems, [Want(None, "", "cannot be read: no such file", file="content/plan.toml")])
    assert campaign.plan.approval_required
    assert campaign.invalid == {"tot"}


def test_no_configuration_at_all(tmp_path: Path) -> None:
    with pytest.raises(CampaignInvalid, match=r"config\.toml: error: there is no config\.toml in this folder"):
        load_config(tmp_path)


def test_all_at_once_gives_every_problem_in_one_pass(folder: Path) -> None:
    for case in (*POSTS, *EVENTS):
        put(folder, case)
    (folder / "config.toml").write_text(CONFIG.replace("2d", "2x").replace("60/min", "x"), encoding="utf-8")
    plan = PLAN.replace('unit = "phong-ld"', 'unit = "phong"').replace('["draft"]', '["drafts"]')
    (folder / "content/plan.toml").write_text(plan, encoding="utf-8")
    problems, campaign = read(folder)
    wants = [want for case in (*POSTS, *EVENTS) for want in case.wants]
    unsure = "content/posts/hong/unknown-event.md"  # an event's id could not be told, so it may be that one
    assert_reported(
        (each for each in problems if each.file != unsure),
        [
            *(want for want in wants if want.file != unsure),
            Want(5, "channels.radio.lead", "has no unit", file="config.toml"),
            Want(16, "channels.sms.rate", "is not a rate", file="config.toml"),
            Want(42, "people.dung.unit", "there is no unit", "'phong-ld'", file="content/plan.toml"),
            Want(43, "people.dung.roles.0", "must be one of", "'draft'", file="content/plan.toml"),
        ],
    )
    assert campaign.invalid == {case.id for case in POSTS if case.id}
    assert campaign.unreadable == {case.file for case in POSTS if case.id == ""}
    assert {"tot", "crlf", "bom", "nfd"} <= set(campaign.sound)


def test_an_id_that_two_files_have_is_reported_in_both(folder: Path) -> None:
    again = folder / "content/posts/sau/tot-2.md"
    again.parent.mkdir()
    again.write_text(
        GOOD_POST.replace("title: Bài tốt\n", "").replace("id: tot", "title: B\nid: tot"), encoding="utf-8"
    )
    twin = folder / "content/events/ra-quan-2.md"
    twin.write_bytes((folder / "content/events/ra-quan.md").read_bytes())
    problems, campaign = read(folder)
    assert_reported(
        problems,
        [
            Want(2, "id", "'tot' is also the id of content/posts/sau/tot-2.md:3", file="content/posts/tot.md"),
            Want(3, "id", "'tot' is also the id of content/posts/tot.md:2", file="content/posts/sau/tot-2.md"),
            Want(
                2, "id", "'ra-quan' is also the id of content/events/ra-quan-2.md:2", file="content/events/ra-quan.md"
            ),
            Want(
                2, "id", "'ra-quan' is also the id of content/events/ra-quan.md:2", file="content/events/ra-quan-2.md"
            ),
        ],
    )
    assert campaign.invalid == {"tot"}


def test_a_broken_event_holds_the_posts_on_it_without_a_second_error(folder: Path) -> None:
    event = folder / "content/events/ra-quan.md"
    event.write_text(event.read_text(encoding="utf-8").replace("05-12", "05-32"), encoding="utf-8")
    text = GOOD_POST.replace("id: tot", "id: theo").replace("at: 2021-05-04 08:00", "event: ra-quan\noffset: -1d")
    (folder / "content/posts/theo.md").write_text(text, encoding="utf-8")
    problems, campaign = read(folder)
    assert_reported(problems, [Want(5, "start", "there is no date 2021-05-32", file="content/events/ra-quan.md")])
    assert campaign.invalid == {"theo"}
    assert list(campaign.sound) == ["tot"]


def test_fifty_megabytes_are_refused_unread(folder: Path) -> None:
    path = folder / "content/posts/lon.md"
    path.write_text(GOOD_POST.replace("tot", "lon"), encoding="utf-8")
    os.truncate(path, 50 * 1024 * 1024)
    problems, campaign = read(folder)
    assert_reported(problems, [Want(None, "", "has 52,428,800 bytes", file="content/posts/lon.md")])
    assert campaign.invalid == {"lon"}
    assert list(campaign.sound) == ["tot"]


def test_links_out_of_the_folder(folder: Path, tmp_path_factory: pytest.TempPathFactory) -> None:
    outside = tmp_path_factory.mktemp("ngoai")
    (outside / "bai.md").write_text(GOOD_POST.replace("tot", "ngoai"), encoding="utf-8")
    (outside / "anh.png").write_bytes(b"x")
    posts = folder / "content/posts"
    (posts / "lien-ket.md").symlink_to(outside / "bai.md")
    (posts / "thu-muc").symlink_to(outside)
    (posts / "vong").symlink_to(posts)
    (posts / "trong.md").symlink_to(posts / "khong-co.md")
    (posts / "tron.md").symlink_to("tron.md")
    (folder / "content/media/anh.png").symlink_to(outside / "anh.png")
    with_picture = GOOD_POST.replace("id: tot", "id: anh").replace("at:", "media: [anh.png]\nat:")
    (posts / "anh.md").write_text(with_picture, encoding="utf-8")
    problems, campaign = read(folder)
    out = "is a link that leads out of the campaign folder"
    assert_reported(
        problems,
        [
            Want(None, "", out, file="content/posts/lien-ket.md"),
            Want(None, "", out, file="content/posts/thu-muc"),
            Want(None, "", "is a link, which is not followed", file="content/posts/vong"),
            Want(None, "", "cannot be read: no such file", file="content/posts/trong.md"),
            Want(None, "", "cannot be read: too many levels", file="content/posts/tron.md"),
            Want(7, "media.0", "leads out of the campaign folder", file="content/posts/anh.md"),
        ],
    )
    assert campaign.unreadable == {
        f"content/posts/{each}" for each in ("lien-ket.md", "thu-muc", "vong", "trong.md", "tron.md")
    }
    assert campaign.invalid == {"anh"}
    assert list(campaign.sound) == ["tot"]


def test_what_is_no_regular_file_or_has_no_clean_name(folder: Path) -> None:
    posts = folder / "content/posts"
    os.mkfifo(posts / "ong.md")
    (posts / "thu-muc.md").mkdir()
    (posts / os.fsdecode(b"h\xffng.md")).write_text(GOOD_POST, encoding="utf-8")
    problems, campaign = read(folder)
    assert_reported(
        problems,
        [
            Want(None, "", "is not a regular file", file="content/posts/ong.md"),
            Want(None, "", "has a name that is not clean text", file="content/posts/h\\xffng.md"),
        ],
    )
    assert list(campaign.sound) == ["tot"]


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
def test_a_folder_that_may_not_be_read(folder: Path) -> None:
    closed = folder / "content/posts/kin"
    closed.mkdir(mode=0)
    try:
        problems, campaign = read(folder)
    finally:
        closed.chmod(0o755)
    assert_reported(problems, [Want(None, "", "cannot be read: permission denied", file="content/posts/kin")])
    assert campaign.hides("bai", "content/posts/kin/sau/bai.md")


def test_a_folder_that_is_gone_hides_its_posts(folder: Path) -> None:
    (folder / "content").rename(folder / "noi-dung")
    problems, campaign = read(folder)
    assert {each.file for each in problems} == {"content/plan.toml", "content/posts", "content/events"}
    assert campaign.hides("tot", "content/posts/tot.md")
    assert not campaign.hides("tot", "content/post")


def test_an_outside_event_on_the_same_day_gives_a_notice(folder: Path) -> None:
    text = "---\nid: bau-cu\ntitle: Bầu cử\nstart: 2021-05-04 07:00\noutside: true\n{}---\n"
    event = folder / "content/events/bau-cu.md"
    for areas, expected in (("", 1), ("areas: [ninh-son]\n", 1)):
        event.write_text(text.format(areas), encoding="utf-8")
        problems, campaign = read(folder)
        assert [each.severity for each in problems] == [Severity.NOTICE] * expected
        assert_reported(
            problems,
            [
                Want(
                    7,
                    "at",
                    "falls on 2021-05-04, the day of 'Bầu cử'",
                    severity=Severity.NOTICE,
                    file="content/posts/tot.md",
                )
            ],
        )
        assert "tot" in campaign.sound
    post = folder / "content/posts/tot.md"
    post.write_text(GOOD_POST.replace("at:", "areas: [bac-ai]\nat:"), encoding="utf-8")
    assert read(folder)[0] == []


SEEDS = {"config.toml": CONFIG, "content/plan.toml": PLAN, "content/posts/tot.md": GOOD_POST}
SCRAPS = st.sampled_from(
    b'[ ] { } : \n " --- +++ ::: {{ &a *a !!x \xff \x00 - \t # = [[x]] \xcc\x80 \r | 99999999999999 0001-01-01 #'.split(
        b" "
    )
)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=150)
@given(st.sampled_from(sorted(SEEDS)), st.lists(st.tuples(st.floats(0, 1), st.integers(0, 30), SCRAPS), max_size=4))
def test_whatever_stands_in_a_file_nothing_raises(
    tmp_path: Path, file: str, cuts: list[tuple[float, int, bytes]]
) -> None:
    folder = tmp_path / "c"
    if not folder.exists():
        folder.mkdir()
        good_campaign(folder)
    data = SEEDS[file].encode()
    for where, length, scrap in cuts:
        at = int(where * len(data))
        data = data[:at] + scrap + data[at + length :]
    try:
        (folder / file).write_bytes(data)
        problems, campaign = read(folder)
    finally:
        (folder / file).write_text(SEEDS[file], encoding="utf-8")
    assert all("\n" not in str(each) for each in problems)
    assert file.endswith("tot.md") or campaign.posts["tot"].id == "tot"
    reported = {each.file for each in problems if each.severity is Severity.ERROR}
    referring = {"config.toml", "content/plan.toml"}  # a damaged plan also shows where config.toml names what it lost
    assert not reported or "tot" not in campaign.sound or (file in referring and reported <= referring)
