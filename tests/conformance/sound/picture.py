"""A page that shows all that was published."""

from __future__ import annotations

import json
from typing import Any

from scheduler.api import (
    BaseChannel,
    Options,
    PermanentFailure,
    Receipt,
    Rendered,
    TemporaryFailure,
    hookimpl,
    replace_file,
)


class Settings(Options):
    """Where it lies."""

    folder: str = "var/public"


class Picture(BaseChannel[Settings]):
    """Draws from what is given and what stands already."""

    name = "picture"
    title = "Page"
    options = Settings

    def render(self, item: Any, context: Any) -> Rendered:
        return Rendered({"title": item.title, "text": item.text}, item.text)

    def idempotent(self, rendered: Rendered, context: Any) -> bool:
        return True

    def deliver(self, rendered: Rendered, context: Any) -> Receipt:
        raise PermanentFailure("it is drawn as a whole")

    def project(self, published: Any, context: Any) -> Receipt:
        page = context.outside(context.options.folder) / context.target.name / "page.json"
        try:
            page.parent.mkdir(parents=True, exist_ok=True)
            shown = json.loads(page.read_bytes()) if page.exists() else {}
            for each in published:
                self.draw(shown, each)
            replace_file(page, json.dumps(shown, sort_keys=True, ensure_ascii=False).encode())
        except OSError as error:
            raise TemporaryFailure("the page cannot be written") from error
        return Receipt(str(context.key))

    def draw(self, shown: dict[str, Any], each: Any) -> None:
        if each.withdrawn:
            shown.pop(str(each.key), None)
        else:
            shown[str(each.key)] = dict(each.rendered.body)


@hookimpl
def register_channels() -> list[Any]:
    return [Picture()]
