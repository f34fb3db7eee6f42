"""The checks in a process of their own: a plugin that ends it is a finding of the check under way; the rest goes on.

``python -m scheduler.testing.apart READ WRITE`` is that process. Both say lines of JSON, over two pipes.
"""

from __future__ import annotations

import json
import logging
import os
import queue
import resource
import signal
import subprocess
import sys
import threading
from contextlib import suppress
from functools import cache, partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

from scheduler.channels.isolated.process import how_ended
from scheduler.ground.errors import LoaError
from scheduler.ground.said import said
from scheduler.ground.text import N_, _, language, use
from scheduler.testing.hooked import HOOK_CHECKS
from scheduler.testing.report import Finding, Result

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from types import TracebackType

    from scheduler.testing.hooked import Hooked
    from scheduler.testing.kit import Kit
    from scheduler.testing.report import Check

LONGEST = 180.0
"""Seconds that one check may take, which has limits of its own for all that lets Python run."""
MEMORY = 2 << 30
"""Bytes that the process may have of its own, where the system holds it to that."""
DEATHS = 3
"""How many checks one after the other may end it, until the rest are left."""
HEAR_SECONDS = 2.0
_MEND = N_("Nothing of a plugin may end, crash or starve the whole process: it would end Loa over a delivery.")
_PACKAGES = str(Path(__file__).parents[2])


def _logged(line: str) -> None:
    logging.getLogger("loa.plugin").info(_("printed: %s"), line)


class Ended(Exception):
    """The process was not there any more, or was not heard of for too long."""


class Apart:
    """A plugin under test, in a process that is started when needed. Close it.

    ``wanted``, ``folder`` and ``options`` are those of `settings_of`, ``taken`` is that of `hooked_of`; ``tell`` hears
    each line that is printed there.
    """

    def __init__(
        self,
        wanted: str,
        folder: Path | None = None,
        options: Path | None = None,
        tell: Callable[[str], None] = _logged,
        taken: Iterable[str] = (),
    ) -> None:
        self._tell = tell
        self._wanted = [wanted, str(folder) if folder else None, str(options) if options else None, *taken]
        self._process: subprocess.Popen[bytes] | None = None
        self._deaths = 0

    def channels(self) -> list[str]:
        """Return the channels that the plugin brings. Raises `LoaError`."""
        try:
            return [name for name in self._ask("kits") if name]
        except Ended as ended:
            raise LoaError(_("plugin {name} did not load: {why}").format(name=self._wanted[0], why=ended)) from None

    def hooked(self) -> str:
        """Return the plugin's name, where it has hooks to be tried beside its channels; else "". Raises `LoaError`."""
        return str(self._ask("hooked"))

    def run(self, channel: str, check: Check) -> Result:
        """Run one check; whatever the plugin does, there is a result. Raises `LoaError` where it cannot be tried.

        ``channel`` is the plugin for a check of its hooks.
        """
        if self._deaths >= DEATHS:
            reason = _("left, since {number} checks before it ended its process")
            return Result(channel, check, reason=reason.format(number=self._deaths))
        try:
            findings, reason = self._ask("run", "" if check in HOOK_CHECKS else channel, check.id)
        except Ended as ended:
            self._deaths += 1
            return Result(channel, check, (Finding(_("to run the check"), str(ended), _MEND),))
        self._deaths = 0
        return Result(channel, check, tuple(Finding(*each) for each in findings), reason)

    def close(self) -> None:
        """End the process."""
        process, self._process = self._process, None
        if process is not None:
            with suppress(ProcessLookupError, PermissionError):
                os.killpg(process.pid, signal.SIGKILL)
            process.wait()
            self._hearing.join(HEAR_SECONDS)
            self._in.close()
            self._out.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _start(self) -> subprocess.Popen[bytes]:
        theirs_in, ours_out = os.pipe()
        ours_in, theirs_out = os.pipe()
        self._in, self._out = os.fdopen(ours_in, "rb"), os.fdopen(ours_out, "wb")
        try:
            process = subprocess.Popen(
                [sys.executable, "-P", "-m", __name__, str(theirs_in), str(theirs_out)],
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
                pass_fds=(theirs_in, theirs_out),
                env={**os.environ, "PYTHONPATH": _PACKAGES},
                start_new_session=True,
            )
        finally:
            os.close(theirs_in)
            os.close(theirs_out)
        self._hearing = threading.Thread(target=self._hear, args=(process,), name="loa-apart", daemon=True)
        self._hearing.start()
        return process

    def _hear(self, process: subprocess.Popen[bytes]) -> None:
        with process.stdout as printed:  # type: ignore[union-attr]
            for line in printed:
                self._tell(line.decode("utf-8", "replace").rstrip())

    def _ask(self, *what: str) -> Any:
        """Return what the process answers. Raises `Ended`, and `LoaError` as it says one."""
        if self._process is None:
            self._process = self._start()
        late = threading.Event()
        impatience = threading.Timer(LONGEST, _give_up, (late, self._process))
        impatience.daemon = True
        impatience.start()
        try:
            self._out.write(json.dumps([language(), sys.path, self._wanted, what]).encode() + b"\n")
            self._out.flush()
            line = self._in.readline()
        except BrokenPipeError:
            line = b""
        finally:
            impatience.cancel()
        if not line:
            process = self._process
            self.close()
            took = _("it did not end within {limit:g} seconds, and was killed").format(limit=LONGEST)
            raise Ended(took if late.is_set() else how_ended(process.returncode))
        kind, value = json.loads(line)
        if kind == "raises":
            raise LoaError(value)
        return value


def _give_up(late: threading.Event, process: subprocess.Popen[bytes]) -> None:
    late.set()
    with suppress(ProcessLookupError, PermissionError):
        os.killpg(process.pid, signal.SIGKILL)


# --- in the process --------------------------------------------------------------------------------------------------


def main(read: int, write: int) -> None:
    """Do what is asked, one thing after the other, until whoever asks is gone."""
    for each in (read, write):
        os.set_inheritable(each, False)
    with suppress(ValueError, OSError):  # a lower limit is in force
        resource.setrlimit(resource.RLIMIT_DATA, (MEMORY, MEMORY))
    asked: queue.SimpleQueue[bytes] = queue.SimpleQueue()
    threading.Thread(target=_listen, args=(read, asked), name="loa-listen", daemon=True).start()
    while True:
        said_in, sys.path[:], wanted, what = json.loads(asked.get())
        use(said_in)
        answer = json.dumps(_answer(tuple(wanted), *what)).encode() + b"\n"
        with os.fdopen(os.dup(write), "wb") as out:
            out.write(answer)


def _listen(read: int, asked: queue.SimpleQueue[bytes]) -> None:
    with os.fdopen(read, "rb") as lines:
        for line in lines:
            asked.put(line)
    os.killpg(0, signal.SIGKILL)


def _answer(wanted: tuple[str, str | None, str | None], what: str, *given: str) -> tuple[str, Any]:
    try:
        kits = _kits(*wanted)
        if what == "hooked":
            return "gives", kits[""]().name if "" in kits else ""
        return "gives", list(kits) if what == "kits" else _run(kits[given[0]], given[1])
    except LoaError as error:
        return "raises", said(error)


@cache
def _kits(wanted: str, folder: str | None, options: str | None, *taken: str) -> dict[str, Callable[[], Kit | Hooked]]:
    """Return what makes the kit of each channel, by its name, and under "" that of the plugin's other hooks."""
    from scheduler.testing.kit import Kit
    from scheduler.testing.loading import hooked_of, settings_of

    place = Path(folder) if folder else None
    settings = settings_of(wanted, place, Path(options) if options else None)
    kits: dict[str, Callable[[], Kit | Hooked]] = {each.channel.name: cache(partial(Kit, each)) for each in settings}
    hooked = hooked_of(wanted, place, taken)
    return kits if hooked is None else {**kits, "": lambda: hooked}


def _run(kit: Callable[[], Kit | Hooked], check: str) -> tuple[list[tuple[str, str, str]], str]:
    from scheduler.testing.checks.index import CHECKS
    from scheduler.testing.running import chosen, run_check

    result = run_check(chosen([check], (*CHECKS, *HOOK_CHECKS))[0], kit())
    return [(each.tried, each.happened, each.mend) for each in result.findings], result.reason


if __name__ == "__main__":
    main(int(sys.argv[1]), int(sys.argv[2]))
