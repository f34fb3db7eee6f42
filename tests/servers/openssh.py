"""A real OpenSSH server on this machine, for one user with one key; its SFTP part can be cut at an order."""

from __future__ import annotations

import getpass
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

SERVER = shutil.which("sshd", path="/usr/sbin:/usr/local/sbin:/usr/bin")
SFTP = next((each for each in ("/usr/lib/openssh/sftp-server", "/usr/libexec/sftp-server") if Path(each).is_file()), "")
WRITE, RENAME = 6, 200
"""Numbers of orders in the protocol; OpenSSH's renaming is an extension of it."""
CONFIG = """\
Port {port}
ListenAddress 127.0.0.1
HostKey {place}/host
PidFile none
AuthorizedKeysFile {place}/login.pub
StrictModes no
UsePAM no
PasswordAuthentication no
KbdInteractiveAuthentication no
PermitRootLogin prohibit-password
Subsystem sftp {sftp}
"""
CUT = '''\
"""Hand orders on to the real server, until one of a number comes; then end, just before it is done or just after."""

import os, subprocess, sys, threading, time

server, number, after = sys.argv[1], int(sys.argv[2]), sys.argv[3] == "after"
real = subprocess.Popen([server], stdin=subprocess.PIPE, stdout=subprocess.PIPE)
ends = False


def answers():
    while said := os.read(real.stdout.fileno(), 65536):
        if not ends:
            os.write(1, said)


threading.Thread(target=answers, daemon=True).start()
while head := sys.stdin.buffer.read(5):
    order = head + sys.stdin.buffer.read(int.from_bytes(head[:4], "big") - 1)
    ends = order[4] == number
    if not ends or after:
        real.stdin.write(order)
        real.stdin.flush()
    if ends:
        time.sleep(0.2 if after else 0)
        real.kill()
        os.kill(os.getppid(), 9)
'''


class OpenSsh:
    """The server. ``sftp`` is the program that serves files; ``place`` holds its keys and the folder ``incoming``."""

    def __init__(self, place: Path, sftp: str = "internal-sftp") -> None:
        assert SERVER is not None
        self.place, self.incoming = place, place / "incoming"
        self.incoming.mkdir()
        for name in ("host", "login", "another"):
            made = ["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", str(place / name)]
            subprocess.run(made, check=True)
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port: int = free.getsockname()[1]
        (place / "config").write_text(CONFIG.format(port=self.port, place=place, sftp=sftp), "utf-8")
        if os.geteuid() == 0:
            Path("/run/sshd").mkdir(mode=0o755, exist_ok=True)
        command = [SERVER, "-D", "-E", str(place / "log"), "-f", str(place / "config")]
        self.process = subprocess.Popen(command, start_new_session=True)
        self.wait()

    def wait(self) -> None:
        for _ in range(100):
            with socket.socket() as trying:
                if trying.connect_ex(("127.0.0.1", self.port)) == 0:
                    return
            assert self.process.poll() is None, (self.place / "log").read_text("utf-8")
            time.sleep(0.05)
        raise AssertionError("sshd does not listen")

    def table(self, key: str = "", login: str = "login") -> str:
        """Return the lines of config.toml that lead here."""
        user, shown = getpass.getuser(), key or self.fingerprint()
        return (
            f'host = "127.0.0.1"\nport = {self.port}\nuser = "{user}"\nhost_key = "{shown}"\n'
            f'login = {{ file = "{self.place / login}" }}\nfolder = "{self.incoming}"\n'
        )

    def fingerprint(self) -> str:
        told = ["ssh-keygen", "-l", "-f", str(self.place / "host.pub")]
        return subprocess.run(told, check=True, capture_output=True, text=True).stdout.split()[1]

    def close(self) -> None:
        os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()


def cut_at(place: Path, number: int, when: str) -> str:
    """Return a program that serves files until an order of this number."""
    (place / "cut.py").write_text(CUT, "utf-8")
    return f"{sys.executable} {place / 'cut.py'} {SFTP} {number} {when}"
