"""What people do: each act is written with who did it and why."""

from __future__ import annotations

from scheduler.engine.acts.channels import ChannelActs
from scheduler.engine.acts.folder import FolderActs
from scheduler.engine.acts.posts import PostActs
from scheduler.engine.acts.withdrawals import WithdrawalActs


class Actions(FolderActs, PostActs, WithdrawalActs, ChannelActs):
    """The acts of one person on one campaign folder."""
