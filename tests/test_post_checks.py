"""Plugins that check posts: what they find holds, warns or is shown, and what goes wrong in them stops nothing."""

from __future__ import annotations

import sys
import time
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from scheduler.engine.delivering.calls import Budget
from scheduler.engine.engine import Engine
from scheduler.engine.planning import post_checks
from scheduler.ground.clock import SimulatedClock
from scheduler.ground.errors import NotAllowed
from scheduler.ground.lifecycle import Hold, State
from scheduler.ground.problem import Severity
from scheduler.ground.text import use
from tests.campaign import NOON, Desk, Folder

if TYPE_CHECKING:
    from collections.abc import Callable

LATER = NOON + timedelta(hours=1)
PLUGIN = """\
from scheduler.api import Problem, Severity, hookimpl

asked = []


@hookimpl
def check_post(post, host):
    asked.append(post.id)
    {body}
"""
FORBIDS = """\
for wording in post.wordings:
        for number, line in enumerate(wording.text.splitlines()):
            if "cấm" in line:
                yield Problem("a word that is not to be used", line=wording.line + number)
            if "khẽ" in line:
                yield Problem("rather quiet", severity=Severity.WARNING)
"""


def checker(folder: Folder, name: str = "luat", body: str = FORBIDS) -> None:
    folder.plugin(name, PLUGIN.format(body=body))


def asked(name: str = "luat") -> list[str]:
    found: list[str] = sys.modules[f"loa_plugins.{name}"].asked
    return found


@pytest.fixture
def plain(folder: Folder) -> Folder:
    folder.channel()
    return folder


def state(desk: Desk) -> State:
    return desk.engine.look.deliveries()[0].state


def test_an_error_holds_the_post_and_names_plugin_file_and_line(plain: Folder, desks: Callable[..., Desk]) -> None:
    checker(plain)
    plain.post(at=LATER, text="Một\n\ncó từ cấm")
    desk = desks(plain)
    row = desk.engine.look.deliveries()[0] if desk.engine.look.deliveries() else None
    assert row is None, "like any new post with an error it is not planned before it is mended"
    (found,) = desk.engine.problems()
    text = (plain.path / found.file).read_text().splitlines()
    assert text[(found.line or 0) - 1] == "có từ cấm"
    assert str(found) == f"content/posts/tin.md:{found.line}: error: plugin luat: a word that is not to be used"


def test_what_was_planned_is_held_until_it_is_mended(plain: Folder, desks: Callable[..., Desk]) -> None:
    checker(plain)
    plain.post(at=LATER, text="Một")
    desk = desks(plain)
    assert state(desk) is State.SCHEDULED
    plain.post(at=LATER, text="có từ cấm")
    desk.act.sync()
    (row,) = desk.engine.look.deliveries()
    assert row.state is State.HELD
    assert Hold.INVALID in row.holds
    line = desk.engine.problems()[0].line
    assert desk.engine.look.fault(row) == f"content/posts/tin.md:{line}: plugin luat: a word that is not to be used"
    assert "plugin luat" in desk.engine.look.history(row.id)[-1].reason
    assert desk.engine.look.post("tin").fault == desk.engine.look.fault(row)
    plain.post(at=LATER, text="Hai")
    desk.act.sync()
    assert state(desk) is State.SCHEDULED
    assert not desk.engine.problems()


def test_a_warning_is_shown_in_check_and_preview_and_holds_nothing(plain: Folder, desks: Callable[..., Desk]) -> None:
    checker(plain)
    plain.post(at=LATER, text="nói khẽ thôi")
    desk = desks(plain)
    assert state(desk) is State.SCHEDULED
    (found,) = desk.engine.problems()
    assert (found.severity, found.message) == (Severity.WARNING, "plugin luat: rather quiet")
    (preview,) = desk.engine.look.preview("tin")
    assert [each.message for each in preview.problems] == ["plugin luat: rather quiet"]
    assert preview.rendered is not None


def test_an_error_stops_an_approval_and_says_which_plugin_wants_it_mended(
    plain: Folder, desks: Callable[..., Desk]
) -> None:
    checker(plain)
    plain.post(at=LATER, text="có từ cấm")
    desk = desks(plain)
    with pytest.raises(NotAllowed, match=r"tin\.md:\d+: plugin luat: a word that is not to be used\. Mend it first"):
        desk.engine.act.approve("tin")


def test_the_editor_is_told_of_what_is_typed_and_not_yet_saved(plain: Folder, desks: Callable[..., Desk]) -> None:
    checker(plain)
    plain.post(at=LATER, text="Một")
    plain.post("khac", at=LATER, text="Hai")
    desk = desks(plain)
    data = (plain.path / "content/posts/tin.md").read_bytes()
    count = len(asked())
    trial = desk.engine.look.preview_text("tin", data.decode().replace("Một", "từ cấm"), data)
    assert [each.message for each in trial.wrong] == ["plugin luat: a word that is not to be used"]
    assert asked()[count:] == ["tin"], "only of the text that is another"
    assert not desk.engine.look.preview_text("tin", data.decode(), data).wrong
    assert not desk.engine.problems()


def test_it_is_asked_again_only_of_what_has_changed(plain: Folder, desks: Callable[..., Desk]) -> None:
    checker(plain)
    for name in ("a", "b", "c"):
        plain.post(name, at=LATER)
    desk = desks(plain)
    desk.engine.problems()
    assert sorted(asked()) == ["a", "b", "c"]
    plain.post("b", at=LATER, text="khác")
    desk.act.sync()
    assert sorted(asked()) == ["a", "b", "b", "c"]


@pytest.mark.parametrize(
    ("body", "said"),
    [
        ("raise ValueError('no file of rules')", "check_post: ValueError: no file of rules (plugins/luat.py:9)"),
        ("return [3]", "check_post: check gave int, not Problem"),
        ("import time; time.sleep(30)", "check_post: did not answer within 0 seconds"),
        ("raise SystemExit(3)", "check_post: SystemExit: 3 (plugins/luat.py:9)"),
    ],
)
def test_one_that_fails_is_a_warning_and_the_others_are_asked(
    plain: Folder, desks: Callable[..., Desk], monkeypatch: pytest.MonkeyPatch, body: str, said: str
) -> None:
    monkeypatch.setattr(post_checks, "SECONDS", 0.2)
    checker(plain, body=body)
    checker(plain, "tot")
    plain.post(at=LATER, text="nói khẽ thôi")
    desk = desks(plain)
    assert state(desk) is State.SCHEDULED
    failed, found = sorted(desk.engine.problems(), key=lambda each: "tot" in each.message)
    assert (failed.severity, failed.message) == (Severity.WARNING, f"plugin luat: {said}")
    assert failed.file.endswith("luat.py")
    assert failed.hint == "at content/posts/tin.md"
    assert found.message == "plugin tot: rather quiet"


def later(desk: Desk, plugin: str = "luat") -> None:
    """Let the pause of a plugin that took too long be over."""
    post_checks._rests(desk.engine.snapshot.hooks)[plugin]._budget = Budget(0)


def test_all_checks_of_a_reading_have_one_budget_and_what_is_not_looked_at_says_so(
    plain: Folder, desks: Callable[..., Desk], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(post_checks, "BUDGET", 1.0)
    checker(plain, body="import time; time.sleep(0.15)\n    return []")
    checker(plain, "tot")
    for number in range(40):
        plain.post(f"bai-{number:02}", at=LATER, text="nói khẽ thôi")
    began = time.monotonic()
    desk = desks(plain)
    assert time.monotonic() - began < 3, "forty posts take six seconds where each is looked at"
    slow = [each for each in desk.engine.problems() if "plugin luat" in each.message]
    left = 40 - len(asked())
    assert 30 < left < 40
    assert [each.message for each in slow] == [f"plugin luat: check_post: is slow; {left} posts were not looked at"]
    assert slow[0].severity is Severity.WARNING
    assert sum(each.message == "plugin tot: rather quiet" for each in desk.engine.problems()) == 40
    seen, unseen = asked()[0], next(f"bai-{each:02}" for each in range(40) if f"bai-{each:02}" not in asked())
    told = {each: [p.message for p in desk.engine.look.preview(each)[0].problems] for each in (seen, unseen)}
    assert told == {
        seen: ["plugin tot: rather quiet"],
        unseen: ["plugin tot: rather quiet", "plugin luat: it has not looked at this post yet"],
    }
    assert "plugin luat: it has not looked at this post yet" in [p.message for p in desk.engine.look.amiss(unseen)]


def test_what_was_not_looked_at_is_looked_at_later_although_no_file_changes(
    plain: Folder, desks: Callable[..., Desk], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(post_checks, "BUDGET", 0.3)
    checker(plain, body=f"import time; time.sleep(0.1)\n    {FORBIDS}")
    for number in range(6):
        plain.post(f"bai-{number}", at=LATER, text="có từ cấm")
    desk = desks(plain)
    before = len(asked())
    assert before < 6
    assert not desk.engine.refresh(), "it rests"
    for _pass in range(6 - before):
        if len(asked()) < 6:
            later(desk)
            assert desk.engine.refresh()
    assert sorted(asked()) == [f"bai-{number}" for number in range(6)], "each once"
    assert not desk.engine.refresh()
    assert [each.message for each in desk.engine.problems()] == ["plugin luat: a word that is not to be used"] * 6


def test_one_that_hangs_is_left_alone_for_ever_longer(
    plain: Folder, desks: Callable[..., Desk], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(post_checks, "SECONDS", 0.2)
    checker(plain, body="import time; time.sleep(30)")
    for name in ("a", "b", "c"):
        plain.post(name, at=LATER)
    desk = desks(plain)
    (found,) = desk.engine.problems()
    assert found.message == "plugin luat: check_post: did not answer within 0 seconds; 2 posts were not looked at"
    assert found.hint == "at content/posts/a.md"
    plain.post("d", at=LATER)
    began = time.monotonic()
    assert desk.engine.refresh()
    assert time.monotonic() - began < 0.2
    assert asked() == ["a"]
    rest = post_checks._rests(desk.engine.snapshot.hooks)["luat"]
    first = rest._budget.left
    later(desk)
    assert desk.engine.refresh()
    assert asked() == ["a", "b"]
    assert rest._budget.left > 1.5 * first
    (found,) = desk.engine.problems()
    assert found.message.endswith("2 posts were not looked at")
    assert found.hint == "at content/posts/a.md, and 1 more"


def test_it_sees_the_campaign_as_it_is_read(plain: Folder, desks: Callable[..., Desk]) -> None:
    checker(plain, body='yield Problem(f"{len(host.posts())} of {host.folder.name}", severity=Severity.NOTICE)')
    plain.post("a", at=LATER)
    plain.post("b", at=LATER)
    desk = desks(plain)
    assert {each.message for each in desk.engine.problems()} == {f"plugin luat: 2 of {plain.path.name}"}


@pytest.fixture
def many(plain: Folder) -> Folder:
    for number in range(1000):
        plain.post(f"bai-{number}", at=LATER, text=f"Bài {number}\n\nmột đoạn văn")
    for number in range(5):
        checker(plain, f"luat{number}")
    return plain


def test_a_thousand_posts_and_five_checks_take_less_than_half_a_second_more(
    many: Folder, desks: Callable[..., Desk]
) -> None:
    desk = desks(many)
    snapshot = desk.engine.snapshot
    snapshot.hooks.kept.clear()
    began = time.perf_counter()
    post_checks.checked(desk.core, snapshot)
    first = time.perf_counter() - began
    began = time.perf_counter()
    post_checks.checked(desk.core, snapshot)
    again = time.perf_counter() - began
    assert (first < 0.5, again < 0.2) == (True, True), (first, again)


def test_what_is_found_is_said_in_vietnamese_with_its_plugin(plain: Folder, desks: Callable[..., Desk]) -> None:
    checker(plain)
    checker(plain, "hong", "1 / 0")
    plain.post("a", at=LATER, text="Một")
    plain.post("b", at=LATER, text="Hai")
    plain.post(at=LATER, text="có từ cấm")
    use("vi")
    try:
        desk = desks(plain)
        found = [str(each) for each in desk.engine.problems()]
        with pytest.raises(NotAllowed, match="phần mở rộng luat: a word"):
            desk.engine.act.approve("tin")
    finally:
        use("en")
    assert any(each.endswith("phần mở rộng luat: a word that is not to be used") for each in found), found
    assert any("(tại content/posts/a.md và 2 bài khác)" in each for each in found), found


def test_a_rehearsal_holds_by_the_same_checks(plain: Folder, desks: Callable[..., Desk]) -> None:
    checker(plain)
    plain.post(at=LATER, text="có từ cấm")
    plain.post("tot", at=LATER, text="Một")
    desk = desks(plain)
    desk.close()
    with Engine.open(plain.path, clock=SimulatedClock(NOON), var=plain.path / "var" / "thu", rehearsal=True) as engine:
        assert engine.campaign.sound.keys() == {"tot"}


def test_a_secret_that_a_check_lets_out_is_masked(folder: Folder, desks: Callable[..., Desk]) -> None:
    folder.plugin(
        "ro",
        "from scheduler.api import Problem, hookimpl\n\n\n@hookimpl\ndef check_post(post, host):\n"
        "    if post.id == 'hai':\n        raise RuntimeError('GET ?key=chim-se-di-nang')\n"
        "    return [Problem('key chim-se-di-nang', hint='chim-se-di-nang')]\n",
    )
    folder.channel()
    desk = desks(folder)
    desk.core.redactor.learn("chim-se-di-nang")
    folder.post()
    folder.post("hai")
    desk.engine.refresh()
    said = [f"{each} {each.hint}" for each in desk.engine.problems() if "plugin ro" in each.message]
    assert len(said) == 2
    assert "chim-se" not in " ".join(said)
    assert "•••" in said[0]
