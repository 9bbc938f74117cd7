"""A checkout of its own per test: this source and environment, an empty state folder, nothing given by the caller."""

import shutil
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
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


@pytest.fixture(autouse=True, scope="module")
def nothing_given() -> Iterator[None]:
    """The variables `./dev test` itself set for the suite are not a person's wishes."""
    with pytest.MonkeyPatch.context() as patch:
        for name in GIVEN:
            patch.delenv(name, raising=False)
        yield


@contextmanager
def short_folder() -> Iterator[Path]:
    """A short folder that other users may pass through, as a checkout under /srv or /home may be."""
    folder = Path(tempfile.mkdtemp(prefix="wn-", dir="/tmp"))
    folder.chmod(0o755)
    yield folder
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture
def open_folder() -> Iterator[Path]:
    """One for a test."""
    with short_folder() as folder:
        yield folder


class Checkout(Place):
    """This source with a state folder elsewhere; the interpreter that runs the tests stands for `.venv`."""

    @property
    def venv(self) -> Path:
        return Path(sys.prefix)

    @property
    def python(self) -> Path:
        return Path(sys.executable)


@contextmanager
def checkout(folder: Path) -> Iterator[Checkout]:
    """A checkout whose servers are stopped at the end, however it ends."""
    made = Checkout(ROOT, folder / "state")
    made.prepare()
    yield made
    Broker(made, made.state / "valkey").stop()
    Cluster(made, made.state / "postgres").stop()


@pytest.fixture
def place(open_folder: Path) -> Iterator[Checkout]:
    """One for a test."""
    with checkout(open_folder) as made:
        yield made


@pytest.fixture(scope="module")
def lasting_place(nothing_given: None) -> Iterator[Checkout]:
    """One for all tests of a module: making the tables takes longer than everything else."""
    with short_folder() as folder, checkout(folder) as made:
        yield made
