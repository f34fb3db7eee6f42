"""What a person sees when something goes wrong: one line, an exit code, and a traceback only when asked for."""

from __future__ import annotations

import errno
import os
import sys
from typing import TYPE_CHECKING

import click

from scheduler.ground.errors import CampaignInvalid, LoaError
from scheduler.ground.text import _

if TYPE_CHECKING:
    from collections.abc import Callable

DONE, PROBLEMS, USAGE = 0, 1, 2
INTERRUPTED, PIPE_CLOSED = 130, 141
"""What shells give for SIGINT and SIGPIPE; neither says anything of the campaign."""


def guarded(work: Callable[[], object], *, debug: Callable[[], bool]) -> int:
    """Do ``work`` and return the exit code. With ``debug``, errors that are nobody's fault show where they rose."""
    try:
        work()
        sys.stdout.flush()
    except click.exceptions.Exit as ended:
        return ended.exit_code
    except click.ClickException as error:
        error.show()
        return error.exit_code
    except click.Abort:
        say(_("Stopped; nothing was changed."))
        return PROBLEMS
    except (KeyboardInterrupt, EOFError):
        click.echo(err=True)
        return INTERRUPTED
    except BrokenPipeError:
        _silence()
        return PIPE_CLOSED
    except CampaignInvalid as error:
        for problem in error.problems:
            click.echo(str(problem), err=True)
        return PROBLEMS
    except (LoaError, OSError) as error:
        if debug():
            raise
        say(message(error))
        return PROBLEMS
    return DONE


def say(text: str) -> None:
    """Write one line on standard error, behind the program's name."""
    click.echo(click.style("loa: ", fg="red", bold=True) + text, err=True)


def message(error: BaseException) -> str:
    """Return what a person can act on."""
    if not isinstance(error, OSError) or isinstance(error, LoaError):
        return str(error)
    if error.errno == errno.ENOSPC:
        return _("the disk is full") + _where(error)
    if error.errno in (errno.EACCES, errno.EPERM):
        return _("not permitted") + _where(error)
    return (error.strerror or str(error)) + _where(error)


def _where(error: OSError) -> str:
    return f": {error.filename}" if error.filename else ""


def _silence() -> None:
    """Give the interpreter something that it can still flush on its way out."""
    hole = os.open(os.devnull, os.O_WRONLY)
    os.dup2(hole, sys.stdout.fileno())
    os.close(hole)
