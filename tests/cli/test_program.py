"""The root: its help is quick and loads nothing, its options stand anywhere, its errors are one line."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import click
import pytest

from scheduler.cli.index import INDEX
from scheduler.cli.program import program
from scheduler.cli.shape import Spoken, paragraphs
from tests.cli.conftest import Loa, program_in_a_process

SHORT = [(name, text) for section in INDEX.values() for name, (_place, text) in section.items()]
HEAVY = {"pydantic", "sqlite_utils", "sqlite3", "pluggy", "textual", "rich", "jinja2", "yaml", "loa_plugins", "tomllib"}


def loaded(*args: str, folder: Path) -> set[str]:
    """Return the top-level modules that a run of the program has imported in the end."""
    code = (
        "import sys, contextlib, io\n"
        "from scheduler.cli.program import program\n"
        "with contextlib.suppress(SystemExit), contextlib.redirect_stdout(io.StringIO()):\n"
        f"    program.main({list(args)!r})\n"
        "print(' '.join({name.split('.')[0] for name in sys.modules}))\n"
        "print(' '.join(name for name in sys.modules if name.startswith('scheduler.')), file=sys.stderr)"
    )
    root = str(Path(__file__).parents[2])
    ended = subprocess.run([sys.executable, "-c", code], cwd=folder, env={"PYTHONPATH": root}, capture_output=True)
    assert ended.returncode == 0, ended.stderr
    return set(ended.stdout.decode().splitlines()[-1].split()) | set(ended.stderr.decode().split())


@pytest.mark.parametrize(("name", "text"), SHORT, ids=[name for name, _text in SHORT])
def test_the_index_says_what_the_command_says(name: str, text: str) -> None:
    command = program.get_command(click.Context(program), name)
    assert isinstance(command, Spoken)
    assert command.name == name
    assert paragraphs(command.help)[0] == text


def test_help_imports_no_command_and_nothing_heavy(campaign: Path) -> None:
    found = loaded("--help", folder=campaign)
    assert not HEAVY & found
    assert not [name for name in found if name.startswith(("scheduler.cli.commands", "scheduler.engine"))]


@pytest.mark.parametrize("args", [("check",), ("plan",), ("post", "list"), ("channel", "list"), ("doctor",)])
def test_no_command_loads_textual(args: tuple[str, ...], campaign: Path) -> None:
    found = loaded(*args, folder=campaign)
    assert "scheduler.engine.engine" in found
    assert not {"textual", "rich"} & found


def test_bare_loa_without_a_terminal_writes_the_help(campaign: Path) -> None:
    ended = program_in_a_process(folder=campaign)
    assert ended.returncode == 0
    assert "loa init my-campaign" in ended.stdout


def test_every_section_and_command_is_in_the_help(loa: Loa, campaign: Path) -> None:
    shown = loa("--help", folder=campaign).output
    for section, commands in INDEX.items():
        assert f"{section}:" in shown
        assert all(f"  {name} " in shown for name in commands)


def test_version(loa: Loa, tmp_path: Path) -> None:
    from scheduler import __version__

    assert loa("--version", folder=tmp_path).output == f"Loa {__version__}\n"


@pytest.mark.parametrize(
    ("args", "nearest"),
    [
        (("pln",), "did you mean 'plan'?"),
        (("post", "lst"), "did you mean 'list'?"),
        (("plan", "--form", "now"), "did you mean '--from'?"),
        (("post", "show", "tv-loi-moj"), "did you mean 'tv-loi-moi'?"),
        (("event", "show", "ra-qan"), "did you mean 'ra-quan'?"),
        (("plan", "--channel", "rado"), "did you mean 'radio'?"),
        (("channel", "pause", "rado"), "did you mean 'radio'?"),
    ],
)
def test_a_mistyped_name_is_told_in_one_line_with_the_nearest(
    args: tuple[str, ...], nearest: str, loa: Loa, campaign: Path
) -> None:
    result = loa(*args, folder=campaign, code=None)
    assert result.exit_code in (1, 2)
    assert nearest in result.stderr
    assert result.stderr.count("\n") == 1
    assert result.stdout == ""


@pytest.mark.parametrize(
    "args", [("plan", "--to", "gestern"), ("post", "new", "x"), ("plan", "--from", "now", "--to", "-1d"), ("post",)]
)
def test_usage_errors_end_with_2(args: tuple[str, ...], loa: Loa, campaign: Path) -> None:
    loa(*args, folder=campaign, code=2)


@pytest.mark.parametrize("args", [("-C", "{}", "post", "list", "--json"), ("post", "list", "--json", "-C", "{}")])
def test_the_folder_may_be_named_before_and_behind(
    args: tuple[str, ...], loa: Loa, campaign: Path, tmp_path: Path
) -> None:
    shown = loa(*(each.format(campaign) for each in args), folder=tmp_path)
    assert '"tv-loi-moi"' in shown.stdout


def test_the_folder_is_found_upwards(loa: Loa, campaign: Path) -> None:
    assert "ra-quan" in loa("event", "list", folder=campaign / "content" / "posts").stdout


def test_elsewhere_it_says_how_to_make_one(loa: Loa, tmp_path: Path) -> None:
    assert "loa init DIR" in loa("plan", folder=tmp_path, code=1).stderr
    assert "has no config.toml" in loa("-C", ".", "plan", folder=tmp_path, code=1).stderr


def test_a_person_of_the_plan_is_asked_for(loa: Loa, campaign: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert "nobody-such" in loa("--as", "nobody-such", "plan", folder=campaign, code=1).stderr
    monkeypatch.setenv("LOA_AS", "nobody-else")
    assert "nobody-else" in loa("plan", folder=campaign, code=1).stderr


def test_the_language_comes_from_option_then_environment_then_config(
    loa: Loa, campaign: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def title(*args: str) -> str:
        return loa("post", "list", *args, folder=campaign).stdout.split("\n")[0].split("\t")[0]

    assert title() == "Post"
    assert title("--lang", "vi") == "Bài"
    monkeypatch.delenv("LOA_LANG")
    assert title() == "Bài"
    assert title("--lang=en") == "Post"
    (campaign / "config.toml").write_text('zone = "Asia/Ho_Chi_Minh"\nlanguage = "en"\n')
    assert title() == "Post"


def test_without_a_campaign_it_speaks_as_the_system_does(
    loa: Loa, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("LOA_LANG", "LC_ALL", "LC_MESSAGES", "LANG"):
        monkeypatch.delenv(name, raising=False)
    assert "Usage:" in loa("--help", folder=tmp_path).output
    monkeypatch.setenv("LANG", "vi_VN.UTF-8")
    assert "Cách dùng:" in loa("--help", folder=tmp_path).output
    monkeypatch.setenv("LC_ALL", "C.UTF-8")
    monkeypatch.setenv("LOA_LANG", "tlh")
    assert "Cách dùng:" in loa("--help", folder=tmp_path).output


def test_help_is_translated_wherever_the_language_stands(loa: Loa, campaign: Path) -> None:
    for args in (("--help", "--lang", "vi"), ("plan", "--help", "--lang", "vi")):
        shown = loa(*args, folder=campaign).output
        assert "Cách dùng:" in shown
        assert "Hiện phần trợ giúp này." in shown
    assert "Ý bạn" in loa("pln", "--lang", "vi", folder=campaign, code=2).stderr.replace("ý bạn", "Ý bạn")


def test_a_broken_config_still_speaks_its_language(loa: Loa, campaign: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("LOA_LANG")
    (campaign / "config.toml").write_text('language = "vi"\n[channels\n')
    assert "lỗi" in loa("check", folder=campaign, code=1).stdout


def test_clicks_own_words_for_folders_and_choices_are_in_vietnamese(loa: Loa, campaign: Path) -> None:
    assert "Directory" not in loa("--lang", "vi", "-C", "/nonexist", "check", code=2).stderr
    told = loa("--lang", "vi", "delivery", "list", "--state", "x", folder=campaign, code=2).stderr
    assert "không nằm trong các giá trị: 'held'" in told
