"""Which process is meant: a pid alone is reused, so it is named with its start time and the machine's boot id."""

import os
import signal
import time
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import psutil


def boot_id() -> str:
    """Identity of this boot of this machine; two hosts, or two boots, differ."""
    try:
        return Path("/proc/sys/kernel/random/boot_id").read_text().strip()
    except OSError:
        return f"boot-{psutil.boot_time():.0f}"


@dataclass(frozen=True)
class ProcessName:
    """One process of one boot. `started` is the kernel's own number (clock ticks since boot on Linux)."""

    pid: int
    started: str
    boot: str

    @classmethod
    def own(cls) -> "ProcessName":
        """The calling process."""
        return cls.of(os.getpid())

    @classmethod
    def of(cls, pid: int) -> "ProcessName":
        """A process of this machine; raises psutil.NoSuchProcess where it is gone."""
        return cls(pid, _started(pid), boot_id())

    @classmethod
    def read(cls, value: Mapping[str, Any]) -> "ProcessName":
        """From the JSON that `as_json` made."""
        return cls(int(value["pid"]), str(value["started"]), str(value["boot"]))

    def as_json(self) -> dict[str, Any]:
        """For status.json."""
        return asdict(self)

    @property
    def here(self) -> bool:
        """Whether this boot of this machine could still run it."""
        return self.boot == boot_id()

    @property
    def alive(self) -> bool:
        """Whether exactly this process runs here now; a zombie does not."""
        if not self.here:
            return False
        try:
            return (
                _started(self.pid) == self.started
                and psutil.Process(self.pid).status() != psutil.STATUS_ZOMBIE
            )
        except psutil.NoSuchProcess:
            return False


def _started(pid: int) -> str:
    """Ticks since boot do not move when the clock is set, seconds since the epoch do."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[19]
    except OSError:
        return str(psutil.Process(pid).create_time())


def end_group(leader: ProcessName, *, grace: float = 0.0) -> None:
    """End the process group this process leads: SIGTERM, wait up to `grace` seconds, SIGKILL."""
    if not leader.alive:
        return
    if grace > 0:
        _signal_group(leader.pid, signal.SIGTERM)
        until = time.monotonic() + grace
        while leader.alive and time.monotonic() < until:
            time.sleep(0.05)
    if leader.alive:
        _signal_group(leader.pid, signal.SIGKILL)


def _signal_group(pgid: int, number: signal.Signals) -> None:
    try:
        os.killpg(pgid, number)
    except ProcessLookupError:
        return
