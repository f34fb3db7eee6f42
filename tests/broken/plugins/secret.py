"""It tells its secret to everybody: in print, in the log, in its receipt, in an error."""

# ends: unknown: plugin secret: RuntimeError: token •••

from __future__ import annotations

import sys
from typing import Any

from scheduler.api import BaseChannel, Options, Receipt, Rendered, Secret, hookimpl


class Settings(Options):
    token: Secret = Secret(env="TOKEN_OF_THE_OFFICE")


class Broken(BaseChannel[Settings]):
    name = "secret"
    options = Settings

    def render(self, item: Any, context: Any) -> Rendered:
        return Rendered({"text": item.text}, item.text)

    def deliver(self, rendered: Rendered, context: Any) -> Receipt:
        token = context.reveal(context.options.token)
        context.log.warning("sending with %s", token)
        print("sending with", token)
        print("failing with", token, file=sys.stderr)
        if context.key.post.startswith("bai-1"):
            return Receipt(token, link=f"https://example.org/?token={token}", detail={token: [token]})
        raise RuntimeError(f"token {token} was refused")


@hookimpl
def register_channels() -> list[Any]:
    return [Broken()]
