"""The tables of config.toml."""

from __future__ import annotations

from typing import ClassVar
from urllib.parse import urlsplit

from pydantic import Field, field_validator

from scheduler.api import Options, Secret

ID = "{id}"


class WebhookOptions(Options):
    """``[channels.webhook]``."""

    type: str = Field(default="post.published", pattern=r"^[a-z0-9_]+(\.[a-z0-9_]+)*$", description="The event's type.")


class Receiver(Options):
    """``[[channels.webhook.targets]]``: one receiver. No approval covers where it is and what it can."""

    operational: ClassVar[frozenset[str]] = frozenset({"url", "secret", "honours_ids", "look_up", "takes_back"})
    url: str = Field(description="Where the webhooks go.")
    secret: Secret = Field(description="What they are signed with: whsec_ and base64, or any other words.")
    honours_ids: bool = Field(default=False, description="It does nothing for a webhook-id that it has had already.")
    look_up: str = Field(default="", description="An address with {id} that answers 200 or 404 to a signed GET.")
    takes_back: bool = Field(default=False, description="It takes down what post.withdrawn names.")

    @field_validator("url", "look_up")
    @classmethod
    def _address(cls, value: str) -> str:
        parts = urlsplit(value)
        if value and (parts.scheme not in ("https", "http") or not parts.hostname):
            raise ValueError("give a whole address that begins with https://")
        return value

    @field_validator("look_up")
    @classmethod
    def _has_id(cls, value: str) -> str:
        if value and ID not in value:
            raise ValueError(f"say with {ID} where the webhook's id stands in it")
        return value
