"""A real Argilla server for the whole run: the first test process that needs it starts it, the last one to end stops it.

Installing one takes three minutes and 580 MB, so a run that should do it says so: `WINNOW_TEST_ARGILLA=1 ./dev test
tests/annotation/argilla`. Once it is installed (.winnow/argilla), every run uses it.
"""

import fcntl
import json
import os
import shutil
import sqlite3
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from tests.stack.ports import own_port

ROOT = Path(__file__).resolve().parents[3]
TOOL = ROOT.parent / "shared" / "tools" / "start_argilla.sh"
FOLDER = ROOT / ".winnow" / "argilla"
INSTALLED = FOLDER / "venv" / "bin" / "uvicorn"
OWNER_KEY = "argilla.apikey"


@dataclass(frozen=True)
class RealServer:
    """Where it is, and the database behind it, for what its API would not let a test do."""

    url: str

    def sql(self, statement: str, *values: Any) -> None:
        """Change what it stores behind its back."""
        with sqlite3.connect(FOLDER / "home" / "argilla.db", timeout=30) as database:
            database.execute(statement, values)


@contextmanager
def running_server() -> Iterator[RealServer]:
    """The run's server; skips where none is installed and the run does not ask for one."""
    if not TOOL.is_file():
        pytest.skip("no real Argilla server here: ../shared/tools/start_argilla.sh is absent")
    if not INSTALLED.exists() and os.environ.get("WINNOW_TEST_ARGILLA") != "1":
        pytest.skip(
            "no Argilla server is installed here: WINNOW_TEST_ARGILLA=1 installs one, in three minutes"
        )
    FOLDER.mkdir(parents=True, exist_ok=True)
    with (FOLDER / "users.lock").open("w") as users:
        with (FOLDER / "start.lock").open("w") as starting:
            fcntl.flock(starting, fcntl.LOCK_EX)
            url = _running(users) or _started()
            fcntl.flock(users, fcntl.LOCK_SH)
        try:
            yield RealServer(url)
        finally:
            _stop_if_last(users)


def _running(users: Any) -> str | None:
    """The address of the server another process of this run holds, else None."""
    try:
        fcntl.flock(users, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return (FOLDER / "url").read_text()
    return None


def _started() -> str:
    shutil.rmtree(FOLDER / "home", ignore_errors=True)
    ports, above = {}, 0
    for name in ("ARGILLA_PORT", "ES_STUB_PORT", "REDIS_PORT"):
        above = own_port(above=above)
        ports[name] = str(above)
    done = _tool("start", ports)
    if done.returncode and not INSTALLED.exists():
        pytest.skip(f"argilla-server could not be installed here: {done.stderr[-300:]}")
    assert done.returncode == 0, done.stderr[-3000:]
    url = f"http://127.0.0.1:{ports['ARGILLA_PORT']}"
    (FOLDER / "url").write_text(url)
    (FOLDER / "ports.json").write_text(json.dumps(ports))
    return url


def _stop_if_last(users: Any) -> None:
    try:
        fcntl.flock(users, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return
    _tool("stop", json.loads((FOLDER / "ports.json").read_text()))


def _tool(verb: str, ports: dict[str, str]) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        [str(TOOL), verb, str(FOLDER)],
        env=os.environ | ports,
        check=False,
        capture_output=True,
        text=True,
        timeout=900,
    )
