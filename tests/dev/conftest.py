"""A checkout of its own per test: this source and environment, an empty state folder, nothing given by the caller."""

import shutil
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from devtools.broker import Broker
from devtools.place import Place
from devtools.postgres import Cluster

ROOT = Path(__file__).resolve().parents[2]
GIVEN = (
    "DATABASE_URL",
    "DATABASE_OWNER_URL",
    "BROKER_URL",
    "DJANGO_SETTINGS_MODULE",
    "WINNOW_BROKER",
    "WINNOW_DATABASE_ROLE",
    "WINNOW_KEYRING",
    "WINNOW_KEYRING_FILE",
    "WINNOW_POSTGRES",
    "WINNOW_STATE_DIR",
    "WINNOW_STORAGE_URL",
)


@pytest.fixture(autouse=True)
def nothing_given(monkeypatch: pytest.MonkeyPatch) -> None:
    """The variables `./dev test` itself set for the suite are not a person's wishes."""
    for name in GIVEN:
        monkeypatch.delenv(name, raising=False)


@pytest.fixture
def open_folder() -> Iterator[Path]:
    """A short folder that other users may pass through, as a checkout under /srv or /home may be."""
    folder = Path(tempfile.mkdtemp(prefix="wn-", dir="/tmp"))
    folder.chmod(0o755)
    yield folder
    shutil.rmtree(folder, ignore_errors=True)


class Checkout(Place):
    """This source with a state folder elsewhere; the interpreter that runs the tests stands for `.venv`."""

    @property
    def venv(self) -> Path:
        return Path(sys.prefix)

    @property
    def python(self) -> Path:
        return Path(sys.executable)


@pytest.fixture
def place(open_folder: Path) -> Iterator[Place]:
    """A checkout whose servers are stopped when the test ends, however it ends."""
    made = Checkout(ROOT, open_folder / "state")
    made.prepare()
    yield made
    for folder in (made.state, made.state / "test"):
        if folder.exists():
            Broker(made, folder / "valkey").stop()
            Cluster(made, folder / "postgres").stop()
