"""The record of approvals: nothing that was written is lost to a line that is torn."""

from __future__ import annotations

import json
import os
import threading
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scheduler.ground.delivery import Approval
from scheduler.plan.approvals import EVERY, FILE, append_approval, read_approvals, read_standing, stamp, standing

if TYPE_CHECKING:
    from pathlib import Path

DIGEST, OTHER = "sha256:" + "a" * 64, "sha256:" + "b" * 64
AT = datetime(2021, 4, 28, 2, tzinfo=UTC)
YES = Approval("tv-loi-moi", DIGEST, "approved", "giam-doc", AT, "Đồng ý — cả phụ lục")
NO = replace(YES, verdict="revoked", note="")


def write(folder: Path, *lines: bytes) -> None:
    (folder / "content").mkdir(exist_ok=True)
    (folder / FILE).write_bytes(b"".join(lines))


def line(**changes: Any) -> bytes:
    record: dict[str, Any] = {
        "post": "tin",
        "digest": DIGEST,
        "verdict": "approved",
        "by": "giam-doc",
        "at": "2021-04-28T02:00:00Z",
    }
    record |= changes
    return json.dumps({key: value for key, value in record.items() if value is not ...}).encode() + b"\n"


def test_no_file_is_no_decision(tmp_path: Path) -> None:
    assert read_approvals(tmp_path) == ([], [])


def test_what_is_appended_is_read_again(tmp_path: Path) -> None:
    for approval in (YES, NO, replace(YES, at=AT + timedelta(microseconds=5))):
        append_approval(tmp_path, approval)
    append_approval(tmp_path, replace(NO, digest=EVERY, at=AT.astimezone(timezone(timedelta(hours=7)))))
    found, problems = read_approvals(tmp_path)
    assert not problems
    assert found == [YES, NO, replace(YES, at=AT + timedelta(microseconds=5)), replace(NO, digest=EVERY)]


def test_the_bytes_of_a_line(tmp_path: Path) -> None:
    append_approval(tmp_path, YES)
    assert (tmp_path / FILE).read_text(encoding="utf-8") == (
        f'{{"post": "tv-loi-moi", "digest": "{DIGEST}", "verdict": "approved", "by": "giam-doc", '
        '"at": "2021-04-28T02:00:00Z", "note": "Đồng ý — cả phụ lục"}\n'
    )


def test_a_last_line_torn_at_any_byte_costs_nothing_else(tmp_path: Path) -> None:
    append_approval(tmp_path, YES)
    whole = (tmp_path / FILE).read_bytes()
    for cut in range(len(whole)):
        write(tmp_path, whole, whole[:cut])
        found, problems = read_approvals(tmp_path)
        complete = cut == len(whole) - 1  # only the newline is missing
        assert found == [YES, YES] if complete else found == [YES]
        assert [problem.line for problem in problems] == ([2] if 0 < cut < len(whole) - 1 else [])
        append_approval(tmp_path, NO)
        found, problems = read_approvals(tmp_path)
        assert found[-1] == NO
        assert len(found) == (3 if complete else 2)
        assert (tmp_path / FILE).read_bytes().startswith(whole + whole[:cut])


@pytest.mark.parametrize(
    ("bad", "message"),
    [
        (b"{\n", "not JSON; it may be torn"),
        (b"[" * 100_000 + b"\n", "not JSON"),
        (b"1" * 5000 + b"\n", "not JSON"),
        (b'{"post": "\xff"}\n', "not UTF-8"),
        (b'{"post": "\\ud800", "x": 1}\n', "not UTF-8"),
        (b"[1]\n", "not a decision"),
        (b"null\n", "not a decision"),
        (line(post=...), "lacks 'post'"),
        (line(by=""), "lacks 'by'"),
        (line(at=5), "lacks 'at', or it is not a text"),
        (line(note=5), "'note' is not a text"),
        (line(verdict="aproved"), "unknown verdict 'aproved'; did you mean 'approved'?"),
        (line(digest="sha256:abc"), "64 hex digits"),
        (line(digest=EVERY), "only a revocation may have '*'"),
        (line(at="2021-04-28T02:00:00"), "'at' must be a time with its zone"),
        (line(at="yesterday"), "'at' must be a time with its zone"),
    ],
)
def test_a_bad_line_is_a_problem_and_the_rest_counts(tmp_path: Path, bad: bytes, message: str) -> None:
    write(tmp_path, line(post="a"), b"\n", bad, line(post="b"))
    found, problems = read_approvals(tmp_path)
    assert [approval.post for approval in found] == ["a", "b"]
    assert [(problem.file, problem.line) for problem in problems] == [(FILE, 3)]
    assert message in str(problems[0])


def test_files_of_other_editors_are_read(tmp_path: Path) -> None:
    write(tmp_path, b"\xef\xbb\xbf", line().replace(b"\n", b"\r\n"), line(verdict="revoked", digest=EVERY, later=1))
    found, problems = read_approvals(tmp_path)
    assert not problems
    assert [approval.verdict for approval in found] == ["approved", "revoked"]


def test_a_record_that_cannot_be_read_is_a_problem(tmp_path: Path) -> None:
    (tmp_path / FILE).mkdir(parents=True)
    found, problems = read_approvals(tmp_path)
    assert not found
    assert "cannot be read" in str(problems[0])


@pytest.mark.parametrize(
    "wrong",
    [
        replace(YES, at=AT.replace(tzinfo=None)),
        replace(YES, verdict="maybe"),
        replace(YES, digest=EVERY),
        replace(YES, post=""),
        replace(YES, note="\ud800"),
    ],
)
def test_a_wrong_decision_is_not_written(tmp_path: Path, wrong: Approval) -> None:
    with pytest.raises(ValueError, match=r"zone|verdict|digest|lacks|UTF-8|surrogates"):
        append_approval(tmp_path, wrong)
    assert not (tmp_path / FILE).exists()


def test_a_disk_that_fails_leaves_the_file_as_it_was(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    append_approval(tmp_path, YES)
    before = (tmp_path / FILE).read_bytes()
    real = os.write
    calls = iter((7, None))

    def half(descriptor: int, data: bytes) -> int:
        size = next(calls)
        if size is None:
            raise OSError(28, "No space left on device")
        return real(descriptor, data[:size])

    monkeypatch.setattr(os, "write", half)
    with pytest.raises(OSError, match="No space"):
        append_approval(tmp_path, NO)
    assert (tmp_path / FILE).read_bytes() == before


def test_many_writers_at_once_lose_nothing(tmp_path: Path) -> None:
    write(tmp_path, b'{"torn')
    writers = [threading.Thread(target=append_approval, args=(tmp_path, replace(YES, by=f"p{n}"))) for n in range(16)]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join()
    found, problems = read_approvals(tmp_path)
    assert sorted(approval.by for approval in found) == sorted(f"p{n}" for n in range(16))
    assert [problem.line for problem in problems] == [1]


def test_a_revocation_takes_back_and_a_later_approval_stands_again() -> None:
    again = replace(YES, by="pho-giam-doc", at=AT - timedelta(days=1))
    assert standing([]) == {}
    assert standing([YES]) == {"tv-loi-moi": {DIGEST: YES}}
    assert standing([YES, NO]) == {}
    assert standing([NO, YES]) == {"tv-loi-moi": {DIGEST: YES}}
    assert standing([YES, NO, again]) == {"tv-loi-moi": {DIGEST: again}}
    assert standing([YES, replace(NO, digest=OTHER)]) == {"tv-loi-moi": {DIGEST: YES}}
    assert standing([YES, replace(NO, post="khac", digest=EVERY)]) == {"tv-loi-moi": {DIGEST: YES}}
    both = [YES, replace(YES, digest=OTHER)]
    assert standing([*both, replace(NO, digest=EVERY)]) == {}


def test_a_text_that_was_sent_back_is_not_approved_until_somebody_says_yes_to_it() -> None:
    back = replace(YES, verdict="returned", note="sai ngày")
    assert standing([YES, back]) == {"tv-loi-moi": {DIGEST: back}}
    assert standing([back, YES]) == {"tv-loi-moi": {DIGEST: YES}}
    other = replace(back, digest=OTHER)
    assert standing([YES, other]) == {"tv-loi-moi": {DIGEST: YES, OTHER: other}}
    assert standing([back, replace(NO, digest=EVERY)]) == {"tv-loi-moi": {DIGEST: back}}


def test_only_a_revocation_may_mean_every_text(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match=r"only a revocation may have '\*'"):
        append_approval(tmp_path, replace(YES, verdict="returned", digest=EVERY))


DECISIONS = st.lists(
    st.builds(
        Approval,
        st.sampled_from("ab"),
        st.sampled_from((DIGEST, OTHER, EVERY)),
        st.sampled_from(("approved", "revoked", "returned")),
        st.just("ai"),
        st.just(AT),
    ).filter(lambda each: each.digest != EVERY or each.verdict == "revoked"),
    max_size=12,
)


@given(DECISIONS)
def test_the_last_word_on_a_digest_counts(decisions: list[Approval]) -> None:
    found = standing(decisions)
    for post in "ab":
        for digest in (DIGEST, OTHER):
            words = [each for each in decisions if each.post == post and each.digest in (digest, EVERY)]
            stands = bool(words) and words[-1].verdict == "approved"
            last = found.get(post, {}).get(digest)
            assert (last is not None and last.verdict == "approved") == stands


def test_an_approval_counts_only_from_who_may_approve(tmp_path: Path) -> None:
    write(tmp_path, line(post="a"), line(post="b", by="can-bo"), line(post="a", by="can-bo", verdict="revoked"))
    found, problems = read_standing(tmp_path, {"giam-doc"})
    assert found == {}, "anybody may take an approval back"
    assert [(problem.file, problem.line) for problem in problems] == [(FILE, 2)]
    assert "can-bo is not in content/plan.toml with the role 'approve'" in str(problems[0])
    found, problems = read_standing(tmp_path, None)
    assert (set(found), problems) == ({"b"}, [])


@pytest.mark.parametrize(
    ("torn", "stands", "named"),
    [
        (line(post="a", verdict="revoked", digest=EVERY)[:-4] + b"\n", {"b"}, "no approval of a above it counts"),
        (line(post="a", verdict="revokd"), {"b"}, "no approval of a above it counts"),
        (b'{"pos\n', set(), "no approval above it counts"),
        (b"<<<<<<< HEAD\n", set(), "no approval above it counts"),
    ],
)
def test_a_line_that_cannot_be_read_may_have_been_a_revocation(
    tmp_path: Path, torn: bytes, stands: set[str], named: str
) -> None:
    write(tmp_path, line(post="a"), line(post="b"), torn, line(post="c"))
    found, problems = read_standing(tmp_path, {"giam-doc"})
    assert set(found) == {*stands, "c"}
    assert [problem.line for problem in problems] == [3]
    assert named in str(problems[0])
    append_approval(tmp_path, Approval("a", DIGEST, "approved", "giam-doc", AT))
    assert "a" in read_standing(tmp_path, {"giam-doc"})[0]


def test_the_stamp_of_the_record_changes_with_it(tmp_path: Path) -> None:
    seen = [stamp(tmp_path)]
    for _ in range(3):
        append_approval(tmp_path, YES)
        seen.append(stamp(tmp_path))
    assert len(set(seen)) == 4
    assert stamp(tmp_path) == seen[-1]
