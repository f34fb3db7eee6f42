"""What a person sees when something goes wrong: one line, an exit code, and a traceback only when asked for."""

from __future__ import annotations

import errno
import os
from collections.abc import Callable
from typing import Any

import click

from scheduler.cli.metavars import spoken
from scheduler.cli.printing import result
from scheduler.ground.errors import CampaignInvalid, LoaError
from scheduler.ground.text import _

DONE, PROBLEMS, USAGE = 0, 1, 2
INTERRUPTED, PIPE_CLOSED = 130, 141
"""What shells give for SIGINT and SIGPIPE; neither says anything of the campaign."""


def guarded(work: Callable[[], object], *, debug: Callable[[], bool]) -> int:
    """Do ``work`` and return the exit code. With ``debug``, errors show where they rose before their one line."""
    try:
        work()
        result().flush()
    except BaseException as error:
        for kinds, told in _TOLD:
            if isinstance(error, kinds):
                if debug() and told in (_failed, _invalid, _fault):
                    _trace(error)
                return told(error)
        raise
    return DONE


def _trace(error: BaseException) -> None:
    import traceback

    traceback.print_exception(error)


def _ended(error: click.exceptions.Exit) -> int:
    return error.exit_code


def _helped(error: click.UsageError) -> int:
    error.show()
    return USAGE


def _misused(error: click.UsageError) -> int:
    say(_usage(error))
    return USAGE


def _refused(error: click.ClickException) -> int:
    say(error.format_message())
    return PROBLEMS


def _declined(error: BaseException) -> int:
    say(_("stopped; nothing was changed"))
    return PROBLEMS


def _interrupted(error: BaseException) -> int:
    click.echo(err=True)
    return INTERRUPTED


def _unread(error: BaseException) -> int:
    """Give the interpreter something that it can still flush on its way out."""
    hole = os.open(os.devnull, os.O_WRONLY)
    os.dup2(hole, result().fileno())
    os.close(hole)
    return PIPE_CLOSED


def _invalid(error: CampaignInvalid) -> int:
    for problem in error.problems:
        click.echo(str(problem), err=True)
    return PROBLEMS


def _failed(error: BaseException) -> int:
    say(message(error))
    return PROBLEMS


def _fault(error: BaseException) -> int:
    short = " ".join(f"{type(error).__name__}: {error}".split())
    say(_("a fault of Loa itself: {error} (with --debug it says where)").format(error=short))
    return PROBLEMS


_TOLD: tuple[tuple[type[BaseException] | tuple[type[BaseException], ...], Callable[[Any], int]], ...] = (
    (click.exceptions.Exit, _ended),
    (click.exceptions.NoArgsIsHelpError, _helped),
    (click.UsageError, _misused),
    (click.ClickException, _refused),
    (click.Abort, _declined),
    ((KeyboardInterrupt, EOFError), _interrupted),
    (BrokenPipeError, _unread),
    (CampaignInvalid, _invalid),
    ((LoaError, OSError), _failed),
    (Exception, _fault),
)
"""What each kind of ending is told as, and its exit code; the first that fits."""


def _usage(error: click.UsageError) -> str:
    """Return what was wrong with the command line, the nearest that would be right, and where to read on."""
    if isinstance(error, click.BadParameter) and isinstance(error.param, click.Argument) and error.ctx:
        error.param_hint = f"'{spoken(error.param.make_metavar(error.ctx))}'"
    near = getattr(error, "possibilities", None)
    parts = [error.message if near else error.format_message()]
    parts += [_("did you mean {name!r}?").format(name=near[0])] if near else []
    parts += [_("see `{command} --help`").format(command=error.ctx.command_path)] if error.ctx else []
    return "; ".join(part.rstrip(".") for part in parts)


def say(text: str) -> None:
    """Write one line on standard error, behind the program's name."""
    click.echo(click.style("loa: ", fg="red", bold=True) + text, err=True)


def message(error: BaseException) -> str:
    """Return what a person can act on."""
    if not isinstance(error, OSError) or isinstance(error, LoaError):
        return _(str(error))
    if error.errno == errno.ENOSPC:
        return _("the disk is full") + _where(error)
    if error.errno in (errno.EACCES, errno.EPERM):
        return _("not permitted") + _where(error)
    return (error.strerror or str(error)) + _where(error)


def _where(error: OSError) -> str:
    return f": {error.filename}" if error.filename else ""
