"""Telling someone outside: a real command, a real web server, a real mail server."""

from __future__ import annotations

import socket
import threading
from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

import pytest

from scheduler.api import OutcomeUnknown, PermanentFailure, Receipt
from scheduler.engine.daemon import alerts
from scheduler.engine.daemon.observers import Alerts
from scheduler.engine.daemon.runner import Runner
from scheduler.plan.config import Alert, Config, Email
from tests.campaign import NOON, Desk, Folder

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from pytest_httpserver import HTTPServer

LATER = NOON + timedelta(hours=1)


def config(folder: Path, **alert: Any) -> Config:
    return Config(folder, ZoneInfo("Asia/Ho_Chi_Minh"), alert=Alert(**alert))


def script(folder: Path, body: str) -> str:
    path = folder / "bao.sh"
    path.write_text(f"#!/bin/sh\n{body}\n")
    path.chmod(0o755)
    return f"{path} 'hai từ'"


def test_a_command_gets_the_text_and_runs_in_the_folder(tmp_path: Path) -> None:
    command = script(tmp_path, 'cat > tin.txt; echo "$1" > doi-so.txt; pwd > noi.txt')
    assert alerts.send(config(tmp_path, command=command), "hỏng: một\nhai", tmp_path) == []
    assert (tmp_path / "tin.txt").read_text() == "hỏng: một\nhai"
    assert (tmp_path / "doi-so.txt").read_text() == "hai từ\n"
    assert (tmp_path / "noi.txt").read_text().strip() == str(tmp_path.resolve())


def test_a_command_runs_without_a_shell(tmp_path: Path) -> None:
    alerts.send(config(tmp_path, command=f"echo x > {tmp_path}/bi-lua"), "a", tmp_path)
    assert not (tmp_path / "bi-lua").exists()


@pytest.mark.parametrize(
    ("body", "reason"), [("echo không được >&2; exit 3", "exit code 3: không được"), (None, "FileNotFoundError")]
)
def test_a_command_that_fails_is_reported(tmp_path: Path, body: str | None, reason: str) -> None:
    command = script(tmp_path, body) if body else "/khong/co"
    (error,) = alerts.send(config(tmp_path, command=command), "a", tmp_path)
    assert error.startswith("alert by command failed")
    assert reason in error


def test_a_webhook_gets_json(httpserver: HTTPServer, tmp_path: Path) -> None:
    httpserver.expect_oneshot_request("/hook", method="POST", json={"text": "hỏng: một"}).respond_with_data("ok")
    assert alerts.send(config(tmp_path, webhook=httpserver.url_for("/hook")), "hỏng: một", tmp_path) == []
    httpserver.check_assertions()


def test_one_way_that_fails_stops_no_other(httpserver: HTTPServer, tmp_path: Path) -> None:
    httpserver.expect_request("/hook").respond_with_data("no", status=500)
    command = script(tmp_path, "cat > tin.txt")
    errors = alerts.send(config(tmp_path, webhook=httpserver.url_for("/hook"), command=command), "a", tmp_path)
    assert len(errors) == 1
    assert "alert by webhook failed" in errors[0]
    assert (tmp_path / "tin.txt").read_text() == "a"


@pytest.mark.parametrize("status", [500, 302])
def test_an_error_never_names_more_of_the_address_than_its_host(
    httpserver: HTTPServer,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    status: int,
    caplog: pytest.LogCaptureFixture,
) -> None:
    httpserver.expect_request("/services/KEY").respond_with_data("no", status=status)
    monkeypatch.setenv("LOA_MOC", httpserver.url_for("/services/KEY"))
    for webhook in ({"env": "LOA_MOC"}, httpserver.url_for("/services/KEY"), "http://127.0.0.1:9/services/KEY"):
        (error,) = alerts.send(config(tmp_path, webhook=webhook), "a", tmp_path)
        logged = [each.getMessage() for each in caplog.records if each.name != "werkzeug"]
        assert "KEY" not in f"{error}{logged}"
        assert ("127.0.0.1" if "127" in str(webhook) else "localhost") in error
        assert str(status) in error or ":9" in str(webhook)


def test_a_webhook_whose_address_is_a_secret(
    httpserver: HTTPServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    httpserver.expect_oneshot_request("/hook", method="POST").respond_with_data("ok")
    monkeypatch.setenv("LOA_MOC", httpserver.url_for("/hook"))
    assert alerts.send(config(tmp_path, webhook={"env": "LOA_MOC"}), "a", tmp_path) == []
    httpserver.check_assertions()


class MailServer:
    """A small SMTP server (RFC 5321) for one message: it keeps what it was told."""

    def __init__(self) -> None:
        self._socket = socket.create_server(("127.0.0.1", 0))
        self.port = self._socket.getsockname()[1]
        self.commands: list[str] = []
        self.message = ""
        self._thread = threading.Thread(target=self._serve, daemon=True)
        self._thread.start()

    def _serve(self) -> None:
        connection, _ = self._socket.accept()
        with connection, connection.makefile("rwb") as stream:

            def say(text: str) -> None:
                stream.write(f"{text}\r\n".encode())
                stream.flush()

            say("220 localhost")
            while line := stream.readline().decode().strip():
                self.commands.append(line)
                word = line.split()[0].upper()
                if word == "DATA":
                    say("354 go on")
                    while (text := stream.readline().decode()) != ".\r\n":
                        self.message += text
                say(
                    {"EHLO": "250-localhost\r\n250 AUTH PLAIN", "QUIT": "221 bye", "AUTH": "235 ok"}.get(word, "250 ok")
                )

    def close(self) -> None:
        self._thread.join(5)
        self._socket.close()


@pytest.fixture
def mail() -> Iterator[MailServer]:
    server = MailServer()
    yield server
    server.close()


def test_an_email_goes_to_everybody(mail: MailServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from email import message_from_bytes
    from email.policy import default

    monkeypatch.setenv("LOA_THU", "mat-khau")
    email = Email(
        ("a@example.org", "b@example.org"),
        "loa@example.org",
        "127.0.0.1",
        mail.port,
        user="loa",
        password={"env": "LOA_THU"},
    )
    assert alerts.send(config(tmp_path, email=email), "hỏng: tin/20210503\nhai", tmp_path) == []
    mail.close()
    message = message_from_bytes(mail.message.encode(), policy=default)
    assert message["Subject"] == "Loa: hỏng: tin/20210503"
    assert message["To"] == "a@example.org, b@example.org"
    assert message.get_content().strip().replace("\r\n", "\n") == "hỏng: tin/20210503\nhai"
    assert any(command.startswith("AUTH") for command in mail.commands)


def test_a_mail_server_that_is_not_there_is_reported(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    email = Email(("a@example.org",), "loa@example.org", "127.0.0.1", port)
    (error,) = alerts.send(config(tmp_path, email=email), "a", tmp_path)
    assert "alert by email failed: ConnectionRefusedError" in error


def test_nobody_to_tell(tmp_path: Path) -> None:
    assert not alerts.configured(config(tmp_path))
    assert alerts.send(config(tmp_path), "a", tmp_path) == []
    assert alerts.configured(config(tmp_path, command="true"))
    assert replace(config(tmp_path), language="en").alert == Alert()


# --- what is told ----------------------------------------------------------------------------------------------------


@pytest.fixture
def watched(folder: Folder, desks: Callable[..., Desk]) -> Desk:
    folder.channel(sure=False)
    command = script(folder.path, "cat >> tin.txt; echo >> tin.txt")
    folder.config(f'[alert]\ncommand = "{command}"')
    for number in range(3):
        folder.post(f"bai-{number}", at=LATER)
    desk = desks(folder)
    Alerts(desk.core).look()
    return desk


def told(desk: Desk) -> str:
    path = desk.folder.path / "tin.txt"
    return path.read_text() if path.exists() else ""


def test_failed_and_unknown_are_told_once(watched: Desk) -> None:
    ends = iter([PermanentFailure("hỏng"), OutcomeUnknown("mất mạng"), None])

    def deliver(*_: object) -> Receipt:
        error = next(ends)
        if error:
            raise error
        return Receipt("1")

    watched.folder.module("kenh").does["deliver"] = deliver
    watched.at(LATER).run()
    assert Alerts(watched.core).look() == 2
    assert told(watched).count("failed: bai-0/20210503/kenh/noi/publish (hỏng)") == 1
    assert "unknown: bai-1/20210503/kenh/noi/publish (mất mạng)" in told(watched)
    assert "bai-2" not in told(watched)
    before = told(watched)
    assert Alerts(watched.core).look() == 0
    assert told(watched) == before


def test_what_a_person_did_is_not_told(watched: Desk) -> None:
    watched.folder.module("kenh").does["deliver"] = lambda *_: Receipt("1", handed=True)
    watched.at(LATER).run()
    watched.act.deny(watched.row("bai-0").id, "không phát")
    assert Alerts(watched.core).look() == 0


def test_what_happened_while_nobody_watched_is_told_by_the_next_one(watched: Desk) -> None:
    def deliver(*_: object) -> Receipt:
        raise PermanentFailure("hỏng")

    watched.folder.module("kenh").does["deliver"] = deliver
    watched.at(LATER).run()
    watched.close()
    later = Desk(watched.folder, watched.clock, armed=False)
    assert Alerts(later.core).look() == 3
    later.close()


def test_a_watch_that_is_stopped_looks_once_more(watched: Desk) -> None:
    def deliver(*_: object) -> Receipt:
        raise PermanentFailure("hỏng")

    watched.folder.module("kenh").does["deliver"] = deliver
    watch = Alerts(watched.core)
    watched.at(LATER).run()
    watch.start()
    watch.stop()
    assert told(watched).count("failed:") == 3


def test_what_nobody_could_be_told_of_is_told_again_and_less_and_less_often(
    watched: Desk, caplog: pytest.LogCaptureFixture
) -> None:
    command = watched.folder.path / "bao.sh"
    works = command.read_text()
    command.write_text("#!/bin/sh\nexit 1\n")
    module = watched.folder.module("kenh")
    module.does["deliver"] = lambda *_: (_ for _ in ()).throw(PermanentFailure("không được"))
    watch = Alerts(watched.core)
    watched.at(LATER).run()
    assert [watch.look(), watch.look()] == [0, 0]
    assert caplog.text.count("nobody could be told") == 1
    assert "again in 30 seconds" in caplog.text
    watched.after(seconds=31)
    assert watch.look() == 0
    assert "again in 60 seconds" in caplog.text
    command.write_text(works)
    watched.after(seconds=31)
    assert watch.look() == 0
    watched.after(seconds=31)
    assert watch.look() == 3
    assert watch.look() == 0
    assert told(watched).count("không được") == 3


def test_a_run_that_does_what_is_due_once_tells_too(watched: Desk) -> None:
    watched.folder.module("kenh").does["deliver"] = lambda *_: (_ for _ in ()).throw(PermanentFailure("không được"))
    watched.at(LATER)
    assert Runner(watched.engine).once() == 0
    assert told(watched).count("không được") == 3
