"""``loa post``: the group. Its commands are in `post_read`, `post_diff`, `post_write` and `post_decide`."""

from __future__ import annotations

import click

from scheduler.cli.commands import post_decide, post_diff, post_drafts, post_read, post_time, post_write, withdraw
from scheduler.cli.shape import Group


@click.group(cls=Group, examples=("loa post list", "loa post preview tv-loi-moi"))
def post() -> None:
    """List, read, write, preview and approve posts.

    A post is one Markdown file below content/posts, named by the id in its front matter.
    """


for each in (
    post_read.list_,
    post_read.show,
    post_write.new,
    post_write.templates,
    post_drafts.drafts,
    post_write.edit,
    post_time.move,
    post_time.skip,
    post_read.preview,
    post_diff.diff,
    post_decide.approve,
    post_decide.return_,
    post_decide.revoke,
    post_decide.hold,
    post_decide.release,
    withdraw.of_post,
):
    post.add_command(each)
