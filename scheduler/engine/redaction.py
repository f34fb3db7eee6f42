"""Secrets that have been revealed, and the filter that keeps them out of logs, reasons and receipts."""

from __future__ import annotations

import logging
from typing import Any

MASK = "•••"


class Redactor(logging.Filter):
    """Knows every secret that a call has used in this process, and masks it wherever text leaves the call."""

    def __init__(self) -> None:
        super().__init__()
        self._secrets: set[str] = set()

    def learn(self, secret: str) -> None:
        """Mask ``secret`` from now on."""
        if len(secret) >= 4:
            self._secrets.add(secret)

    def text(self, text: str) -> str:
        """Return ``text`` with every known secret masked."""
        for secret in self._secrets:
            text = text.replace(secret, MASK)
        return text

    def value(self, value: Any) -> Any:
        """Return a JSON value with every known secret masked."""
        if not self._secrets:
            return value
        if isinstance(value, str):
            return self.text(value)
        if isinstance(value, dict):
            return {self.text(str(key)): self.value(each) for key, each in value.items()}
        if isinstance(value, list | tuple):
            return [self.value(each) for each in value]
        return value

    def filter(self, record: logging.LogRecord) -> bool:
        """Mask the finished message of a log record; let every record pass."""
        if self._secrets:
            record.msg, record.args = self.text(record.getMessage()), None
            if record.exc_info:
                record.exc_text = self.text(logging.Formatter().formatException(record.exc_info))
                record.exc_info = None
        return True
