"""Files that are whole or not there, and that outlast a power cut."""

from __future__ import annotations

import os
import threading
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path


def write_file(path: Path, data: bytes, mode: int = 0o666, *, new: bool = False) -> None:
    """Write a file and bring its bytes to the disk; one that cannot be written to its end is removed.

    ``mode`` is for a new file, less the umask. Its name is durable once `sync_folder` has been called.
    Raises `OSError`, and with ``new`` `FileExistsError` where it is there already.
    """
    how = os.O_EXCL if new else os.O_TRUNC
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | how | os.O_CLOEXEC, mode)
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
    except OSError:
        path.unlink(missing_ok=True)
        raise


def replace_file(path: Path, data: bytes, *, mode: int | None = None, check: Callable[[], None] | None = None) -> None:
    """Give ``path`` these bytes, whole, in place of what it had: written and synced beside it, then renamed.

    ``mode`` is the file's, whatever the umask; absent: as for any new file. ``check`` is called right before the
    renaming; what it raises leaves all as it was. Which of the two a power cut leaves is settled once `sync_folder` has
    been called. Raises `OSError`.
    """
    draft = path.with_name(f".{path.name}.{os.getpid()}-{threading.get_ident()}.part")
    write_file(draft, data)
    try:
        if mode is not None:
            draft.chmod(mode)
        if check is not None:
            check()
        draft.replace(path)
    except BaseException:
        draft.unlink(missing_ok=True)
        raise


def sync_folder(folder: Path) -> None:
    """Bring the names in a folder to the disk: what was made there, or took another's place, outlasts a power cut.

    Raises `OSError`.
    """
    descriptor = os.open(folder, os.O_RDONLY | os.O_CLOEXEC)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
