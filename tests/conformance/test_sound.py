"""The sound twins of the broken plugins pass every check that is for them."""

from __future__ import annotations

from scheduler.testing import CHECKS, Setting, check_channel, conformance
from tests.conformance.sound import board, files, mail, many, picture, post

test_files = conformance(files.Files())
test_post = conformance(post.Post())
test_many = conformance(many.Many())
test_picture = conformance(picture.Picture())
test_board = conformance(board.Board())
test_mail = conformance(mail.Mail())


def test_each_check_is_for_one_of_them_at_least() -> None:
    tried = set()
    for channel, only in (
        (files.Files(), ("idempotent", "withdraws", "probes", "shows")),
        (post.Post(), ("secrets", "time-limit", "staged", "look-up", "leaks", "tries-out", "stands-in")),
        (many.Many(), ("bulk",)),
        (picture.Picture(), ("projection",)),
    ):
        tried |= {each.check.id for each in check_channel(Setting(channel), only).results if not each.reason}
    always = {"attributes", "options", "sends", "pure", "process", "payload", "keys", "folder"}
    always |= {"surroundings", "verdicts", "cancel", "unicode", "huge", "clock", "concurrent"}
    assert tried | always == {each.id for each in CHECKS}
