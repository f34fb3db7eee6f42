"""Typed options of channels, and secrets by reference."""

from __future__ import annotations

import os
import stat
from collections.abc import Mapping
from pathlib import Path
from typing import Any, ClassVar

from pydantic import BaseModel, ConfigDict, SerializerFunctionWrapHandler, model_serializer, model_validator

from scheduler.ground.borrowed import system
from scheduler.ground.errors import LoaError
from scheduler.ground.text import _


def _ordered(value: Any, written: Any) -> Any:
    """Return what was written of a value, with each set in it in one order."""
    if isinstance(written, dict):
        found = dict(value) if isinstance(value, (BaseModel, Mapping)) else {}
        return {name: _ordered(found.get(name), each) for name, each in written.items()}
    if not isinstance(written, list):
        return written
    if isinstance(value, (set, frozenset)):
        return sorted(written, key=repr)
    parts = value if isinstance(value, (list, tuple)) and len(value) == len(written) else [None] * len(written)
    return [_ordered(part, each) for part, each in zip(parts, written, strict=True)]


class Options(BaseModel):
    """Base of a channel's options and of its targets' settings.

    Unknown keys are errors, values are frozen. Options named in ``operational`` say how a channel works (an address,
    a rate, a folder) and not what it says: a change of these leaves approvals as they are.
    """

    model_config = ConfigDict(extra="forbid", frozen=True, strict=False, defer_build=True)
    operational: ClassVar[frozenset[str]] = frozenset()

    @model_serializer(mode="wrap")
    def _sets_in_order(self, write: SerializerFunctionWrapHandler) -> dict[str, Any]:
        """Write sets in one order: what an approval covers is compared from one process to another."""
        return _ordered(self, write(self))  # type: ignore[no-any-return]


class Secret(BaseModel):
    """Where a secret stands: an environment variable, a file of mode 0600, or a systemd credential.

    Written ``{ env = "NAME" }``, ``{ file = "path" }`` or ``{ credential = "name" }``. The value itself is never part
    of a model, so it cannot be printed, stored or compared by accident.
    """

    model_config = ConfigDict(extra="forbid", frozen=True, defer_build=True)
    env: str | None = None
    file: str | None = None
    credential: str | None = None

    @model_validator(mode="after")
    def _one_reference(self) -> Secret:
        if sum(each is not None for each in (self.env, self.file, self.credential)) != 1:
            raise ValueError(_("give exactly one of env, file, credential"))
        return self

    def resolve(self, folder: Path) -> str:
        """Return the value; relative files lie below ``folder``. Raises `LoaError` that names the reference only."""
        if self.env is not None:
            value = os.environ.get(self.env, "")
            if not value:
                raise LoaError(_("the environment variable {name} is not set").format(name=self.env))
            return value
        return _read(self._path(folder), private=self.credential is None)

    def _path(self, folder: Path) -> Path:
        if self.credential is not None:
            root = os.environ.get("CREDENTIALS_DIRECTORY")
            if not root:
                raise LoaError(_("the credential {name} is only there below systemd").format(name=self.credential))
            return Path(root) / Path(self.credential).name
        return folder / str(self.file)


def _read(path: Path, *, private: bool) -> str:
    try:
        mode = stat.S_IMODE(path.stat().st_mode)
        if private and mode & 0o077:
            raise LoaError(_("the secret file {name} is open to others: chmod 600 it").format(name=path.name))
        value = path.read_bytes().decode("utf-8", "replace").strip()
    except OSError as error:
        raise LoaError(
            _("the secret file {name} cannot be read: {why}").format(name=path.name, why=system(error))
        ) from None
    if not value or "\ufffd" in value:
        raise LoaError(_("the secret file {name} holds no line of text").format(name=path.name))
    return value
