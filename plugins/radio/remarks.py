"""What a person should know of a script."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from scheduler.api import _

if TYPE_CHECKING:
    from collections.abc import Sequence


class Remark(NamedTuple):
    """A sentence with its values. The payload holds it as it is; it is put into words where it is shown."""

    sentence: str
    values: Sequence[str | int] = ()

    def __str__(self) -> str:
        """Return it in the language in use."""
        return _(self.sentence).format(*self.values)

    def kept(self) -> list[Any]:
        """Return it as JSON values."""
        return [self.sentence, [*self.values]]
