"""Backup and restore: the database and the campaign's files in one archive."""

from __future__ import annotations

import io
import json
import tarfile
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from scheduler.engine.lock import EngineLock
from scheduler.ground.errors import LoaError, StoreBusy, StoreError
from scheduler.ground.files import sync_folder
from scheduler.ground.text import _
from scheduler.store import moves, settings
from scheduler.store.store import Store
from scheduler.store.times import from_text, to_text

if TYPE_CHECKING:
    from datetime import datetime

    from scheduler.engine.engine import Engine

DATABASE = "loa.db"
ABOUT = "backup.json"


@dataclass(frozen=True, slots=True)
class RestoreReport:
    """What was put back: the backup's time (aware, in UTC), and where the old database lies now, if there was one."""

    taken_at: datetime
    kept: Path | None


def backup(engine: Engine, target: Path) -> None:
    """Write the database, as it stands now, with ``content/`` and ``config.toml`` into a new ``.tar.gz``.

    Raises `LoaError` where the target is there already. Readable by its owner alone.
    """
    if target.exists():
        raise LoaError(_("{target} is there already: name another file").format(target=target))
    about = json.dumps({"taken_at": to_text(engine.clock.now()), "campaign": engine.campaign.plan.id}).encode()
    target.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as place:
        copy = Path(place) / DATABASE
        engine.store.backup(copy)
        unfinished = target.with_name(target.name + ".part")
        unfinished.touch(mode=0o600)
        with tarfile.open(unfinished, "w:gz") as archive:
            head = tarfile.TarInfo(ABOUT)
            head.size = len(about)
            archive.addfile(head, io.BytesIO(about))
            archive.add(copy, f"var/{DATABASE}")
            for name in ("config.toml", "content"):
                if (engine.folder / name).exists():
                    archive.add(engine.folder / name, name)
    unfinished.replace(target)


def restore(folder: Path, source: Path, now: datetime, actor: str) -> RestoreReport:
    """Put the database of a backup back, not armed; the one that was there is kept beside it.

    Files in ``content/`` stay.

    Arming then makes unknown what may have gone out since the backup, on a route that is not idempotent.
    Raises `LoaError` where ``source`` is no backup, and `EngineRunning`.
    """
    var = folder / "var"
    lock = EngineLock(var)
    try:
        with tempfile.TemporaryDirectory(dir=var) as place:
            taken = _unpack(source, Path(place))
            store = Store(Path(place) / DATABASE)
            broken = store.problems()
            if broken:
                raise LoaError(_("the backup's database is damaged: {what}").format(what=broken[0]))
            _disarm(store, taken, now, actor)
            store.close()
            kept = _swap(Path(place) / DATABASE, var / DATABASE, now)
        return RestoreReport(taken, kept)
    finally:
        lock.release()


def _unpack(source: Path, place: Path) -> datetime:
    try:
        with tarfile.open(source, "r:gz") as archive:
            about, database = archive.extractfile(ABOUT), archive.extractfile(f"var/{DATABASE}")
            if about is None or database is None:
                raise LoaError(_("{source} is no backup of Loa").format(source=source))
            taken = from_text(json.load(about)["taken_at"])
            with (place / DATABASE).open("wb") as file:
                while chunk := database.read(1 << 20):
                    file.write(chunk)
    except (tarfile.TarError, KeyError, ValueError, EOFError) as error:
        raise LoaError(_("{source} is no backup of Loa: {error}").format(source=source, error=error)) from None
    return taken


def _disarm(store: Store, taken: datetime, now: datetime, actor: str) -> None:
    with store.write() as connection:
        settings.disarm(connection, taken)
        moves.note(
            connection, now, "restore", "folder", actor, _("backup of {taken:%Y-%m-%d %H:%M} UTC").format(taken=taken)
        )
    store.settle()


def _swap(fresh: Path, place: Path, now: datetime) -> Path | None:
    """Put ``fresh`` in the database's place, and keep what was there; at every moment one of the two lies there, whole.

    A sound database gets its new content in one transaction, so that whoever has it open sees that too; only a damaged
    one, which cannot, has its file replaced.
    """
    if not place.exists():
        _replace(fresh, place)
        return None
    kept = place.with_name(f"{DATABASE}.before-restore-{now:%Y%m%dT%H%M%S}")
    try:
        old = Store(place)
    except StoreBusy:
        raise
    except StoreError:
        _replace_damaged(fresh, place, kept)
        return kept
    try:
        old.backup(kept)
        sync_folder(kept.parent)
        new = Store(fresh)
        try:
            old.take(new)
        finally:
            new.close()
    finally:
        old.close()
    return kept


def _replace_damaged(fresh: Path, place: Path, kept: Path) -> None:
    """Its log goes first: it would otherwise be read into the new file. What is lost with it was not to be read."""
    kept.hardlink_to(place)
    for suffix in ("-wal", "-shm"):
        left = place.with_name(place.name + suffix)
        if left.exists():
            left.replace(left.with_name(f"{kept.name}{suffix}"))
    _replace(fresh, place)


def _replace(fresh: Path, place: Path) -> None:
    for suffix in ("-wal", "-shm"):
        left = place.with_name(place.name + suffix)
        if left.exists():
            left.replace(left.with_suffix(".orphan"))
    fresh.replace(place)
    sync_folder(place.parent)
