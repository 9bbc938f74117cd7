"""PostgreSQL and a broker for one run: given by URL, else this checkout's own; and the variables that name them."""

import fcntl
import json
import os
import secrets
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from devtools.broker import Broker
from devtools.place import Place, say
from devtools.postgres import APP, FAST_AND_LOSABLE, OWNER, Cluster, for_this_machine


@dataclass
class Services:
    """The two servers under one folder; only what this object started is stopped by it."""

    place: Place
    folder: Path
    losable: bool = False
    _started: list[Cluster | Broker] = field(default_factory=list)

    @property
    def cluster(self) -> Cluster:
        """The PostgreSQL of this folder."""
        return Cluster(
            self.place, self.folder / "postgres", FAST_AND_LOSABLE if self.losable else for_this_machine()
        )

    @property
    def broker(self) -> Broker:
        """The Valkey of this folder."""
        return Broker(self.place, self.folder / "valkey")

    def start(self) -> dict[str, str]:
        """Start what no URL was given for, both at once; returns the variables that name them."""
        wanted: list[Cluster | Broker] = []
        variables: dict[str, str] = {}
        if not os.environ.get("DATABASE_URL"):
            wanted.append(self.cluster)
            variables |= {
                "DATABASE_OWNER_URL": self.cluster.url(OWNER),
                "DATABASE_URL": self.cluster.url(APP),
            }
        if not os.environ.get("BROKER_URL"):
            wanted.append(self.broker)
            variables["BROKER_URL"] = self.broker.url
        with self._only_one(), ThreadPoolExecutor(2) as pool:
            started = list(pool.map(self._start_one, wanted))
        self._started += [server for server, new in zip(wanted, started, strict=True) if new]
        return variables

    def _start_one(self, server: Cluster | Broker) -> bool:
        return server.start()

    def stop(self) -> None:
        """Stop what `start` started, the broker first."""
        for server in reversed(self._started):
            server.stop()
        self._started.clear()

    def stop_all(self) -> list[str]:
        """Stop both servers of this folder, whoever started them; returns the names of those that ran."""
        stopped = []
        if self.folder.exists():
            if self.broker.stop():
                stopped.append("broker")
            if self.cluster.stop():
                stopped.append("PostgreSQL")
        return stopped

    @contextmanager
    def _only_one(self) -> Iterator[None]:
        """Two `./dev` at once take turns."""
        self.folder.mkdir(parents=True, exist_ok=True)
        if os.geteuid() == 0:
            self.folder.chmod(0o711)
        with (self.folder / "services.lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield


def ensure_keys(place: Place) -> None:
    """The keyring and Django's secret: made once, readable by this user alone, never in the database they protect."""
    if os.environ.get("WINNOW_KEYRING") is None:
        name = f"k{secrets.token_hex(4)}"
        ring = json.dumps({"active": name, "keys": {name: secrets.token_hex(32)}})
        file = Path(os.environ.get("WINNOW_KEYRING_FILE") or place.state / "keyring.json")
        if _write_once(file, ring):
            say(
                f"Made the keyring {file}. Keep a copy apart from backups: without it keyed hashes cannot be checked."
            )
    _write_once(place.state / "secret_key", secrets.token_urlsafe(50))


def _write_once(file: Path, text: str) -> bool:
    try:
        descriptor = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return False
    with os.fdopen(descriptor, "w") as out:
        out.write(text)
    return True


def environment(place: Place, variables: dict[str, str], *, settings: str) -> dict[str, str]:
    """What every process of the product gets: this environment's programs first, the servers, no model downloads."""
    defaults = {
        "DJANGO_SETTINGS_MODULE": settings,
        "HF_HUB_OFFLINE": "1",
        "TOKENIZERS_PARALLELISM": "false",
        "WINNOW_STATE_DIR": str(place.state),
    }
    path = f"{place.venv / 'bin'}{os.pathsep}{os.environ.get('PATH', '')}"
    return {
        **defaults,
        **os.environ,
        **variables,
        "PATH": path,
        "VIRTUAL_ENV": str(place.venv),
        "PYTHONUNBUFFERED": "1",
    }
