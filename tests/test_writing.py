from __future__ import annotations

import os
import stat
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from scheduler.ground.errors import CampaignInvalid
from scheduler.plan.frontmatter import read_matter
from scheduler.plan.source import Report
from scheduler.plan.writing import LISTS, new_event, set_keys
from tests.broken.cases import good_campaign
from tests.test_campaign import read

if TYPE_CHECKING:
    from pathlib import Path

AT = datetime(2021, 5, 3, 8)  # noqa: DTZ001


def changed(folder: Path, text: str, **changes: str | None) -> str:
    path = folder / "bai.md"
    path.write_bytes(text.encode())
    set_keys(path, changes)
    return path.read_bytes().decode()


YAML = """\
---
id: bai            # never changes
title:  "Cũ: một"  # the title
areas:
  - ninh-son
  # not yet: bac-ai
  - bac-ai

# when
at: 2021-05-03 08:00
summary: |
  Dài
  dòng

late:
---
at: not this one
"""


@pytest.mark.parametrize(
    ("changes", "old", "new"),
    [
        ({"at": "2021-05-04 17:30"}, "at: 2021-05-03 08:00\nsum", "at: 2021-05-04 17:30\nsum"),
        ({"title": "Mới"}, '"Cũ: một"', "Mới"),
        ({"title": "Mới: hai"}, "Cũ: một", "Mới: hai"),
        ({"title": 'Nói "có" #1'}, '"Cũ: một"', '"Nói \\"có\\" #1"'),
        ({"title": "- gạch"}, '"Cũ: một"', '"- gạch"'),
        ({"areas": "[thuan-bac]"}, "\n  - ninh-son\n  # not yet: bac-ai\n  - bac-ai", " [thuan-bac]"),
        ({"areas": None}, "areas:\n  - ninh-son\n  # not yet: bac-ai\n  - bac-ai\n", ""),
        ({"summary": "Ngắn"}, "|\n  Dài\n  dòng", "Ngắn"),
        ({"summary": None}, "summary: |\n  Dài\n  dòng\n", ""),
        ({"late": "skip"}, "late:", "late: skip"),
        ({"late": None}, "late:\n", ""),
        ({"grace": None}, "", ""),
        ({"offset": "-3d"}, "late:\n", "late:\noffset: -3d\n"),
        ({"channels": "{radio: [dai-tinh], sms: }"}, "late:\n", 'late:\nchannels: {radio: [dai-tinh], sms: ""}\n'),
        ({"except": "[2021-05-03 08:00, 2021-05-04]"}, "late:\n", 'late:\nexcept: ["2021-05-03 08:00", 2021-05-04]\n'),
        (
            {"at": None, "event": "ra-quan", "offset": "-1d"},
            "at: 2021-05-03 08:00\nsummary: |\n  Dài\n  dòng\n\nlate:\n",
            "summary: |\n  Dài\n  dòng\n\nlate:\nevent: ra-quan\noffset: -1d\n",
        ),
    ],
)
@pytest.mark.parametrize("style", ["lf", "crlf", "bom"])
def test_only_the_key_changes(tmp_path: Path, changes: dict[str, str | None], old: str, new: str, style: str) -> None:
    assert YAML.count(old) == 1 or not old

    def styled(text: str) -> str:
        return {"lf": text, "crlf": text.replace("\n", "\r\n"), "bom": "\ufeff" + text}[style]

    assert changed(tmp_path, styled(YAML), **changes) == styled(YAML.replace(old, new) if old else YAML)


TOML = """\
+++
id = "bai"
at = 2021-05-03T08:00:00  # when
areas = [
  "ninh-son", # one
]
outside = false

[channels]
radio = ["dai-tinh"]
+++
Chữ
"""


@pytest.mark.parametrize(
    ("changes", "old", "new"),
    [
        ({"at": "2021-05-04 17:30"}, "2021-05-03T08:00:00", '"2021-05-04 17:30"'),
        ({"areas": "[bac-ai, ninh-hai]"}, '[\n  "ninh-son", # one\n]', '["bac-ai", "ninh-hai"]'),
        ({"outside": "yes"}, "false", "true"),
        ({"late": 'sk"ip'}, "outside = false\n", 'outside = false\nlate = "sk\\"ip"\n'),
        ({"at": None}, "at = 2021-05-03T08:00:00  # when\n", ""),
    ],
)
def test_toml_changes_in_place_too(tmp_path: Path, changes: dict[str, str | None], old: str, new: str) -> None:
    assert changed(tmp_path, TOML, **changes) == TOML.replace(old, new)


@pytest.mark.parametrize(
    ("text", "changes", "message"),
    [
        (TOML, {"channels": "[radio]"}, "channels is written in a way that cannot be changed in place"),
        ("---\n{id: a, at: b}\n---\n", {"at": "c"}, "at is written in a way that cannot be changed in place"),
        ("---\nid: [a\n---\n", {"at": "c"}, "is not valid YAML"),
        ("---\nid: a\nid: b\n---\n", {"at": "c"}, "stands twice"),
        ("id: a\n", {"at": "c"}, "has no front matter"),
        (YAML, {"areas": "bac-ai"}, "neither a list like [a, b] nor a table"),
        (YAML, {"areas": "[bac-ai"}, "is not valid YAML"),
        (YAML, {"title": "a\x00"}, "holds a control character"),
        (TOML, {"outside": "perhaps"}, "must be true or false"),
    ],
)
def test_what_cannot_be_changed_is_left_alone(
    tmp_path: Path, text: str, changes: dict[str, str | None], message: str
) -> None:
    path = tmp_path / "bai.md"
    path.write_bytes(text.encode())
    with pytest.raises(CampaignInvalid) as raised:
        set_keys(path, changes)
    assert message in str(raised.value)
    assert path.read_bytes() == text.encode()
    assert list(tmp_path.iterdir()) == [path]


def test_a_missing_file_and_one_that_is_no_text(tmp_path: Path) -> None:
    with pytest.raises(CampaignInvalid, match="cannot be read"):
        set_keys(tmp_path / "none.md", {"at": "x"})
    (tmp_path / "a.md").write_bytes(b"\xff")
    with pytest.raises(CampaignInvalid, match="cannot be read"):
        set_keys(tmp_path / "a.md", {"at": "x"})


def test_mode_and_links_are_kept(tmp_path: Path) -> None:
    real, link = tmp_path / "that.md", tmp_path / "link.md"
    real.write_text(YAML, encoding="utf-8")
    real.chmod(0o640)
    link.symlink_to("that.md")
    set_keys(link, {"late": "ask"})
    assert link.is_symlink()
    assert "late: ask" in real.read_text(encoding="utf-8")
    assert stat.S_IMODE(real.stat().st_mode) == 0o640
    assert sorted(each.name for each in tmp_path.iterdir()) == ["link.md", "that.md"]


def test_nothing_is_written_where_nothing_changes(tmp_path: Path) -> None:
    path = tmp_path / "bai.md"
    path.write_text(YAML, encoding="utf-8")
    before = path.stat()
    set_keys(path, {"at": "2021-05-03 08:00", "grace": None})
    assert (path.stat().st_ino, path.stat().st_mtime_ns) == (before.st_ino, before.st_mtime_ns)


def test_a_change_by_someone_else_meanwhile_is_not_lost(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "bai.md"
    path.write_text(YAML, encoding="utf-8")
    fsync = os.fsync

    def meanwhile(handle: int) -> None:
        path.write_text(YAML + "more\n", encoding="utf-8")
        fsync(handle)

    monkeypatch.setattr(os, "fsync", meanwhile)
    with pytest.raises(CampaignInvalid, match="was changed by someone else meanwhile"):
        set_keys(path, {"late": "ask"})
    assert path.read_text(encoding="utf-8") == YAML + "more\n"
    assert list(tmp_path.iterdir()) == [path]


keys = st.sampled_from(["title", "summary", "at", "late", "unit", "link"])
texts = st.text(alphabet=st.characters(codec="utf-8", exclude_categories=("Cc", "Cs", "Cf")), min_size=1, max_size=30)
lists = st.lists(st.text(alphabet="abc-", min_size=1, max_size=5).filter(lambda each: not each.startswith("-")))


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=60)
@given(st.sampled_from([YAML, TOML]), st.dictionaries(keys, texts | st.none()), lists, st.booleans())
def test_what_is_written_is_read_back(
    tmp_path: Path, text: str, changes: dict[str, str | None], areas: list[str], crlf: bool
) -> None:
    text = text.replace("\n", "\r\n") if crlf else text
    new = changed(tmp_path, text, **changes, areas=f"[{', '.join(areas)}]")
    values = _values(new)
    assert values["areas"] == areas
    for key, value in changes.items():
        assert values.get(key) == value
    untouched = {*_values(text)} - {*changes, "areas"}
    assert {key: values[key] for key in untouched} == {key: _values(text)[key] for key in untouched}
    assert new.endswith(text[text.rindex(text[:3]) :])


def _values(text: str) -> dict[str, Any]:
    report = Report("a.md")
    matter = read_matter(text, report)
    assert matter
    assert not report.problems
    return matter.values


def test_lists_are_the_keys_that_posts_read_as_lists(tmp_path: Path) -> None:
    folder = good_campaign(tmp_path)
    head = "---\nid: a\ntitle: A\nworkstream: thu-hut\nat: 2021-05-03 08:00\n"
    for key in LISTS:
        (folder / "content/posts/a.md").write_text(f"{head}{key}: x\n---\nA\n", encoding="utf-8")
        kind = "a table" if key == "moved" else "a list"
        assert f"{key}: must be {kind}" in "\n".join(str(each) for each in read(folder).problems)


def test_a_new_event_is_good(tmp_path: Path) -> None:
    folder = good_campaign(tmp_path)
    end = datetime(2021, 5, 3, 10)  # noqa: DTZ001
    path = new_event(folder, "hoi-thi", "Hội thi", start=AT, end=end, place="Phan Rang", workstream="thu-hut")
    assert path.read_text(encoding="utf-8") == (
        "---\nid: hoi-thi\ntitle: Hội thi\nworkstream: thu-hut\nstart: 2021-05-03 08:00\nend: 2021-05-03 10:00\n"
        "place: Phan Rang\n---\n"
    )
    campaign = read(folder)
    assert not campaign.problems
    assert campaign.events["hoi-thi"].end == end


def test_what_cannot_become_a_new_file(tmp_path: Path) -> None:
    more: dict[str, Any] = {"start": AT, "end": None, "place": "", "workstream": "w"}
    new_event(tmp_path, "a", "A", **more)
    with pytest.raises(CampaignInvalid, match=r"content/events/a\.md: error: is there already"):
        new_event(tmp_path, "a", "B", **more)
    with pytest.raises(CampaignInvalid, match="is not an id"):
        new_event(tmp_path, "../a", "A", **more)
    with pytest.raises(CampaignInvalid, match="must be one line"):
        new_event(tmp_path, "b", "A\nid: c", **more)
    with pytest.raises(ValueError, match="local and naive"):
        new_event(tmp_path, "b", "A", **{**more, "start": AT.replace(tzinfo=UTC)})
    assert [each.name for each in (tmp_path / "content/events").iterdir()] == ["a.md"]
