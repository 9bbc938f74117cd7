"""Processes `./dev` started: known by pid and start time, so that no stranger with a recycled pid is ever stopped."""

import json
import os
import signal
import subprocess
import time
from collections.abc import Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

MARK = "WINNOW_INSTANCE"


@dataclass(frozen=True)
class Identity:
    """A process that cannot be confused with a later one of the same number."""

    pid: int
    started: str

    @classmethod
    def of(cls, pid: int) -> "Identity":
        """The process that has this pid now."""
        return cls(pid, start_time(pid) or "")

    @property
    def alive(self) -> bool:
        """Still the same process, and not a zombie."""
        return bool(self.started) and start_time(self.pid) == self.started

    def signal(self, number: signal.Signals) -> None:
        """Signal the process; a SIGKILL also reaches the group it leads. A process already gone is fine.

        SIGTERM goes to the leader alone: a Celery worker that is asked to end lets its children finish.
        """
        if not self.alive:
            return
        with suppress(ProcessLookupError, PermissionError):
            if number == signal.SIGKILL and os.getpgid(self.pid) == self.pid:
                os.killpg(self.pid, number)
            else:
                os.kill(self.pid, number)


def start_time(pid: int) -> str | None:
    """When the process started, in the system's own words; None when there is none or only its zombie."""
    try:
        after_name = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
        return None if after_name[0] == "Z" else after_name[19]
    except (FileNotFoundError, ProcessLookupError):
        if Path("/proc/self/stat").exists():
            return None
    answer = subprocess.run(
        ["ps", "-o", "lstart=", "-p", str(pid)], capture_output=True, text=True, check=False
    )
    return answer.stdout.strip() or None


def stop(identities: Iterable[Identity], *, patience: float) -> None:
    """Ask all to end, wait for them together, and end what is left after `patience` seconds."""
    waiting = [identity for identity in identities if identity.alive]
    for identity in waiting:
        identity.signal(signal.SIGTERM)
    deadline = time.monotonic() + patience
    while waiting and time.monotonic() < deadline:
        time.sleep(0.05)
        waiting = [identity for identity in waiting if identity.alive]
    for identity in waiting:
        identity.signal(signal.SIGKILL)


def descendants(instance: str) -> list[Identity]:
    """Every process that carries this instance's mark in its environment, detached trainers included (Linux)."""
    needle = f"{MARK}={instance}".encode()
    found = []
    for folder in Path("/proc").glob("[0-9]*"):
        with suppress(OSError):
            if needle in (folder / "environ").read_bytes().split(b"\0"):
                found.append(Identity.of(int(folder.name)))
    return [identity for identity in found if identity.pid != os.getpid()]


@dataclass(frozen=True)
class Record:
    """What one `./dev up` or `./dev demo` has started, on disk, so that `./dev down` finds it after a crash."""

    file: Path

    def write(self, *, instance: str, processes: Mapping[str, Identity], url: str) -> None:
        """Replace the record."""
        rows = {name: [identity.pid, identity.started] for name, identity in processes.items()}
        temporary = self.file.with_suffix(".new")
        temporary.write_text(json.dumps({"instance": instance, "url": url, "processes": rows}))
        temporary.replace(self.file)

    def read(self) -> tuple[str, str, dict[str, Identity]] | None:
        """The instance, its URL and its processes; None when nothing was started."""
        try:
            data = json.loads(self.file.read_text())
        except (FileNotFoundError, ValueError):
            return None
        return (
            data["instance"],
            data["url"],
            {name: Identity(*row) for name, row in data["processes"].items()},
        )

    def clear(self) -> None:
        """Nothing is started any more."""
        self.file.unlink(missing_ok=True)
