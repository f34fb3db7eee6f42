"""The exact payload, to the database and back."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scheduler.api import File, Rendered
from scheduler.engine.delivering.payload import pack, unpack
from scheduler.ground.lifecycle import State
from scheduler.store import attempts
from scheduler.store.attempts import Intent
from tests.campaign import NOON

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.campaign import Desk, Folder

LATER = NOON + timedelta(hours=1)
TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=20)
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**60), 2**60) | st.floats(allow_nan=False, allow_infinity=False) | TEXT,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXT, inner, max_size=3),
    max_leaves=10,
)


def kept(desk: Desk, rendered: Rendered) -> Rendered:
    """Write a payload with an attempt, as an intent does, and read it again."""
    row = desk.row()
    payload = pack(rendered)
    with desk.store.write() as connection:
        attempts.begin(connection, [Intent(row.id, 1, payload, idempotent=True, staged=False)], 1, NOON)
    return unpack(desk.store.read(), row.id, payload.digest)


def test_it_comes_back_as_it_was_with_its_files(folder: Folder, desks: Callable[..., Desk]) -> None:
    folder.channel()
    folder.post(at=LATER)
    desk = desks(folder)
    rendered = Rendered(
        {"text": "Bảo hiểm", "parts": [1, 2.5, None, True], "to": {"a": []}},
        "Bảo hiểm\ncho mọi người",
        (
            File("bài.txt", "text/plain", "Bảo hiểm".encode()),
            File("anh.jpg", "image/jpeg", bytes(range(256))),
            File("trong.txt", "text/plain", b""),
            File("lai.jpg", "image/jpeg", bytes(range(256))),
        ),
        {"parts": 2, "giây": 31.5, "bảng mã": "UCS-2"},
    )
    assert kept(desk, rendered) == rendered
    assert kept(desk, Rendered({}, "")) == Rendered({}, "")
    assert desk.store.read().execute("SELECT count(*) FROM blob").fetchone() == (3,)


@given(body=st.dictionaries(TEXT, VALUES, max_size=4), text=TEXT)
def test_equal_payloads_have_equal_digests_and_others_have_others(body: dict[str, Any], text: str) -> None:
    payload = pack(Rendered(body, text))
    again = pack(Rendered(dict(reversed(body.items())), text))
    assert payload == again
    assert len(payload.digest) == 64
    assert pack(Rendered({**body, "khác": 1}, text)).digest != payload.digest or body.get("khác") in (1, True)
    assert pack(Rendered(body, text + "!")).digest != payload.digest


def test_a_file_is_part_of_it_by_name_type_and_bytes() -> None:
    def digest(*files: File) -> str:
        return pack(Rendered({}, "", files)).digest

    plain = File("a.txt", "text/plain", b"1")
    others = [
        digest(),
        digest(File("b.txt", "text/plain", b"1")),
        digest(File("a.txt", "text/html", b"1")),
        digest(File("a.txt", "text/plain", b"2")),
        digest(plain, plain),
    ]
    assert len({digest(plain), *others}) == 6


BAD: dict[str, Any] = {
    "a set": {"text": {1, 2}},
    "bytes": {"text": b"abc"},
    "a time": {"at": NOON},
    "a key that is no text": {("a", 1): 2},
    "mixed keys": {"a": 1, 2: 3},
    "an object": {"item": object()},
    "half a letter": {"text": "a\udcff"},
    "not a number": {"cost": float("nan")},
    "endless": {"cost": float("inf")},
    "a list": ["a"],
    "a text": "abc",
    "nothing": None,
}


@pytest.mark.parametrize("name", BAD)
def test_a_body_that_is_not_of_json_values_is_refused_by_name_and_not_sent(
    folder: Folder, desks: Callable[..., Desk], name: str
) -> None:
    """What would come back from the disk as something else is no exact payload."""
    kenh = folder.channel(targets=("a", "b"))
    kenh.does["render"] = lambda item, _: Rendered(BAD[name] if item.target.name == "a" else {}, "x")
    folder.post(at=LATER)
    desk = desks(folder)
    desk.at(LATER).run()
    row = desk.row(target="a")
    assert row.state is State.FAILED
    assert row.reason.startswith("plugin kenh: ")
    assert desk.row(target="b").state is State.SENT
    assert [key for key, _, _ in kenh.calls] == ["tin/20210503/kenh/b/publish"]


def test_a_file_that_is_no_bytes_is_refused_by_name(folder: Folder, desks: Callable[..., Desk]) -> None:
    kenh = folder.channel()
    kenh.does["render"] = lambda *_: Rendered({}, "x", (File("a.txt", "text/plain", "text"),))  # type: ignore[arg-type]
    folder.post(at=LATER)
    desk = desks(folder)
    desk.at(LATER).run()
    assert desk.row().state is State.FAILED
    assert desk.row().reason.startswith("plugin kenh: ")


def test_a_mapping_of_any_kind_is_a_body() -> None:
    from types import MappingProxyType

    assert pack(Rendered(MappingProxyType({"a": 1}), "")) == pack(Rendered({"a": 1}, ""))
