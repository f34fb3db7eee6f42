from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from scheduler.cli.units import argument, installed, unit_name, units
from tests.cli.conftest import Loa, read_json


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    return tmp_path / "config" / "systemd" / "user"


def test_print_installs_nothing(loa: Loa, campaign: Path, home: Path) -> None:
    shown = loa("service", "install", "--print", folder=campaign).stdout
    assert f'ExecStart="{sys.executable}" -P -m scheduler -C "{campaign}" run' in shown
    assert "Type=notify" in shown
    assert "WatchdogSec=90" in shown
    assert "OnUnitActiveSec=5min" in shown
    assert not home.exists()
    loa("service", "install", "--print", "--now", folder=campaign, code=2)


def test_install_writes_three_units_and_the_doctor_sees_them(loa: Loa, campaign: Path, home: Path) -> None:
    said = loa("service", "install", folder=campaign).stdout
    names = {"loa-campaign.service", "loa-campaign-watch.service", "loa-campaign-watch.timer"}
    assert {each.name for each in home.iterdir()} == names
    assert "systemctl --user enable --now loa-campaign.service loa-campaign-watch.timer" in said
    doctor = {each["name"]: each for each in read_json(loa("doctor", "--json", folder=campaign))}
    assert doctor["service"]["text"] == "loa-campaign.service"
    loa("service", "install", folder=campaign)
    assert len(list(home.iterdir())) == 3


def test_two_folders_of_one_name_get_two_units(tmp_path: Path, home: Path) -> None:
    first, second = tmp_path / "a" / "chiến dịch", tmp_path / "b" / "chiến dịch"
    home.mkdir(parents=True)
    assert unit_name(first) == "loa-chien-dich"
    (home / "loa-chien-dich.service").write_text(units(first, "loa-chien-dich", Path("/x"))["loa-chien-dich.service"])
    assert unit_name(first) == "loa-chien-dich"
    assert unit_name(second).startswith("loa-chien-dich-")
    assert installed(first) == home / "loa-chien-dich.service"
    assert installed(second) is None


@pytest.mark.parametrize(
    ("path", "word"),
    [
        ("/a b/c", '"/a b/c"'),
        ("/100%", '"/100%%"'),
        ('/a"b', '"/a\\"b"'),
        ("/$HOME", '"/$$HOME"'),
        ("/a\\b", '"/a\\\\b"'),
    ],
)
def test_nothing_in_a_path_means_anything_to_systemd(path: str, word: str) -> None:
    assert argument(Path(path)) == word


@pytest.mark.skipif(shutil.which("systemd-analyze") is None, reason="needs systemd-analyze")
def test_systemd_finds_nothing_wrong(tmp_path: Path) -> None:
    folder = tmp_path / "Chiến dịch 100% $x"
    folder.mkdir()
    for name, text in units(folder, "loa-try", Path(sys.executable)).items():
        (tmp_path / name).write_text(text, "utf-8")
    command = ["systemd-analyze", "--man=no", "verify", *sorted(str(each) for each in tmp_path.glob("loa-try*"))]
    ended = subprocess.run(
        command, capture_output=True, text=True, env={**os.environ, "XDG_RUNTIME_DIR": str(tmp_path)}
    )
    assert (ended.returncode, [line for line in ended.stderr.splitlines() if "loa-try" in line]) == (0, [])


def test_without_systemctl_it_says_so(loa: Loa, campaign: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(campaign))
    assert "no systemctl" in loa("service", "install", "--now", folder=campaign, code=1).stderr
