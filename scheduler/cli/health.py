"""What `loa doctor` looks at. Each check gives one finding: whether it is well, and what to do where it is not."""

from __future__ import annotations

import os
import shutil
import socket
import stat
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from scheduler.cli import moments
from scheduler.cli.filesystem import REMOTE, filesystem
from scheduler.cli.session import CONFIG
from scheduler.ground.errors import LoaError
from scheduler.ground.lifecycle import State
from scheduler.ground.problem import Severity
from scheduler.ground.text import N_, _, many, size

if TYPE_CHECKING:
    from scheduler.engine.engine import Engine

OK, WARNING, FAULT = N_("ok"), "warning", N_("fault")
SILENT_AFTER = timedelta(seconds=90)
LEAST_SPACE, SCANT_SPACE = 100 * 2**20, 2**30
"""Bytes free on the disk of var/ below which the doctor speaks of a fault, and of a warning."""


@dataclass(frozen=True, slots=True)
class Finding:
    """One line of the doctor: what was looked at, how it is, and what to do next ("" where nothing)."""

    name: str
    level: str
    text: str
    todo: str = ""


def of_folder(folder: Path) -> Iterator[Finding]:
    """Look at the folder and the machine, without opening anything."""
    yield _disk(folder)
    yield _space(folder / "var")
    yield _service(folder)


def of_engine(engine: Engine) -> Iterator[Finding]:
    """Look at what the open folder says of itself."""
    checks: tuple[Callable[[Engine], Finding], ...] = (
        _files,
        _private,
        _plugins,
        _secrets,
        _database,
        _armed,
        _stopped,
        _alive,
        _clock,
        _channels,
        _open_ends,
        _alert,
    )
    for check in checks:
        yield check(engine)


def unreadable(error: LoaError | OSError) -> Finding:
    """Return the finding for a folder that could not even be opened."""
    return Finding(_("campaign"), FAULT, " ".join(str(error).split("\n")[:1]), _("see `loa check`"))


def _disk(folder: Path) -> Finding:
    kind = filesystem(folder / "var")
    if kind in REMOTE:
        return Finding(
            _("disk"),
            FAULT,
            _("var/ is on {kind}, where a database can break").format(kind=kind),
            _("move the campaign folder to a local disk"),
        )
    return Finding(_("disk"), OK, _("var/ is on a local disk ({kind})").format(kind=kind) if kind else _("var/"))


def _space(var: Path) -> Finding:
    here = next(each for each in (var, *var.parents) if each.exists())
    if not os.access(here, os.W_OK):
        text = _("{folder} cannot be written").format(folder=here)
        return Finding(_("space"), FAULT, text, _("give this user the right to write"))
    free = shutil.disk_usage(here).free
    level = FAULT if free < LEAST_SPACE else WARNING if free < SCANT_SPACE else OK
    todo = _("make room: with a full disk nothing is sent") if level != OK else ""
    return Finding(_("space"), level, _("{size} free").format(size=size(free)), todo)


def _service(folder: Path) -> Finding:
    from scheduler.cli.units import installed

    unit = installed(folder)
    if unit is None:
        return Finding(_("service"), WARNING, _("no systemd unit runs this folder"), "loa service install")
    return Finding(_("service"), OK, unit.name)


def _files(engine: Engine) -> Finding:
    from scheduler.engine.snapshot import PLAN_FILE

    errors = [each for each in engine.problems() if each.severity is Severity.ERROR]
    if errors:
        text = many("%d error in the campaign's files", "%d errors in the campaign's files", len(errors))
        vital = any(each.file in (CONFIG, PLAN_FILE) for each in errors)
        return Finding(_("files"), FAULT if vital else WARNING, text, "loa check")
    return Finding(_("files"), OK, _("no errors in the campaign's files"))


def _private(engine: Engine) -> Finding:
    """Whether other users of the machine can read the texts and phone numbers in ``var/``."""
    names = ("loa.db", "loa.db-wal", "loa.db-shm", "out")
    places = [engine.var / name for name in names]
    open_ = [place.name for place in places if place.exists() and stat.S_IMODE(place.stat().st_mode) & 0o007]
    if open_:
        text = _("other users of this machine can read in var/: {names}").format(names=", ".join(open_))
        return Finding(_("privacy"), WARNING, text, f"chmod o-rwx {' '.join(f'var/{name}' for name in open_)}")
    return Finding(_("privacy"), OK, _("what is in var/ is kept from other users"))


def _plugins(engine: Engine) -> Finding:
    broken = [each for each in engine.look.plugins() if each.error]
    missing = sorted(
        name for name, each in engine.config.channels.items() if each.enabled and name not in engine.registry.channels
    )
    if missing:
        text = _("these channels do not work: {names}").format(names=", ".join(missing))
        return Finding(_("plugins"), FAULT, text, "loa plugins list; loa check")
    if broken:
        text = "; ".join(f"{each.name}: {each.error}" for each in broken)
        return Finding(_("plugins"), WARNING, text, "loa plugins list")
    number = sum(each.enabled for each in engine.look.plugins())
    return Finding(_("plugins"), OK, many("%d plugin loaded", "%d plugins loaded", number))


def _secrets(engine: Engine) -> Finding:
    from scheduler.cli.references import references

    number, faults = 0, []
    for where, secret in references(engine):
        number += 1
        try:
            secret.resolve(engine.folder)
        except LoaError as error:
            faults.append(f"{where}: {error}")
    if faults:
        return Finding(_("secrets"), FAULT, "; ".join(faults), _("put the secret where config.toml says it is"))
    text = many("%d secret can be read", "%d secrets can be read", number) if number else _("config.toml asks for none")
    return Finding(_("secrets"), OK, text)


def _database(engine: Engine) -> Finding:
    found = engine.store.problems()
    if found:
        todo = _("stop the engine and `loa restore` the last backup")
        return Finding(_("database"), FAULT, "; ".join(found[:3]), todo)
    return Finding(_("database"), OK, _("sound"))


def _armed(engine: Engine) -> Finding:
    status = engine.look.status()
    if "database that is gone" in status.unarmed_because:
        todo = _("loa restore FILE, or loa arm; what is published already, like the feed, keeps what it had")
        return Finding(_("armed"), WARNING, _(status.unarmed_because), todo)
    if status.unarmed_because:
        return Finding(_("armed"), WARNING, _(status.unarmed_because), "loa arm")
    since = moments.show(status.armed_at, engine.config.zone)
    return Finding(_("armed"), OK, _("since {time}").format(time=since))


def _stopped(engine: Engine) -> Finding:
    status = engine.look.status()
    if not status.stopped_by:
        return Finding(_("stop"), OK, _("nobody has stopped it"))
    text = _("stopped by {person}").format(person=engine.look.name_of(status.stopped_by))
    text += f": {status.stop_reason}" if status.stop_reason else ""
    return Finding(_("stop"), WARNING, text, "loa stop --lift")


def _alive(engine: Engine) -> Finding:
    status = engine.look.status()
    level = WARNING if status.unarmed_because else FAULT
    row = status.engine
    if row is None:
        return Finding(_("engine"), level, _("none has ever run here"), "loa run")
    beat = moments.show(row.heartbeat_at, engine.config.zone)
    if row.ended_at is not None:
        return Finding(_("engine"), level, _("it ended at {time}").format(time=beat), "loa run")
    if not status.running and not status.unarmed_because and row.host == socket.gethostname():
        text = _("it died: its last sign of life was at {time} (process {pid})").format(time=beat, pid=row.pid)
        return Finding(_("engine"), level, text, _("start it: loa run"))
    if not status.running:  # whatever the record says: it may be a copy of another folder's
        text = _("none is at work in this folder; the record's last was process {pid} on {host}, until {time}")
        return Finding(_("engine"), level, text.format(pid=row.pid, host=row.host, time=beat), "loa run")
    if engine.clock.now() - row.heartbeat_at >= SILENT_AFTER:
        text = _("silent since {time} (process {pid} on {host})").format(time=beat, pid=row.pid, host=row.host)
        return Finding(_("engine"), level, text, "loa run")
    return Finding(_("engine"), OK, _("at work (process {pid} on {host})").format(pid=row.pid, host=row.host))


def _clock(engine: Engine) -> Finding:
    trouble = engine.look.status().clock_trouble
    if trouble:
        return Finding(_("clock"), FAULT, _(trouble), _("set the clock right; sending goes on once it is steady"))
    return Finding(_("clock"), OK, moments.show(engine.clock.now(), engine.config.zone))


def _channels(engine: Engine) -> Finding:
    now = engine.clock.now()
    halted = [
        each.name
        for each in engine.look.channels()
        if each.paused_by or (each.open_until is not None and each.open_until > now)
    ]
    if halted:
        text = _("paused, or resting after failures: {names}").format(names=", ".join(halted))
        return Finding(_("channels"), WARNING, text, "loa channel list")
    return Finding(_("channels"), OK, ", ".join(each.name for each in engine.look.channels()))


def _open_ends(engine: Engine) -> Finding:
    counts = engine.look.status().counts
    number = counts.get(State.UNKNOWN, 0)
    if number:
        text = many("%d delivery with an unknown outcome", "%d deliveries with an unknown outcome", number)
        return Finding(_("outcomes"), WARNING, text, "loa delivery list --state unknown; loa delivery settle")
    return Finding(_("outcomes"), OK, _("all are known"))


def _alert(engine: Engine) -> Finding:
    alert = engine.config.alert
    ways = [name for name in ("command", "webhook", "email") if getattr(alert, name)]
    if not ways:
        text = _("nobody outside the terminal hears of a failure")
        return Finding(_("alert"), WARNING, text, _("fill in [alert] in config.toml"))
    return Finding(_("alert"), OK, ", ".join(ways))
