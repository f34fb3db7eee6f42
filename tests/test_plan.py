from __future__ import annotations

from datetime import date
from pathlib import Path

from scheduler.ground.model import Audience, BudgetLine, Workstream
from scheduler.plan.plan import PlanFile, read_plan
from tests.broken.cases import PLAN

ROOT = Path(__file__).parent.parent


def read(folder: Path, text: str) -> PlanFile:
    path = folder / "content/plan.toml"
    path.parent.mkdir(exist_ok=True)
    path.write_text(text, encoding="utf-8")
    return read_plan(folder, ["radio", "sms"])


def test_the_plan_as_values(tmp_path: Path) -> None:
    budget = '[[budget]]\nline = "In"\namount = ""\n[[budget]]\nline = "Đài"\namount = 5000000\n'
    plan, problems, readable, sound, vague = read(tmp_path, f'number = "1/KH"\nissued = 2021-05-27\n{PLAN}{budget}')
    assert (problems, readable, sound, vague) == ([], True, True, frozenset())
    assert (plan.id, plan.year, plan.number, plan.issued) == ("bhxh-2021", 2021, "1/KH", date(2021, 5, 27))
    assert (plan.language, plan.languages, plan.approval_required) == (
        "vi",
        {"vi": "Tiếng Việt", "cjm": "Tiếng Chăm"},
        False,
    )
    assert plan.workstreams == {
        "thu-hut": Workstream("thu-hut", "Thu hút", date(2021, 5, 1), date(2021, 6, 30)),
    }
    assert plan.audiences["nguoi-lao-dong"].parts[0] == Audience("chinh-thuc", "Chính thức")
    assert plan.slogans["phi-chinh-thuc"] == "Tuổi già vẫn có lương hưu"
    assert (plan.areas["bac-ai"].languages, plan.areas["bac-ai"].end) == (("vi", "cjm"), date(2021, 5, 31))
    assert plan.people["dung"].unit == "phong-ld"
    assert plan.people["dung"].roles == {"draft"}
    assert plan.facts["ho-tro"].start == date(2021, 1, 1)
    assert plan.budget == (BudgetLine("In"), BudgetLine("Đài", 5_000_000))


def test_a_plan_without_languages_has_its_base_language(tmp_path: Path) -> None:
    file = read(tmp_path, 'id = "a"\ntitle = "A"\nyear = 2021\nlanguage = "cjm"\n')
    assert not file.problems
    assert file.plan.languages == {"cjm": "cjm"}


def test_errors_that_touch_no_text_leave_the_plan_sound(tmp_path: Path) -> None:
    file = read(tmp_path, PLAN.replace('unit = "phong-ld"', 'unit = "x"'))
    assert file.problems
    assert file.sound
    assert not read(tmp_path, PLAN.replace("year = 2021", "yaer = 2021")).sound


def test_a_table_that_cannot_be_told_is_vague_and_causes_no_second_error(tmp_path: Path) -> None:
    file = read(tmp_path, PLAN.replace("[[units]]", "[[unit]]"))
    assert [str(each) for each in file.problems] == [
        "content/plan.toml:35: error: unit: is not a key that Loa knows (did you mean 'units'?)"
    ]
    assert file.vague == {"units"}
    file = read(tmp_path, PLAN.replace('id = "bac-ai"\n', ""))
    assert [str(each) for each in file.problems] == ["content/plan.toml:29: error: areas.1.id: is missing"]
    assert file.vague == {"areas"}
    assert list(file.plan.areas) == ["ninh-son"]


def test_a_bad_id_still_stands_for_what_was_meant(tmp_path: Path) -> None:
    file = read(tmp_path, PLAN.replace('id = "phong-ld"', 'id = "Phòng LĐ"'))
    assert [each.key for each in file.problems] == ["units.0.id"]
    assert list(file.plan.units) == ["phong-ld"]


def test_ids_that_variants_name_differ_from_one_another(tmp_path: Path) -> None:
    for old, new, kind in (
        ('id = "ninh-son"', 'id = "cjm"', "a language"),
        ('id = "chinh-thuc"', 'id = "bac-ai"', "an area"),
        ('cjm = "Tiếng Chăm"', 'cjm = "Tiếng Chăm"\nradio = "Tiếng đài"', "a channel"),
    ):
        problems = read(tmp_path, PLAN.replace(old, new)).problems
        assert [f"is already the id of {kind}" in each.message for each in problems] == [True]
    assert not read(
        tmp_path, PLAN.replace('id = "phong-ld"', 'id = "bac-ai"').replace('"phong-ld"', '"bac-ai"')
    ).problems


def test_a_login_belongs_to_one_person(tmp_path: Path) -> None:
    people = '[[people]]\nid = "{0}"\nname = "{0}"\nlogins = ["an"]\n'
    problems = read(tmp_path, PLAN + people.format("a") + people.format("b")).problems
    assert [str(each) for each in problems] == [
        "content/plan.toml:57: error: people.b.logins: 'an' is already a login of 'a'"
    ]


def test_the_plan_of_the_example_is_good() -> None:
    assert not read_plan(ROOT, ["radio", "fanpage", "rss", "sms"]).problems
