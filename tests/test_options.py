"""Typed options, and secrets that stand elsewhere."""

from __future__ import annotations

import os
import pickle
import subprocess
import sys
from pathlib import Path
from typing import Any, ClassVar

import pytest
from pydantic import ValidationError

from scheduler.api import Options, Secret
from scheduler.ground.errors import LoaError

VALUE = "bi-mat-12345"


class Settings(Options):
    address: str = "a"
    token: Secret | None = None
    operational: ClassVar[frozenset[str]] = frozenset({"address"})


# --- options --------------------------------------------------------------------------------------------------------


def test_unknown_keys_are_errors_and_values_are_frozen() -> None:
    with pytest.raises(ValidationError, match="adress"):
        Settings.model_validate({"adress": "b"})
    with pytest.raises(ValidationError):
        Settings().address = "b"  # type: ignore[misc]
    assert Settings.model_validate({"address": "b"}).address == "b"


# --- where a secret stands ------------------------------------------------------------------------------------------


def test_in_the_environment(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TOKEN", VALUE)
    assert Secret(env="TOKEN").resolve(tmp_path) == VALUE
    monkeypatch.setenv("TOKEN", "")
    with pytest.raises(LoaError, match="environment variable TOKEN is not set"):
        Secret(env="TOKEN").resolve(tmp_path)
    monkeypatch.delenv("TOKEN")
    with pytest.raises(LoaError, match="TOKEN"):
        Secret(env="TOKEN").resolve(tmp_path)


def test_in_a_file_of_ones_own(tmp_path: Path) -> None:
    file = tmp_path / "secrets" / "token"
    file.parent.mkdir()
    file.write_text(f"{VALUE}\n", encoding="utf-8")
    file.chmod(0o600)
    assert Secret(file="secrets/token").resolve(tmp_path) == VALUE
    assert Secret(file=str(file)).resolve(tmp_path / "elsewhere") == VALUE


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o644, 0o660, 0o610, 0o601, 0o666])
def test_a_file_that_is_open_to_others_is_refused_unread(tmp_path: Path, mode: int) -> None:
    file = tmp_path / "token"
    file.write_text(VALUE, encoding="utf-8")
    file.chmod(mode)
    with pytest.raises(LoaError, match="token is open to others: chmod 600 it") as raised:
        Secret(file="token").resolve(tmp_path)
    assert VALUE not in str(raised.value)


def test_a_link_counts_as_what_it_leads_to(tmp_path: Path) -> None:
    file = tmp_path / "open"
    file.write_text(VALUE, encoding="utf-8")
    file.chmod(0o644)
    (tmp_path / "token").symlink_to(file)
    with pytest.raises(LoaError, match="open to others"):
        Secret(file="token").resolve(tmp_path)


@pytest.mark.parametrize("what", ["missing", "folder", "not utf-8", "empty"])
def test_a_file_that_gives_none_is_named(tmp_path: Path, what: str) -> None:
    file = tmp_path / "token"
    if what == "folder":
        file.mkdir(mode=0o700)
    elif what != "missing":
        file.write_bytes(b"\xff\xfe\x00" if what == "not utf-8" else b" \n")
        file.chmod(0o600)
    with pytest.raises(LoaError, match="token"):
        Secret(file="token").resolve(tmp_path)


def test_as_a_systemd_credential(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = tmp_path / "credentials"
    folder.mkdir()
    (folder / "token").write_text(f"{VALUE}\n", encoding="utf-8")
    (folder / "token").chmod(0o440)  # as systemd writes it, in a folder that is closed
    monkeypatch.setenv("CREDENTIALS_DIRECTORY", str(folder))
    assert Secret(credential="token").resolve(tmp_path) == VALUE
    with pytest.raises(LoaError, match="other"):
        Secret(credential="other").resolve(tmp_path)
    (tmp_path / "outside").write_text("x", encoding="utf-8")
    with pytest.raises(LoaError, match="outside"):
        Secret(credential="../outside").resolve(tmp_path)
    monkeypatch.delenv("CREDENTIALS_DIRECTORY")
    with pytest.raises(LoaError, match="only there below systemd"):
        Secret(credential="token").resolve(tmp_path)


@pytest.mark.parametrize(
    "given", [{}, {"env": "A", "file": "b"}, {"env": "A", "credential": "b"}, {"value": VALUE}, VALUE]
)
def test_exactly_one_place_and_never_the_value_itself(given: Any) -> None:
    with pytest.raises(ValidationError):
        Secret.model_validate(given)


# --- and is never shown ---------------------------------------------------------------------------------------------


def test_a_resolved_secret_is_in_no_print_of_its_reference(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TOKEN", VALUE)
    settings = Settings.model_validate({"token": {"env": "TOKEN"}})
    assert settings.token is not None
    assert settings.token.resolve(tmp_path) == VALUE
    shown = (
        repr(settings),
        str(settings.token),
        settings.model_dump_json(),
        repr(vars(settings.token)),
        repr(settings.token),
    )
    assert all(VALUE not in each for each in shown)
    assert VALUE.encode() not in pickle.dumps(settings)
    assert "TOKEN" in repr(settings)


WITH_SETS = """
from scheduler.api import Options
WORDS = {'one', 'two', 'three', 'four', 'five', 'six'}
class Own(Options):
    words: set[str] = WORDS
    by_area: dict[str, frozenset[str]] = {'a': frozenset(WORDS)}
    several: list[set[str]] = [WORDS, set()]
class Outer(Options):
    own: Own = Own()
    listed: list[str] = ['b', 'a']
print(Outer().model_dump(mode='json'))
"""
ORDERED = ["five", "four", "one", "six", "three", "two"]


def test_sets_are_written_in_one_order_in_every_process_and_lists_as_they_are() -> None:
    said = set()
    for seed in range(4):
        around = {**os.environ, "PYTHONHASHSEED": str(seed)}
        command = [sys.executable, "-c", WITH_SETS]
        said.add(
            subprocess.run(
                command, env=around, cwd=Path(__file__).parents[1], capture_output=True, text=True, check=True
            ).stdout
        )
    own = {"words": ORDERED, "by_area": {"a": ORDERED}, "several": [ORDERED, []]}
    assert said == {f"{ {'own': own, 'listed': ['b', 'a']} }\n"}
