"""An SFTP server on this machine, which keeps what it is given in memory, and can misbehave."""

from __future__ import annotations

import base64
import hashlib
import socket
import threading
from collections.abc import Mapping
from contextlib import suppress
from typing import Any

import paramiko

HOST_KEY = paramiko.ECDSAKey.generate()
FINGERPRINT = "SHA256:" + base64.b64encode(hashlib.sha256(HOST_KEY.asbytes()).digest()).decode().rstrip("=")


class Gate(paramiko.ServerInterface):  # type: ignore[misc]
    """Lets in who has the password; any that is not empty, where none is said."""

    def __init__(self, office: Office) -> None:
        self.office = office

    def check_auth_password(self, username: str, password: str) -> Any:
        known = username == "loa" and self.office.password in ("", password)
        return paramiko.AUTH_SUCCESSFUL if known else paramiko.AUTH_FAILED

    def check_channel_request(self, kind: str, chanid: int) -> Any:
        return paramiko.OPEN_SUCCEEDED


class Paper(paramiko.SFTPHandle):  # type: ignore[misc]
    """A file that is being written."""

    def __init__(self, office: Office, path: str) -> None:
        super().__init__()
        self.office, self.path = office, path
        office.files[path] = b""

    def write(self, offset: int, data: bytes) -> Any:
        whole = self.office.files[self.path]
        self.office.files[self.path] = whole[:offset].ljust(offset, b"\0") + data + whole[offset + len(data) :]
        return paramiko.SFTP_OK


class Shelf(paramiko.SFTPServerInterface):  # type: ignore[misc]
    """The folder, of which only what a drop needs works."""

    def __init__(self, server: Gate, *given: Any, **more: Any) -> None:
        super().__init__(server)
        self.office = server.office

    def open(self, path: str, flags: int, attr: paramiko.SFTPAttributes) -> Any:
        if self.office.scenario == "refuses":
            return paramiko.SFTP_PERMISSION_DENIED
        return Paper(self.office, path)

    def stat(self, path: str) -> Any:
        found = paramiko.SFTPAttributes()
        found.st_size = len(self.office.files[path])
        return found

    def posix_rename(self, oldpath: str, newpath: str) -> Any:
        self.office.files[newpath] = self.office.files.pop(oldpath)
        if self.office.scenario == "drops after accepting":
            self.office.cut()
        return paramiko.SFTP_OK


class Office:
    """The other office. ``password`` is the only one that it takes."""

    scenarios = frozenset({"down", "refuses", "hangs", "drops after accepting"})

    def __init__(self, password: str = "") -> None:
        self.password, self.scenario = password, ""
        self.files: dict[str, bytes] = {}
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.port: int = self.listener.getsockname()[1]
        self.lines: list[Any] = []
        threading.Thread(target=self.serve, daemon=True).start()

    def serve(self) -> None:
        with suppress(OSError):
            while True:
                connection, _address = self.listener.accept()
                if self.scenario == "hangs":
                    self.lines.append(connection)
                    continue
                line = paramiko.Transport(connection)
                self.lines.append(line)
                line.add_server_key(HOST_KEY)
                line.set_subsystem_handler("sftp", paramiko.SFTPServer, Shelf)
                with suppress(paramiko.SSHException, EOFError):
                    line.start_server(event=threading.Event(), server=Gate(self))

    def cut(self) -> None:
        for each in self.lines:
            each.close()

    def options(self) -> Mapping[str, Any]:
        return {"host": "127.0.0.1", "port": self.port, "host_key": FINGERPRINT, "user": "loa"}

    def effects(self) -> list[Any]:
        return sorted(each for each in self.files.items() if not each[0].endswith(".part"))

    def play(self, scenario: str) -> None:
        self.scenario = scenario
        if scenario == "down":
            self.close()

    def close(self) -> None:
        with suppress(OSError):
            self.listener.shutdown(socket.SHUT_RDWR)
        self.listener.close()
        self.cut()
