"""A real mail server on this machine: Exim, on loopback, with a configuration of its own; it puts letters into a box.

It is told by the reader's address how to behave: ``gone@…`` is nobody's, ``full@…`` is full for now, and at a letter
to ``cut@…`` the process that has taken it kills itself before it says so.
"""

from __future__ import annotations

import mailbox
import os
import pwd
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from contextlib import closing
from email import message_from_bytes, policy
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable
    from email.message import EmailMessage

SERVER = shutil.which("exim4", path="/usr/sbin")
NOBODY = "nobody"
CONFIG = """\
primary_hostname = post.example
local_interfaces = 127.0.0.1
daemon_smtp_ports = {port}
exim_user = {user}
exim_group = {group}
spool_directory = {place}/spool
log_file_path = {place}/log-%s
pid_file_path = {place}/pid
host_lookup =
keep_environment =
smtputf8_advertise_hosts = *
tls_certificate = {place}/certificate.pem
auth_advertise_hosts = ${{if def:tls_in_cipher {{*}}}}
acl_smtp_rcpt = rcpt
acl_smtp_data = data
{more}
begin acl
rcpt:
  deny local_parts = gone
       message = nobody has this box
  defer local_parts = full
        message = the box is full
  accept
data:
  warn condition = ${{if match{{$recipients}}{{cut@}}}}
       set acl_m_end = ${{run{{/bin/kill -9 $pid}}}}
  accept
begin routers
all:
  driver = accept
  transport = box
begin transports
box:
  driver = appendfile
  file = {place}/box
  envelope_to_add
begin authenticators
plain:
  driver = plaintext
  public_name = PLAIN
  server_prompts = :
  server_condition = ${{if and{{{{eq{{$auth2}}{{loa}}}}{{eq{{$auth3}}{{let me in}}}}}}}}
  server_set_id = $auth2
"""


class Exim:
    """The server; ``more`` are lines of its main configuration."""

    def __init__(self, certificate: Path, more: str = "") -> None:
        assert SERVER is not None
        self.folder = tempfile.TemporaryDirectory(dir="/tmp")  # where nobody may go, unlike the folder of a test
        self.place = Path(self.folder.name)
        self.place.chmod(0o755)
        shutil.copy(certificate, self.place / "certificate.pem")
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port: int = free.getsockname()[1]
        who = pwd.getpwnam(NOBODY)
        words = {"place": self.place, "port": self.port, "user": NOBODY, "group": who.pw_gid, "more": more}
        (self.place / "config").write_text(CONFIG.format(**words), "utf-8")
        for each in (self.place, self.place / "certificate.pem"):
            os.chown(each, who.pw_uid, who.pw_gid)
        command = [SERVER, "-C", str(self.place / "config"), "-bdf", "-oX", f"127.0.0.1.{self.port}"]
        with (self.place / "errors").open("wb") as errors:
            self.process = subprocess.Popen(command, start_new_session=True, stderr=errors)
        self.until(self.reachable)

    def reachable(self) -> bool:
        with socket.socket() as trying:
            return trying.connect_ex(("127.0.0.1", self.port)) == 0

    def until(self, come: Callable[[], bool]) -> None:
        for _ in range(100):
            if come():
                return
            assert self.process.poll() is None
            time.sleep(0.05)
        raise AssertionError(self.log())

    def log(self) -> str:
        return "".join(each.read_text("utf-8") for each in sorted(self.place.glob("log-*")))

    def taken(self) -> list[bytes]:
        box = self.place / "box"
        if not box.exists():
            return []
        with closing(mailbox.mbox(box)) as opened:
            return [each.as_bytes() for each in opened]

    def letters(self, number: int) -> list[EmailMessage]:
        """Return the letters that have come, once there are so many."""
        self.until(lambda: len(self.taken()) >= number)
        return [message_from_bytes(each, policy=policy.default) for each in self.taken()]

    def close(self) -> None:
        os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()
        self.folder.cleanup()
