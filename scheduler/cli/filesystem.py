"""On what kind of file system a path lies. SQLite's WAL needs shared memory, which network file systems lack."""

from __future__ import annotations

import os
from pathlib import Path

REMOTE = frozenset(
    """9p afs beegfs ceph cifs coda davfs drvfs fuse.davfs fuse.davfs2 fuse.gcsfuse fuse.glusterfs fuse.rclone
    fuse.s3fs fuse.sshfs fuse.vmhgfs-fuse gfs2 glusterfs lustre ncpfs nfs nfs4 ocfs2 orangefs prl_fs smb2 smb3 smbfs
    vboxsf virtiofs webdav""".split()  # noqa: SIM905 - a list of thirty lines says no more
)
"""Types, as the kernel names them, whose files other machines may write at the same time."""

MOUNTS = Path("/proc/self/mounts")


def filesystem(path: Path, mounts: Path = MOUNTS) -> str:
    """Return the type of the file system that ``path`` is or would be on; "" where this system does not say."""
    try:
        lines = mounts.read_text(encoding="utf-8", errors="surrogateescape").splitlines()
    except OSError:
        return ""
    real = os.path.realpath(path)
    best, kind = "", ""
    for line in lines:
        _device, where, found, *_rest = line.split(" ")
        point = _plain(where)
        inside = real == point or real.startswith(point.rstrip("/") + "/")
        if inside and len(point) >= len(best):
            best, kind = point, found
    return kind


def _plain(text: str) -> str:
    """Undo the octal escapes of proc_mounts(5): space, tab, newline, backslash."""
    for code, letter in (("\\040", " "), ("\\011", "\t"), ("\\012", "\n"), ("\\134", "\\")):
        text = text.replace(code, letter)
    return text
