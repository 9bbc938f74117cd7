"""The whole product started by `./dev up`: first page, restart of what falls, nothing left after Ctrl-C, kill -9 or down."""

import json
import os
import re
import signal
import socket
import subprocess
import time
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from devtools.broker import Broker
from devtools.place import Place
from devtools.postgres import Cluster
from devtools.processes import Identity, Record, descendants
from devtools.product import FIRST_PAGE_SECONDS

pytestmark = pytest.mark.stack
FIRST_PAGE = re.compile(r"Winnow: (http://\S+)")


class Up:
    """A running `./dev up`."""

    def __init__(self, place: Place) -> None:
        self.place = place
        self.process = subprocess.Popen(
            ["./dev", "up", "--without-training"],
            cwd=place.root,
            env={**os.environ, "WINNOW_STATE_DIR": str(place.state)},
            stderr=subprocess.PIPE,
            text=True,
        )
        self.url = self._first_page()

    def _first_page(self) -> str:
        said = []
        assert self.process.stderr
        for line in self.process.stderr:
            said.append(line)
            if found := FIRST_PAGE.search(line):
                return found[1]
        raise AssertionError("".join(said))

    @property
    def record(self) -> tuple[str, str, dict[str, Identity]]:
        kept = Record(self.place.run / "processes.json").read()
        assert kept
        return kept

    def end(self) -> int:
        self.process.send_signal(signal.SIGINT)
        self.process.communicate(timeout=60)
        return self.process.returncode


def eventually(what: Callable[[], object], seconds: float = FIRST_PAGE_SECONDS) -> bool:
    """Whether it happens within the time `./dev up` itself allows a web server to start."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if what():
            return True
        time.sleep(0.1)
    return False


def answers(url: str) -> bool:
    try:
        with urllib.request.urlopen(f"{url}/healthz", timeout=5) as response:
            return bool(response.status == 200)
    except OSError:
        return False


def servers_run(place: Place) -> tuple[bool, bool]:
    return Cluster(place, place.state / "postgres").is_running(), Broker(
        place, place.state / "valkey"
    ).is_running()


@pytest.fixture
def up(lasting_place: Place) -> Iterator[Up]:
    running = Up(lasting_place)
    yield running
    if running.process.poll() is None:
        running.end()


def test_what_falls_is_started_again_and_ctrl_c_leaves_nothing(up: Up) -> None:
    place = up.place
    assert answers(up.url)
    assert eventually(lambda: set(up.record[2]) == {"web", "worker", "trainer", "beat"})
    instance, _, processes = up.record
    os.killpg(processes["web"].pid, signal.SIGKILL)
    assert eventually(lambda: up.record[2]["web"] != processes["web"] and answers(up.url))

    second = subprocess.run(
        ["./dev", "up"],
        cwd=place.root,
        env={**os.environ, "WINNOW_STATE_DIR": str(place.state)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert second.returncode == 2
    assert f"already runs from this checkout at {up.url}" in second.stderr

    assert up.end() == 0
    assert descendants(instance) == []
    assert servers_run(place) == (False, False)
    assert not answers(up.url)
    assert json.loads((place.state / "extras.json").read_text())["state"] == "omitted"
    assert (place.state / "keyring.json").stat().st_mode & 0o077 == 0


def test_down_cleans_up_after_a_killed_dev(up: Up) -> None:
    place = up.place
    assert eventually(lambda: len(up.record[2]) == 4)
    instance = up.record[0]
    up.process.kill()
    up.process.communicate()
    assert len(descendants(instance)) >= 4
    assert servers_run(place) == (True, True)
    environment = {**os.environ, "WINNOW_STATE_DIR": str(place.state)}
    said = subprocess.run(
        ["./dev", "down"], cwd=place.root, env=environment, capture_output=True, text=True, check=True
    ).stderr
    assert "Stopped the product, broker, PostgreSQL." in said
    assert descendants(instance) == []
    assert servers_run(place) == (False, False)


def test_it_can_be_stopped_where_a_shell_started_it_in_the_background(lasting_place: Place) -> None:
    before = signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        running = Up(lasting_place)
    finally:
        signal.signal(signal.SIGINT, before)
    assert running.end() == 0
    assert servers_run(lasting_place) == (False, False)


def test_a_taken_port_is_refused_and_nothing_stays(lasting_place: Place) -> None:
    place = lasting_place
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        done = subprocess.run(
            ["./dev", "up", "--without-training", "--port", str(taken.getsockname()[1])],
            cwd=place.root,
            env={**os.environ, "WINNOW_STATE_DIR": str(place.state)},
            capture_output=True,
            text=True,
            check=False,
        )
    assert done.returncode == 2
    assert "taken. Choose one with --port" in done.stderr
    assert servers_run(place) == (False, False)


def test_down_with_nothing_running_says_so(tmp_path: Path, place: Place) -> None:
    environment = {**os.environ, "WINNOW_STATE_DIR": str(tmp_path / "none")}
    done = subprocess.run(
        ["./dev", "down"], cwd=place.root, env=environment, capture_output=True, text=True, check=True
    )
    assert done.stderr.strip() == "Nothing was running."
