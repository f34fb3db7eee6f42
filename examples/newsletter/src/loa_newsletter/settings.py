"""The tables of config.toml."""

from __future__ import annotations

from pathlib import PurePosixPath
from typing import ClassVar, Literal
from urllib.parse import urlsplit

from pydantic import Field, field_validator, model_validator

from scheduler.api import Options, Secret

from .lists import BadAddress, address


class NewsletterOptions(Options):
    """``[channels.newsletter]``. No approval covers how the mail server is reached."""

    operational: ClassVar[frozenset[str]] = frozenset(
        {"host", "port", "security", "user", "password", "bounces", "unsubscribe_key"}
    )
    host: str = Field(min_length=1, description="The mail server.")
    port: int = Field(default=587, gt=0, lt=65536, description="587 with starttls, 465 with tls, 25 with none.")
    security: Literal["starttls", "tls", "none"] = Field(default="starttls", description="none: on this machine only.")
    user: str = Field(default="", description="Whom to log in as; nobody where it is left out.")
    password: Secret | None = None
    sender: str = Field(description="The address that letters come from.")
    sender_name: str = Field(default="", description="The name beside it.")
    reply_to: str = Field(default="", description="Where answers go, if not to the sender.")
    bounces: str = Field(default="", description="Where the post's own notices go, if not to the sender.")
    unsubscribe: str = Field(description="An https address with {token}, and {address} if it is wanted, to leave.")
    unsubscribe_key: Secret = Field(description="What the tokens are made with: nobody else can make one.")

    @field_validator("sender", "reply_to", "bounces")
    @classmethod
    def _is_address(cls, value: str) -> str:
        try:
            return address(value) if value else value
        except BadAddress as error:
            raise ValueError(str(error)) from None

    @field_validator("unsubscribe")
    @classmethod
    def _is_link(cls, value: str) -> str:
        if urlsplit(value).scheme != "https" or "{token}" not in value:
            raise ValueError("give an address that begins with https:// and has {token} in it (RFC 8058)")
        return value

    @model_validator(mode="after")
    def _logs_in_safely(self) -> NewsletterOptions:
        if not self.sender:
            raise ValueError("sender: give an address")
        if bool(self.user) != (self.password is not None):
            raise ValueError("user and password go together")
        if self.user and self.security == "none":
            raise ValueError("a password is not sent without starttls or tls")
        return self

    @property
    def domain(self) -> str:
        """The sender's domain, which names letters and this machine."""
        return self.sender.rpartition("@")[2]


class Readers(Options):
    """``[[channels.newsletter.targets]]``: whom it goes to."""

    list: str = Field(description="A CSV file with the columns address and name, by its path below content/.")

    @field_validator("list")
    @classmethod
    def _below_content(cls, value: str) -> str:
        path = PurePosixPath(value)
        if not value or path.is_absolute() or ".." in path.parts or "\\" in value:
            raise ValueError("give a path below content/, such as contacts/readers.csv")
        return value
