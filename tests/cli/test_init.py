from __future__ import annotations

import os
import subprocess
from pathlib import Path

import pytest

from scheduler.cli.example import example_folder
from tests.cli.conftest import Loa, read_json


@pytest.mark.parametrize("language", ["vi", "en"])
def test_a_new_folder_is_clean_and_has_something_to_send(language: str, loa: Loa, tmp_path: Path) -> None:
    loa("init", "new", "--lang", language, folder=tmp_path)
    folder = tmp_path / "new"
    assert read_json(loa("check", "--strict", "--json", folder=folder)) == []
    due = read_json(loa("plan", "--json", folder=folder))
    assert {each["channel"] for each in due} == {"radio", "fanpage", "rss"}
    assert f'language = "{language}"' in (folder / "config.toml").read_text("utf-8")
    post = due[0]["post"]
    previews = read_json(loa("post", "preview", post, "--json", folder=folder))
    assert all("{{" not in each["text"] for each in previews)
    assert "approved" in loa("post", "approve", post, folder=folder).stdout
    (template,) = read_json(loa("post", "templates", "--json", folder=folder))
    event = read_json(loa("event", "list", "--json", folder=folder))[0]["id"]
    args = ("--title", "x", "--event", event, "--template", template["name"])
    loa("post", "new", "invited", *args, folder=folder)
    assert read_json(loa("check", "--json", folder=folder)) == []


def test_what_the_program_makes_stays_out_of_git(loa: Loa, tmp_path: Path) -> None:
    loa("init", "new", folder=tmp_path)
    folder = tmp_path / "new"
    loa("post", "list", folder=folder)
    subprocess.run(["git", "init", "-q"], cwd=folder, check=True)
    shown = subprocess.run(
        ["git", "status", "--porcelain"], cwd=folder, check=True, capture_output=True, text=True
    ).stdout
    assert "config.toml" in shown
    assert "var" not in shown


def test_the_example_is_copied_whole(loa: Loa, tmp_path: Path) -> None:
    loa("init", "nt", "--example", folder=tmp_path)
    source = example_folder() / "content"
    files = {file.relative_to(source) for file in source.rglob("*") if file.is_file()}
    copied = {
        file.relative_to(tmp_path / "nt" / "content")
        for file in (tmp_path / "nt" / "content").rglob("*")
        if file.is_file()
    }
    assert copied == files
    assert len(read_json(loa("post", "list", "--json", folder=tmp_path / "nt"))) >= 40


@pytest.mark.parametrize("example", [(), ("--example",)])
def test_nothing_is_overwritten(example: tuple[str, ...], loa: Loa, tmp_path: Path) -> None:
    (tmp_path / "old").mkdir()
    (tmp_path / "old" / "config.toml").write_text("precious")
    assert "config.toml" in loa("init", "old", *example, folder=tmp_path, code=1).stderr
    assert (tmp_path / "old" / "config.toml").read_text() == "precious"
    assert [each.name for each in (tmp_path / "old").iterdir()] == ["config.toml"]


def test_a_file_in_the_way(loa: Loa, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    assert "'file' is a file" in loa("init", "file", folder=tmp_path, code=2).stderr
    assert (tmp_path / "file").read_text() == ""


def test_the_persons_name_is_that_of_the_system_and_said(
    loa: Loa, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    import pwd

    me = pwd.getpwuid(os.getuid())
    named = pwd.struct_passwd((me.pw_name, "x", me.pw_uid, me.pw_gid, "Nguyễn Thị Lan,,,", me.pw_dir, me.pw_shell))
    monkeypatch.setattr(pwd, "getpwnam", lambda _name: named)
    assert "It has you as Nguyễn Thị Lan" in loa("init", "new", folder=tmp_path).stdout
    assert 'name = "Nguyễn Thị Lan"' in (tmp_path / "new/content/plan.toml").read_text("utf-8")


def test_the_next_steps_can_be_typed_as_they_stand(loa: Loa, tmp_path: Path) -> None:
    said = loa("init", "Chiến dịch 2026", folder=tmp_path).stdout
    step = next(line for line in said.splitlines() if line.strip().startswith("cd "))
    subprocess.run(["bash", "-c", f"{step} && test -f config.toml"], cwd=tmp_path, check=True)
