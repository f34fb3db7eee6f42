"""sd_notify, against a real socket."""

from __future__ import annotations

import socket
from typing import TYPE_CHECKING

from scheduler.engine.notify import notify

if TYPE_CHECKING:
    from pathlib import Path

    import pytest


def test_the_service_manager_hears_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as manager:
        manager.bind(str(tmp_path / "n"))
        monkeypatch.setenv("NOTIFY_SOCKET", str(tmp_path / "n"))
        notify("READY=1")
        assert manager.recv(100) == b"READY=1"


def test_without_a_service_manager_nothing_happens(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("NOTIFY_SOCKET", raising=False)
    notify("READY=1")
    assert "NOTIFY_SOCKET" not in __import__("os").environ
