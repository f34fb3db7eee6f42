"""``loa plugins new``: every kind in both forms is whole, typed, tested, and works in a campaign."""

from __future__ import annotations

import os
import pty
import subprocess
import sys
from contextlib import ExitStack
from pathlib import Path
from subprocess import PIPE, STDOUT

import pytest

from scheduler.channels.loader import load_plugins
from scheduler.cli.example import example_folder
from scheduler.cli.plugin_files import KINDS, NewPlugin, wrong_name
from tests.campaign import Folder
from tests.cli.conftest import Loa, read_json
from tests.pages import ROOT

pytestmark = pytest.mark.long

FORMS = ("file", "package")
EVERY = [(kind, form) for kind in KINDS for form in FORMS]
ENDS = {"drop": "handed", "http": "sent", "bulk": "sent", "picture": "sent", "device": "sent"}
ENVIRONMENT = {**os.environ, "PYTHONPATH": str(ROOT), "LOA_LANG": "en", "PYTEST_ADDOPTS": ""}


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> dict[tuple[str, str], Path]:
    """Return a folder for each kind and form, as the command writes it; files lie in a campaign of their own."""
    found = {}
    for kind, form in EVERY:
        folder = tmp_path_factory.mktemp(f"{kind}-{form}")
        name = f"{kind}-in-{form}"
        Folder(folder / "campaign")
        where = ["--file"] if form == "file" else ["--package", str(folder / "package")]
        command = [sys.executable, "-m", "scheduler", "plugins", "new", name, "--kind", kind, *where]
        subprocess.run(command, cwd=folder / "campaign", env=ENVIRONMENT, check=True, capture_output=True)
        found[kind, form] = folder / ("campaign" if form == "file" else "package")
    return found


def test_their_tests_pass_at_once(made: dict[tuple[str, str], Path]) -> None:
    """All are at work at the same time: they mostly wait for time limits. A package's code is that of the file."""
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "-p", "no:xdist", "-W", "error"]
    with ExitStack() as ends:
        running = {}
        for (kind, form), folder in made.items():
            args = ["plugins/tests"] if form == "file" else ["-k", "not contract or sends or process or pure"]
            process = subprocess.Popen(
                [*command, *args], cwd=folder, env=ENVIRONMENT, stdout=PIPE, stderr=STDOUT, text=True
            )
            running[kind, form] = ends.enter_context(process)
            ends.callback(process.kill)
        for each, process in running.items():
            said, _nothing = process.communicate(timeout=300)
            assert process.returncode == 0, f"{each}: {said}"
            assert " passed" in said


def test_all_of_them_are_clean(made: dict[tuple[str, str], Path], tmp_path: Path) -> None:
    for (_kind, form), folder in made.items():
        place = folder / "plugins" if form == "file" else folder
        own = [] if form == "package" else ["--config", str(ROOT / "pyproject.toml")]
        parts = sorted(place.rglob("*.py"))
        checked = [part for part in parts if form == "package" or part.parent.name != "tests"]
        for verb in (["check"], ["format", "--check"]):
            command = [sys.executable, "-m", "ruff", *verb, *own, "--no-cache", *map(str, checked)]
            ended = subprocess.run(command, cwd=folder, capture_output=True, text=True)
            assert ended.returncode == 0, ended.stdout


def test_all_of_them_are_typed(made: dict[tuple[str, str], Path], tmp_path: Path) -> None:
    files = [file for folder in made.values() for file in sorted(folder.rglob("*.py"))]
    sources = [str(folder / "src") for (_kind, form), folder in made.items() if form == "package"]
    command = [sys.executable, "-m", "mypy", "--strict", "--config-file=", f"--cache-dir={tmp_path}", *map(str, files)]
    env = {**ENVIRONMENT, "MYPYPATH": os.pathsep.join([*sources, str(ROOT)])}
    ended = subprocess.run(command, cwd=tmp_path, env=env, capture_output=True, text=True)
    assert ended.returncode == 0, ended.stdout


def test_what_a_package_has(made: dict[tuple[str, str], Path]) -> None:
    folder = made["http", "package"]
    assert sorted(path.relative_to(folder).as_posix() for path in _texts(folder)) == [
        ".gitignore",
        "README.md",
        "pyproject.toml",
        "src/loa_http_in_package/__init__.py",
        "src/loa_http_in_package/py.typed",
        "tests/test_http_in_package.py",
    ]
    for file in _texts(folder):
        assert "@" not in file.read_text("utf-8").replace("@pytest.", "").replace("@hookimpl", "")


def test_a_package_for_many_says_how_its_list_looks(made: dict[tuple[str, str], Path]) -> None:
    text = (made["bulk", "package"] / "README.md").read_text("utf-8")
    assert "Its target reads `content/contacts/bulk-in-package.csv` in the campaign folder" in text
    assert "```csv\naddress,name\nan@example.org,An\n" in text
    assert "csv" not in (made["http", "package"] / "README.md").read_text("utf-8")


def _texts(folder: Path) -> list[Path]:
    return [path for path in folder.rglob("*") if path.is_file() and "__pycache__" not in path.parts]


def test_each_is_switched_on_checked_and_rehearsed(folder: Folder, loa: Loa, monkeypatch: pytest.MonkeyPatch) -> None:
    folder.post(at="2021-05-10 08:00", channels=f"[{', '.join(f'x-{kind}' for kind in KINDS)}]")
    for kind in KINDS:
        monkeypatch.setenv(f"X_{kind.upper()}_TOKEN", "let me in")
        said = loa("plugins", "new", f"x-{kind}", "--kind", kind, "--file", "--switch-on", folder=folder.path).stdout
        assert f"Written: plugins/x_{kind}.py\nWritten: plugins/tests/test_x_{kind}.py" in said
    plugins = {each["name"]: each for each in read_json(loa("plugins", "list", "--json"))}
    assert "tests" not in plugins
    assert [plugins[f"x_{kind}"]["channels"] for kind in KINDS] == [[f"x-{kind}"] for kind in KINDS]
    assert {plugins[f"x_{kind}"]["error"] for kind in KINDS} == {""}
    assert "error" not in loa("check").stdout
    for kind in KINDS:
        assert "1 check passed" in loa("plugins", "check", f"x_{kind}", "--only", "sends").stdout
    args = ("--from", "2021-05-08", "--to", "2021-05-11", "--json")
    rows = read_json(loa("rehearse", *args))["rows"]
    assert {each["key"].split("/")[2]: each["state"] for each in rows} == {
        f"x-{kind}": state for kind, state in ENDS.items()
    }


@pytest.mark.parametrize("name", ["a", "abcdefghijklmnopqrstuv", "abcdefghijklmnopqrstuvwxyzabcd"])
def test_no_name_is_too_long_for_a_line(name: str, tmp_path: Path) -> None:
    for kind in KINDS:
        for path, text in NewPlugin(name, kind, "T" * 30).package().items():
            (tmp_path / kind / path).parent.mkdir(parents=True, exist_ok=True)
            (tmp_path / kind / path).write_text(text, "utf-8")
    for verb in (["check"], ["format", "--check"]):
        command = [sys.executable, "-m", "ruff", *verb, "--no-cache", "."]
        ended = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True)
        assert ended.returncode == 0, ended.stdout


def test_what_was_switched_on_is_taken_back(folder: Folder, loa: Loa) -> None:
    before = (folder.path / "config.toml").read_bytes()
    loa("plugins", "new", "bang", "--kind", "drop", "--file", "--switch-on", folder=folder.path)
    assert (folder.path / "config.toml").read_bytes().startswith(before)
    loa("undo")
    assert (folder.path / "config.toml").read_bytes() == before


def test_without_switching_on_it_says_what_to_paste(folder: Folder, loa: Loa) -> None:
    said = loa("plugins", "new", "bang", "--kind", "drop", "--file", "--title", "Bảng tin", folder=folder.path).stdout
    assert "To switch it on, add to config.toml:\n\n    [channels.bang]\n    price = 500\n" in said
    assert '    title = "Bảng tin"\n' in said
    assert "  pytest plugins/tests/test_bang.py\n  loa check\n  loa plugins check bang\n" in said
    (channel, plugin) = load_plugins(folder.path).channels["bang"]
    assert (channel.title, plugin) == ("Bảng tin", "bang")


def test_nothing_that_is_there_is_written_over(folder: Folder, loa: Loa, tmp_path: Path) -> None:
    test = folder.path / "plugins" / "tests" / "test_bang.py"
    test.parent.mkdir()
    test.write_text("mine", "utf-8")
    refused = loa("plugins", "new", "bang", "--kind", "drop", "--file", folder=folder.path, code=1).output
    assert "has these already: plugins/tests/test_bang.py; nothing was written" in refused
    assert not (folder.path / "plugins" / "bang.py").exists()
    (tmp_path / "there").mkdir()
    (tmp_path / "there" / "README.md").write_text("mine", "utf-8")
    refused = loa("plugins", "new", "bang", "--kind", "drop", "--package", str(tmp_path / "there"), code=1).output
    assert "README.md; nothing was written" in refused
    assert [path.name for path in (tmp_path / "there").iterdir()] == ["README.md"]


@pytest.mark.parametrize(
    ("args", "said"),
    [
        (["bang"], "say with --kind what it is: drop, http, bulk, picture, device"),
        (["bang", "--kind", "htpp", "--file"], "there is no 'htpp': did you mean 'http'?"),
        (["bang", "--kind", "drop"], "say where it is to be: --file, or --package DIR"),
        (["bang", "--kind", "drop", "--file", "--package", "x"], "--file and --package exclude each other"),
        (["bang", "--kind", "drop", "--package", "x", "--switch-on"], "--switch-on goes with --file"),
        (["bang", "--kind", "drop", "--file", "--title", 'a "b"'], "--title: a title is one line"),
        (["Bảng Tin", "--kind", "drop", "--file"], "'Bảng Tin' is no name"),
        (["Bảng Tin", "--kind", "drop", "--file"], "did you mean 'bang-tin'?"),
        (["kenh", "--kind", "drop", "--file"], "there is a plugin kenh already: plugins/kenh.py"),
        (["khac", "--kind", "drop", "--file"], "there is a channel khac already, of plugin ten"),
        (["radio", "--kind", "drop", "--file"], "there is a plugin radio already: shipped/radio"),
        (["moi", "--kind", "drop", "--file"], "config.toml has a channel moi already"),
    ],
)
def test_what_is_wrong_is_said_and_nothing_written(args: list[str], said: str, folder: Folder, loa: Loa) -> None:
    folder.channel()
    folder.channel("khac")
    folder.switch_on("moi")
    (folder.path / "plugins" / "khac.py").rename(folder.path / "plugins" / "ten.py")
    before = sorted(folder.path.rglob("*.py"))
    assert said in " ".join(loa("plugins", "new", *args, folder=folder.path, code=2).output.split())
    assert sorted(folder.path.rglob("*.py")) == before


@pytest.mark.parametrize(
    ("name", "near"), [("2-loa", "loa"), ("class", "class-channel"), ("a" * 60, "a" * 30), ("-", ""), ("đài", "dai")]
)
def test_the_nearest_name_is_one(name: str, near: str) -> None:
    assert wrong_name(name)
    assert (f"did you mean {near!r}?" in wrong_name(name)) == bool(near)
    assert not near or wrong_name(near) == ""


def test_on_a_terminal_it_asks(folder: Folder) -> None:
    mine, its = pty.openpty()
    command = [sys.executable, "-m", "scheduler", "plugins", "new", "bang"]
    env = {**ENVIRONMENT, "PYTHONPATH": str(example_folder()), "TERM": "dumb"}
    with subprocess.Popen(command, cwd=folder.path, env=env, stdin=its, stdout=subprocess.PIPE, stderr=its) as process:
        os.write(mine, b"drop\nfile\n")
        assert process.stdout is not None
        said = process.stdout.read().decode()
    asked = os.read(mine, 4096).decode()
    os.close(mine)
    os.close(its)
    assert process.returncode == 0, asked
    assert "What kind of channel is it? (drop, http, bulk, picture, device)" in asked
    assert "a sheet or an export in a folder" in asked
    assert "or for others to install (package)? (file, package) [file]" in asked
    assert "Written: plugins/bang.py" in said
