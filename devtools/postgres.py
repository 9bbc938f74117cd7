"""A PostgreSQL of this checkout's own: a data folder, a unix socket only its user can reach, no TCP."""

import os
import shlex
import subprocess
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import quote

from devtools.pgbinaries import Binaries, choose
from devtools.place import Place, Refusal, socket_folder
from devtools.rootless import Runner, runner_for

PORT = 5432
SUPERUSER = "postgres"
OWNER, APP = "winnow_owner", "winnow_app"
FAST_AND_LOSABLE = {
    "fsync": "off",
    "full_page_writes": "off",
    "synchronous_commit": "off",
    "autovacuum": "off",
}
"""For tests. Autovacuum would note that a table was empty between two tests, and the next one's plans would believe it."""
LARGEST_BUFFERS_MB = 2048


def for_this_machine() -> dict[str, str]:
    """A quarter of the memory for pages, as PostgreSQL advises, up to 2 GB; room enough that checkpoints are rare."""
    memory = os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE") // 2**20
    return {"shared_buffers": f"{min(memory // 4, LARGEST_BUFFERS_MB)}MB", "max_wal_size": "4GB"}


LOGS_WITHOUT_VALUES = {
    "log_error_verbosity": "terse",
    "log_min_error_statement": "panic",
    "log_parameter_max_length_on_error": "0",
}
"""PostgreSQL quotes failing rows, keys, COPY lines and whole statements in its log: what was sent does not belong there."""
ROLES = f"""
DO $$ BEGIN
  IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = '{OWNER}') THEN
    CREATE ROLE {OWNER} LOGIN CREATEDB CREATEROLE;
  END IF;
  IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = '{APP}') THEN
    CREATE ROLE {APP} LOGIN NOINHERIT;
    GRANT {APP} TO {OWNER} WITH ADMIN OPTION;
  END IF;
END $$;
SELECT 'CREATE DATABASE winnow OWNER {OWNER}'
  WHERE NOT EXISTS (SELECT FROM pg_database WHERE datname = 'winnow') \\gexec
"""


@dataclass
class Cluster:
    """One data folder and the server on it."""

    place: Place
    folder: Path
    settings: dict[str, str] = field(default_factory=dict)
    wish: str | None = None

    @property
    def data(self) -> Path:
        """The folder PostgreSQL calls its data directory."""
        return self.folder / "data"

    @property
    def sockets(self) -> Path:
        """The folder of the unix socket: beside the data, or a short one where that path would be too long."""
        return socket_folder(self.folder)

    def url(self, role: str, database: str = "winnow") -> str:
        """A connection URL over the unix socket."""
        return f"postgresql://{role}@/{database}?host={quote(str(self.sockets), safe='/')}&port={PORT}"

    def data_major(self) -> int | None:
        """The major version that made the data folder, None while there is none."""
        try:
            return int((self.data / "PG_VERSION").read_text().strip())
        except FileNotFoundError:
            return None

    def binaries(self) -> Binaries:
        """The programs that fit this data folder."""
        return choose(self.place, data_major=self.data_major(), wish=self.wish)

    def runner(self, binaries: Binaries) -> Runner:
        """Who runs them."""
        return runner_for(self.folder, Path(binaries.path("postgres")))

    def is_running(self) -> bool:
        """Does a server hold this data folder?"""
        if not (self.data / "postmaster.pid").exists():
            return False
        binaries = self.binaries()
        command = [binaries.path("pg_ctl"), "-D", str(self.data), "status"]
        return self.runner(binaries).run(command).returncode == 0

    def start(self) -> bool:
        """Start the server, made first if need be; False when it already ran."""
        binaries = self.binaries()
        runner = self.runner(binaries)
        if self.data_major() is None:
            self._initialise(binaries, runner)
        elif self.is_running():
            return False
        runner.adopt(self.sockets)
        options = {
            "listen_addresses": "",
            "port": str(PORT),
            "unix_socket_directories": str(self.sockets),
            "unix_socket_permissions": "0700",
            "jit": "off",
            **LOGS_WITHOUT_VALUES,
            **self.settings,
        }
        arguments = shlex.join(part for name, value in options.items() for part in ("-c", f"{name}={value}"))
        log = self.folder / "log"
        command = [binaries.path("pg_ctl"), "-D", str(self.data), "-l", str(log), "-w", "-t", "60"]
        # pg_ctl's own output must not be a pipe: the server would inherit it and the reader would wait for ever.
        done = runner.run(
            [*command, "-o", arguments, "start"], capture_output=False, stdout=subprocess.DEVNULL
        )
        if done.returncode != 0:
            raise Refusal(f"PostgreSQL did not start. The end of {log}:\n{_tail(log)}")
        self._make_roles(binaries)
        return True

    def stop(self) -> bool:
        """Stop the server and wait for its shutdown checkpoint; False when none ran."""
        if not self.is_running():
            return False
        binaries = self.binaries()
        command = [binaries.path("pg_ctl"), "-D", str(self.data), "-m", "fast", "-w", "-t", "60", "stop"]
        return self.runner(binaries).run(command).returncode == 0

    def _initialise(self, binaries: Binaries, runner: Runner) -> None:
        runner.adopt(self.folder)
        command = [
            binaries.path("initdb"),
            "-D",
            str(self.data),
            "-U",
            SUPERUSER,
            "-A",
            "trust",
            "-E",
            "UTF8",
            "--no-sync",
        ]
        done = runner.run([*command, *_locale(binaries.major)])
        if done.returncode != 0:
            raise Refusal(f"PostgreSQL could not make its data folder {self.data}:\n{done.stderr.strip()}")

    def _make_roles(self, binaries: Binaries) -> None:
        """The owner role migrates, the app role runs; the superuser stays out of the product's hands."""
        command = [
            binaries.path("psql"),
            "-X",
            "-q",
            "-v",
            "ON_ERROR_STOP=1",
            "-d",
            self.url(SUPERUSER, "postgres"),
            "-f",
            "-",
        ]
        done = subprocess.run(command, input=ROLES, capture_output=True, text=True, check=False)
        if done.returncode != 0:
            raise Refusal(f"The database roles could not be made:\n{done.stderr.strip()}")


def _locale(major: int) -> list[str]:
    """C.UTF-8 sorting without depending on the system's locales where PostgreSQL brings its own (17 and newer)."""
    if major >= 17:
        return ["--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--locale=C"]
    return ["--locale=C.UTF-8"]


def _tail(file: Path, lines: int = 15) -> str:
    try:
        return "\n".join(file.read_text(errors="replace").splitlines()[-lines:])
    except OSError as error:
        return str(error)
