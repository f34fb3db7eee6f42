"""``loa plugins install`` and ``uninstall``: real wheels and folders, in a fresh environment, without a network."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import sysconfig
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from scheduler.cli import environment
from scheduler.cli.example import example_folder
from scheduler.cli.plugin_files import KINDS, NewPlugin
from scheduler.ground.errors import LoaError
from tests.campaign import Folder
from tests.cli.conftest import Loa

pytestmark = pytest.mark.long

Run = Callable[..., subprocess.CompletedProcess[str]]
SITE = Path(sysconfig.get_path("purelib"))


def environ(**more: str) -> dict[str, str]:
    offline = {"PIP_NO_INDEX": "1", "PIP_NO_BUILD_ISOLATION": "0", "PIP_NO_COMPILE": "1", "PIP_NO_CACHE_DIR": "1"}
    return {**os.environ, "LOA_LANG": "en", "PYTHONPATH": "", **offline, **more}


def fresh(place: Path, *libraries: Path) -> Path:
    """Make an environment that has Loa and what it needs, and return its Python."""
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", str(place)], check=True)
    python = place / "bin" / "python"
    asked = [str(python), "-c", "import sysconfig; print(sysconfig.get_path('purelib'))"]
    site = subprocess.run(asked, capture_output=True, text=True, check=True).stdout.strip()
    paths = "\n".join(map(str, (example_folder(), *libraries)))
    (Path(site) / "beside.pth").write_text(f"{paths}\n", "utf-8")
    return python


@pytest.fixture(scope="module")
def python(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the Python of a fresh environment."""
    return fresh(tmp_path_factory.mktemp("environment") / "venv", SITE)


@pytest.fixture
def run(python: Path, folder: Folder) -> Run:
    """Return what runs the program of that environment in a small campaign."""

    def called(
        *args: str, code: int = 0, interpreter: Path = python, where: Path = folder.path, **env: str
    ) -> subprocess.CompletedProcess[str]:
        command = [str(interpreter), "-m", "scheduler", *args]
        ended = subprocess.run(command, cwd=where, env=environ(**env), capture_output=True, text=True)
        assert ended.returncode == code, ended.stdout + ended.stderr
        assert "Traceback" not in ended.stdout + ended.stderr
        return ended

    return called


def written(place: Path, name: str = "village-app", kind: str = "http", **changes: str) -> Path:
    """Write a generated package, with some of its words exchanged."""
    for path, text in NewPlugin(name, kind, "Ứng dụng xã").package().items():
        changed = text
        for old, new in changes.items():
            changed = changed.replace(old, new)
        (place / path).parent.mkdir(parents=True, exist_ok=True)
        (place / path).write_text(changed, "utf-8")
    return place


def wheel(source: Path) -> Path:
    out = source / "dist"
    subprocess.run(
        [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(out)],
        cwd=source,
        check=True,
        capture_output=True,
    )
    (built,) = out.glob("*.whl")
    return built


def delivery(run: Run) -> dict[str, Any]:
    """Return the campaign's only delivery."""
    (found,) = json.loads(run("delivery", "list", "--json").stdout)
    return dict(found)


def test_a_wheel_comes_and_goes(run: Run, folder: Folder, tmp_path: Path) -> None:
    built = wheel(written(tmp_path / "source"))
    said = run("plugins", "install", str(built)).stdout
    assert "village-app 0.1.0 is installed." in said
    assert "Channels  village-app\nHooks     register_channels\nContract  1.0\n" in said
    table = said.split("add to config.toml:\n\n")[1].split("An engine")[0].replace("    ", "")
    assert table.startswith('[channels.village-app]\naddress = "…"\ntoken = { env = "NAME" }\n')
    table = table.replace("…", "https://api.example.org/").replace("NAME", "VILLAGE_TOKEN")
    folder.channels["village-app"] = table.removeprefix("[channels.village-app]\n")
    folder.config()
    folder.post(at=datetime.now(UTC) + timedelta(days=2))
    assert "error" not in run("check", VILLAGE_TOKEN="x").stdout
    assert "village-app" in run("post", "preview", "tin").stdout
    shown = run("plugins", "show", "village-app").stdout
    assert "installed: loa_village_app" in shown
    run("arm", "--yes", VILLAGE_TOKEN="x")
    assert delivery(run)["state"] == "scheduled"
    assert run("plugins", "uninstall", "none-such", "--yes", code=1).stderr.count("village-app") == 1
    asked = run("plugins", "uninstall", "village-app", code=2)
    assert "without a terminal this needs --yes" in asked.stderr
    assert "1 delivery waits for it, and will be held" in asked.stdout
    assert "loa-village-app is taken out." in run("plugins", "uninstall", "village-app", "--yes").stdout
    run("run", "--once")
    assert (delivery(run)["state"], delivery(run)["holds"]) == ("held", ["invalid"])
    assert "village-app" not in run("plugins", "list").stdout
    missing = run("plugins", "uninstall", "village-app", "--yes", code=1).stderr
    assert "there is no plugin 'village-app'" in missing


def test_every_kind_of_package_is_found_checked_and_rehearsed(run: Run, folder: Folder, tmp_path: Path) -> None:
    secrets = {f"Y_{kind.upper()}_TOKEN": "let me in" for kind in KINDS}
    python = fresh(tmp_path / "venv", SITE)
    wheels = [str(wheel(written(tmp_path / kind, f"y-{kind}", kind))) for kind in KINDS]
    subprocess.run([str(python), "-m", "pip", "-q", "install", *wheels], env=environ(), check=True)
    tables = ""
    for kind in KINDS:
        wanted = NewPlugin(f"y-{kind}", kind, "Gói")
        tables += f"\n{wanted.table}"
        for path, text in wanted.lists.items():
            (folder.path / path).parent.mkdir(parents=True, exist_ok=True)
            (folder.path / path).write_text(text, "utf-8")
    with (folder.path / "config.toml").open("a", encoding="utf-8") as file:
        file.write(tables)
    folder.post(at="2021-05-10 08:00", channels=f"[{', '.join(f'y-{kind}' for kind in KINDS)}]")
    assert "error" not in run("check", interpreter=python, **secrets).stdout
    said = run("plugins", "check", "y-bulk", "--only", "pure", interpreter=python, **secrets).stdout
    assert "1 check passed" in said
    args = ("rehearse", "--from", "2021-05-08", "--to", "2021-05-11", "--json")
    played = run(*args, interpreter=python, **secrets).stdout
    states = {each["key"].split("/")[2]: each["state"] for each in json.loads(played)["rows"]}
    assert states == {f"y-{kind}": "handed" if kind == "drop" else "sent" for kind in KINDS}


def test_a_folder_is_built_and_installed(run: Run, tmp_path: Path) -> None:
    source = written(tmp_path / "source", "other-app")
    assert "other-app 0.1.0 is installed." in run("plugins", "install", str(source)).stdout
    newer = wheel(written(tmp_path / "newer", "other-app", **{'__version__ = "0.1.0"': '__version__ = "0.2.0"'}))
    assert "other-app 0.2.0 is installed." in run("plugins", "install", str(newer)).stdout
    assert "other-app 0.2.0 is installed." in run("plugins", "install", "loa-other-app").stdout
    assert "loa-other-app is taken out." in run("plugins", "uninstall", "loa-other-app", "--yes").stdout


def test_none_of_it_needs_a_campaign(run: Run, tmp_path: Path) -> None:
    (tmp_path / "elsewhere").mkdir()
    made = run("plugins", "new", "own-app", "--kind", "drop", "--package", "own", where=tmp_path / "elsewhere").stdout
    assert "Written: own/src/loa_own_app/__init__.py" in made
    assert "  cd own\n  pytest\n  loa plugins install .\n" in made
    assert "own-app 0.1.0 is installed." in run("plugins", "install", "own", where=tmp_path / "elsewhere").stdout
    gone = run("plugins", "uninstall", "own-app", "--yes", where=tmp_path / "elsewhere").stdout
    assert "loa-own-app is taken out." in gone


def test_what_was_written_for_a_newer_contract_is_told_and_can_be_taken_out(run: Run, tmp_path: Path) -> None:
    newer = wheel(written(tmp_path / "newer", "newer-app", **{'loa_contract = "1.0"': 'loa_contract = "9.0"'}))
    ended = run("plugins", "install", str(newer), code=1)
    assert "newer-app does not fit: it is written for contract 9.0" in ended.stderr
    assert "`loa plugins uninstall loa-newer-app` takes it out" in ended.stderr
    assert "9.0" in run("plugins", "list").stdout
    again = run("plugins", "install", str(newer), "--yes", code=1)
    assert "Taken out again: loa-newer-app" in again.stderr
    assert "newer-app" not in run("plugins", "list").stdout


def test_a_name_that_is_taken_is_told(run: Run, tmp_path: Path) -> None:
    entry = {'radio-app = "loa_radio_app"': 'radio = "loa_radio_app"'}
    taken = wheel(written(tmp_path / "taken", "radio-app", **entry))
    ended = run("plugins", "install", str(taken), "--yes", code=1)
    assert "radio does not fit: the name 'radio' is taken by another plugin" in ended.stderr


def test_an_index_has_what_is_named(run: Run, tmp_path: Path) -> None:
    """The index is a folder of wheels, as pip's own settings name it."""
    built = wheel(written(tmp_path / "source"))
    bare = wheel(written(tmp_path / "bare", "bare-app", **{'entry-points."loa.plugins"': 'entry-points."other"'}))
    index = tmp_path / "index"
    index.mkdir()
    for each in (built, bare):
        (index / each.name).write_bytes(each.read_bytes())
    said = run("plugins", "install", "loa-village-app", PIP_FIND_LINKS=str(index)).stdout
    assert "village-app 0.1.0 is installed." in said
    refused = run("plugins", "install", "loa-bare-app", code=1, PIP_FIND_LINKS=str(index)).stderr
    assert "loa-bare-app brings no plugin: it has no entry point in the group loa.plugins" in refused
    assert "It is installed; `loa plugins uninstall loa-bare-app` takes it out." in refused
    again = run("plugins", "install", "loa-bare-app", "--yes", code=1, PIP_FIND_LINKS=str(index)).stderr
    assert "Taken out again: loa-bare-app" in again
    run("plugins", "uninstall", "village-app", "--yes")


def test_what_brings_no_plugin_is_told(run: Run, tmp_path: Path) -> None:
    source = written(tmp_path / "none", "no-app", **{'entry-points."loa.plugins"': 'entry-points."of.others"'})
    ended = run("plugins", "install", str(wheel(source)), "--yes", code=1)
    assert "brings no plugin: it has no entry point in the group loa.plugins" in ended.stderr
    assert "Taken out again: loa-no-app" in ended.stderr


def test_what_needs_another_loa_is_refused(run: Run, tmp_path: Path) -> None:
    source = written(tmp_path / "later", "later-app", **{"loa-scheduler>=": "loa-scheduler>=9"})
    ended = run("plugins", "install", str(wheel(source)), code=1)
    assert "it needs loa-scheduler>=90.1.0, and this Loa is 0.1.0" in ended.stderr.splitlines()[-1]


def test_what_the_installer_says_is_one_line_and_all_with_debug(run: Run) -> None:
    quiet = run("plugins", "install", "loa-nowhere-to-be-found", code=1).stderr
    assert "loa-nowhere-to-be-found" in quiet.splitlines()[-1]
    assert len(quiet.strip().splitlines()) == 2, quiet
    assert "with --debug" in quiet


def test_without_pip_it_says_how_to_get_one(run: Run, tmp_path: Path) -> None:
    libraries = tmp_path / "libraries"
    libraries.mkdir()
    for each in SITE.iterdir():
        if each.name not in ("pip", "uv"):
            (libraries / each.name).symlink_to(each)
    python = fresh(tmp_path / "venv", libraries)
    said = run("plugins", "install", "loa-app", code=1, interpreter=python, PATH=str(tmp_path)).stderr
    assert f"no pip in {tmp_path / 'venv'}" in said
    assert "-m ensurepip" in said


def test_a_pip_beside_installs_where_there_is_none(run: Run, tmp_path: Path) -> None:
    libraries = tmp_path / "libraries"
    libraries.mkdir()
    for each in SITE.iterdir():
        if each.name not in ("pip", "uv"):
            (libraries / each.name).symlink_to(each)
    python = fresh(tmp_path / "venv", libraries)
    built = wheel(written(tmp_path / "source", "beside-app"))
    path = str(Path(sys.executable).parent)
    said = run("plugins", "install", str(built), interpreter=python, PATH=path).stdout
    assert "beside-app 0.1.0 is installed." in said


UV = """\
Using Python 3.11.7 environment at: venv
error: No solution found when resolving dependencies
  cause: Because {wanted} was not found in the cache and loa-app==0.1.0 depends on {wanted}>=90, we can
         conclude that loa-app==0.1.0 cannot be used.

hint: Packages were unavailable because the network was disabled.
"""
"""What uv says, word for word but for the names; in the environment of these tests there is none."""


@pytest.mark.parametrize(
    ("log", "line"),
    [
        (UV.format(wanted="other"), "Because other was not found in the cache and loa-app==0.1.0 depends on other>=90"),
        (UV.format(wanted="loa-scheduler"), "it needs loa-scheduler>=90, and this Loa is "),
        ("", "the installer failed and says nothing"),
    ],
)
def test_what_other_installers_say_is_one_line_too(log: str, line: str) -> None:
    said = environment._in_one_line(log)
    assert said.startswith(line)
    assert "\n" not in said


def test_shipped_and_own_files_are_not_installed(folder: Folder, loa: Loa) -> None:
    folder.channel()
    shipped = loa("plugins", "uninstall", "radio", "--yes", folder=folder.path, code=1).output
    assert "radio ships with Loa and cannot be taken out: `loa plugins disable radio`" in shipped
    own = loa("plugins", "uninstall", "kenh", "--yes", code=1).output
    assert "kenh is plugins/kenh.py: delete that, or switch it off with `loa plugins disable kenh`" in own
    assert "did you mean 'radio'?" in loa("plugins", "uninstall", "radoi", "--yes", code=1).output


def test_an_option_is_no_requirement(folder: Folder, loa: Loa) -> None:
    said = loa("plugins", "install", "--", "--target=/", folder=folder.path, code=2).output
    assert "'--target=/' is neither a requirement, nor a folder, nor a wheel" in said


def test_a_path_where_nothing_is_says_so(folder: Folder, loa: Loa) -> None:
    said = loa("plugins", "install", "./nowhere", folder=folder.path, code=1).output
    assert "there is nothing at ./nowhere: give a project's folder, a wheel, or a name on the package index" in said
    said = loa("plugins", "install", "dist/loa_none-0.1.0-py3-none-any.whl", folder=folder.path, code=1).output
    assert "there is nothing at dist/loa_none-0.1.0-py3-none-any.whl" in said


def test_a_python_that_the_system_looks_after_is_left_alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "EXTERNALLY-MANAGED").touch()
    monkeypatch.setattr(sys, "prefix", sys.base_prefix)
    monkeypatch.setattr(sysconfig, "get_path", lambda name: str(tmp_path))
    with pytest.raises(LoaError, match=r"the system looks after this Python .* an environment of its own"):
        environment.install("loa-app")


def test_an_environment_of_others_is_left_alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    gone = tmp_path / "gone"
    monkeypatch.setattr(sysconfig, "get_path", lambda name: str(gone))
    with pytest.raises(LoaError, match="gone is not writable for you"):
        environment.install("loa-app")


def test_a_plugin_that_leaves_a_thread_keeps_nobody_waiting(folder: Folder, monkeypatch: pytest.MonkeyPatch) -> None:
    folder.plugin(
        "treo",
        "import time\nfrom concurrent.futures import ThreadPoolExecutor\n"
        "ThreadPoolExecutor(1).submit(time.sleep, 40)\n",
    )
    monkeypatch.setattr(environment, "LOOK_SECONDS", 20.0)
    found = {each["name"]: each for each in environment.look(folder.path).plugins}
    assert not found["treo"]["error"]


def test_a_look_that_takes_too_long_is_one_line(folder: Folder, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(environment, "LOOK_SECONDS", 0.01)
    with pytest.raises(LoaError, match="a new process did not load the plugins within"):
        environment.look(folder.path)
