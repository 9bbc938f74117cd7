"""The product as production runs it, on the benchmark's database: granian with two workers, and what they cost."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.db import connection

from devtools.web import answers, free_port

ROOT = Path(__file__).resolve().parents[2]
HOST, WORKERS, THREADS, START_SECONDS = "127.0.0.1", 2, 8, 60
TICKS = os.sysconf("SC_CLK_TCK")


@dataclass
class Server:
    """A running web server."""

    process: subprocess.Popen[bytes]
    port: int

    def worker_pids(self) -> list[int]:
        """The processes that serve: granian's children."""
        return [pid for pid in children_of(self.process.pid) if b"granian" in _read(pid, "cmdline")]

    def send(self, **wish: Any) -> dict[str, Any]:
        """Let a sender of its own send; what it counted, and the processor seconds of everybody meanwhile."""
        sender = subprocess.Popen(
            [sys.executable, "-m", "benchmarks.traffic.sender"],
            cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, env=os.environ | {"OMP_NUM_THREADS": "1"},
        )  # fmt: skip
        assert sender.stdin is not None
        assert sender.stdout is not None
        sender.stdin.write(json.dumps({"host": HOST, "port": self.port, **wish}).encode())
        sender.stdin.close()
        sender.stdout.readline()
        before = self._cpu()
        answer = sender.stdout.read()
        after = self._cpu()
        if sender.wait() != 0:
            raise SystemExit("the sender failed; see above")
        sent: dict[str, Any] = json.loads(answer)
        return sent | {"web_cpu": after[0] - before[0], "database_cpu": after[1] - before[1]}

    def _cpu(self) -> tuple[float, float]:
        return sum(map(cpu_of, self.worker_pids())), sum(map(cpu_of, database_pids()))

    def resident_mb(self) -> float:
        """The largest worker's peak of resident memory."""
        peaks = [
            int(line.split()[1])
            for pid in self.worker_pids()
            for line in _read(pid, "status").decode().splitlines()
            if line.startswith("VmHWM")
        ]
        return max(peaks) / 1024


@contextmanager
def serving(*, workers: int = WORKERS, pages: bool = False) -> Iterator[Server]:
    """Granian on a free port over Django's current database, as the app role, under the server's settings.

    With `pages` the static files that pages name are collected first.
    """
    port = free_port(HOST, None)
    with tempfile.TemporaryDirectory() as folder:
        log = Path(folder) / "web.log"
        command = [
            *(sys.executable, "-m", "granian", "--interface", "wsgi", "--host", HOST, "--port", str(port)),
            *("--workers", str(workers), "--blocking-threads", str(THREADS), "--no-ws"),
            *("--respawn-failed-workers", "config.wsgi:application"),
        ]
        if pages:
            collect = [sys.executable, "manage.py", "collectstatic", "--noinput", "--verbosity", "0"]
            subprocess.run(collect, cwd=ROOT, env=environment(folder), check=True)
        with log.open("wb") as out:
            process = subprocess.Popen(command, cwd=ROOT, env=environment(folder), stdout=out, stderr=out)
        try:
            _wait(process, port, log)
            yield Server(process, port)
        finally:
            process.terminate()
            process.wait()


def environment(folder: str) -> dict[str, str]:
    """A server's environment on the current database: the app role, no owner, secrets of the benchmark."""
    kept = {name: value for name, value in os.environ.items() if name != "DATABASE_OWNER_URL"}
    return kept | {
        "DATABASE_URL": app_url(),
        "WINNOW_DATABASE_ROLE": "app",
        "DJANGO_SETTINGS_MODULE": "config.settings.prod",
        "WINNOW_SECRET_KEY": "benchmarks-only-" + "0" * 40,
        "WINNOW_KEYRING": '{"active": "test", "keys": {"test": "' + "ab" * 32 + '"}}',
        "WINNOW_STATE_DIR": folder,
        "WINNOW_SSL_REDIRECT": "0",
        "WINNOW_LOG_LEVEL": "WARNING",
        "BROKER_URL": os.environ.get("BROKER_URL", ""),
    }


def app_url() -> str:
    """The app role's way into the database Django is connected to."""
    given = connection.settings_dict
    host, port = given["HOST"], given["PORT"] or "5432"
    server, query = ("", f"?host={host}&port={port}") if host.startswith("/") else (f"{host}:{port}", "")
    return f"postgresql://winnow_app@{server}/{given['NAME']}{query}"


def database_pids() -> list[int]:
    """The postmaster and its children, when it runs on this machine."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        (backend,) = cursor.fetchone()
    parent = int(_stat(backend)[1]) if Path(f"/proc/{backend}/stat").exists() else 0
    return [parent, *children_of(parent)] if parent else []


def children_of(parent: int) -> list[int]:
    """The processes this process started."""
    pids = [int(entry.name) for entry in Path("/proc").iterdir() if entry.name.isdigit()]
    return [pid for pid in pids if (fields := _stat(pid)) and int(fields[1]) == parent]


def cpu_of(pid: int) -> float:
    """Processor seconds of a process and of its children that ended."""
    fields = _stat(pid)
    return sum(int(one) for one in fields[11:15]) / TICKS if fields else 0.0


def _stat(pid: int) -> list[str]:
    return _read(pid, "stat").decode(errors="replace").rpartition(")")[2].split()


def _read(pid: int, name: str) -> bytes:
    try:
        return Path(f"/proc/{pid}/{name}").read_bytes()
    except OSError:
        return b""


def _wait(process: subprocess.Popen[bytes], port: int, log: Path) -> None:
    until = time.monotonic() + START_SECONDS
    while time.monotonic() < until and process.poll() is None:
        if answers(HOST, port):
            return
        time.sleep(0.1)
    raise SystemExit(f"the web server did not start:\n{log.read_text(errors='replace')[-2000:]}")
