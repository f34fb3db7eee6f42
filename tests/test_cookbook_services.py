"""The cookbook's channels against what is in use outside: OpenSSH's server, and a mail server."""

from __future__ import annotations

import os
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from scheduler.ground.lifecycle import State
from tests.campaign import NOON
from tests.pages import ROOT
from tests.servers import exim, openssh
from tests.servers.exim import Exim
from tests.servers.openssh import RENAME, WRITE, OpenSsh, cut_at
from tests.test_cookbook import SETTING, with_channel

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from scheduler.ground.delivery import Delivery
    from tests.campaign import Desk, Folder

pytestmark = pytest.mark.service
sftp = pytest.mark.skipif(openssh.SERVER is None, reason="sshd is not installed")
mail = pytest.mark.skipif(
    exim.SERVER is None or os.geteuid() != 0, reason="exim4 is not installed, or is not started by root, as it must be"
)
CERTIFICATE = ROOT / "examples" / "newsletter" / "tests" / "localhost.pem"
NAME = "tin_20210506_drop_noi_publish_1.txt"
NEWSLETTER = """
host = "localhost"
port = {port}
user = "loa"
password = {{ env = "POST_PASSWORD" }}
sender = "tin@example.org"
unsubscribe = "https://example.org/bo?t={{token}}"
unsubscribe_key = {{ env = "POST_PASSWORD" }}
"""
LETTER = "Bài tin\n\nXin chào.\n"


@pytest.fixture
def serve(tmp_path: Path) -> Iterator[Callable[..., OpenSsh]]:
    """Start a server, and end it when the test is over."""
    started: list[OpenSsh] = []
    place = tmp_path / "ssh"
    place.mkdir()

    def start(sftp: str = "internal-sftp") -> OpenSsh:
        started.append(OpenSsh(place, sftp))
        return started[-1]

    yield start
    for each in started:
        each.close()


def dropped(folder: Folder, desks: Callable[..., Desk], table: str) -> Delivery:
    """Deliver one post, and return what became of it."""
    publish = with_channel(folder, "drop", table)
    desk = desks(folder)
    desk.at(publish).run()
    return desk.row(channel="drop")


@sftp
def test_a_key_lets_in_and_the_file_is_whole(
    serve: Callable[..., OpenSsh], folder: Folder, desks: Callable[..., Desk]
) -> None:
    server = serve()
    row = dropped(folder, desks, server.table())
    assert (row.state, row.receipt) == (State.SENT, {"id": NAME})
    assert {each.name: each.read_text("utf-8") for each in server.incoming.iterdir()} == {NAME: LETTER}


@sftp
def test_who_is_not_who_it_should_be_gets_nothing(
    serve: Callable[..., OpenSsh], folder: Folder, desks: Callable[..., Desk]
) -> None:
    server = serve()
    row = dropped(folder, desks, server.table(key="SHA256:another"))
    assert (row.state, row.reason) == (State.FAILED, f"the host shows another key: {server.fingerprint()}")
    assert "Accepted" not in (server.place / "log").read_text("utf-8")


@sftp
def test_a_key_that_the_host_does_not_know_fails(
    serve: Callable[..., OpenSsh], folder: Folder, desks: Callable[..., Desk]
) -> None:
    row = dropped(folder, desks, serve().table(login="another"))
    assert (row.state, row.reason) == (State.FAILED, "the host does not let us in")


@sftp
def test_a_folder_that_may_only_be_read_fails(
    serve: Callable[..., OpenSsh], folder: Folder, desks: Callable[..., Desk]
) -> None:
    server = serve("internal-sftp -R")
    row = dropped(folder, desks, server.table())
    assert (row.state, row.reason) == (State.FAILED, "the host does not let us write there")
    assert list(server.incoming.iterdir()) == []


@sftp
def test_a_full_disk_is_tried_again(serve: Callable[..., OpenSsh], folder: Folder, desks: Callable[..., Desk]) -> None:
    server = serve()
    (server.incoming / f"{NAME}.part").symlink_to("/dev/full")
    row = dropped(folder, desks, server.table())
    assert (row.state, row.reason) == (State.RETRYING, "the file cannot be put there: OSError")
    assert not (server.incoming / NAME).exists()


@sftp
@pytest.mark.parametrize(
    "end",
    [
        (WRITE, "before", State.RETRYING, False),
        (RENAME, "before", State.UNKNOWN, False),
        (RENAME, "after", State.UNKNOWN, True),
    ],
)
def test_a_server_that_is_killed_in_the_middle_leaves_no_half_file(
    end: tuple[int, str, State, bool],
    tmp_path: Path,
    serve: Callable[..., OpenSsh],
    folder: Folder,
    desks: Callable[..., Desk],
) -> None:
    number, when, state, there = end
    server = serve(cut_at(tmp_path, number, when))
    row = dropped(folder, desks, server.table())
    assert row.state is state, row.reason
    assert (server.incoming / NAME).exists() is there
    assert not there or (server.incoming / NAME).read_text("utf-8") == LETTER


# --- mail ------------------------------------------------------------------------------------------------------------


@pytest.fixture
def post() -> Iterator[Callable[..., Exim]]:
    """Start a mail server, and end it when the test is over."""
    started: list[Exim] = []

    def start(more: str = "") -> Exim:
        started.append(Exim(CERTIFICATE, more))
        return started[-1]

    yield start
    for each in started:
        each.close()


@mail
@pytest.mark.parametrize(
    "answer",
    [
        ("villages", "", State.SENT, ""),
        ("gone", "", State.FAILED, "the mail server refused it (550)"),
        ("full", "", State.RETRYING, "the mail server did not take it for now (451)"),
        ("villages", "check_spool_space = 999999G", State.RETRYING, "the mail server did not take it for now (452)"),
        ("cut", "", State.UNKNOWN, "the connection broke: SMTPServerDisconnected"),
    ],
    ids=["taken", "nobody's", "full", "no room on the disk", "killed with the letter"],
)
def test_what_becomes_of_a_letter(
    answer: tuple[str, str, State, str],
    post: Callable[..., Exim],
    folder: Folder,
    desks: Callable[..., Desk],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    to, more, state, why = answer
    server = post(more)
    monkeypatch.setitem(SETTING, "mail", f'to = "{to}@example.org"\n')
    publish = with_channel(folder, "mail", f'host = "127.0.0.1"\nport = {server.port}\nsender = "office@example.org"')
    desk = desks(folder)
    desk.at(publish).run()
    row = desk.row(channel="mail")
    assert (row.state, row.reason) == (state, why)
    letters = server.letters(1 if state is State.SENT else 0)
    assert [each["Message-ID"] for each in letters] == [row.receipt["id"] for _ in letters if row.receipt]
    assert [each.get_content().strip() for each in letters] == (["Xin chào."] if state is State.SENT else [])


@mail
@pytest.mark.parametrize("password", ["let me in", "a guess"])
def test_the_newsletter_logs_in_with_tls_and_each_reader_has_an_answer(
    password: str,
    post: Callable[..., Exim],
    folder: Folder,
    desks: Callable[..., Desk],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    server = post()
    monkeypatch.syspath_prepend(ROOT / "examples" / "newsletter" / "src")
    monkeypatch.setenv("SSL_CERT_FILE", str(CERTIFICATE))
    monkeypatch.setenv("POST_PASSWORD", password)
    folder.plugin("newsletter", "from loa_newsletter import loa_contract, register_channels\n")
    folder.switch_on("newsletter", NEWSLETTER.format(port=server.port))
    folder.channels["newsletter"] += 'list = "readers.csv"\n'
    folder.config()
    readers = "address,name\nan@example.org,Ân\ngone@example.org,\nfull@example.org,\ncut@example.org,\n"
    (folder.path / "content" / "readers.csv").write_text(readers, "utf-8")
    folder.post(at=NOON + timedelta(days=3), text="Xin chào **bà con**.")
    desk = desks(folder)
    desk.at(NOON + timedelta(days=3)).run()
    states = desk.look.messages(desk.row(channel="newsletter").id)
    if password == "a guess":
        assert states == {State.RETRYING: 4}
        assert server.letters(0) == []
        return
    assert states == {State.SENT: 1, State.FAILED: 1, State.RETRYING: 1, State.UNKNOWN: 1}
    (letter,) = server.letters(1)
    assert (letter["Subject"], letter["To"]) == ("Bài tin", "Ân <an@example.org>")
    assert "with esmtpsa" in letter["Received"]
