"""The text of systemd user units (systemd.service(5), systemd.exec(5), systemd.timer(5))."""

from __future__ import annotations

import os
from hashlib import sha256
from pathlib import Path

from scheduler.plan.values import slug

_SERVICE = """\
[Unit]
Description=Loa: {title}
Documentation=man:systemd.service(5)
After=default.target
StartLimitIntervalSec=10min
StartLimitBurst=10

[Service]
Type=notify
NotifyAccess=main
WorkingDirectory={directory}
ExecStart={python} -P -m scheduler -C {folder} run
Environment=PYTHONUNBUFFERED=1
WatchdogSec=90
Restart=on-failure
RestartSec=5
TimeoutStopSec=90
KillMode=mixed
UMask=0022
{hardening}
[Install]
WantedBy=default.target
"""
_WATCH = """\
[Unit]
Description=Loa: does {title} need someone?

[Service]
Type=oneshot
WorkingDirectory={directory}
ExecStart={python} -P -m scheduler -C {folder} doctor --alert
TimeoutStartSec=120
{hardening}"""
_TIMER = """\
[Unit]
Description=Loa: look after {title} every five minutes

[Timer]
OnActiveSec=5min
OnUnitActiveSec=5min
AccuracySec=30s

[Install]
WantedBy=timers.target
"""
_HARDENING = """\
NoNewPrivileges=yes
LockPersonality=yes
RestrictRealtime=yes
RestrictSUIDSGID=yes
RestrictAddressFamilies=AF_UNIX AF_INET AF_INET6 AF_NETLINK
SystemCallArchitectures=native
SystemCallFilter=@system-service
SystemCallErrorNumber=EPERM
"""
# Only what works without a mount namespace, which many user managers may not make.


def place() -> Path:
    """Return where a user's own units are, by the XDG base directory specification."""
    return Path(os.environ.get("XDG_CONFIG_HOME") or Path.home() / ".config") / "systemd" / "user"


def unit_name(folder: Path) -> str:
    """Return ``loa-`` and the folder's name; where that is taken by another folder, with some letters more."""
    plain = f"loa-{slug(folder.name) or 'campaign'}"
    taken = place() / f"{plain}.service"
    if not taken.is_file() or serves(taken, folder):
        return plain
    return f"{plain}-{sha256(bytes(folder)).hexdigest()[:6]}"


def installed(folder: Path) -> Path | None:
    """Return the unit that runs this folder's engine, or ``None``."""
    return next((unit for unit in sorted(place().glob("loa-*.service")) if serves(unit, folder)), None)


def serves(unit: Path, folder: Path) -> bool:
    """Return whether a unit runs the engine of this folder."""
    try:
        return f"-C {argument(folder)} run\n" in unit.read_text(encoding="utf-8")
    except (OSError, ValueError):
        return False


def units(folder: Path, name: str, python: Path) -> dict[str, str]:
    """Return the files to write, by name: the engine's service, and the watch with its timer."""
    values = {
        "title": folder.name.replace("%", "%%"),
        "directory": str(folder).replace("%", "%%"),
        "folder": argument(folder),
        "python": argument(python),
        "hardening": _HARDENING,
    }
    return {
        f"{name}.service": _SERVICE.format_map(values),
        f"{name}-watch.service": _WATCH.format_map(values),
        f"{name}-watch.timer": _TIMER.format_map(values),
    }


def argument(path: Path) -> str:
    """Return a path as one word of ExecStart: quoted, with what systemd would expand escaped."""
    text = str(path).replace("\\", "\\\\").replace('"', '\\"').replace("%", "%%").replace("$", "$$")
    return f'"{text}"'
