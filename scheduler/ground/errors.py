"""Every error that Loa raises on purpose.

LoaError
├── CampaignInvalid        files of the campaign have problems
├── ContentChanged         a file is no longer what was read
│   └── ChangedMeanwhile   someone else has changed a text that a person is editing; has what it is now
├── NotFound               no such post, event, delivery, channel or person
├── NotAllowed             the person lacks the role, or the folder is not armed
├── IllegalTransition      the lifecycle has no such way out of that state
├── EngineRunning          another engine works in this folder
├── StoreError
│   ├── StoreBusy          the database stayed locked for too long
│   ├── StoreFull          the disk, or the database's page limit, is full
│   ├── StaleEpoch         a newer engine has taken over
│   └── Superseded         the row has left the state that the caller saw
├── PluginError            a plugin broke the contract; names the plugin
│   └── PluginAway         it cannot be called now: what is to be made of it waits
└── Verdict                raised by a channel's ``deliver``
    ├── TemporaryFailure   it did not go out; try again
    ├── PermanentFailure   it did not go out and will not
    └── OutcomeUnknown     it may have gone out
"""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from scheduler.ground.text import _

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from scheduler.ground.problem import Problem


class LoaError(Exception):
    """The root. Its text is one line that a person can act on."""


class CampaignInvalid(LoaError):
    """Files of the campaign have problems; ``problems`` holds them all."""

    def __init__(self, problems: Sequence[Problem]) -> None:
        super().__init__("\n".join(str(problem) for problem in problems))
        self.problems = tuple(problems)


class ContentChanged(LoaError):
    """A file below ``content/`` is no longer what was read: nothing is made of it before the folder is read again."""


class ChangedMeanwhile(ContentChanged):
    """Someone else has changed a text that a person is editing; ``data`` is what its file holds now."""

    def __init__(self, file: str, data: bytes) -> None:
        super().__init__(_("{file} was changed by someone else meanwhile; nothing was written").format(file=file))
        self.data = data


class NotFound(LoaError):
    """No such post, event, delivery, channel or person."""

    @classmethod
    def named(cls, sentence: str, name: str, valid: Iterable[str], otherwise: str = "") -> NotFound:
        """Return ``sentence`` with ``name`` filled in and the nearest valid name, or ``otherwise``, as an error."""
        from scheduler.ground.problem import nearest

        return cls(": ".join(each for each in (sentence.format(name=name), nearest(name, valid) or otherwise) if each))


class NotAllowed(LoaError):
    """The person lacks the role, or the folder is not armed."""


class IllegalTransition(LoaError):
    """The lifecycle has no such way out of that state."""


class EngineRunning(LoaError):
    """Another engine works in this folder."""


class StoreError(LoaError):
    """The database could not do what was asked; nothing was changed."""


class StoreBusy(StoreError):
    """The database stayed locked for too long."""


class StoreFull(StoreError):
    """The disk, or the database's page limit, is full."""


class StaleEpoch(StoreError):
    """A newer engine has taken over this folder."""


class Superseded(StoreError):
    """The row has left the state that the caller saw."""


class PluginError(LoaError):
    """A plugin broke the contract."""

    def __init__(self, plugin: str, message: str) -> None:
        super().__init__(_("plugin {name}: {message}").format(name=plugin, message=message))
        self.plugin = plugin


class PluginAway(PluginError):
    """A plugin cannot be called now, for no reason of what it is called for: that waits until it is there again."""


class Verdict(LoaError):
    """What a channel says of a call that did not end in a receipt."""


class TemporaryFailure(Verdict):
    """It did not go out, for now. ``retry_after`` is the least time to wait before the next attempt."""

    def __init__(self, message: str, *, retry_after: timedelta | None = None) -> None:
        super().__init__(message)
        self.retry_after = retry_after


class PermanentFailure(Verdict):
    """It did not go out, and doing the same again would not help."""


class OutcomeUnknown(Verdict):
    """It may have gone out; nobody may do it again before that is known."""
