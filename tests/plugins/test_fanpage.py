"""The channel's pure steps, its options, and the package that a person pastes."""

from __future__ import annotations

import hashlib
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import httpx2
import pytest
from pydantic import ValidationError

from plugins.fanpage import Fanpage, register_channels
from plugins.fanpage.settings import FanpageOptions, PageTarget
from plugins.fanpage.stand_in import StandIn
from scheduler.api import (
    Absent,
    Call,
    Item,
    Key,
    LooksUp,
    MediaFile,
    Plan,
    PlanValues,
    Probes,
    Receipt,
    Rendered,
    Secret,
    Sent,
    Severity,
    StandsIn,
    Target,
    Withdraws,
)

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.plugins.conftest import Context

CHANNEL = Fanpage()
GOLDEN = Path(__file__).parent.parent / "golden"
PNG = b"\x89PNG\r\n\x1a\n" + b"\0" * 20
KEY = Key("viec-nao-cung-can", "20210507", "fanpage", "trang-so")
OPEN = FanpageOptions.model_validate({"page_id": "1001", "token": {"env": "LOA_TEST_TOKEN"}})


def media(folder: Path, name: str, data: bytes, kind: str, alt: str = "") -> MediaFile:
    path = folder / name
    path.write_bytes(data)
    return MediaFile(name, hashlib.sha256(data).hexdigest(), kind, alt, path)


def item(text: str = "Một **điểm tựa**.", **more: Any) -> Item:
    return Item(
        key=more.pop("key", KEY),
        title="Việc nào cũng cần một điểm tựa",
        text=text,
        summary="",
        language="vi",
        target=more.pop("target", Target("fanpage", "trang-so", "Trang của Sở")),
        publish_at=datetime.fromisoformat("2021-05-07T12:30:00+00:00"),
        plan=PlanValues(Plan("bhxh-2021", "Kế hoạch", 2021), (), "fanpage"),
        **more,
    )


@pytest.fixture
def make(make_context: Callable[..., Context[Any]]) -> Callable[..., Context[FanpageOptions]]:
    def maker(options: FanpageOptions = OPEN, **more: Any) -> Context[FanpageOptions]:
        more.setdefault("key", KEY)
        more.setdefault("target", Target("fanpage", "trang-so", "Trang của Sở"))
        return make_context(options, **more)

    return maker


def test_it_is_registered_with_its_optional_parts() -> None:
    (channel,) = register_channels()
    assert channel.name == "fanpage"
    assert isinstance(channel, LooksUp)
    assert isinstance(channel, Probes)
    assert isinstance(channel, StandsIn)
    assert isinstance(channel, Withdraws)


@pytest.mark.parametrize(
    "wrong",
    [
        {"api": "graph.facebook.com"},
        {"api": "http://graph.facebook.com"},
        {"api": "https://user:secret@graph.facebook.com"},
        {"api": "https://graph.facebook.com/?x=1"},
        {"api_version": "25"},
        {"page_id": "trang/../khac"},
        {"token": "EAAB"},
        {"settle_after": "soon"},
        {"pages": 1},
    ],
)
def test_wrong_options_are_refused(wrong: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        FanpageOptions.model_validate(wrong)


def test_options_as_written() -> None:
    given = {"api": "http://127.0.0.1:8080/", "settle_after": "90s", "api_version": "v26.0"}
    options = FanpageOptions.model_validate(given)
    assert options.api == "http://127.0.0.1:8080"
    assert options.settle_after == timedelta(seconds=90)


def test_render_is_pure_and_says_its_route(make: Any, tmp_path: Path) -> None:
    post = item(link="https://a.vn/x", media=(media(tmp_path, "a.png", PNG, "image/png", "Thẻ"),))
    context = make().render
    rendered = CHANNEL.render(post, context)
    assert rendered == CHANNEL.render(post, context)
    assert rendered.body == {
        "route": "page",
        "page_id": "1001",
        "message": "Một điểm tựa.\n\nhttps://a.vn/x",
        "link": "",
        "photos": [{"name": "a.png", "alt": "Thẻ"}],
        "left_out": [],
    }
    assert rendered.files[0].data == PNG
    assert rendered.figures == {"characters": 29, "photos": 1}


def test_a_link_without_photos_is_a_card(make: Any) -> None:
    rendered = CHANNEL.render(item(link="https://a.vn/x"), make().render)
    assert (rendered.body["message"], rendered.body["link"]) == ("Một điểm tựa.", "https://a.vn/x")
    assert rendered.text == "Một điểm tựa.\n\nhttps://a.vn/x"


def test_a_link_that_the_text_has_is_not_said_twice(make: Any) -> None:
    rendered = CHANNEL.render(item("Xem <https://a.vn/x>", link="https://a.vn/x"), make().render)
    assert rendered.body["message"] == rendered.text == "Xem https://a.vn/x"
    assert rendered.body["link"] == "https://a.vn/x"


def test_a_target_may_be_a_page_of_its_own(make: Any) -> None:
    settings = PageTarget.model_validate({"page_id": "2002"})
    own = Target("fanpage", "trang-huyen", settings=settings)
    assert CHANNEL.render(item(target=own), make().render).body["page_id"] == "2002"


@pytest.mark.parametrize("given", [{}, {"page_id": "1001"}, {"token": {"env": "LOA_TEST_TOKEN"}}])
def test_without_page_or_token_it_is_a_package(make: Any, given: dict[str, Any]) -> None:
    context = make(FanpageOptions.model_validate(given)).render
    rendered = CHANNEL.render(item(), context)
    assert rendered.body["route"] == "package"
    assert CHANNEL.idempotent(rendered, context)


def test_a_post_through_the_api_is_not_idempotent(make: Any) -> None:
    context = make().render
    assert not CHANNEL.idempotent(CHANNEL.render(item(), context), context)


def problems(rendered: Rendered, make: Any) -> list[str]:
    return [str(each) for each in CHANNEL.check(rendered, make().render)]


@pytest.mark.parametrize(("length", "errors"), [(63_206, 0), (63_207, 1)])
def test_the_limit_of_characters(make: Any, length: int, errors: int) -> None:
    assert len(problems(CHANNEL.render(item("a" * length), make().render), make)) == errors


def test_photos_that_facebook_refuses(make: Any, tmp_path: Path) -> None:
    pictures = (
        media(tmp_path, "dung.png", PNG + b"\0" * (4 * 2**20 - len(PNG)), "image/png"),
        media(tmp_path, "lon.png", PNG + b"\0" * 4 * 2**20, "image/png"),
        media(tmp_path, "gia.jpg", b"khong phai anh", "image/jpeg"),
        media(tmp_path, "tieng.mp3", b"ID3", "audio/mpeg"),
    )
    rendered = CHANNEL.render(item(media=pictures), make().render)
    found = list(CHANNEL.check(rendered, make().render))
    assert [each.severity for each in found] == [Severity.ERROR, Severity.ERROR, Severity.NOTICE]
    assert "lon.png has 4.0 MB" in found[0].message
    assert "gia.jpg is no JPEG" in found[1].message
    assert "tieng.mp3" in found[2].message


def test_more_than_ten_photos(make: Any, tmp_path: Path) -> None:
    ten = tuple(media(tmp_path, f"{n}.png", PNG, "image/png") for n in range(10))
    assert problems(CHANNEL.render(item(media=ten), make().render), make) == []
    eleven = (*ten, media(tmp_path, "10.png", PNG, "image/png"))
    assert "11 photos" in problems(CHANNEL.render(item(media=eleven), make().render), make)[0]


def test_nothing_to_post(make: Any) -> None:
    assert "nothing" in problems(CHANNEL.render(item(""), make().render), make)[0]


# the package


def packaged(make: Any, tmp_path: Path, **more: Any) -> tuple[Rendered, Any]:
    pictures = (
        media(tmp_path, "the.png", PNG, "image/png", "Thẻ chủ đề"),
        media(tmp_path, "cho.jpg", b"\xff\xd8\xff\xe0", "image/jpeg"),
    )
    context = make(FanpageOptions())
    return CHANNEL.render(item(**{"media": pictures} | more), context.render), context


def snapshot(folder: Path) -> dict[str, tuple[bytes, int]]:
    return {each.name: (each.read_bytes(), each.stat().st_mtime_ns) for each in folder.iterdir()}


def test_the_package_is_whole_and_handed_on(make: Any, tmp_path: Path) -> None:
    rendered, context = packaged(make, tmp_path)
    receipt = CHANNEL.deliver(rendered, context)
    folder = context.out / receipt.id
    assert receipt.handed
    assert receipt.id == "20210507_viec-nao-cung-can_trang-so"
    assert {each.name for each in folder.iterdir()} == set(receipt.detail["files"])
    assert (folder / "text.txt").read_text() == "Một điểm tựa.\n"
    assert (folder / "anh-1.png").read_bytes() == PNG
    assert (folder / "anh-2.jpg").read_bytes() == b"\xff\xd8\xff\xe0"
    assert (folder / "README.txt").read_bytes() == (GOLDEN / "fanpage-readme.txt").read_bytes()


def test_written_twice_it_is_untouched(make: Any, tmp_path: Path) -> None:
    rendered, context = packaged(make, tmp_path, link="https://a.vn/x", media=())
    receipt = CHANNEL.deliver(rendered, context)
    folder = context.out / receipt.id
    assert (folder / "link.txt").read_text() == "https://a.vn/x\n"
    before = snapshot(folder)
    assert CHANNEL.deliver(rendered, context) == receipt
    assert snapshot(folder) == before


def test_a_changed_package_keeps_nothing_old_but_what_people_put_there(make: Any, tmp_path: Path) -> None:
    rendered, context = packaged(make, tmp_path)
    folder = context.out / CHANNEL.deliver(rendered, context).id
    (folder / "ghi-chu.txt").write_text("của người dán")
    rendered, _ = packaged(make, tmp_path, text="Khác", media=())
    CHANNEL.deliver(rendered, context)
    assert {each.name for each in folder.iterdir()} == {"README.txt", "text.txt", "ghi-chu.txt"}
    assert (folder / "text.txt").read_text() == "Khác\n"


def test_a_package_is_looked_up_in_its_folder(make: Any, tmp_path: Path) -> None:
    rendered, context = packaged(make, tmp_path)
    call = Call(KEY, 1, rendered, context.clock.now())
    assert CHANNEL.look_up(call, context) == Absent()
    receipt = CHANNEL.deliver(rendered, context)
    assert CHANNEL.look_up(call, context) == receipt


@pytest.mark.parametrize(
    "receipt",
    [
        Receipt("20210507_viec-nao-cung-can_trang-so", detail={"files": ["README.txt", "text.txt"]}, handed=True),
        Receipt("20210507_viec-nao-cung-can_trang-so", detail={"files": ["text.txt"], "evidence": "fb.com/1"}),
        Receipt("", detail={"evidence": "fb.com/1"}),
    ],
)
def test_what_a_person_pasted_that_person_takes_down(receipt: Receipt, make: Any, tmp_path: Path) -> None:
    rendered, context = packaged(make, tmp_path)
    folder = context.out / CHANNEL.deliver(rendered, context).id
    sent = Sent(KEY, "Một điểm tựa", "Một điểm tựa.", receipt, context.publish_at)
    found = CHANNEL.withdraw(sent, context)
    assert (found.id, found.handed, found.detail) == (folder.name, True, {"files": ["README.txt"]})
    said = (folder / "README.txt").read_text("utf-8")
    assert said.startswith("GỠ BÀI NÀY KHỎI TRANG\n\nTrang:     Trang của Sở\nBài:       Một điểm tựa\n")
    assert ("Địa chỉ:   fb.com/1\n" in said) == ("evidence" in receipt.detail)
    assert "bấm Đăng" not in said
    before = snapshot(folder)
    assert CHANNEL.withdraw(sent, context) == found
    assert snapshot(folder) == before


def test_without_a_token_a_post_of_the_page_is_taken_down_by_hand(make: Any) -> None:
    sent = Sent(KEY, "Tựa", "", Receipt("1001_9001", "https://www.facebook.com/1001_9001"), make().publish_at)
    found = CHANNEL.withdraw(sent, make(FanpageOptions(page_id="1001")))
    assert found.handed
    said = (make().out / found.id / "README.txt").read_text("utf-8")
    assert "Địa chỉ:   https://www.facebook.com/1001_9001\n" in said


def test_the_probe_says_what_is_missing(make: Any) -> None:
    assert CHANNEL.probe(make(FanpageOptions())).ok
    assert "no page_id" in CHANNEL.probe(make(FanpageOptions())).detail


# the rehearsal's stand-in


def rehearsed(make: Any, tmp_path: Path, texts: list[str]) -> list[Receipt]:
    (tmp_path / "token").write_text("EAAB-rehearsal")
    (tmp_path / "token").chmod(0o600)
    options = OPEN.model_copy(update={"token": Secret(file="token")})
    picture = media(tmp_path, "the.png", PNG, "image/png")
    receipts = []
    with httpx2.Client(transport=httpx2.MockTransport(StandIn())) as client:
        context = make(options)
        context.http = client
        for text in texts:
            rendered = CHANNEL.render(item(text, media=(picture,)), context.render)
            receipts.append(CHANNEL.deliver(rendered, context))
            call = Call(KEY, 1, rendered, context.clock.now())
            assert isinstance(CHANNEL.look_up(call, context), Receipt)
        assert CHANNEL.probe(context).ok
    return receipts


def test_two_rehearsals_give_the_same_receipts(make: Any, tmp_path: Path) -> None:
    texts = ["Một", "Hai", "Một"]
    first = rehearsed(make, tmp_path, texts)
    assert first == rehearsed(make, tmp_path, texts)
    assert len({receipt.id for receipt in first}) == 3
    assert all(receipt.link == f"https://www.facebook.com/{receipt.id}" for receipt in first)
