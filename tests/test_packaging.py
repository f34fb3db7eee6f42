"""What people install: the wheel, the source archive, the locks and the Makefile."""

import os
import re
import shutil
import subprocess
import sys
import tarfile
import tomllib
import zipfile
from collections.abc import Iterator
from importlib import metadata
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import NormalizedName, canonicalize_name

import scheduler

ROOT = Path(__file__).resolve().parent.parent
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
LOCKS = ("requirements.lock", "requirements-dev.lock")


def build(source: Path, target: str, out: Path) -> Path:
    """Build one distribution from `source`, as a front end without build isolation would."""
    command = [sys.executable, "-m", "hatchling", "build", "-t", target, "-d", str(out)]
    subprocess.run(command, cwd=source, check=True, capture_output=True)
    (built,) = out.iterdir()
    return built


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Iterator[zipfile.ZipFile]:
    with zipfile.ZipFile(build(ROOT, "wheel", tmp_path_factory.mktemp("wheel"))) as archive:
        yield archive


def tracked(*folders: str) -> list[str]:
    """List the files below the folders that git knows or would add."""
    command = [
        "git",
        "ls-files",
        "-z",
        "--cached",
        "--others",
        "--exclude-standard",
        "--",
        *folders,
    ]
    listed = subprocess.run(command, cwd=ROOT, check=True, capture_output=True, text=True)
    return [name for name in listed.stdout.split("\0") if (ROOT / name).is_file()]


def test_the_wheel_has_one_top_level_package(wheel: zipfile.ZipFile) -> None:
    tops = {name.split("/")[0] for name in wheel.namelist()}
    assert tops == {"scheduler", f"loa_scheduler-{scheduler.__version__}.dist-info"}


@pytest.mark.skipif(not (ROOT / ".git").exists(), reason="asks git for the list of files")
@pytest.mark.parametrize(
    ("folder", "place"),
    [
        ("scheduler", "scheduler"),
        ("plugins", "scheduler/shipped"),
        ("content", "scheduler/example/content"),
    ],
)
def test_the_wheel_carries_every_file(wheel: zipfile.ZipFile, folder: str, place: str) -> None:
    expected = {name.replace(folder, place, 1) for name in tracked(folder)}
    assert expected
    assert expected <= set(wheel.namelist())


def test_the_example_has_its_configuration(wheel: zipfile.ZipFile) -> None:
    packed = wheel.read("scheduler/example/config.toml")
    assert packed == (ROOT / "config.toml").read_bytes()


def test_the_wheel_carries_nothing_that_was_made_here(wheel: zipfile.ZipFile) -> None:
    made = re.compile(r"__pycache__|\.pyc$|/var/|\.db(-wal|-shm)?$")
    assert [name for name in wheel.namelist() if made.search(name)] == []


def test_the_command_is_an_entry_point(wheel: zipfile.ZipFile) -> None:
    text = wheel.read(f"loa_scheduler-{scheduler.__version__}.dist-info/entry_points.txt").decode()
    assert text.split() == [
        "[console_scripts]", "loa", "=", "scheduler.cli:main",
        "[pytest11]", "loa", "=", "scheduler.testing.pytest_plugin",
    ]  # fmt: skip


def test_the_source_archive_builds_the_same_wheel(wheel: zipfile.ZipFile, tmp_path: Path) -> None:
    with tarfile.open(build(ROOT, "sdist", tmp_path / "sdist")) as archive:
        archive.extractall(tmp_path / "source", filter="data")
    (source,) = (tmp_path / "source").iterdir()
    with zipfile.ZipFile(build(source, "wheel", tmp_path / "wheel")) as again:
        assert {entry.filename: entry.CRC for entry in again.infolist()} == {
            entry.filename: entry.CRC for entry in wheel.infolist()
        }


def test_the_version_is_said_once() -> None:
    assert "version" in PROJECT["project"]["dynamic"]
    assert metadata.version("loa-scheduler") == scheduler.__version__


def pins(lock: str) -> dict[NormalizedName, Requirement]:
    """Read a lock: requirement by name. Every one is exact and has hashes, or it fails."""
    found = {}
    for entry in re.split(r"\n(?=[a-zA-Z])", (ROOT / lock).read_text("utf-8")):
        if entry.startswith("#"):
            continue
        head, *hashes = re.split(r"--hash=", entry.partition("\n    #")[0])
        requirement = Requirement(head.replace("\\", "").strip())
        assert str(requirement.specifier).startswith("=="), head
        assert hashes, head
        assert all(re.fullmatch(r"sha256:[0-9a-f]{64}[\s\\]*", each) for each in hashes), head
        found[canonicalize_name(requirement.name)] = requirement
    return found


def wanted(lock: str) -> list[str]:
    runtime: list[str] = PROJECT["project"]["dependencies"]
    if lock == "requirements.lock":
        return runtime
    built_with: list[str] = PROJECT["build-system"]["requires"]
    dev: list[str] = PROJECT["dependency-groups"]["dev"]
    return [*runtime, *built_with, *dev]


@pytest.mark.parametrize("lock", LOCKS)
def test_a_lock_covers_what_the_project_asks_for(lock: str) -> None:
    locked = pins(lock)
    for text in wanted(lock):
        asked = Requirement(text)
        pin = locked[canonicalize_name(asked.name)]
        (version,) = pin.specifier
        assert asked.specifier.contains(version.version), f"{text}: run `make lock`"


def test_every_runtime_dependency_is_used() -> None:
    """By name of the module; time zones are read by the standard library."""
    modules = {"python-docx": "docx", "pyyaml": "yaml", "markdown-it-py": "markdown_it"}
    modules |= {name: name.replace("-", "_") for name in ("sqlite-utils", "textual-serve")}
    names = {str(canonicalize_name(Requirement(each).name)) for each in PROJECT["project"]["dependencies"]} - {"tzdata"}
    files = (path for part in ("scheduler", "plugins") for path in (ROOT / part).rglob("*.py"))
    code = "\n".join(path.read_text("utf-8") for path in files)
    imported = set(re.findall(r"^\s*(?:import|from) (\w+)", code, re.MULTILINE))
    assert {name for name in names if modules.get(name, name) not in imported} == set()


def test_the_locks_agree() -> None:
    runtime, everything = map(pins, LOCKS)
    assert {name: everything.get(name) for name in runtime} == runtime


@pytest.mark.parametrize("lock", LOCKS)
def test_a_lock_names_no_host_and_no_folder(lock: str) -> None:
    text = (ROOT / lock).read_text("utf-8")
    assert re.findall(r"\S*://\S*|^--\S+|(?<!\w)/\w\S*", text, re.MULTILINE) == []


def test_bare_make_lists_every_target() -> None:
    text = (ROOT / "Makefile").read_text("utf-8")
    targets = set(re.findall(r"^([a-z-]+):", text, re.MULTILINE))
    phony = re.search(r"^\.PHONY: (.*)", text, re.MULTILINE)
    shown = subprocess.run(
        ["make", "--no-print-directory"], cwd=ROOT, check=True, capture_output=True, text=True
    ).stdout
    assert phony
    assert set(phony[1].split()) == targets
    assert {line.split()[1] for line in shown.splitlines()} == targets


def test_make_says_which_python_it_needs(tmp_path: Path) -> None:
    for name in ("Makefile", "pyproject.toml", *LOCKS):
        shutil.copy(ROOT / name, tmp_path)
    (tmp_path / "scheduler").mkdir()
    (tmp_path / "scheduler" / "__init__.py").touch()
    old = tmp_path / "python3"
    old.write_text("#!/bin/sh\nexit 1\n")
    old.chmod(0o755)
    env = {key: value for key, value in os.environ.items() if not key.startswith("MAKE")}
    command = ["make", "test", f"PYTHON={old}"]
    ended = subprocess.run(command, cwd=tmp_path, env=env, capture_output=True, text=True)
    assert ended.returncode == 2
    assert ended.stderr.startswith("Loa needs Python 3.11 or newer")
    assert not (tmp_path / ".venv").exists()
