"""``loa post approve``, ``return``, ``revoke``, ``hold`` and ``release``."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from scheduler.cli import screen
from scheduler.cli.completion import POSTS, post_ids
from scheduler.cli.session import Session, pass_session
from scheduler.cli.shape import command, yes_option
from scheduler.ground.text import _, many

if TYPE_CHECKING:
    from scheduler.engine.engine import Engine
    from scheduler.ground.delivery import Approval


@command(
    "loa --as giam-doc post approve tv-loi-moi",
    'loa --as giam-doc post approve tv-loi-moi tv-loi-ket --note "read on 28 April"',
    "loa --as giam-doc post approve --waiting --yes",
    name="approve",
)
@click.argument("names", metavar="[POST...]", nargs=-1, shell_complete=post_ids)
@click.option(
    "--waiting", is_flag=True, help="All posts that wait for approval, have no errors, and were not sent back."
)
@click.option("--note", default="", metavar="TEXT", help="A remark that stays with the approval.")
@yes_option
@pass_session
def approve(session: Session, names: tuple[str, ...], waiting: bool, note: str, yes: bool) -> None:
    """Say yes to posts as they stand now, to all of them or to none.

    Any edit after this asks for a new approval. Needs the role approve in content/plan.toml. With --waiting it lists
    the posts and asks first.
    """
    if bool(names) == waiting:
        raise click.UsageError(_("name the posts, or give --waiting"))
    engine = session.engine
    if waiting:
        names = _waiting(engine)
        if not names:
            screen.done(_("No post waits for approval."))
            return
        for name in () if yes else names:
            screen.note(f"{name}  {engine.campaign.posts[name].title}")
        question = many("Approve this %d post as it stands?", "Approve these %d posts as they stand?", len(names))
        screen.confirm(question, yes=yes, required=True)
    for name in names:
        engine.look.post(name)  # says of one whose file is broken what is wrong there
    for each in engine.act.approve_all(names, note):
        _decided(engine, each, _("{title}: {verdict} by {person}"))


def _waiting(engine: Engine) -> tuple[str, ...]:
    """Return the posts that only an approval is missing for."""
    return tuple(each.post.id for each in engine.look.posts() if each.waits and each.valid and each.returned is None)


def _decided(engine: Engine, decision: Approval, text: str) -> None:
    """Say what was decided of which post, or of which id where its file is gone, and by whom."""
    post = engine.campaign.posts.get(decision.post)
    verdict, person = screen.state(decision.verdict), engine.look.name_of(decision.by)
    screen.done(text.format(title=post.title if post else decision.post, verdict=verdict, person=person))


@command('loa --as giam-doc post return tv-loi-moi --reason "name the right date"', name="return")
@POSTS
@click.option("--reason", required=True, metavar="TEXT", help="What to change; its author reads it.")
@pass_session
def return_(session: Session, names: tuple[str, ...], reason: str) -> None:
    """Send posts back to their authors, with what to change, all of them or none.

    Each says so until its text changes, and goes out only once somebody approves it. Needs the role approve in
    content/plan.toml.
    """
    engine = session.engine
    for each in engine.act.return_all(names, reason):
        _decided(engine, each, _("{title}: {verdict} by {person}"))


@command('loa --as giam-doc post revoke tv-loi-moi --note "wrong date"', name="revoke")
@POSTS
@click.option("--note", default="", metavar="TEXT", help="Why.")
@pass_session
def revoke(session: Session, names: tuple[str, ...], note: str) -> None:
    """Take approvals back; what has not gone out yet waits."""
    engine = session.engine
    for each in engine.act.revoke_all(names, note):
        _decided(engine, each, _("{title}: approval {verdict} by {person}"))


@command('loa post hold tv-loi-moi --reason "the date may change"', name="hold")
@POSTS
@click.option("--reason", default="", metavar="TEXT", help="Why.")
@pass_session
def hold(session: Session, names: tuple[str, ...], reason: str) -> None:
    """Let every delivery of the posts wait until they are released."""
    number = session.engine.act.hold_all(names, reason)
    screen.done(many("%d delivery waits.", "%d deliveries wait.", number))


@command("loa post release tv-loi-moi", name="release")
@POSTS
@pass_session
def release(session: Session, names: tuple[str, ...]) -> None:
    """Let held posts go on."""
    number = session.engine.act.release_all(names)
    screen.done(many("%d delivery goes on.", "%d deliveries go on.", number))
