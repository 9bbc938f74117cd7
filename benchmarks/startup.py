"""From nothing to the first page, the second start, and what the web process costs to import.

Each start happens in a copy of this checkout's files in an empty folder, with a virtual environment, servers and state
of its own; with --quick the installer may use its cache.
"""

import os
import re
import shutil
import signal
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from benchmarks.contract import Row

ROOT = Path(__file__).resolve().parent.parent
FIRST_PAGE = re.compile(r"first page after ([\d.]+) s")
GIVEN = (
    "DATABASE_URL",
    "DATABASE_OWNER_URL",
    "BROKER_URL",
    "WINNOW_STATE_DIR",
    "DJANGO_SETTINGS_MODULE",
    "VIRTUAL_ENV",
)


def rows(*, quick: bool) -> Iterator[Row]:
    """Seconds of wall time, each start being a whole `./dev up` in a copy of the tree."""
    yield Row("import of the web process, median of 5", _import_seconds(), "s", "<= 1.5")
    with _copy() as copy:
        if quick:
            yield Row("empty folder to first page, packages cached", _first_page(copy), "s", "<= 60")
        else:
            bare = _first_page(copy, UV_NO_CACHE="1", PIP_NO_CACHE_DIR="1")
            yield Row("empty folder to first page, nothing cached", bare, "s", "<= 60")
        yield Row(
            "second start to first page, median of 3",
            statistics.median(_first_page(copy) for _ in range(3)),
            "s",
            "<= 8",
        )
        yield Row("./dev down with nothing running", _seconds("./dev", "down", folder=copy), "s", "<= 2")


def _import_seconds() -> float:
    code = "import config.wsgi"
    return statistics.median(_seconds(sys.executable, "-c", code, folder=ROOT) for _ in range(5))


def _seconds(*command: str, folder: Path) -> float:
    started = time.monotonic()
    subprocess.run(command, cwd=folder, check=True, capture_output=True)
    return time.monotonic() - started


def _first_page(copy: Path, **more: str) -> float:
    """Start, read the seconds `./dev up` prints, stop."""
    environment = {name: value for name, value in os.environ.items() if name not in GIVEN} | more
    command = ["./dev", "up", "--without-training"]
    process = subprocess.Popen(command, cwd=copy, env=environment, stderr=subprocess.PIPE, text=True)
    said = []
    try:
        for line in process.stderr or ():
            said.append(line)
            if match := FIRST_PAGE.search(line):
                return float(match[1])
    finally:
        process.send_signal(signal.SIGINT)
        process.wait(timeout=60)
    raise RuntimeError("./dev up ended without a first page:\n" + "".join(said))


@contextmanager
def _copy() -> Iterator[Path]:
    """The files git knows or would know, in an empty folder."""
    listing = subprocess.run(
        ["git", "ls-files", "-co", "--exclude-standard"], cwd=ROOT, check=True, capture_output=True, text=True
    )
    with tempfile.TemporaryDirectory(prefix="winnow-start-") as folder:
        copy = Path(folder)
        copy.chmod(0o755)
        for name in listing.stdout.splitlines():
            if (ROOT / name).is_file():
                (copy / name).parent.mkdir(parents=True, exist_ok=True)
                shutil.copy2(ROOT / name, copy / name)
        yield copy
