"""What a call may use: its folder, paths outside, secrets, checkpoints and the point of no return."""

from __future__ import annotations

import logging
import os
import socket
import ssl
import threading
import time
from contextlib import suppress
from datetime import timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import pytest

from scheduler.api import PermanentFailure, Receipt, Secret, TemporaryFailure
from scheduler.engine.delivering.context import CallContext, Surroundings
from scheduler.engine.engine import Engine
from scheduler.engine.rehearsing.rehearsal import rehearse
from scheduler.ground.clock import SimulatedClock
from scheduler.ground.delivery import Key
from scheduler.ground.errors import PluginError, StaleEpoch
from scheduler.ground.lifecycle import State
from scheduler.store import settings
from tests.campaign import NOON

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.campaign import Desk, Folder

LATER = NOON + timedelta(hours=1)
CERTIFICATE = Path(__file__).with_name("servers") / "localhost.pem"


def around(desk: Any, channel: str = "kenh") -> Surroundings:
    return Surroundings(desk.engine.core, desk.engine.registry.channels[channel])


def context_of(desk: Any, channel: str = "kenh") -> CallContext:
    target = desk.engine.registry.channels[channel].targets[0]
    return CallContext(around(desk, channel), Key("", "", channel, target.name), 1, target, NOON, LATER)


def during(folder: Folder, desks: Callable[..., Desk], deliver: Callable[..., Any], **channel: Any) -> Desk:
    """Return a desk at which ``deliver`` has been called with a rendered text and its context."""
    kenh = folder.channel(**channel)
    kenh.does["deliver"] = deliver
    folder.post(at=LATER)
    desk = desks(folder)
    desk.at(LATER).run()
    return desk


# --- what it is told ------------------------------------------------------------------------------------------------


def test_it_knows_what_it_is_about(folder: Folder, desks: Callable[..., Desk]) -> None:
    seen: list[Any] = []

    def deliver(_: object, context: Any) -> Receipt:
        seen.append(context)
        return Receipt("1")

    desk = during(folder, desks, deliver, table='lead = "30m"\ntime_limit = "9s"\ngreeting = "chào"\n')
    (context,) = seen
    assert str(context.key) == "tin/20210503/kenh/noi/publish"
    assert (context.round, context.target.name, context.previous) == (1, "noi", None)
    assert context.options.greeting == "chào"
    assert context.publish_at == LATER
    assert context.deadline == LATER + timedelta(seconds=9)
    assert context.clock is desk.clock
    assert str(context.zone) == "Asia/Ho_Chi_Minh"
    assert context.content == folder.path / "content"
    assert not context.rehearsal
    assert not context.cancelled()
    assert not hasattr(context, "store")


def test_each_channel_has_an_output_folder_of_its_own(folder: Folder, desks: Callable[..., Desk]) -> None:
    folder.channel("mot")
    folder.channel("hai")
    desk = desks(folder)
    assert not (folder.path / "var" / "out").exists()
    assert {context_of(desk, name).out for name in ("mot", "hai")} == {
        folder.path / "var" / "out" / "mot",
        folder.path / "var" / "out" / "hai",
    }
    assert (folder.path / "var" / "out" / "mot").is_dir()
    assert (folder.path / "var" / "out").stat().st_mode & 0o777 == 0o700


def test_a_call_is_told_to_end_when_the_engine_does(folder: Folder, desks: Callable[..., Desk]) -> None:
    folder.channel()
    desk = desks(folder)
    context = context_of(desk)
    desk.core.stopping.set()
    assert context.cancelled()


# --- paths outside --------------------------------------------------------------------------------------------------

PATHS = ["spool", "./spool/x", "var/spool", "../elsewhere", "a/../../b", "/srv/spool", "/var/spool/gammu", "~/spool"]


@pytest.mark.parametrize("path", PATHS)
def test_a_path_of_the_options_lies_where_it_says(folder: Folder, desks: Callable[..., Desk], path: str) -> None:
    folder.channel()
    found = around(desks(folder)).outside(path)
    assert found.is_absolute()
    assert found == folder.path / Path(path).expanduser()


@pytest.mark.parametrize("path", [*PATHS, "..", "/", "var", "../../../../etc/passwd", "/../etc"])
def test_in_a_rehearsal_no_path_leads_out_of_its_folder(folder: Folder, tmp_path: Path, path: str) -> None:
    folder.channel()
    out = tmp_path / "out"
    engine = Engine.open(folder.path, clock=SimulatedClock(NOON), var=out, rehearsal=True)
    found = Surroundings(engine.core, engine.registry.channels["kenh"]).outside(path)
    engine.close()
    assert Path(os.path.normpath(found)) == found
    assert found == out or out in found.parents
    if path == "var/spool":
        assert found == out / "spool"


def test_in_a_rehearsal_two_places_stay_two(folder: Folder, tmp_path: Path) -> None:
    folder.channel()
    engine = Engine.open(folder.path, clock=SimulatedClock(NOON), var=tmp_path / "out", rehearsal=True)
    place = Surroundings(engine.core, engine.registry.channels["kenh"])
    assert len({place.outside(path) for path in ("spool", "/srv/spool", "/srv/other")}) == 3
    engine.close()


# --- network --------------------------------------------------------------------------------------------------------


def test_the_client_is_made_once_and_knows_the_time_limit(folder: Folder, desks: Callable[..., Desk]) -> None:
    folder.channel(table='time_limit = "4s"')
    context = context_of(desks(folder))
    client = context.http
    assert context.http is client
    assert client.timeout.read == 4
    context._around.close()
    assert client.is_closed


def test_in_a_rehearsal_nothing_leaves_the_machine(folder: Folder, tmp_path: Path) -> None:
    import httpx2

    folder.channel("gia", more='def stand_in(self):\n    return lambda request: __import__("httpx2").Response(207)')
    folder.channel()
    engine = Engine.open(folder.path, clock=SimulatedClock(NOON), var=tmp_path / "out", rehearsal=True)
    channels = engine.registry.channels
    alone, stands_in = Surroundings(engine.core, channels["kenh"]), Surroundings(engine.core, channels["gia"])
    with pytest.raises(httpx2.ConnectError, match="nothing leaves the machine"):
        alone.http.get("http://127.0.0.1:9/")
    assert stands_in.http.get("http://127.0.0.1:9/").status_code == 207
    alone.close()
    stands_in.close()
    engine.close()


# --- secrets --------------------------------------------------------------------------------------------------------


def test_a_revealed_secret_is_masked_wherever_it_leaves_the_call(
    folder: Folder, desks: Callable[..., Desk], monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setenv("TOKEN", "bi-mat-12345")
    caplog.set_level(logging.INFO)

    def deliver(_: object, context: Any) -> Receipt:
        token = context.reveal(context.options.token)
        assert token == "bi-mat-12345"
        context.log.info("asking with %s", token)
        context.checkpoint({"url": f"https://a.vn/?token={token}"})
        raise PermanentFailure(f"refused: {token}")

    desk = during(folder, desks, deliver, table='token = { env = "TOKEN" }')
    row = desk.row()
    assert row.state is State.FAILED
    assert row.reason == "refused: •••"
    (attempt,) = desk.look.attempts(row.id)
    assert attempt.checkpoint == {"url": "https://a.vn/?token=•••"}
    assert "asking with •••" in caplog.text
    assert "12345" not in caplog.text
    assert "12345" not in repr(desk.dump())


def test_in_a_rehearsal_no_secret_is_read(folder: Folder, tmp_path: Path) -> None:
    folder.channel()
    engine = Engine.open(folder.path, clock=SimulatedClock(NOON), var=tmp_path / "out", rehearsal=True)
    configured = engine.registry.channels["kenh"]
    context = CallContext(
        Surroundings(engine.core, configured), Key("", "", "kenh", ""), 1, configured.targets[0], NOON, LATER
    )
    assert context.reveal(Secret(file="/nowhere/at/all")) == "rehearsal"
    engine.close()


def test_a_secret_that_is_not_there_is_named_and_not_sent_without(folder: Folder, desks: Callable[..., Desk]) -> None:
    folder.channel()
    with pytest.raises(TemporaryFailure, match="NOT_SET"):
        context_of(desks(folder)).reveal(Secret(env="NOT_SET"))


def test_a_secret_that_was_left_out_is_no_unknown_outcome_and_shows_in_a_rehearsal_too(
    folder: Folder, desks: Callable[..., Desk], tmp_path: Path
) -> None:
    module = folder.channel(sure=False)
    module.does["deliver"] = lambda _rendered, context: Receipt(context.reveal(None))
    folder.post(at=LATER)
    desk = desks(folder)
    desk.at(LATER).run()
    assert (desk.row().state, desk.row().reason) == (
        State.RETRYING,
        "config.toml does not say where a secret stands that is needed here",
    )
    (row,) = rehearse(folder.path, NOON.replace(hour=0), LATER + timedelta(minutes=1), tmp_path / "out").rows
    assert row.state is State.RETRYING


# --- checkpoints and the point of no return -------------------------------------------------------------------------


def test_both_are_on_disk_before_the_call_goes_on(folder: Folder, desks: Callable[..., Desk]) -> None:
    import sqlite3

    seen: list[Any] = []

    def deliver(_: object, context: Any) -> Receipt:
        def on_disk() -> Any:
            other = sqlite3.connect(folder.path / "var" / "loa.db")
            try:
                return other.execute("SELECT checkpoint, no_return FROM attempt").fetchone()
            finally:
                other.close()

        seen.append((on_disk(), context.returnable))
        context.checkpoint({"upload": "ảnh-7"})
        seen.append((on_disk(), context.returnable))
        context.no_return()
        seen.append((on_disk(), context.returnable))
        return Receipt("1")

    during(folder, desks, deliver, sure=False, staged=True)
    kept = '{"upload": "ảnh-7"}'
    assert seen == [((None, 0), True), ((kept, 0), True), ((kept, 1), False)]


def test_what_cannot_be_kept_stops_the_call_by_name(folder: Folder, desks: Callable[..., Desk]) -> None:
    def deliver(_: object, context: Any) -> Receipt:
        context.checkpoint({"file": b"\x00"})
        return Receipt("1")

    row = during(folder, desks, deliver, sure=False, staged=True).row()
    assert row.state is State.RETRYING
    assert row.reason.startswith("plugin kenh: TypeError")


def test_a_call_that_was_given_up_cannot_pass_its_point_of_no_return(
    folder: Folder, desks: Callable[..., Desk]
) -> None:
    folder.channel()
    context = context_of(desks(folder))
    assert context.give_up() is True
    assert context.cancelled()
    with pytest.raises(TemporaryFailure, match="given up"):
        context.no_return()
    assert context.returnable


def test_giving_up_and_passing_it_never_both_succeed(folder: Folder, desks: Callable[..., Desk]) -> None:
    """Whoever comes first in the race, the other must know."""
    results: list[tuple[bool, bool]] = []

    def deliver(_: object, context: Any) -> Receipt:
        for _round in range(30):
            context.next_batch()
            context._given_up = False
            start = threading.Barrier(2)
            returnable: list[bool] = []

            def give_up(start: threading.Barrier = start, found: list[bool] = returnable) -> None:
                start.wait()
                found.append(context.give_up())

            rival = threading.Thread(target=give_up)
            rival.start()
            start.wait()
            try:
                context.no_return()
                passed = True
            except TemporaryFailure:
                passed = False
            rival.join()
            results.append((passed, returnable[0]))
        return Receipt("1")

    during(folder, desks, deliver, sure=False, staged=True)
    assert len(results) == 30
    assert all(passed is not returnable for passed, returnable in results)


def test_a_call_of_an_engine_that_was_overtaken_cannot_pass_it(folder: Folder, desks: Callable[..., Desk]) -> None:
    """The newer engine has taken it for one that had not gone, and does it again."""
    sent: list[int] = []

    def deliver(_: object, context: Any) -> Receipt:
        store = context._around.core.store
        with store.write() as connection:
            settings.new_epoch(connection, LATER)
        with pytest.raises(StaleEpoch):
            context.no_return()
        context.no_return()
        sent.append(1)
        return Receipt("1")

    desk = during(folder, desks, deliver, sure=False, staged=True)
    assert sent == []
    (attempt,) = desk.look.attempts(desk.row().id)
    assert not attempt.no_return


def test_outside_of_a_delivery_there_is_nothing_to_write_to(folder: Folder, desks: Callable[..., Desk]) -> None:
    folder.channel()
    context = context_of(desks(folder))
    with pytest.raises(PluginError, match="only deliver may use"):
        context.checkpoint({})
    with pytest.raises(PluginError, match="only deliver may use"):
        context.no_return()
    assert context.returnable


def test_a_receipt_is_taken_only_by_another_delivery_of_the_channel(folder: Folder, desks: Callable[..., Desk]) -> None:
    seen: dict[str, list[bool]] = {}

    def deliver(_: object, context: Any) -> Receipt:
        seen[context.target.name] = [context.taken(identity) for identity in ("of-a", "of-b", "of-c")]
        return Receipt(f"of-{context.target.name}")

    desk = during(folder, desks, deliver, sure=False, targets=("a", "b", "c"))
    assert seen == {"a": [False] * 3, "b": [True, False, False], "c": [True, True, False]}
    context = context_of(desk)
    context.delivery = desk.row(target="a").id
    assert not context.taken("of-a")
    assert context.taken("of-c")


# --- connections ----------------------------------------------------------------------------------------------------


def served(say: Callable[[socket.socket], object]) -> tuple[socket.socket, int]:
    """Listen on loopback and let ``say`` talk to whoever comes."""
    listening = socket.create_server(("127.0.0.1", 0))

    def work() -> None:
        with suppress(OSError):
            connection, _ = listening.accept()
            with connection:
                say(connection)

    threading.Thread(target=work, daemon=True).start()
    return listening, listening.getsockname()[1]


def test_a_connection_reaches_the_outside(folder: Folder, desks: Callable[..., Desk]) -> None:
    folder.channel(table='time_limit = "9s"\n')
    listening, port = served(lambda connection: connection.sendall(connection.recv(9)[::-1]))
    with listening, context_of(desks(folder)).connect("127.0.0.1", port) as connection:
        assert connection.gettimeout() == 9
        connection.sendall(b"abc")
        assert connection.recv(9) == b"cba"


def test_where_nobody_is_reached_nothing_has_gone_out(folder: Folder, desks: Callable[..., Desk]) -> None:
    folder.channel()
    with socket.create_server(("127.0.0.1", 0)) as listening:
        port = listening.getsockname()[1]
    with pytest.raises(TemporaryFailure, match=f"127.0.0.1:{port} cannot be reached: Connection refused"):
        context_of(desks(folder)).connect("127.0.0.1", port)


def test_a_certificate_that_nobody_vouches_for_is_refused(folder: Folder, desks: Callable[..., Desk]) -> None:
    folder.channel()
    listening, port = served(lambda connection: connection.sendall(b"no TLS at all"))
    with listening, pytest.raises(TemporaryFailure, match="cannot be reached"):
        context_of(desks(folder)).connect("127.0.0.1", port, tls=True)


def test_a_call_that_is_given_up_has_its_connections_cut(folder: Folder, desks: Callable[..., Desk]) -> None:
    folder.channel()
    listening, port = served(lambda connection: connection.recv(1))
    context = context_of(desks(folder))
    with listening, context.connect("127.0.0.1", port) as connection:
        threading.Timer(0.1, context.give_up).start()
        began = time.monotonic()
        assert connection.recv(1) == b""
        assert time.monotonic() - began < 5
        with pytest.raises(TemporaryFailure, match="given up"):
            context.connect("127.0.0.1", port)


def encrypted(connection: socket.socket, certificate: Path) -> None:
    """Ask for TLS in the words of this test, and say back what comes."""
    connection.sendall(b"begin")
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(certificate)
    with context.wrap_socket(connection, server_side=True) as secure:
        while words := secure.recv(99):
            secure.sendall(words[::-1])


def test_an_open_connection_goes_on_with_tls_and_is_cut_as_any(
    folder: Folder, desks: Callable[..., Desk], monkeypatch: pytest.MonkeyPatch
) -> None:
    folder.channel()
    monkeypatch.setenv("SSL_CERT_FILE", str(CERTIFICATE))
    listening, port = served(lambda connection: encrypted(connection, CERTIFICATE))
    context = context_of(desks(folder))
    with listening, context.connect("127.0.0.1", port) as plain:
        assert plain.recv(5) == b"begin"
        with context.secure(plain, "localhost") as connection:
            connection.sendall(b"abc")
            assert connection.recv(9) == b"cba"
            threading.Timer(0.1, context.give_up).start()
            with suppress(ssl.SSLError):
                assert connection.recv(9) == b""


@pytest.mark.parametrize("host", ["localhost", "bang.example"])
def test_a_host_that_does_not_prove_itself_is_left(
    folder: Folder, desks: Callable[..., Desk], monkeypatch: pytest.MonkeyPatch, host: str
) -> None:
    folder.channel()
    if host != "localhost":
        monkeypatch.setenv("SSL_CERT_FILE", str(CERTIFICATE))
    listening, port = served(lambda connection: encrypted(connection, CERTIFICATE))
    context = context_of(desks(folder))
    with listening, context.connect("127.0.0.1", port) as plain:
        assert plain.recv(5) == b"begin"
        with pytest.raises(TemporaryFailure, match=f"{host} does not prove that it is itself"):
            context.secure(plain, host)
        assert plain.fileno() < 0


def test_in_a_rehearsal_a_connection_ends_at_the_channels_own_stand_in(folder: Folder) -> None:
    module = folder.channel()
    module.Simple.stand_in_socket = lambda self, connection, host, port: connection.sendall(
        f"{connection.recv(9).decode()} at {host}:{port}".encode()
    )
    with Engine.open(folder.path, clock=SimulatedClock(NOON), var=folder.path / "r", rehearsal=True) as engine:
        desk = SimpleNamespace(engine=engine)
        with context_of(desk).connect("bang.example", 7000, tls=True) as connection:
            assert context_of(desk).secure(connection, "bang.example") is connection
            connection.sendall(b"xin chao")
            assert connection.recv(99) == b"xin chao at bang.example:7000"
            assert connection.recv(99) == b""


def test_without_a_stand_in_no_connection_leaves_a_rehearsal(folder: Folder) -> None:
    folder.channel()
    with (
        Engine.open(folder.path, clock=SimulatedClock(NOON), var=folder.path / "r", rehearsal=True) as engine,
        pytest.raises(TemporaryFailure, match="nothing leaves the machine in a rehearsal"),
    ):
        context_of(SimpleNamespace(engine=engine)).connect("127.0.0.1", 7000)
