"""The picture says for which delivery it was drawn: it differs by who asked."""

from __future__ import annotations

from typing import Any

from scheduler.api import hookimpl
from tests.conformance.sound.picture import Picture


class Broken(Picture):
    def project(self, published: Any, context: Any) -> Any:
        receipt = super().project(published, context)
        page = context.outside(context.options.folder) / context.target.name / "drawn-for.txt"
        page.write_text(str(context.key), encoding="utf-8")
        return receipt


@hookimpl
def register_channels() -> list[Any]:
    return [Broken()]
