"""Its hook wants what the hook does not give."""

# loads: check_post has no parameter 'campaign': it has post, host

from __future__ import annotations

from typing import Any

from scheduler.api import hookimpl


@hookimpl
def check_post(post: Any, campaign: Any) -> list[Any]:
    return []
