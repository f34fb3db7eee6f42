"""docs/plugins/cookbook.md: each of its channels works against a real counterpart, and keeps the contract."""

from __future__ import annotations

import fcntl
import json
import os
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from email import message_from_bytes, policy
from typing import TYPE_CHECKING, Any

import httpx2
import pytest
from werkzeug import Request, Response

from scheduler.api import Measure, Passage
from scheduler.engine.rehearsing.rehearsal import rehearse
from scheduler.ground.lifecycle import State
from scheduler.testing import Kit, Setting, check_channel, load_plugin
from tests.campaign import NOON, Desk, Folder
from tests.pages import ROOT, blocks
from tests.servers.lamps import Lamps
from tests.servers.sftp import FINGERPRINT, Office

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from pytest_httpserver import HTTPServer


PAGE = ROOT / "docs" / "plugins" / "cookbook.md"


PLUGINS = {block.marks["save"]: block.text for block in blocks(PAGE, "python")}
PORTAL = {
    "api": "https://portal.example.org/v1/notices",
    "tokens": "https://portal.example.org/oauth/token",
    "client": "office",
    "secret": {"env": "LOA_PORTAL_SECRET"},
}
TABLES = {
    "notices": 'api = "https://a.example/"\ntokens = "https://b.example/"\nclient = "c"\nsecret = { env = "NOWHERE" }',
    "drop": f'host = "a.example"\nhost_key = "{FINGERPRINT}"\nuser = "loa"\nlogin = {{ env = "NOWHERE" }}',
    "mail": 'host = "mail.example.org"\nsender = "office@example.org"',
    "lamp": "",
}
SETTING = {"mail": 'to = "villages@example.org"\n'}
LISTS = [{"to": "villages@example.org"}, {"to": "press@example.org"}]


class Post(load_plugin(ROOT / "examples" / "newsletter" / "tests" / "postoffice.py").PostOffice):  # type: ignore[misc]
    """A real mail server on this machine."""

    def options(self) -> dict[str, Any]:
        return {"host": "127.0.0.1", "port": self.port, "sender": "office@example.org"}


SETTINGS: dict[str, dict[str, Any]] = {
    "board": {"options": {"price": 500}, "targets": [{"copies": 12}, {"copies": 3}]},
    "notices": {"options": PORTAL},
    "drop": {"world": Office},
    "mail": {"targets": LISTS, "world": Post},
    "lamp": {"world": Lamps},
}


def with_channel(folder: Folder, name: str, table: str = "") -> datetime:
    """Save a channel of the page in the folder, with a post for it; return when that is published."""
    folder.plugin(name, PLUGINS[f"plugins/{name}.py"])
    folder.switch_on(name, table)
    folder.channels[name] += SETTING.get(name, "")
    folder.config()
    folder.post(at=NOON + timedelta(days=3), text="Xin chào.")
    return NOON + timedelta(days=3)


def test_the_board_writes_a_sheet_that_a_person_confirms(folder: Folder, desks: Callable[..., Desk]) -> None:
    publish = with_channel(folder, "board", "price = 500")
    desk = desks(folder)
    desk.at(publish - timedelta(days=1)).run()
    row = desk.row(channel="board")
    assert row.state is State.HANDED
    assert row.receipt is not None
    sheet = (folder.path / "var" / "out" / "board" / row.receipt["id"]).read_text("utf-8")
    assert sheet == "BÀI TIN\n\nXin chào.\n\nChiến dịch nhỏ, 06/05/2021\n"
    (preview,) = desk.look.preview("tin")
    assert preview.forecast is not None
    assert (preview.forecast.cost, preview.forecast.unit) == (500, "sheets")
    gauge, sheet_shown = preview.blocks
    assert isinstance(gauge, Measure)
    assert (gauge.value, gauge.limit, gauge.over) == (len(sheet), 1200, len(sheet) - 1200)
    assert sheet_shown == Passage(sheet)
    assert desk.act.confirm(row.id, "seen on the board").state is State.SENT


def test_the_board_takes_a_sheet_back_by_a_note_that_a_person_confirms(
    folder: Folder, desks: Callable[..., Desk]
) -> None:
    publish = with_channel(folder, "board")
    desk = desks(folder)
    desk.at(publish - timedelta(days=1)).run()
    made = desk.act.withdraw_delivery(desk.row(channel="board").id)
    desk.run()
    row = desk.look.delivery(str(made.id))
    assert (row.state, row.receipt) == (State.HANDED, {"id": "tin_20210506_board_noi_withdraw.txt"})
    note = (folder.path / "var" / "out" / "board" / "tin_20210506_board_noi_withdraw.txt").read_text("utf-8")
    assert note == "Take down: Bài tin (tin_20210506_board_noi_publish.txt)\n"
    assert desk.act.confirm(row.id, "taken down").state is State.SENT


def test_the_board_refuses_what_no_sheet_holds(folder: Folder, desks: Callable[..., Desk]) -> None:
    publish = with_channel(folder, "board", "longest = 20")
    desk = desks(folder)
    assert any("more than a sheet holds" in str(each) for each in desk.engine.problems())
    desk.at(publish - timedelta(days=1)).run()
    assert desk.row(channel="board").state is State.FAILED


def test_all_of_them_are_tried() -> None:
    assert [f"plugins/{name}.py" for name in SETTINGS] == list(PLUGINS)


@pytest.mark.parametrize("name", SETTINGS)
def test_each_keeps_the_contract(name: str, tmp_path: Path) -> None:
    (channel,) = loaded(name, tmp_path).register_channels()
    report = check_channel(Setting(channel, plugin=name, **SETTINGS[name]))
    assert report.sound, str(report)


def test_what_mail_brings_to_play_the_server_keeps_the_contract_too(tmp_path: Path) -> None:
    (channel,) = loaded("mail", tmp_path).register_channels()
    report = check_channel(Setting(channel, {"sender": "office@example.org"}, LISTS))
    assert report.sound, str(report)


def loaded(name: str, folder: Path) -> Any:
    (folder / f"{name}.py").write_text(PLUGINS[f"plugins/{name}.py"], "utf-8")
    return load_plugin(folder / f"{name}.py")


@pytest.mark.parametrize("name", [each for each in SETTINGS if each != "board"])
def test_each_is_rehearsed_offline(name: str, folder: Folder, tmp_path: Path) -> None:
    publish = with_channel(folder, name, TABLES[name])
    found = rehearse(folder.path, NOON, publish + timedelta(hours=1), tmp_path / "out")
    assert [row.state for row in found.rows] == [State.SENT]


# --- a portal that gives tokens --------------------------------------------------------------------------------------


@dataclass
class Portal:
    """A portal on this machine: each token is good for a while, and only the newest is taken."""

    server: HTTPServer
    seconds: int = 3600
    tokens: list[str] = field(default_factory=list)
    notices: dict[str, Any] = field(default_factory=dict)
    secret: str = "let me in"
    slow: float = 0.0
    given: Any = None

    def __post_init__(self) -> None:
        self.server.expect_request("/token", method="POST").respond_with_handler(self.token)
        self.server.expect_request("/notices", method="POST").respond_with_handler(self.notice)

    def token(self, request: Request) -> Response:
        known = request.authorization is not None and request.authorization.password == self.secret
        if not known or request.form["grant_type"] != "client_credentials":
            return Response("no", 401)
        time.sleep(self.slow)
        self.tokens.append(f"token-{len(self.tokens) + 1}")
        if self.given is not None:
            self.tokens.append("t")
            return Response(json.dumps(self.given))
        return Response(json.dumps({"access_token": self.tokens[-1], "expires_in": self.seconds}))

    def notice(self, request: Request) -> Response:
        if request.headers["Authorization"] != f"Bearer {self.tokens[-1] if self.tokens else ''}":
            return Response("an old token", 401)
        self.notices[request.headers["Idempotency-Key"]] = request.get_json()
        return Response(json.dumps({"id": len(self.notices)}), 201)

    def table(self) -> str:
        api, tokens = self.server.url_for("/notices"), self.server.url_for("/token")
        return f'api = "{api}"\ntokens = "{tokens}"\nclient = "office"\nsecret = {{ env = "LOA_PORTAL_SECRET" }}\n'


@pytest.fixture
def portal(httpserver: HTTPServer, monkeypatch: pytest.MonkeyPatch) -> Portal:
    monkeypatch.setenv("LOA_PORTAL_SECRET", "let me in")
    return Portal(httpserver)


def days(folder: Folder, portal: Portal, desks: Callable[..., Desk], more: int) -> Desk:
    """Switch the channel on, and let a post and some more of them go out, a day apart."""
    publish = with_channel(folder, "notices", portal.table())
    for number in range(more):
        folder.post(f"tin-{number}", at=publish + timedelta(minutes=20 * (number + 1)))
    desk = desks(folder)
    for number in range(more + 1):
        desk.at(publish + timedelta(minutes=20 * number)).run()
    return desk


def test_a_token_serves_until_shortly_before_its_end(
    folder: Folder, desks: Callable[..., Desk], portal: Portal
) -> None:
    desk = days(folder, portal, desks, 3)
    assert {row.state for row in desk.look.deliveries()} == {State.SENT}
    assert len(portal.notices) == 4
    assert portal.notices["tin/20210506/notices/noi/publish/1"] == {"title": "Bài tin", "text": "Xin chào.", "link": ""}
    assert portal.tokens == ["token-1", "token-2"], "an hour is three times twenty minutes"


def test_a_token_that_the_portal_has_forgotten_is_renewed(
    folder: Folder, desks: Callable[..., Desk], portal: Portal
) -> None:
    publish = with_channel(folder, "notices", portal.table())
    folder.post("tin-1", at=publish + timedelta(minutes=1))
    desk = desks(folder)
    desk.at(publish).run()
    portal.tokens.append("another's")
    desk.at(publish + timedelta(minutes=1)).run()
    assert {row.state for row in desk.look.deliveries()} == {State.SENT}
    assert (len(portal.notices), portal.tokens[-1]) == (2, "token-3")


def test_a_client_that_the_portal_does_not_know_fails(
    folder: Folder, desks: Callable[..., Desk], portal: Portal, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LOA_PORTAL_SECRET", "a guess")
    desk = days(folder, portal, desks, 0)
    row = desk.row(channel="notices")
    assert (row.state, row.reason) == (State.FAILED, "the portal does not let this client in (401)")


def test_nobody_there_is_tried_again(folder: Folder, desks: Callable[..., Desk], portal: Portal) -> None:
    publish = with_channel(folder, "notices", portal.table().replace(portal.server.url_for(""), "http://127.0.0.1:1"))
    desk = desks(folder)
    desk.at(publish).run()
    assert desk.row(channel="notices").state is State.RETRYING


def test_deliveries_at_once_ask_for_one_token(httpserver: HTTPServer, tmp_path: Path) -> None:
    """Where each asked, one of this portal's tokens would be an old one before it was used."""
    portal = Portal(httpserver, slow=0.2)
    (channel,) = loaded("notices", tmp_path).register_channels()
    addresses = {"api": httpserver.url_for("/notices"), "tokens": httpserver.url_for("/token")}
    setting = Setting(channel, {**PORTAL, **addresses}, plugin="notices")
    with Kit(setting).trial() as trial, httpx2.HTTPTransport() as wire, ThreadPoolExecutor(4) as hands:
        portal.secret = os.environ["LOA_KIT_O_SECRET"]
        trial.outside.default = wire.handle_request
        ready = [trial.ready(f"tin-{number}") for number in range(4)]
        contexts = [trial.context(each) for each in ready]
        answers = list(hands.map(lambda each, context: channel.deliver(each.rendered, context), ready, contexts))
    assert {each.id for each in answers} == {"1", "2", "3", "4"}
    assert portal.tokens == ["token-1"]


@pytest.mark.parametrize(
    ("given", "state"),
    [
        ({"access_token": "t"}, State.SENT),
        ({"access_token": "t", "expires_in": "3600"}, State.SENT),
        ({"access_token": "t", "expires_in": 10**30}, State.SENT),
        ({"access_token": "t", "expires_in": "soon"}, State.RETRYING),
        (["t"], State.RETRYING),
    ],
)
def test_whatever_the_portal_says_of_its_token(
    given: Any, state: State, folder: Folder, desks: Callable[..., Desk], portal: Portal
) -> None:
    portal.given = given
    assert days(folder, portal, desks, 0).row(channel="notices").state is state


# --- a folder of another office --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("password", "key", "state", "why"),
    [
        ("let me in", FINGERPRINT, State.SENT, ""),
        ("another", FINGERPRINT, State.FAILED, "the host does not let us in"),
        ("let me in", "SHA256:another", State.FAILED, f"the host shows another key: {FINGERPRINT}"),
    ],
    ids=["it is let in", "another password", "another host"],
)
def test_the_file_is_put_where_the_office_takes_it_from(
    password: str,
    key: str,
    state: State,
    why: str,
    folder: Folder,
    desks: Callable[..., Desk],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("LOA_DROP_PASSWORD", "let me in")
    office = Office(password)
    try:
        table = f'host = "127.0.0.1"\nport = {office.port}\nuser = "loa"\nhost_key = "{key}"\nfolder = "incoming"\n'
        publish = with_channel(folder, "drop", table + 'login = { env = "LOA_DROP_PASSWORD" }')
        desk = desks(folder)
        desk.at(publish).run()
    finally:
        office.close()
    row = desk.row(channel="drop")
    assert (row.state, row.reason) == (state, why)
    name = "incoming/tin_20210506_drop_noi_publish_1.txt"
    assert office.files == ({name: "Bài tin\n\nXin chào.\n".encode()} if state is State.SENT else {})


# --- a mail server, and a board at the other end of a line -----------------------------------------------------------


def test_the_list_gets_a_letter(folder: Folder, desks: Callable[..., Desk]) -> None:
    post = Post()
    try:
        publish = with_channel(folder, "mail", f'port = {post.port}\nhost = "127.0.0.1"\nsender = "office@example.org"')
        desk = desks(folder)
        desk.at(publish).run()
        ((to, data),) = post.taken
    finally:
        post.close()
    letter = message_from_bytes(data, policy=policy.default)
    assert desk.row(channel="mail").receipt == {"id": letter["Message-ID"]}
    assert (to, letter["To"], letter["Subject"]) == (["villages@example.org"], "villages@example.org", "Bài tin")
    assert letter.get_content().strip() == "Xin chào."


def test_the_board_is_told_over_its_line(folder: Folder, desks: Callable[..., Desk]) -> None:
    lamps = Lamps()
    try:
        publish = with_channel(folder, "lamp", f'port = "{lamps.name}"')
        desk = desks(folder)
        desk.at(publish).run()
    finally:
        lamps.close()
    assert desk.row(channel="lamp").state is State.SENT
    assert lamps.shown == [{"key": "tin/20210506/lamp/noi/publish", "round": 1, "text": "Bài tin: Xin chào."}]


def test_whoever_finds_the_port_in_use_waits_for_it(folder: Folder, desks: Callable[..., Desk]) -> None:
    lamps = Lamps()
    seen = list[list[Any]]()

    def leave() -> None:
        seen.append(list(lamps.shown))
        os.close(user)

    user = os.open(lamps.name, os.O_RDWR | os.O_NOCTTY | os.O_CLOEXEC)
    fcntl.flock(user, fcntl.LOCK_EX)
    leaving = threading.Timer(0.5, leave)
    try:
        publish = with_channel(folder, "lamp", f'port = "{lamps.name}"')
        desk = desks(folder)
        leaving.start()
        desk.at(publish).run()
    finally:
        leaving.join()
        lamps.close()
    assert (seen, len(lamps.shown)) == ([[]], 1)
    assert desk.row(channel="lamp").state is State.SENT


def test_a_port_without_a_board_is_tried_again(folder: Folder, desks: Callable[..., Desk]) -> None:
    publish = with_channel(folder, "lamp", 'port = "/dev/nothing-here"')
    desk = desks(folder)
    desk.at(publish).run()
    row = desk.row(channel="lamp")
    assert (row.state, row.reason) == (State.RETRYING, "the port cannot be opened: No such file or directory")
