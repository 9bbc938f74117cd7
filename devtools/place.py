"""Where a checkout keeps its things, and how `./dev` speaks."""

import hashlib
import os
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

LONGEST_SOCKET_PATH = 107
LONGEST_SOCKET_NAME = len("/.s.PGSQL.5432.lock")


class Refusal(Exception):
    """A plain message for the person at the keyboard; printed without a traceback."""


def say(message: str) -> None:
    """One line to the person at the keyboard."""
    print(message, file=sys.stderr, flush=True)


@dataclass(frozen=True)
class Place:
    """One checkout: its source, and the state folder with everything that is not source."""

    root: Path
    state: Path

    @classmethod
    def of(cls, root: Path) -> "Place":
        """The checkout at `root`; WINNOW_STATE_DIR moves its state elsewhere."""
        return cls(root, Path(os.environ.get("WINNOW_STATE_DIR") or root / ".winnow").absolute())

    @property
    def venv(self) -> Path:
        """The virtual environment `./dev` makes and keeps."""
        return self.root / ".venv"

    @property
    def python(self) -> Path:
        """The interpreter of the virtual environment."""
        return self.venv / "bin" / "python"

    @property
    def logs(self) -> Path:
        """One log file per process."""
        return self.state / "logs"

    @property
    def run(self) -> Path:
        """Pid files and stamps of what was started."""
        return self.state / "run"

    def prepare(self) -> None:
        """Make the state folder: closed to others, but passable for the user a root-started server runs as."""
        self.state.mkdir(parents=True, exist_ok=True)
        self.state.chmod(0o711 if os.geteuid() == 0 else 0o700)
        for folder in (self.logs, self.run):
            folder.mkdir(mode=0o700, exist_ok=True)

    def site_packages(self) -> Path:
        """Where the virtual environment holds its packages."""
        found = sorted(self.venv.glob("lib/python3.*/site-packages"))
        return found[-1] if found else self.venv / "lib" / "site-packages"


def socket_folder(wanted: Path) -> Path:
    """A folder whose sockets fit into the 107 bytes a unix socket path may have: the wanted one, else a short one.

    The short one lies in the system's temporary folder under a name derived from the wanted path, so every
    later start finds the same place; it is refused when another user made it.
    """
    if len(os.fsencode(wanted)) + LONGEST_SOCKET_NAME <= LONGEST_SOCKET_PATH:
        return wanted
    digest = hashlib.sha256(os.fsencode(wanted)).hexdigest()[:12]
    short = Path(tempfile.gettempdir()) / f"winnow-{os.geteuid()}-{digest}"
    if len(os.fsencode(short)) + LONGEST_SOCKET_NAME > LONGEST_SOCKET_PATH:
        short = Path("/tmp") / short.name
    if short.is_symlink() or (short.exists() and not _is_ours(short)):
        raise Refusal(f"{short} was made by somebody else. Remove it and start again, or set TMPDIR.")
    return short


def _is_ours(folder: Path) -> bool:
    """Made by this user, or by root for the user its servers run as."""
    owner = folder.stat().st_uid
    return owner == os.geteuid() or os.geteuid() == 0
