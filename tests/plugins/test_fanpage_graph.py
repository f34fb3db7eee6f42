"""Posts through real HTTP, against the stand-in for the Graph API in its own process."""

from __future__ import annotations

import hashlib
import json
import logging
import socket
import subprocess
import sys
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import httpx2
import pytest

from plugins.fanpage import Fanpage
from plugins.fanpage.settings import FanpageOptions
from scheduler.api import (
    Absent,
    Call,
    CannotTell,
    Item,
    Key,
    MediaFile,
    OutcomeUnknown,
    PermanentFailure,
    Plan,
    PlanValues,
    Receipt,
    Rendered,
    Secret,
    Sent,
    Target,
    TemporaryFailure,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from tests.plugins.conftest import Context

CHANNEL = Fanpage()
TOKEN = "EAABsecret0token"
SERVER = Path(__file__).parent.parent / "servers" / "graph.py"
KEY = Key("viec-nao-cung-can", "20210507", "fanpage", "trang-so")
START = datetime.fromisoformat("2021-05-07T12:30:00+00:00")
POST = {"method": "POST", "path": "/feed"}
PHOTO = {"method": "POST", "path": "/photos"}
PNG = b"\x89PNG\r\n\x1a\n"


class Outside:
    """The stand-in as a test sees it: its scripts, what it holds, what it was asked."""

    def __init__(self, port: int, log: Path) -> None:
        self.api, self.log, self.control = f"http://127.0.0.1:{port}", log, httpx2.Client()

    def script(self, *steps: dict[str, Any]) -> None:
        self.control.post(f"{self.api}/_script", json=list(steps)).raise_for_status()

    def clock(self, now: datetime) -> None:
        self.control.post(f"{self.api}/_clock", json={"now": now.isoformat()}).raise_for_status()

    def state(self) -> Any:
        return self.control.get(f"{self.api}/_state").json()

    @property
    def posts(self) -> list[Any]:
        return list(self.state()["posts"])

    def calls(self) -> list[dict[str, Any]]:
        return [json.loads(line) for line in self.log.read_text("utf-8").splitlines()]

    def asked(self) -> list[str]:
        return [f"{each['method']} {each['url'].split('?')[0].rpartition('/')[2]}" for each in self.calls()]


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Outside]:
    log = tmp_path_factory.mktemp("graph") / "graph.jsonl"
    log.touch()
    command = [sys.executable, str(SERVER), "--log", str(log), "--token", TOKEN]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        outside = Outside(int(process.stdout.readline()), log)
        try:
            yield outside
        finally:
            process.terminate()
            outside.control.close()


@pytest.fixture
def outside(server: Outside) -> Outside:
    """Return the server as new: no posts, no photos, an empty script and log."""
    server.control.post(f"{server.api}/_reset").raise_for_status()
    return server


@pytest.fixture
def context(outside: Outside, tmp_path: Path, make_context: Callable[..., Context[Any]]) -> Context[FanpageOptions]:
    (tmp_path / "token").write_text(TOKEN)
    (tmp_path / "token").chmod(0o600)
    options = FanpageOptions(api=outside.api, page_id="1001", token=Secret(file="token"))
    return make_context(options, key=KEY, target=Target("fanpage", "trang-so"))


def rendered(context: Context[FanpageOptions], text: str = "Một điểm tựa.", photos: int = 0) -> Rendered:
    media = []
    for number in range(photos):
        path = context.folder / f"{number}.png"
        path.write_bytes(PNG + bytes([number]))
        digest = hashlib.sha256(path.read_bytes()).hexdigest()
        media.append(MediaFile(path.name, digest, "image/png", f"Ảnh {number}", path))
    item = Item(
        key=KEY,
        title="Tựa",
        text=text,
        summary="",
        language="vi",
        target=context.target,
        publish_at=START,
        plan=PlanValues(Plan("bhxh-2021", "Kế hoạch", 2021), (), "fanpage"),
        media=tuple(media),
    )
    return CHANNEL.render(item, context.render)


def call(payload: Rendered, context: Context[FanpageOptions]) -> Call:
    checkpoint = context.checkpoints[-1] if context.checkpoints else None
    return Call(KEY, 1, payload, START, checkpoint)


def deliver(payload: Rendered, context: Context[FanpageOptions]) -> Receipt:
    return CHANNEL.deliver(payload, context)


def test_a_text_post_and_its_proof(outside: Outside, context: Context[FanpageOptions]) -> None:
    receipt = deliver(rendered(context), context)
    (post,) = outside.posts
    assert receipt == Receipt(post["id"], post["permalink_url"])
    assert post["message"] == "Một điểm tựa."
    assert context.past_return
    assert outside.asked() == ["POST feed", f"GET {post['id']}"]


def test_a_link_is_a_card(outside: Outside, context: Context[FanpageOptions]) -> None:
    payload = rendered(context)
    deliver(Rendered({**payload.body, "link": "https://a.vn/x"}, payload.text), context)
    assert outside.posts[0]["link"] == "https://a.vn/x"


def test_photos_are_staged_then_attached_in_order(outside: Outside, context: Context[FanpageOptions]) -> None:
    deliver(rendered(context, photos=3), context)
    state = outside.state()
    assert [photo["published"] for photo in state["photos"].values()] == [True] * 3
    assert [photo["alt"] for photo in state["photos"].values()] == ["Ảnh 0", "Ảnh 1", "Ảnh 2"]
    shown = state["posts"][0]["attachments"]["data"][0]["subattachments"]["data"]
    assert [each["target"]["id"] for each in shown] == list(state["photos"])
    assert [len(each["photos"]) for each in context.checkpoints] == [1, 2, 3, 3]
    assert context.checkpoints[-1]["posting_since"] == START.isoformat()


def test_the_token_is_in_the_header_and_nowhere_else(
    outside: Outside, context: Context[FanpageOptions], caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    deliver(rendered(context, photos=1), context)
    outside.script({**POST, "do": "error", "code": 190, "message": f"Malformed access token {TOKEN}"})
    with pytest.raises(PermanentFailure) as caught:
        deliver(rendered(context), context)
    assert "•••" in str(caught.value)
    assert TOKEN not in str(caught.value)
    assert TOKEN not in caplog.text
    for asked in outside.calls():
        assert asked["authorization"] == f"Bearer {TOKEN}"
        assert TOKEN not in asked["url"] + json.dumps(asked["fields"])


@pytest.mark.parametrize(
    ("step", "verdict", "wait"),
    [
        ({"code": 1, "status": 500}, TemporaryFailure, 2),
        ({"code": 2, "status": 503}, TemporaryFailure, 2),
        ({"code": 4}, TemporaryFailure, 15),
        ({"code": 368}, TemporaryFailure, 180),
        ({"code": 368, "subcode": 1390008}, TemporaryFailure, 60),
        ({"code": 32, "headers": {"X-App-Usage": '{"estimated_time_to_regain_access": 7}'}}, TemporaryFailure, 7),
        ({"code": 10}, PermanentFailure, None),
        ({"code": 100}, PermanentFailure, None),
        ({"code": 190, "subcode": 463}, PermanentFailure, None),
        ({"code": 200, "status": 403}, PermanentFailure, None),
        ({"code": 506}, PermanentFailure, None),
        ({"code": 4900, "message": "code 490 and 190"}, PermanentFailure, None),
        ({"code": 4900, "transient": True}, TemporaryFailure, 2),
        ({"code": 4900, "status": 500}, OutcomeUnknown, None),
    ],
)
def test_each_error_of_the_post_is_a_verdict(
    outside: Outside,
    context: Context[FanpageOptions],
    step: dict[str, Any],
    verdict: type[Exception],
    wait: int | None,
) -> None:
    outside.script({**POST, "do": "error", **step})
    with pytest.raises(verdict) as caught:
        deliver(rendered(context), context)
    if isinstance(caught.value, TemporaryFailure):
        assert caught.value.retry_after == timedelta(minutes=wait or 0)
    assert f"code {step['code']}" in str(caught.value)
    assert outside.posts == []


@pytest.mark.parametrize("after", [True, False])
@pytest.mark.parametrize(
    "step", [{"do": "cut"}, {"do": "page", "status": 502}, {"do": "page", "status": 200}, {"do": "page", "status": 302}]
)
def test_an_answer_that_never_came_leaves_it_unknown_until_looked_up(
    outside: Outside, context: Context[FanpageOptions], step: dict[str, Any], after: bool
) -> None:
    outside.script({**POST, **step, "after": after})
    payload = rendered(context)
    with pytest.raises(OutcomeUnknown):
        deliver(payload, context)
    context.clock.sleep(timedelta(minutes=10))
    found = CHANNEL.look_up(call(payload, context), context)
    if after:
        (post,) = outside.posts
        assert found == Receipt(post["id"], post["permalink_url"], {"found": True})
    else:
        assert found == Absent()


def test_a_slow_answer_is_unknown_and_found(outside: Outside, context: Context[FanpageOptions]) -> None:
    outside.script({**POST, "do": "slow", "seconds": 1.0})
    payload = rendered(context, photos=2)
    with httpx2.Client(timeout=0.3) as impatient:
        context.http = impatient
        with pytest.raises(OutcomeUnknown):
            deliver(payload, context)
    assert len(outside.posts) == 1
    with httpx2.Client() as patient:
        context.http = patient
        assert isinstance(CHANNEL.look_up(call(payload, context), context), Receipt)


def test_an_answer_without_an_id_is_unknown(outside: Outside, context: Context[FanpageOptions]) -> None:
    outside.script({**POST, "do": "empty"})
    with pytest.raises(OutcomeUnknown):
        deliver(rendered(context), context)


@pytest.mark.parametrize(("status", "verdict"), [(404, PermanentFailure), (429, TemporaryFailure)])
def test_a_refusal_that_is_not_the_apis_own(
    outside: Outside, context: Context[FanpageOptions], status: int, verdict: type[Exception]
) -> None:
    outside.script({**POST, "do": "page", "status": status})
    with pytest.raises(verdict):
        deliver(rendered(context), context)


def test_nobody_listens(context: Context[FanpageOptions]) -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    context.options = context.options.model_copy(update={"api": f"http://127.0.0.1:{port}"})
    with pytest.raises(TemporaryFailure, match="cannot be reached"):
        deliver(rendered(context), context)


def test_no_such_host(context: Context[FanpageOptions]) -> None:
    context.options = context.options.model_copy(update={"api": "https://graph.invalid"})
    with pytest.raises(TemporaryFailure, match="cannot be reached"):
        deliver(rendered(context), context)


@pytest.mark.parametrize("step", [{"do": "cut"}, {"do": "page"}, {"do": "error", "code": 2}])
def test_trouble_before_the_post_is_only_temporary(
    outside: Outside, context: Context[FanpageOptions], step: dict[str, Any]
) -> None:
    payload = rendered(context, photos=2)
    outside.script({**PHOTO, "do": "", "after": True}, {**PHOTO, **step})
    with pytest.raises(TemporaryFailure):
        deliver(payload, context)
    assert not context.past_return
    assert outside.posts == []


def test_a_later_attempt_uses_the_staged_photos_again(outside: Outside, context: Context[FanpageOptions]) -> None:
    payload = rendered(context, photos=2)
    outside.script({**POST, "do": "error", "code": 2})
    with pytest.raises(TemporaryFailure):
        deliver(payload, context)
    context.previous = context.checkpoints[-1]
    context.clock.sleep(timedelta(minutes=5))
    deliver(payload, context)
    assert outside.asked().count("POST photos") == 2
    assert len(outside.posts) == 1


def test_photos_staged_long_ago_are_staged_anew(outside: Outside, context: Context[FanpageOptions]) -> None:
    payload = rendered(context, photos=1)
    outside.script({**POST, "do": "error", "code": 368})
    with pytest.raises(TemporaryFailure):
        deliver(payload, context)
    context.previous = context.checkpoints[-1]
    context.clock.sleep(timedelta(hours=7))
    deliver(payload, context)
    assert outside.asked().count("POST photos") == 2


def test_a_post_that_was_made_though_an_error_was_answered_is_not_made_again(
    outside: Outside, context: Context[FanpageOptions]
) -> None:
    payload = rendered(context, photos=2)
    outside.script({**POST, "do": "error", "code": 2, "after": True})
    with pytest.raises(TemporaryFailure):
        deliver(payload, context)
    context.previous = context.checkpoints[-1]
    context.clock.sleep(timedelta(minutes=5))
    receipt = deliver(payload, context)
    (post,) = outside.posts
    assert receipt.id == post["id"]


def test_an_attempt_hands_on_what_the_first_one_knew(outside: Outside, context: Context[FanpageOptions]) -> None:
    payload = rendered(context)
    outside.script({**POST, "do": "error", "code": 2, "after": True})
    with pytest.raises(TemporaryFailure):
        deliver(payload, context)
    context.previous = context.checkpoints[-1]
    outside.script({"method": "GET", "do": "cut"})
    with pytest.raises(TemporaryFailure):
        deliver(payload, context)
    assert context.checkpoints[-1] == context.previous
    assert deliver(payload, context).id == outside.posts[0]["id"]
    assert len(outside.posts) == 1


def test_a_definite_refusal_takes_the_staged_photos_back(outside: Outside, context: Context[FanpageOptions]) -> None:
    outside.script({**POST, "do": "error", "code": 100})
    with pytest.raises(PermanentFailure):
        deliver(rendered(context, photos=2), context)
    assert outside.state()["photos"] == {}


def test_photos_that_cannot_be_taken_back_are_named(
    outside: Outside, context: Context[FanpageOptions], caplog: pytest.LogCaptureFixture
) -> None:
    outside.script({**POST, "do": "error", "code": 100}, {"method": "DELETE", "do": "error", "code": 2, "status": 500})
    with pytest.raises(PermanentFailure, match="parameter"):
        deliver(rendered(context, photos=1), context)
    assert "staged photo" in caplog.text


def test_a_refused_photo_refuses_the_post(outside: Outside, context: Context[FanpageOptions]) -> None:
    outside.script({**PHOTO, "do": "", "after": True}, {**PHOTO, "do": "error", "code": 100, "subcode": 1366046})
    with pytest.raises(PermanentFailure, match="photo was refused"):
        deliver(rendered(context, photos=2), context)
    assert outside.state()["photos"] == {}
    assert not context.past_return


def test_a_duplicate_of_somebody_elses_post_fails(outside: Outside, context: Context[FanpageOptions]) -> None:
    payload = rendered(context)
    deliver(payload, context)
    outside.script({**POST, "do": "error", "code": 506})
    with pytest.raises(PermanentFailure, match="same post"):
        deliver(payload, context)
    assert len(outside.posts) == 1


def test_a_duplicate_of_an_earlier_attempt_is_looked_up(outside: Outside, context: Context[FanpageOptions]) -> None:
    payload = rendered(context, photos=1)
    outside.script({**POST, "do": "error", "code": 2, "after": True})
    with pytest.raises(TemporaryFailure):
        deliver(payload, context)
    context.previous = context.checkpoints[-1]
    hidden = {"method": "GET", "path": "/feed", "do": "hide"}
    refused = {**POST, "do": "error", "code": 506}
    outside.script(hidden, refused)
    assert deliver(payload, context).detail == {"found": True}
    outside.script(hidden, hidden, refused)
    with pytest.raises(OutcomeUnknown, match="not seen"):
        deliver(payload, context)
    assert outside.state()["photos"] != {}


def test_a_post_that_cannot_be_read_back_still_counts(outside: Outside, context: Context[FanpageOptions]) -> None:
    outside.script({"method": "GET", "do": "error", "code": 10})
    receipt = deliver(rendered(context), context)
    assert receipt.id == outside.posts[0]["id"]
    assert receipt.link == outside.posts[0]["permalink_url"]
    assert receipt.detail == {"read_back": False}


def test_a_stopping_engine_posts_nothing(outside: Outside, context: Context[FanpageOptions]) -> None:
    context.stopped = True
    with pytest.raises(TemporaryFailure, match="stopped"):
        deliver(rendered(context), context)
    assert outside.posts == []


def test_a_token_that_is_not_there(context: Context[FanpageOptions]) -> None:
    (context.folder / "token").unlink()
    with pytest.raises(PermanentFailure, match="token"):
        deliver(rendered(context), context)


# look-ups


def test_a_look_up_leaves_alone_what_another_delivery_holds(outside: Outside, context: Context[FanpageOptions]) -> None:
    payload = rendered(context)
    first, second = deliver(payload, context), deliver(payload, context)
    context.checkpoints.clear()
    assert CHANNEL.look_up(call(payload, context), context) == Receipt(first.id, first.link, {"found": True})
    context.held = {first.id}
    found = CHANNEL.look_up(call(payload, context), context)
    assert isinstance(found, Receipt)
    assert found.id == second.id
    context.held = {first.id, second.id}
    context.clock.sleep(timedelta(minutes=3))
    assert CHANNEL.look_up(call(payload, context), context) == Absent()


def test_a_staged_photo_proves_whose_post_it_is(outside: Outside, context: Context[FanpageOptions]) -> None:
    payload = rendered(context, photos=1)
    deliver(payload, context)
    context.checkpoints.clear()
    second = deliver(payload, context)
    found = CHANNEL.look_up(call(payload, context), context)
    assert isinstance(found, Receipt)
    assert found.id == second.id


def test_only_posts_since_the_call_count(outside: Outside, context: Context[FanpageOptions]) -> None:
    payload = rendered(context)
    outside.clock(START - timedelta(hours=1))
    deliver(payload, context)
    context.checkpoints.clear()
    context.clock.sleep(timedelta(minutes=3))
    assert CHANNEL.look_up(call(payload, context), context) == Absent()


def test_a_visitors_post_is_not_the_pages(outside: Outside, context: Context[FanpageOptions]) -> None:
    visit = {"message": "Một điểm tựa."}
    outside.control.post(f"{outside.api}/_visit", json=visit).raise_for_status()
    context.clock.sleep(timedelta(minutes=3))
    assert CHANNEL.look_up(call(rendered(context), context), context) == Absent()


def test_it_is_too_early_to_say_absent(outside: Outside, context: Context[FanpageOptions]) -> None:
    payload = rendered(context)
    context.clock.sleep(timedelta(seconds=119))
    assert isinstance(CHANNEL.look_up(call(payload, context), context), CannotTell)
    context.clock.sleep(timedelta(seconds=1))
    assert CHANNEL.look_up(call(payload, context), context) == Absent()


def test_the_list_is_read_to_its_end(outside: Outside, context: Context[FanpageOptions]) -> None:
    wanted = rendered(context, "Bài cần tìm")
    receipt = deliver(wanted, context)
    context.checkpoints.clear()
    for number in range(230):
        data = {"message": f"Bài {number}"}
        headers = {"Authorization": f"Bearer {TOKEN}"}
        context.http.post(f"{outside.api}/v25.0/1001/feed", data=data, headers=headers)
    found = CHANNEL.look_up(call(wanted, context), context)
    assert found == Receipt(receipt.id, receipt.link, {"found": True})
    listed = [each["url"] for each in outside.calls() if each["method"] == "GET" and "/feed?" in each["url"]]
    assert len(listed) == 3
    assert not any("access_token" in url for url in listed)


def test_a_text_that_facebook_trimmed_is_found(outside: Outside, context: Context[FanpageOptions]) -> None:
    payload = rendered(context, "Dòng một  \nDòng hai")
    receipt = deliver(payload, context)
    context.checkpoints.clear()
    folded = Rendered({**payload.body, "message": "  Dòng một \n\nDòng hai "}, payload.text)
    found = CHANNEL.look_up(call(folded, context), context)
    assert isinstance(found, Receipt)
    assert found.id == receipt.id


@pytest.mark.parametrize("step", [{"do": "error", "code": 190}, {"do": "cut"}, {"do": "page"}])
def test_a_look_up_that_fails_cannot_tell(
    outside: Outside, context: Context[FanpageOptions], step: dict[str, Any]
) -> None:
    context.clock.sleep(timedelta(hours=1))
    outside.script({"method": "GET", **step})
    assert isinstance(CHANNEL.look_up(call(rendered(context), context), context), CannotTell)


def test_a_post_of_photos_alone_is_not_found_by_its_empty_text(
    outside: Outside, context: Context[FanpageOptions]
) -> None:
    payload = rendered(context, "", photos=1)
    assert isinstance(CHANNEL.look_up(call(payload, context), context), CannotTell)
    receipt = deliver(payload, context)
    found = CHANNEL.look_up(call(payload, context), context)
    assert isinstance(found, Receipt)
    assert found.id == receipt.id


# probes


def test_the_probe_reads_the_page(outside: Outside, context: Context[FanpageOptions]) -> None:
    assert CHANNEL.probe(context).detail == "Trang thử (1001)"
    (context.folder / "token").write_text("EAABother")
    health = CHANNEL.probe(context)
    assert not health.ok
    assert "made invalid" in health.detail


def test_the_probe_says_when_the_token_runs_out(outside: Outside, context: Context[FanpageOptions]) -> None:
    assert CHANNEL.probe(context).until is None
    ends = START + timedelta(days=6)
    outside.control.post(f"{outside.api}/_token", json={"expires_at": int(ends.timestamp())}).raise_for_status()
    assert CHANNEL.probe(context).until == ends
    assert all(TOKEN not in each["url"] for each in outside.calls())
    outside.script({"method": "POST", "path": "/debug_token", "do": "error", "code": 100})
    health = CHANNEL.probe(context)
    assert (health.ok, health.until) == (True, None)
    assert "Trang thử (1001); when its token runs out, Facebook does not say" in health.detail
    assert TOKEN not in health.detail


def test_a_test_is_never_published_and_taken_away_again(outside: Outside, context: Context[FanpageOptions]) -> None:
    receipt = CHANNEL.try_out("Thử.", "", context)
    assert receipt.detail == {"removed": True}
    assert outside.asked() == ["POST feed", f"DELETE {receipt.id}"]
    assert outside.calls()[0]["fields"] == {"message": "Thử.", "published": "false"}
    assert outside.posts == []


def test_a_test_that_stays_on_the_page_is_named(outside: Outside, context: Context[FanpageOptions]) -> None:
    outside.script({"method": "DELETE", "do": "error", "code": 200})
    with pytest.raises(PermanentFailure, match=r"the test post 1001_\d+ stands unpublished"):
        CHANNEL.try_out("Thử.", "", context)


# taking back

GONE = {"do": "error", "code": 100, "subcode": 33}


def taken(context: Context[FanpageOptions], receipt: Receipt) -> Receipt:
    context.key = KEY.withdrawal
    return CHANNEL.withdraw(Sent(KEY, "Tựa", "Một điểm tựa.", receipt, START), context)


def test_a_post_is_taken_off_the_page(outside: Outside, context: Context[FanpageOptions]) -> None:
    receipt, other = deliver(rendered(context), context), deliver(rendered(context, "Bài khác."), context)
    found = taken(context, receipt)
    assert (found.id, found.link, found.handed, found.detail) == (receipt.id, receipt.link, False, {})
    assert [each["id"] for each in outside.posts] == [other.id]
    assert outside.calls()[-1]["authorization"] == f"Bearer {TOKEN}"


def test_taken_back_again_it_is_gone(outside: Outside, context: Context[FanpageOptions]) -> None:
    receipt = deliver(rendered(context), context)
    outside.script({"method": "DELETE", "do": "cut", "after": True})
    with pytest.raises(TemporaryFailure):
        taken(context, receipt)
    assert outside.posts == []
    assert taken(context, receipt).detail == {"gone_before": True}
    assert outside.asked()[-2:] == [f"DELETE {receipt.id}", "GET 1001"]


def test_a_token_that_does_not_see_the_page_proves_nothing(outside: Outside, context: Context[FanpageOptions]) -> None:
    receipt = deliver(rendered(context), context)
    outside.script({"method": "DELETE", **GONE}, {"method": "GET", "path": "/1001", **GONE})
    with pytest.raises(PermanentFailure, match="the token may not see it"):
        taken(context, receipt)


@pytest.mark.parametrize(
    ("step", "verdict"),
    [
        ({"do": "error", "code": 190, "subcode": 463}, PermanentFailure),
        ({"do": "error", "code": 200}, PermanentFailure),
        ({"do": "error", "code": 4}, TemporaryFailure),
        ({"do": "error", "code": 2, "status": 500}, TemporaryFailure),
        ({"do": "page", "status": 502}, TemporaryFailure),
        ({"do": "refuse"}, PermanentFailure),
        ({"do": "cut"}, TemporaryFailure),
    ],
)
def test_each_error_of_a_removal_is_a_verdict(
    step: dict[str, Any], verdict: type[Exception], outside: Outside, context: Context[FanpageOptions]
) -> None:
    receipt = deliver(rendered(context), context)
    outside.script({"method": "DELETE", **step})
    with pytest.raises(verdict):
        taken(context, receipt)
    assert [each["id"] for each in outside.posts] == [receipt.id]
