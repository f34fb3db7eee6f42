"""The process of a plugin, seen from Loa: started, spoken to, killed with all that it has begun, and reaped."""

from __future__ import annotations

import errno
import logging
import os
import secrets
import signal
import subprocess
import sys
import threading
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

from scheduler.channels.isolated.wire import Gone, Wire
from scheduler.ground.said import said
from scheduler.ground.text import _, language

if TYPE_CHECKING:
    from collections.abc import Callable

    from scheduler.channels.isolated.sheets import PluginSheet, Wanted

_PACKAGES = str(Path(__file__).parents[3])
_SEED = str(secrets.randbelow(1 << 32))
"""One for all processes, so that a set of words has the same order in each, and options with one stay the same."""
_LONGEST = 2000
"""Characters of a line that a plugin prints, beyond which the rest is let go."""


class ProcessEnded(Exception):
    """The process was not there any more when it should have answered: what it did until then nobody has heard.

    ``signal`` is what ended it, 0 where it ended by itself.
    """

    def __init__(self, words: str, signal: int = 0) -> None:
        super().__init__(words)
        self.signal = signal


class Unsaid(Exception):
    """The process was gone before it could be told what to do, or is another plugin's: it did nothing of it."""


class OtherVersion(Unsaid):
    """The process has another version of the plugin than Loa has loaded."""

    def __init__(self) -> None:
        super().__init__(_("it has changed since it was loaded, and is loaded anew first"))


class Child:
    """One process. It does one call at a time; who has it speaks to it alone."""

    def __init__(self, log: logging.Logger) -> None:
        """Start it. Raises `OSError` where the machine has no room for it now."""
        theirs_in, ours_out = os.pipe()
        try:
            ours_in, theirs_out = os.pipe()
        except OSError:
            os.close(theirs_in)
            os.close(ours_out)
            raise
        self._log = log
        self._lock = threading.Lock()
        self._how: int | None = None
        self.wire = Wire(ours_in, ours_out)
        self.idle_since = 0.0
        self.raised = False
        """Whether the last call ended with what the process itself said that it raises."""
        try:
            self._process = subprocess.Popen(
                [sys.executable, "-P", "-m", __package__, str(theirs_in), str(theirs_out)],
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
                pass_fds=(theirs_in, theirs_out),
                env={**os.environ, "PYTHONPATH": _PACKAGES, "PYTHONHASHSEED": _SEED},
                start_new_session=True,
            )
        except BaseException:
            self.wire.close()
            raise
        finally:
            os.close(theirs_in)
            os.close(theirs_out)
        try:
            for work in (self._hear, self._watch):
                threading.Thread(target=work, name="loa-isolated", daemon=True).start()
        except RuntimeError as error:  # no room for another thread
            self.ended()
            raise OSError(errno.EAGAIN, str(error)) from error

    def begin(self, wanted: Wanted) -> PluginSheet:
        """Have it load its plugin. Raises `ProcessEnded`, also where that takes too long."""
        impatience = threading.Timer(wanted.seconds, self.kill)
        impatience.daemon = True
        impatience.start()
        try:
            self.wire.send(wanted)
            found: PluginSheet = self.wire.receive()[0]
        except Gone:
            raise self.ended() from None
        except Exception as error:
            self.ended()
            words = _("what it says of itself cannot be read: {why}")
            raise ProcessEnded(words.format(why=said(error))) from error
        finally:
            impatience.cancel()
        return found

    def call(self, method: str, channel: str, given: tuple[Any, ...], answer: Callable[..., Any]) -> Any:
        """Return what a call gives, or raise what it raises.

        ``answer`` is asked whatever the call asks of its context. Raises `ProcessEnded` and `Unsaid`.
        """
        self.raised = False
        try:
            self.wire.send("call", language(), method, channel, given)
        except Gone:
            self.ended()
            raise Unsaid from None
        return self._answered(answer)

    def more(self, answer: Callable[..., Any]) -> Any:
        """Return the next part of what the last call gives part by part."""
        self.raised = False
        try:
            self.wire.send("next")
        except Gone:
            raise self.ended() from None
        return self._answered(answer)

    def _answered(self, answer: Callable[..., Any]) -> Any:
        try:
            while True:
                match self.wire.receive():
                    case ("gives", value):
                        return value
                    case ("raises", error):
                        self.raised = True
                        raise error
                    case ("changed",):
                        raise OtherVersion
                    case ("asks", name, given):
                        self._reply(answer, name, given)
                    case ("logs", level, text):
                        answer("log", level, text)
        except Gone:
            raise self.ended() from None

    def _reply(self, answer: Callable[..., Any], name: str, given: tuple[Any, ...]) -> None:
        try:
            value = answer(name, *given)
        except Exception as error:  # noqa: BLE001 - whatever it is, it is the call's to hear
            self.wire.send("raises", error)
        else:
            self.wire.send("gives", value)

    def _hear(self) -> None:
        """Have logged what it prints."""
        with self._process.stdout as printed:  # type: ignore[union-attr]
            while line := printed.readline(_LONGEST):
                self._log.info(_("printed: %s"), line.decode("utf-8", "replace").rstrip())

    def _watch(self) -> None:
        """See it reaped, with all that it has begun, once it ends while nobody calls it."""
        with suppress(ChildProcessError):  # somebody was quicker
            os.waitid(os.P_PID, self._process.pid, os.WEXITED | os.WNOWAIT)
        self.ended()

    @property
    def pid(self) -> int:
        """The number of the process."""
        return self._process.pid

    @property
    def alive(self) -> bool:
        """Whether it is there."""
        with self._lock:
            if self._how is not None:
                return False
            flags = os.WEXITED | os.WNOHANG | os.WNOWAIT
            return os.waitid(os.P_PID, self._process.pid, flags) is None

    def kill(self) -> None:
        """End it at once, and all that it has begun."""
        with self._lock:
            if self._how is None:
                with suppress(ProcessLookupError, PermissionError):
                    os.killpg(self._process.pid, signal.SIGKILL)

    def ended(self) -> ProcessEnded:
        """See to it that it has ended and is reaped; return how, as an error."""
        self.kill()
        with self._lock:
            if self._how is None:
                self._how = self._process.wait()
                self.wire.close()
            how = self._how
        return ProcessEnded(how_ended(how), max(0, -how))


def how_ended(code: int) -> str:
    """Return in words how a process ended, by its code; a negative one is a signal's."""
    if code < 0:
        return _("its process was ended by {signal}").format(signal=signal.Signals(-code).name)
    return _("its process ended by itself, with {code}").format(code=code)
