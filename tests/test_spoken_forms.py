"""Plugins that say how words are read out: heard on the radio, covered by approvals, never two ways for one word."""

from __future__ import annotations

import pickle
import sys
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest

from scheduler.channels.channel import RenderContext
from scheduler.engine.planning.checking import problems_of
from scheduler.engine.snapshot import read_snapshot
from scheduler.ground.errors import LoaError
from scheduler.ground.lifecycle import Hold, State
from scheduler.ground.problem import Severity
from tests.campaign import NOON, Desk, Folder

if TYPE_CHECKING:
    from collections.abc import Callable

    from scheduler.engine.snapshot import Snapshot
    from scheduler.ground.problem import Problem

LATER = NOON + timedelta(days=3)
PLUGIN = """\
from scheduler.api import hookimpl

asked = []


@hookimpl
def spoken_forms(language):
    asked.append(language)
    {body}
"""
SAYS = 'return {"KCB": "khám chữa bệnh"} if language == "vi" else {}'


def speaker(folder: Folder, name: str, body: str = SAYS) -> None:
    folder.plugin(name, PLUGIN.format(body=body))
    sys.modules.pop(f"loa_plugins.{name}", None)


@pytest.fixture
def radio(folder: Folder) -> Folder:
    folder.switch_on("radio")
    folder.post(at=LATER, text="Quyền lợi KCB và KCBX.")
    return folder


def script(snapshot: Snapshot, channel: str = "radio") -> str:
    from scheduler.engine.delivering.prepare import render
    from scheduler.engine.planning.wants import wanted

    (want,) = wanted(snapshot, snapshot.campaign.posts["tin"], LATER + timedelta(days=1))
    return render(snapshot, snapshot.registry.channels[channel], want.key, want.publish_at)[0].text


def found(folder: Folder) -> list[Problem]:
    return [each for each in problems_of(read_snapshot(folder.path), NOON) if "plugins/" in each.file]


def test_the_radio_says_them_for_whole_words_and_the_campaign_has_the_last_word(radio: Folder) -> None:
    speaker(radio, "tieng")
    assert "Quyền lợi khám chữa bệnh và KCBX" in script(read_snapshot(radio.path))
    radio.channels["radio"] = 'abbreviations = { KCB = "khám bệnh" }\n' + radio.channels["radio"]
    radio.config()
    assert "Quyền lợi khám bệnh và KCBX" in script(read_snapshot(radio.path))


def test_texts_in_other_languages_have_theirs(radio: Folder) -> None:
    speaker(radio, "tieng", 'return {"KCB": "xét"} if language == "khm" else {}')
    plan = radio.path / "content" / "plan.toml"
    plan.write_text(plan.read_text().replace("[languages]\n", '[languages]\nkhm = "Khmer"\n'))
    radio.switch_on("radio", targets=())
    radio.channels["radio"] += '\n[[channels.radio.targets]]\nname = "noi"\nlanguage = "khm"\n'
    radio.config()
    text = "Một câu.\n\n::: khm\nQuyền lợi KCB và KCBX.\n:::"
    radio.post(at=LATER, text=text)
    assert "Quyền lợi xét và KCBX" in script(read_snapshot(radio.path))


def test_an_approval_covers_them_and_falls_with_another_rule(radio: Folder, desks: Callable[..., Desk]) -> None:
    radio.channel("kenh")
    radio.post(at=LATER, text="Quyền lợi KCB.")
    radio.post("khac", at=LATER, channels="[kenh]")
    radio.plan(required=True)
    speaker(radio, "tieng")
    desk = desks(radio)
    desk.act.approve("tin")
    desk.act.approve("khac")
    assert {each.state for each in desk.look.deliveries()} == {State.SCHEDULED}
    desk.close()
    speaker(radio, "tieng", 'return {"KCB": "khám và chữa bệnh"}')
    desk = desks(radio)
    desk.act.sync()
    assert Hold.APPROVAL in desk.row(channel="radio").holds
    assert desk.row("khac").state is State.SCHEDULED, "it is not read out"


def test_without_them_every_digest_stays_as_it_is(radio: Folder) -> None:
    before = read_snapshot(radio.path).digests["tin"]
    speaker(radio, "tieng", "return {}")
    assert read_snapshot(radio.path).digests["tin"] == before
    speaker(radio, "tieng")
    snapshot = read_snapshot(radio.path)
    assert snapshot.digests["tin"] != before
    known = {name: type(each).restored(each.kept()) for name, each in snapshot.coverage.items()}
    assert read_snapshot(radio.path, None, lambda: known, ahead=True).digests == snapshot.digests


def test_of_two_the_first_found_is_heard_and_check_says_so(radio: Folder) -> None:
    speaker(radio, "a", 'return {"KCB": "khám chữa bệnh", "TTHC": "thủ tục hành chính"}')
    speaker(radio, "b", 'return {"KCB": "khám bệnh", "TTHC": "thủ tục hành chính"}')
    (problem,) = found(radio)
    said = "plugin b: what it says for 'KCB' is not used: plugin a has another spoken form"
    assert (problem.severity, problem.message) == (Severity.WARNING, said)
    assert "khám chữa bệnh" in script(read_snapshot(radio.path))


@pytest.mark.parametrize(
    ("body", "said"),
    [
        ("1 / 0", "spoken_forms: ZeroDivisionError: division by zero (plugins/b.py:9)"),
        ('return {"": "x"}', "spoken_forms must give words and what is said for each, neither of them empty"),
        ('return {"x": 3}', "spoken_forms must give words and what is said for each, neither of them empty"),
    ],
)
def test_one_that_fails_is_an_error_by_its_name_and_the_others_are_heard(radio: Folder, body: str, said: str) -> None:
    speaker(radio, "a")
    speaker(radio, "b", body)
    assert {(each.severity, each.message) for each in found(radio)} == {(Severity.ERROR, f"plugin b: {said}")}
    assert "khám chữa bệnh" in script(read_snapshot(radio.path))


def test_it_is_asked_once_for_each_language_however_often_the_files_change(
    radio: Folder, desks: Callable[..., Desk]
) -> None:
    speaker(radio, "tieng")
    desk = desks(radio)
    radio.post(at=LATER, text="Khác")
    desk.act.sync()
    asked = sys.modules["loa_plugins.tieng"].asked
    assert asked == ["vi"]


def test_a_channel_that_does_not_say_so_is_refused_them(radio: Folder) -> None:
    speaker(radio, "tieng")
    module = radio.channel("kenh")
    module.does["render"] = lambda item, context: context.spoken(item.language)
    radio.post(at=LATER, channels="[kenh]")
    with pytest.raises(LoaError, match="speaks = True"):
        script(read_snapshot(radio.path), "kenh")


def test_they_go_along_to_a_process_of_its_own(radio: Folder) -> None:
    speaker(radio, "tieng")
    context: RenderContext[Any] = pickle.loads(pickle.dumps(read_snapshot(radio.path).context("radio")))
    assert context.spoken("vi") == {"KCB": "khám chữa bệnh"}


def test_a_channel_in_a_process_of_its_own_reads_by_them_too(folder: Folder) -> None:
    speaker(folder, "tieng")
    says = """
    speaks = True

    def render(self, item, context):
        said = context.spoken(item.language)
        return Rendered({}, " ".join(said.get(each, each) for each in item.text.split()))
    """
    folder.channel("kenh", more=says)
    folder.config("[plugins.kenh]\nisolated = true\n")
    folder.post(at=LATER, text="Quyền lợi KCB")
    snapshot = read_snapshot(folder.path)
    assert snapshot.coverage["kenh"].forms == {"vi": {"KCB": "khám chữa bệnh"}}
    assert script(snapshot, "kenh") == "Quyền lợi khám chữa bệnh"
