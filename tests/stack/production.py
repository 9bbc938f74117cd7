"""The product as a server runs it, whole and its own: PostgreSQL, granian with two workers; to be broken."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import psycopg

from benchmarks.traffic.server import HOST, children_of
from devtools.place import Place
from devtools.postgres import APP, OWNER, Cluster
from devtools.web import answers
from tests.stack.ports import own_port

ROOT = Path(__file__).resolve().parents[2]
KEYRING = '{"active": "test", "keys": {"test": "' + "ab" * 32 + '"}}'


@dataclass
class Production:
    """A running product; `broker` is the URL of a Valkey, "" for none."""

    folder: Path
    cluster: Cluster
    broker: str = ""
    more: dict[str, str] = field(default_factory=dict)
    web: subprocess.Popen[bytes] | None = None
    port: int = 0

    @property
    def address(self) -> str:
        """Where it answers."""
        return f"http://{HOST}:{self.port}"

    @property
    def log(self) -> Path:
        """What the web process and its workers printed."""
        return self.folder / "web.log"

    def environment(self, role: str = APP) -> dict[str, str]:
        """Production settings on this database; the owner's for what migrates or prepares."""
        kept = {name: value for name, value in os.environ.items() if name != "DATABASE_OWNER_URL"}
        owner = {"DATABASE_OWNER_URL": self.cluster.url(OWNER)} if role == OWNER else {}
        return kept | owner | self.more | {
            "DATABASE_URL": self.cluster.url(role),
            "WINNOW_DATABASE_ROLE": "owner" if role == OWNER else "app",
            "DJANGO_SETTINGS_MODULE": "config.settings.prod",
            "WINNOW_SECRET_KEY": "tests-only-" + "0" * 40,
            "WINNOW_KEYRING": KEYRING,
            "WINNOW_STATE_DIR": str(self.folder / "state"),
            "WINNOW_SSL_REDIRECT": "0",
            "BROKER_URL": self.broker,
        }  # fmt: skip

    def manage(self, *arguments: str) -> str:
        """A management command as the owner; what it printed."""
        return self._run("manage.py", *arguments)

    def prepare(self) -> dict[str, str]:
        """A project with its people and a token that may ingest: {"project", "token"}."""
        prepared: dict[str, str] = json.loads(self._run("-m", "tests.stack.prepare"))
        return prepared

    def _run(self, *arguments: str) -> str:
        done = subprocess.run(
            [sys.executable, *arguments], cwd=ROOT, env=self.environment(OWNER),
            capture_output=True, text=True, check=False,
        )  # fmt: skip
        assert done.returncode == 0, done.stderr[-3000:]
        return done.stdout

    def start_web(self, *, workers: int = 2) -> None:
        """Granian as the compose file starts it; returns when it answers."""
        self.port = self.port or own_port()
        command = [
            *(
                sys.executable,
                "-m",
                "granian",
                "--interface",
                "wsgi",
                "--host",
                HOST,
                "--port",
                str(self.port),
            ),
            *("--workers", str(workers), "--blocking-threads", "8", "--no-ws"),
            *("--respawn-failed-workers", "config.wsgi:application"),
        ]
        with self.log.open("ab") as out:
            self.web = subprocess.Popen(command, cwd=ROOT, env=self.environment(), stdout=out, stderr=out)
        until = time.monotonic() + 60
        while not answers(HOST, self.port):
            assert time.monotonic() < until, self.log.read_text()[-3000:]
            assert self.web.poll() is None, self.log.read_text()[-3000:]
            time.sleep(0.1)

    def kill_worker(self) -> None:
        """kill -9 of one of the processes that serve."""
        assert self.web is not None
        serving = [pid for pid in children_of(self.web.pid) if b"granian" in _command(pid)]
        os.kill(serving[0], signal.SIGKILL)

    @contextmanager
    def storing_stands_still(self) -> Iterator[None]:
        """Nobody can store a trace meanwhile: a store that is slower than its senders, on any machine."""
        with psycopg.connect(self.cluster.url(OWNER)) as held:
            held.execute("LOCK TABLE curation_trace IN EXCLUSIVE MODE")
            yield

    def break_database(self, seconds: float) -> None:
        """An immediate stop, as after a power cut, and a start that recovers from the log."""
        binaries = self.cluster.binaries()
        command = [binaries.path("pg_ctl"), "-D", str(self.cluster.data), "-m", "immediate", "-w", "stop"]
        self.cluster.runner(binaries).run(command)
        time.sleep(seconds)
        self.cluster.start()

    def query(self, sql: str, *parameters: Any) -> list[tuple[Any, ...]]:
        """Rows, read as the owner."""
        with psycopg.connect(self.cluster.url(OWNER)) as connection:
            return connection.execute(sql, parameters).fetchall()  # type: ignore[arg-type]

    def stop(self) -> None:
        """Everything down."""
        if self.web is not None:
            self.web.terminate()
            self.web.wait()
        self.cluster.stop()


@contextmanager
def production(folder: Path, *, broker: str = "", **settings: str) -> Iterator[Production]:
    """A migrated product without a web process yet; `settings` are PostgreSQL's.

    `fsync="off"` is safe for all a process can do: what it wrote outlives it in the operating system's memory.
    """
    (folder / "state").mkdir(parents=True)
    made = Production(folder, Cluster(Place.of(ROOT), folder / "postgres", settings), broker)
    made.cluster.start()
    try:
        made.manage("migrate", "-v0")
        made.manage("collectstatic", "--noinput", "-v0")
        yield made
    finally:
        made.stop()


def _command(pid: int) -> bytes:
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes()
    except OSError:
        return b""
