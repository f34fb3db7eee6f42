"""Its options name a type that is nowhere."""

# loads: TypeError: channel 'undefined-option': Settings names 'Colour', which is not defined: define or import it above the class

from __future__ import annotations

from typing import Any

from scheduler.api import BaseChannel, Options, Receipt, Rendered, hookimpl


class Settings(Options):
    colour: Colour = "red"  # type: ignore[name-defined]  # noqa: F821


class Broken(BaseChannel[Options]):
    name = "undefined-option"
    options = Settings

    def render(self, item: Any, context: Any) -> Rendered:
        return Rendered({"text": item.text}, item.text)

    def deliver(self, rendered: Rendered, context: Any) -> Receipt:
        return Receipt(str(context.key))


@hookimpl
def register_channels() -> Any:
    return [Broken()]
