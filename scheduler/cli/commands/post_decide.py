"""``loa post approve``, ``revoke``, ``hold`` and ``release``."""

from __future__ import annotations

import click

from scheduler.cli import screen
from scheduler.cli.completion import POST
from scheduler.cli.session import Session, pass_session
from scheduler.cli.shape import command
from scheduler.ground.text import _, many


@command(
    "loa --as giam-doc post approve tv-loi-moi",
    'loa --as giam-doc post approve tv-loi-moi --note "read on 28 April"',
    name="approve",
)
@POST
@click.option("--note", default="", metavar="TEXT", help="A remark that stays with the approval.")
@pass_session
def approve(session: Session, name: str, note: str) -> None:
    """Say yes to a post as it stands now.

    Any edit after this asks for a new approval. Needs the role approve in content/plan.toml.
    """
    engine = session.engine
    title = engine.look.post(name).post.title
    approval = engine.act.approve(name, note)
    screen.done(
        _("{title}: {verdict} by {person}").format(title=title, verdict=screen.state("approved"), person=approval.by)
    )


@command('loa --as giam-doc post revoke tv-loi-moi --note "wrong date"', name="revoke")
@POST
@click.option("--note", default="", metavar="TEXT", help="Why.")
@pass_session
def revoke(session: Session, name: str, note: str) -> None:
    """Take an approval back; what has not gone out yet waits."""
    engine = session.engine
    title = engine.look.post(name).post.title
    decision = engine.act.revoke(name, note)
    screen.done(
        _("{title}: approval {verdict} by {person}").format(
            title=title, verdict=screen.state("revoked"), person=decision.by
        )
    )


@command('loa post hold tv-loi-moi --reason "the date may change"', name="hold")
@POST
@click.option("--reason", default="", metavar="TEXT", help="Why.")
@pass_session
def hold(session: Session, name: str, reason: str) -> None:
    """Let every delivery of a post wait until it is released."""
    number = session.engine.act.hold(name, reason)
    screen.done(many("%d delivery waits.", "%d deliveries wait.", number))


@command("loa post release tv-loi-moi", name="release")
@POST
@pass_session
def release(session: Session, name: str) -> None:
    """Let a held post go on."""
    number = session.engine.act.release(name)
    screen.done(many("%d delivery goes on.", "%d deliveries go on.", number))
