"""One file with the database, the blobs and the run folders; keys are kept apart on purpose."""

import hashlib
import json
import os
import re
import subprocess
import tarfile
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from devtools.pgbinaries import Binaries, choose
from devtools.place import Place, Refusal, say
from devtools.postgres import SUPERUSER
from devtools.services import Services

FORMAT = 1
FOLDERS = ("blobs", "runs", "index")
DUMP = "database.dump"
OUR_ROLES = re.compile(r"^(CREATE ROLE|ALTER ROLE|GRANT) winnow_\w+")
EMPTY = "SELECT count(*) FROM pg_tables WHERE schemaname NOT IN ('pg_catalog', 'information_schema')"


@dataclass(frozen=True)
class Database:
    """The database to save or fill, with programs that fit its server."""

    url: str
    binaries: Binaries
    own: bool

    def run(self, program: str, *arguments: str) -> str:
        """Run one of PostgreSQL's programs on it."""
        command = [self.binaries.path(program), "-d", self.url, *arguments]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        if done.returncode != 0:
            raise Refusal(f"{program} stopped:\n{done.stderr.strip()[-1500:]}")
        return done.stdout.strip()


def backup(place: Place, file: Path | None) -> int:
    """Save a consistent copy while the product runs: the database first, then the folders, whose files that rows name
    are written before the rows and stay."""
    file = file or Path(f"winnow-{time.strftime('%Y%m%d-%H%M%S')}.tar")
    if file.exists():
        raise Refusal(f"{file} exists already; choose another name.")
    partial = file.with_name(file.name + ".partial")
    with _database(place) as database, tempfile.TemporaryDirectory(dir=_scratch(place)) as folder:
        dump = Path(folder) / DUMP
        database.run("pg_dump", "--format=custom", "--file", str(dump))
        roles = database.run("pg_dumpall", "--roles-only", "--no-role-passwords")
        manifest = {
            "format": FORMAT,
            "made": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime()),
            "postgresql": database.binaries.major,
            "database_sha256": _sha256(dump),
            "keys": sorted(_key_ids(place)),
            "roles": [line for line in roles.splitlines() if OUR_ROLES.match(line)],
        }
        try:
            _write(partial, place, dump, manifest)
        except OSError:
            partial.unlink(missing_ok=True)
            raise
    partial.replace(file)
    say(f"Wrote {file} ({file.stat().st_size / 1e6:.1f} MB).")
    say(f"Keys are not in it: keep {place.state / 'keyring.json'} and your secrets in another place.")
    if os.environ.get("WINNOW_STORAGE_URL"):
        say("Blobs lie at WINNOW_STORAGE_URL and are not in it: save them with the store's own means.")
    return 0


def restore(place: Place, file: Path) -> int:
    """Fill an empty database and the folders from a backup; nothing that exists is overwritten."""
    if not file.exists():
        raise Refusal(f"There is no file {file}.")
    with _database(place) as database, tempfile.TemporaryDirectory(dir=_scratch(place)) as folder:
        if database.run("psql", "-XAtc", EMPTY) != "0":
            raise Refusal(
                "The database is not empty. Restore into a new one: another WINNOW_STATE_DIR or DATABASE_URL."
            )
        manifest = _read(file, Path(folder))
        _make_roles(database, manifest["roles"])
        owner = [] if database.own else ["--no-owner"]
        database.run(
            "pg_restore", "--single-transaction", "--exit-on-error", *owner, str(Path(folder) / DUMP)
        )
        for name in FOLDERS:
            _merge(Path(folder) / name, place.state / name)
    (place.state / "postgres" / "migrated").unlink(missing_ok=True)
    say(f"Restored the backup of {manifest['made']}.")
    lost = sorted(set(manifest["keys"]) - _key_ids(place))
    if lost:
        say(f"Put back the keyring that has {', '.join(lost)}: {place.state / 'keyring.json'}")
    return 0


@contextmanager
def _database(place: Place) -> Iterator[Database]:
    """The given database, or this checkout's own, started for the while if it was not running."""
    place.prepare()
    given = os.environ.get("DATABASE_OWNER_URL") or os.environ.get("DATABASE_URL")
    if given:
        yield Database(given, choose(place), own=False)
        return
    cluster = Services(place, place.state).cluster
    started = cluster.start()
    try:
        yield Database(cluster.url(SUPERUSER), cluster.binaries(), own=True)
    finally:
        if started:
            cluster.stop()


def _write(file: Path, place: Place, dump: Path, manifest: dict[str, object]) -> None:
    file.touch(mode=0o600)
    note = dump.with_name("manifest.json")
    note.write_text(json.dumps(manifest, indent=1))
    with tarfile.open(file, "w") as tar:
        tar.add(note, "manifest.json")
        tar.add(dump, DUMP)
        for name in FOLDERS:
            if (place.state / name).is_dir():
                _add_folder(tar, place.state / name, name)


def _add_folder(tar: tarfile.TarFile, folder: Path, name: str) -> None:
    """A folder that is being worked in: a file that goes meanwhile (a status replaced, an old checkpoint) is passed over,
    and what is read is measured through the same open file."""
    tar.add(folder, name, recursive=False)
    for path in sorted(folder.rglob("*")):
        inside = f"{name}/{path.relative_to(folder).as_posix()}"
        with suppress(FileNotFoundError):
            if path.is_dir() and not path.is_symlink():
                tar.add(path, inside, recursive=False)
                continue
            with path.open("rb") as stream:
                tar.addfile(tar.gettarinfo(arcname=inside, fileobj=stream), stream)


def _read(file: Path, folder: Path) -> dict[str, Any]:
    try:
        with tarfile.open(file) as tar:
            tar.extractall(folder, members=_harmless(tar), **_extraction())
        manifest: dict[str, Any] = json.loads((folder / "manifest.json").read_text())
        whole = manifest["database_sha256"] == _sha256(folder / DUMP)
    except (tarfile.TarError, KeyError, ValueError, FileNotFoundError, EOFError) as error:
        raise Refusal(f"{file} is not a whole backup of Winnow: {error}") from error
    if manifest.get("format") != FORMAT or not whole:
        raise Refusal(f"{file} is damaged, or was made by another version of Winnow.")
    return manifest


def _harmless(tar: tarfile.TarFile) -> list[tarfile.TarInfo]:
    """Plain files and folders of the names a backup has; nothing that could land outside."""
    members = tar.getmembers()
    for member in members:
        parts = Path(member.name).parts
        known = parts and parts[0] in {*FOLDERS, DUMP, "manifest.json"} and ".." not in parts
        if not known or not (member.isfile() or member.isdir()):
            raise tarfile.TarError(f"it holds {member.name!r}")
    return members


def _extraction() -> dict[str, Any]:
    """Python before 3.11.4 has no extraction filters; the members were looked at either way."""
    return {"filter": "data"} if hasattr(tarfile, "data_filter") else {}


def _make_roles(database: Database, statements: list[str]) -> None:
    """Roles belong to the server, not to a database, and grants name them; those that exist stay as they are."""
    there = database.run("psql", "-XAtc", "SELECT rolname FROM pg_roles").split()
    for statement in statements:
        name = statement.split()[2].rstrip(";")
        if name not in there or statement.startswith("GRANT"):
            database.run("psql", "-Xqc", statement.partition(" GRANTED BY ")[0].rstrip(";"))


def _merge(source: Path, target: Path) -> None:
    """Move in what is not there; names are content addresses or run ids, so what is there is the same."""
    for item in sorted(source.rglob("*")) if source.exists() else ():
        place = target / item.relative_to(source)
        if item.is_dir():
            place.mkdir(parents=True, exist_ok=True, mode=0o700)
        elif not place.exists():
            item.replace(place)


def _scratch(place: Place) -> Path:
    """On the same disk as the state, so that moving in is a rename."""
    folder = place.state / "scratch"
    folder.mkdir(mode=0o700, exist_ok=True)
    return folder


def _key_ids(place: Place) -> set[str]:
    ring = os.environ.get("WINNOW_KEYRING")
    file = Path(os.environ.get("WINNOW_KEYRING_FILE") or place.state / "keyring.json")
    if ring is None and not file.exists():
        return set()
    return set(json.loads(ring or file.read_text())["keys"])


def _sha256(file: Path) -> str:
    with file.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()
