"""A sheet per delivery, written into the channel's folder."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from pydantic import Field

from scheduler.api import (
    BaseChannel,
    Block,
    Forecast,
    Health,
    Kind,
    Late,
    Measure,
    Options,
    Passage,
    Problem,
    Receipt,
    Rendered,
    TemporaryFailure,
    hookimpl,
    replace_file,
    system,
)


class Settings(Options):
    """What the sheet says beside the text."""

    operational = frozenset({"price"})
    head: str = "BẢN TIN"
    price: int = Field(default=0, ge=0)


class Files(BaseChannel[Settings]):
    """Idempotent: the same key writes the same file."""

    name = "files"
    title = "Sheets"
    kind = Kind.PRINT
    options: type[Settings] = Settings
    uses: tuple[str, ...] = ("title",)
    lead = timedelta(days=1)
    late = Late.ASK
    withdraws_again = True

    def render(self, item: Any, context: Any) -> Rendered:
        text = f"{context.options.head}\n{item.title}\n\n{item.text.strip()}\n{item.publish_at:%d/%m/%Y}\n"
        return Rendered({"text": text}, text, figures={"letters": len(text)})

    def check(self, rendered: Rendered, context: Any) -> list[Problem]:
        return [Problem("too long", part="text")] if len(rendered.text) > 100_000 else []

    def forecast(self, rendered: Rendered, context: Any) -> Forecast:
        return Forecast(context.options.price, 1, "sheets")

    def idempotent(self, rendered: Rendered, context: Any) -> bool:
        return True

    def file_name(self, context: Any) -> str:
        return f"{'_'.join(context.key)}.txt"

    def deliver(self, rendered: Rendered, context: Any) -> Receipt:
        return self.write(self.file_name(context), rendered.body["text"], context)

    def write(self, name: str, text: str, context: Any) -> Receipt:
        try:
            replace_file(context.out / name, text.encode())
        except OSError as error:
            raise TemporaryFailure(f"the sheet cannot be written: {system(error)}") from error
        return Receipt(name, handed=True)

    def withdraw(self, sent: Any, context: Any) -> Receipt:
        return self.write(self.file_name(context), f"Gỡ xuống: {sent.title} ({sent.receipt.id})\n", context)

    def probe(self, context: Any) -> Health:
        return Health(context.out.is_dir(), context.out.name)

    def show(self, item: Any, rendered: Rendered, context: Any) -> list[Block]:
        return [Measure("Letters", len(rendered.text), 1000), Passage(rendered.text, cuts=(3,))]


@hookimpl
def register_channels() -> list[Any]:
    return [Files()]
