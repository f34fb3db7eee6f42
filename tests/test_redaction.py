"""A secret that has been used is masked wherever text leaves the call."""

from __future__ import annotations

import logging
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest

from scheduler.api import OutcomeUnknown, PermanentFailure, Receipt, Secret, TemporaryFailure
from scheduler.engine.redaction import MASK, Redactor
from scheduler.ground.errors import LoaError
from tests.campaign import NOON, Desk, Folder

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

SECRET = "EAAB-bí-mật-0123456789"
LATER = NOON + timedelta(hours=1)


def test_text_values_and_records_are_masked() -> None:
    redactor = Redactor()
    redactor.learn(SECRET)
    assert redactor.text(f"a {SECRET} b") == f"a {MASK} b"
    value = redactor.value({SECRET: [SECRET, 1, None, (f"x{SECRET}",)], "n": {"a": True}})
    assert value == {MASK: [MASK, 1, None, [f"x{MASK}"]], "n": {"a": True}}


def test_what_is_too_short_to_be_a_secret_masks_nothing() -> None:
    redactor = Redactor()
    redactor.learn("a")
    redactor.learn("")
    assert redactor.text("banana") == "banana"


def test_log_records_are_masked_with_their_arguments_and_traces(caplog: pytest.LogCaptureFixture) -> None:
    redactor = Redactor()
    redactor.learn(SECRET)
    log = logging.getLogger("loa.thu")
    log.addFilter(redactor)
    try:
        log.warning("token=%s", SECRET)
        try:
            raise RuntimeError(SECRET)
        except RuntimeError:
            log.exception("lỗi")
    finally:
        log.removeFilter(redactor)
    assert SECRET not in caplog.text
    assert caplog.text.count(MASK) == 2


VERDICTS = [
    TemporaryFailure(f"lỗi {SECRET}"), PermanentFailure(f"lỗi {SECRET}"), OutcomeUnknown(f"lỗi {SECRET}"),
    RuntimeError(f"GET https://example.org/?access_token={SECRET}"),
]  # fmt: skip


@pytest.mark.parametrize("verdict", [*VERDICTS, None], ids=lambda each: type(each).__name__)
def test_nothing_that_a_call_says_puts_a_secret_on_disk(
    folder: Folder, desks: Callable[..., Desk], verdict: BaseException | None, caplog: pytest.LogCaptureFixture,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    monkeypatch.setenv("LOA_THU", SECRET)
    module = folder.channel(sure=False, table='token = { env = "LOA_THU" }\n')

    def deliver(_: object, context: Any) -> Receipt:
        token = context.reveal(context.options.token)
        context.log.warning("gọi với %s", token)
        context.checkpoint({"url": f"https://example.org/{token}"})
        if verdict is not None:
            raise verdict
        return Receipt(f"id-{token}", link=f"https://example.org/{token}", detail={"token": token})

    module.does["deliver"] = deliver
    folder.post(at=LATER)
    desk = desks(folder)
    desk.at(LATER).run()
    assert SECRET not in str(desk.dump())
    assert MASK in str(desk.dump())
    assert SECRET not in caplog.text


def test_a_probe_is_masked_too(folder: Folder, desks: Callable[..., Desk], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LOA_THU", SECRET)
    folder.channel(
        table='token = { env = "LOA_THU" }\n',
        more="def probe(self, context):\n    raise RuntimeError(context.reveal(context.options.token))\n",
    )
    desk = desks(folder)
    health = desk.act.probe("kenh")
    assert (health.ok, health.detail) == (False, f"RuntimeError: {MASK}")


def test_where_a_secret_stands(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LOA_THU", SECRET)
    assert Secret(env="LOA_THU").resolve(tmp_path) == SECRET
    monkeypatch.delenv("LOA_THU")
    with pytest.raises(LoaError, match="LOA_THU is not set"):
        Secret(env="LOA_THU").resolve(tmp_path)
    file = tmp_path / "khoa"
    file.write_text(f"{SECRET}\n")
    file.chmod(0o644)
    with pytest.raises(LoaError, match="chmod 600"):
        Secret(file="khoa").resolve(tmp_path)
    file.chmod(0o600)
    assert Secret(file="khoa").resolve(tmp_path) == SECRET
    with pytest.raises(LoaError, match="cannot be read"):
        Secret(file="khong-co").resolve(tmp_path)
    monkeypatch.delenv("CREDENTIALS_DIRECTORY", raising=False)
    with pytest.raises(LoaError, match="only there below systemd"):
        Secret(credential="khoa").resolve(tmp_path)
    monkeypatch.setenv("CREDENTIALS_DIRECTORY", str(tmp_path))
    assert Secret(credential="../khoa").resolve(tmp_path) == SECRET
    for wrong in ({}, {"env": "A", "file": "b"}, {"other": "x"}):
        with pytest.raises(ValueError, match=r"exactly one|Extra"):
            Secret(**wrong)
