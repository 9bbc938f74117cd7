"""Real workers on the test's own database and a broker of their own, to be killed."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from django.db import connection

from core.models import Job
from devtools.broker import Broker
from devtools.place import Place

ROOT = Path(__file__).resolve().parents[2]
READY = "ready."


def wait_until(what: Callable[[], object], *, seconds: float, why: str) -> float:
    """Poll until true; the seconds it took. Fails with `why` otherwise."""
    started = time.monotonic()
    while time.monotonic() - started < seconds:
        if what():
            return time.monotonic() - started
        time.sleep(0.05)
    raise AssertionError(f"{why}: not within {seconds} s")


@dataclass
class Worker:
    """One process group: a Celery worker with its children, or beat."""

    process: "subprocess.Popen[bytes]"
    log: Path

    def wait_ready(self) -> None:
        """Until it takes tasks."""
        wait_until(
            lambda: READY in self.log.read_text() or self.process.poll() is not None,
            seconds=60,
            why="worker ready",
        )
        assert self.process.poll() is None, self.log.read_text()[-3000:]

    def holds(self, job: Job) -> bool:
        """Does a process of this group work on the job?"""
        pid = int(job.worker.rpartition(":")[2] or 0)
        with suppress(ProcessLookupError):
            return bool(pid) and os.getpgid(pid) == self.process.pid
        return False

    def signal(self, number: signal.Signals) -> None:
        """To the whole group, as an out-of-memory killer or a power cut would."""
        with suppress(ProcessLookupError):
            os.killpg(self.process.pid, number)

    def kill(self) -> None:
        """kill -9."""
        self.signal(signal.SIGKILL)
        self.process.wait()


@dataclass
class Stack:
    """Starts workers; ends all of them with the test."""

    folder: Path
    broker: Broker
    environment: dict[str, str]
    workers: list[Worker] = field(default_factory=list)

    def worker(self, *, queue: str = "default", ready: bool = True) -> Worker:
        """A worker with one child, ready."""
        name = f"w{len(self.workers)}"
        made = self._start(
            "worker", "-Q", queue, "-c", "1", "-n", f"{name}@%h", "--without-mingle", "-l", "INFO"
        )
        if ready:
            made.wait_ready()
        return made

    def two_workers(self) -> None:
        """Started side by side."""
        for worker in [self.worker(ready=False), self.worker(ready=False)]:
            worker.wait_ready()

    def holder(self, job: Job) -> Worker:
        """The worker that has the job now."""
        return next(worker for worker in self.workers if worker.holds(job))

    def beat(self) -> Worker:
        """The clock with the product's own schedule."""
        return self._start("beat", "-s", str(self.folder / "schedule"), "--pidfile=", "--loglevel", "INFO")

    def _start(self, *arguments: str) -> Worker:
        log = self.folder / f"{len(self.workers)}.log"
        command = [sys.executable, "-m", "celery", "-A", "tests.stack.worker_app", *arguments]
        with log.open("wb") as out:
            process = subprocess.Popen(
                command, cwd=ROOT, env=self.environment, stdout=out, stderr=out, start_new_session=True
            )
        self.workers.append(Worker(process, log))
        return self.workers[-1]


@pytest.fixture
def stack(transactional_db: None, tmp_path: Path) -> Iterator[Stack]:
    """The test's own broker, and an environment that names the test database as the app role."""
    broker = Broker(Place.of(ROOT), tmp_path / "valkey")
    broker.start()
    database = connection.settings_dict
    where = (
        f"?host={database['HOST']}&port={database['PORT'] or 5432}"
        if database["HOST"].startswith("/")
        else ""
    )
    server = "" if where else f"{database['HOST']}:{database['PORT'] or 5432}"
    login = f"{database['USER']}:{database['PASSWORD']}" if database["PASSWORD"] else database["USER"]
    environment = {name: value for name, value in os.environ.items() if name != "DATABASE_OWNER_URL"} | {
        "DATABASE_URL": f"postgresql://{login}@{server}/{database['NAME']}{where}",
        "BROKER_URL": broker.url,
        "DJANGO_SETTINGS_MODULE": "config.settings.test",
        "WINNOW_DATABASE_ROLE": "app",
        "WINNOW_STATE_DIR": str(tmp_path),
    }
    use_broker(broker.url)
    made = Stack(tmp_path, broker, environment)
    yield made
    for worker in made.workers:
        worker.kill()
    broker.stop()
    use_broker(os.environ.get("BROKER_URL", ""))


def use_broker(url: str) -> None:
    """Point this process's Celery at a broker; connections it kept to another one are forgotten, as after a fork."""
    from config.celery import app

    app.conf.broker_url = url
    app._after_fork()
