"""Validators of options that hang: named, contained, and asked no second time for the same."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

import pytest

from scheduler.channels import registry
from tests.campaign import NOON, Desk
from tests.kill.process import loa

if TYPE_CHECKING:
    from tests.campaign import Folder

CODE = """
import time
from pydantic import field_validator
from scheduler.api import BaseChannel, Options, Receipt, Rendered, hookimpl

class Own(Options):
    where: str = ""

    @field_validator("where")
    @classmethod
    def _reached(cls, where):
        if where == "far":
            time.sleep(600)
        if where == "out":
            raise SystemExit(3)
        return where

class Slow(BaseChannel[Own]):
    name = "slow"
    title = "Slow"
    options = target_options = Own

    def render(self, item, context):
        return Rendered({}, item.text)

    def deliver(self, rendered, context):
        return Receipt("1")

@hookimpl
def register_channels():
    return [Slow()]
"""


def made(folder: Folder, where: str, *, isolated: bool) -> Desk:
    """Return a campaign whose channel has that option."""
    folder.plugin("slow", CODE)
    folder.channel("kenh")
    folder.channels["slow"] = f'where = "{where}"\n[plugins.slow]\nisolated = {str(isolated).lower()}\n'
    folder.config()
    folder.post(at=NOON)
    return Desk(folder)


@pytest.mark.parametrize("isolated", [False, True])
def test_one_that_hangs_is_named_and_the_rest_works(
    folder: Folder, monkeypatch: pytest.MonkeyPatch, isolated: bool
) -> None:
    monkeypatch.setattr(registry, "SECONDS", 0.5)
    began = time.monotonic()
    desk = made(folder, "far", isolated=isolated)
    took = time.monotonic() - began
    (problem,) = [each for each in desk.engine.snapshot.problems if each.key == "channels.slow"]
    assert problem.message == "plugin slow: its options were not checked within 0.5 seconds"
    assert problem.line
    assert set(desk.engine.registry.channels) == {"kenh"}
    assert took < 10
    folder.post("hai", at=NOON)
    monkeypatch.setattr(registry, "SECONDS", 60.0)
    assert desk.engine.refresh(), "and what has hung is not waited for again"
    assert set(desk.engine.registry.channels) == {"kenh"}
    folder.channels["slow"] = folder.channels["slow"].replace("far", "near")
    folder.config()
    assert desk.engine.refresh()
    assert set(desk.engine.registry.channels) == {"kenh", "slow"}
    desk.close()


def test_one_that_ends_the_program_is_only_its_own_error(folder: Folder) -> None:
    desk = made(folder, "out", isolated=False)
    (problem,) = [each for each in desk.engine.snapshot.problems if each.key == "channels.slow"]
    assert problem.message == "SystemExit: 3"
    desk.close()


def test_loa_check_ends(folder: Folder) -> None:
    made(folder, "far", isolated=False).close()
    began = time.monotonic()
    with pytest.raises(AssertionError, match="its options were not checked within 5 seconds"):
        loa(folder.path, "check")
    assert time.monotonic() - began < 20
