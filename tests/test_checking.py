"""All that is wrong with a campaign, in one pass."""

from __future__ import annotations

import threading
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from scheduler.api import Problem, Rendered, Severity
from scheduler.engine.planning.checking import in_order, placed, problems_of
from scheduler.engine.snapshot import read_snapshot
from scheduler.ground.delivery import Key
from tests.campaign import NOON

if TYPE_CHECKING:
    from tests.campaign import Folder

KEY = Key("tin", "20210503", "kenh", "noi")
WARN = Severity.WARNING


def found(folder: Folder) -> list[Problem]:
    return problems_of(read_snapshot(folder.path), NOON)


def test_a_sound_campaign_has_no_problem(folder: Folder) -> None:
    folder.channel()
    folder.post(at=NOON)
    assert found(folder) == []


def test_faults_of_every_file_come_together_and_in_order(folder: Folder) -> None:
    kenh = folder.channel(table='late = "nie"')
    folder.channel("tot")
    folder.plugin("hong", "import khong_co\n")
    folder.post("b-hong", at="hôm qua")
    folder.post("a-tot", at=NOON, channels="[tot]")
    folder.plan(more='\n[[people]]\nid = "x"\nname = 5\n')
    folder.module("tot").does["check"] = lambda *_: [Problem("rather long", severity=WARN)]
    files = [each.file for each in found(folder)]
    assert files == sorted(files)
    assert {"config.toml", "content/plan.toml", "content/posts/b-hong.md", "content/posts/a-tot.md"} < set(files)
    assert any(name.endswith("hong.py") for name in files)
    kenh.does.clear()


def test_each_text_of_each_target_is_checked_once_however_often_it_goes_out(folder: Folder) -> None:
    kenh = folder.channel(targets=("a", "b"))
    folder.post(at=NOON, repeat='"FREQ=DAILY;COUNT=40"')
    rendered: list[str] = []

    def render(item: Any, _: object) -> Rendered:
        rendered.append(item.target.name)
        return Rendered({}, "")

    kenh.does["render"] = render
    assert found(folder) == []
    assert rendered == ["a", "b"]


def test_a_problem_of_a_text_names_file_and_target(folder: Folder) -> None:
    kenh = folder.channel(targets=("a", "b"))
    folder.post(at=NOON)
    kenh.does["check"] = lambda rendered, _: [Problem("too long")] if rendered.body["target"] == "b" else []
    (problem,) = found(folder)
    assert (problem.file, problem.key, problem.message) == ("content/posts/tin.md", "kenh/b", "too long")


def test_what_a_plugin_breaks_is_a_problem_of_its_name_and_the_rest_is_checked(folder: Folder) -> None:
    xau, tot = folder.channel("xau", table='time_limit = "100ms"'), folder.channel("tot")
    for name in ("mot", "hai"):
        folder.post(name, at=NOON)
    tot.does["check"] = lambda *_: [Problem("rather long")]
    let_go = threading.Event()
    for conduct, words in (
        (lambda *_: 1 / 0, "plugin xau: ZeroDivisionError"),
        (lambda *_: None, "plugin xau: render returned NoneType"),
        (lambda *_: let_go.wait(5), "plugin xau: no answer within 0.1 seconds"),
    ):
        xau.does["render"] = conduct
        problems = found(folder)
        assert len(problems) == 4
        assert {each.message for each in problems if each.key == "tot/noi"} == {"rather long"}
        assert all(each.message.startswith(words) for each in problems if each.key == "xau/noi")
    let_go.set()


def test_a_text_that_cannot_be_filled_is_a_problem_of_its_post(folder: Folder) -> None:
    folder.channel()
    folder.post(at=NOON, text="{{ plan.khong_co }}")
    problems = found(folder)
    assert problems
    assert {each.file for each in problems} == {"content/posts/tin.md"}
    assert any("khong_co" in each.message for each in problems)


def test_order_is_whole_and_each_stands_once() -> None:
    one = Problem("a", "f", 2)
    every = [one, Problem("a", "f", None), Problem("a", "f", 2, hint="x"), Problem("a", "f", 2, severity=WARN), one]
    every += [Problem("a", "e", 9), Problem("b", "f", 2), Problem("a", "f", 2, key="k")]
    ordered = in_order(every)
    assert len(ordered) == 7
    assert in_order(reversed(every)) == ordered
    assert [(each.file, each.line) for each in ordered][:2] == [("e", 9), ("f", None)]


def test_a_channel_may_say_for_itself_where_it_is() -> None:
    assert placed(Problem("x"), "p.md", KEY) == Problem("x", "p.md", key="kenh/noi")
    own = Problem("x", "contacts.csv", 7, "row")
    assert placed(own, "p.md", KEY) == own


def test_a_problem_of_a_text_names_the_line_of_its_variant_or_of_the_body(folder: Folder) -> None:
    folder.channel(targets=("a",))
    folder.channel("khac", targets=("b",))
    for name in ("kenh", "khac"):
        folder.module(name).does["check"] = lambda *_: [Problem("rather long", severity=WARN)]
    folder.post(at=NOON, text="Chung.\n\n::: khac\nRiêng.\n:::", channels="[kenh, khac]")
    lines = (folder.path / "content/posts/tin.md").read_text("utf-8").split("\n")
    assert {each.key: each.line for each in found(folder)} == {
        "kenh/a": lines.index("Chung.") + 1,
        "khac/b": lines.index("::: khac") + 1,
    }


def test_a_text_beyond_the_horizon_is_rendered_too(folder: Folder) -> None:
    kenh = folder.channel()
    kenh.does["check"] = lambda *_: [Problem("rather long", severity=WARN)]
    folder.post(at=NOON + timedelta(days=900))
    assert "rather long" in [each.message for each in found(folder)]


def test_a_post_wholly_in_the_past_is_noticed_and_a_campaign_that_is_over_once(folder: Folder) -> None:
    folder.channel()
    for name in ("mot", "hai"):
        folder.post(name, at=NOON - timedelta(days=30))
    folder.post("ba", at=NOON)
    assert [each.file for each in found(folder)] == ["content/posts/hai.md", "content/posts/mot.md"]
    assert {each.severity for each in found(folder)} == {Severity.NOTICE}
    (folder.path / "content/posts/ba.md").unlink()
    assert [each.message for each in found(folder)] == ["the whole campaign lies in the past: no more of it goes out"]


def test_a_move_of_no_occurrence_is_noticed(folder: Folder) -> None:
    folder.channel()
    moved = "{20210503: 2021-05-05 17:00, 20210504: 2021-05-05 18:00, 20210517-2: 2021-05-18 17:00}"
    folder.post(at=NOON, repeat='"FREQ=WEEKLY;BYDAY=MO"', moved=moved)
    notices = [(each.key, each.message) for each in found(folder) if each.severity is Severity.NOTICE]
    assert notices == [
        ("moved", f"{name} is the name of no occurrence here, so nothing is moved by it")
        for name in ("20210504", "20210517-2")
    ]
