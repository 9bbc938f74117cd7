"""A whole product of a test's own: PostgreSQL, Valkey, web and worker, each of which may be killed and started again."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from dataclasses import dataclass, field
from pathlib import Path

from devtools.broker import Broker
from devtools.place import Place
from devtools.postgres import APP, OWNER, Cluster
from devtools.web import answers
from tests.stack.ports import own_port

ROOT = Path(__file__).resolve().parents[2]
STARTING = 90.0


@dataclass
class OwnServers:
    """Everything under one folder; its logs are what an operator would keep."""

    folder: Path
    settings: str
    port: int = field(default_factory=own_port)
    processes: dict[str, subprocess.Popen[bytes]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.cluster = Cluster(Place.of(ROOT), self.folder / "postgres", {"shared_buffers": "32MB"})
        self.broker = Broker(Place.of(ROOT), self.folder / "valkey")
        self.logs = self.folder / "logs"
        self.state = self.folder / "state"
        self.temporary = self.folder / "temporary"
        for folder in (self.folder / "postgres", self.logs, self.state, self.temporary):
            folder.mkdir(parents=True)

    @property
    def url(self) -> str:
        """Of the web server."""
        return f"http://127.0.0.1:{self.port}"

    @property
    def environment(self) -> dict[str, str]:
        """Of every process: the app role, and secrets of its own."""
        return {name: value for name, value in os.environ.items() if name != "DATABASE_OWNER_URL"} | {
            "DATABASE_URL": self.cluster.url(APP),
            "BROKER_URL": self.broker.url,
            "DJANGO_SETTINGS_MODULE": self.settings,
            "WINNOW_SECRET_KEY": "x" * 50,
            "WINNOW_KEYRING": '{"active": "t", "keys": {"t": "' + "ab" * 32 + '"}}',
            "WINNOW_STATE_DIR": str(self.state),
            "TMPDIR": str(self.temporary),
            "WINNOW_SSL_REDIRECT": "0",
            "WINNOW_SETTLE_GRACE_SECONDS": "0",
            "WINNOW_DATABASE_ROLE": "app",
            "OMP_NUM_THREADS": "1",
        }

    def start(self) -> None:
        """The servers, the tables, the product."""
        self.cluster.start()
        self.broker.start()
        owner = {"DATABASE_OWNER_URL": self.cluster.url(OWNER), "WINNOW_DATABASE_ROLE": "owner"}
        self.manage("migrate", "--noinput", "--skip-checks", **owner)
        self.start_web()
        self.start_worker()

    def start_web(self) -> None:
        """As `./dev up` starts it."""
        command = ["granian", "--interface", "wsgi", "--host", "127.0.0.1", "--port", str(self.port), "--workers", "1",
                   "--blocking-threads", "4", "--no-ws", "--respawn-failed-workers", "config.wsgi:application"]  # fmt: skip
        self._start("web", [sys.executable, "-m", *command])
        until = time.monotonic() + STARTING
        while not answers("127.0.0.1", self.port):
            assert time.monotonic() < until, (self.logs / "web.log").read_text()[-2000:]
            time.sleep(0.2)

    def start_worker(self) -> None:
        """With one child."""
        command = ["celery", "-A", "config.celery", "worker", "-Q", "default,index", "-c", "1", "-l", "INFO"]
        self._start("worker", [sys.executable, "-m", *command, "--without-mingle", "--without-gossip"])

    def kill(self, name: str) -> None:
        """kill -9 of the whole group."""
        process = self.processes.pop(name)
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()

    def crash_postgres(self) -> None:
        """As a power cut would; it recovers from its WAL."""
        binaries = self.cluster.binaries()
        command = [binaries.path("pg_ctl"), "-D", str(self.cluster.data), "-m", "immediate", "-w", "stop"]
        self.cluster.runner(binaries).run(command)

    def manage(self, *arguments: str, **more: str) -> str:
        """A management command; what it says is kept as a log too."""
        done = subprocess.run(
            [sys.executable, "manage.py", *arguments], cwd=ROOT, env=self.environment | more, capture_output=True, text=True,
            check=False,
        )  # fmt: skip
        with (self.logs / "manage.log").open("a") as log:
            log.write(done.stdout + done.stderr)
        return done.stdout

    def stop(self) -> None:
        """All of them."""
        for name in list(self.processes):
            self.kill(name)
        self.broker.stop()
        self.cluster.stop()

    def _start(self, name: str, command: list[str]) -> None:
        with (self.logs / f"{name}.log").open("ab") as log:
            self.processes[name] = subprocess.Popen(
                command, cwd=ROOT, env=self.environment, stdout=log, stderr=log, start_new_session=True
            )
