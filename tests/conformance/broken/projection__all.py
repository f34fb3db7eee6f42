"""It takes away what it is not given, as if the database could not be lost."""

from __future__ import annotations

from typing import Any

from scheduler.api import hookimpl
from tests.conformance.sound.picture import Picture


class Broken(Picture):
    def project(self, published: Any, context: Any) -> Any:
        page = context.outside(context.options.folder) / context.target.name / "page.json"
        if page.is_file():
            page.unlink()
        return super().project(published, context)


@hookimpl
def register_channels() -> list[Any]:
    return [Broken()]
