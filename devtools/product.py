"""`./dev up`, `demo` and `down`: the whole product on this machine."""

import fcntl
import os
import signal
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field

from devtools.extras import BackgroundExtras
from devtools.install import CORE, Installer
from devtools.install import fingerprint as pins
from devtools.interrupts import ctrl_c_ignored, ctrl_c_on_terminate
from devtools.place import Place, Refusal, say
from devtools.processes import Record, descendants, stop
from devtools.services import Services, ensure_keys, environment
from devtools.stamps import Step, fingerprint, run_steps
from devtools.supervisor import Supervisor
from devtools.web import answers, free_port

FIRST_PAGE_SECONDS = 60.0
LOOPBACK = {"127.0.0.1", "::1", "localhost"}


@dataclass
class Product:
    """Everything one `./dev up` starts, and how it ends."""

    place: Place
    host: str = "127.0.0.1"
    port: int | None = None
    demo: bool = False
    without_training: bool = False
    began: float = field(default_factory=time.monotonic)

    def run(self, demo_arguments: list[str] | None = None, *, once: bool = False) -> int:
        """Start, print the URL, run the demo if asked, stay until Ctrl-C unless `once`, stop all that was started."""
        self.place.prepare()
        with self._alone(), ctrl_c_on_terminate():
            Installer(self.place).ensure(CORE)
            services = Services(self.place, self.place.state)
            supervisor = None
            try:
                variables = services.start()
                supervisor = self._start(variables)
                return self._stay(supervisor, demo_arguments, once=once)
            except KeyboardInterrupt:
                say("\nStopping …")
                return 0 if demo_arguments is None or not once else 130
            finally:
                with ctrl_c_ignored():
                    if supervisor is not None:
                        supervisor.stop()
                    services.stop()

    def _start(self, variables: dict[str, str]) -> Supervisor:
        ensure_keys(self.place)
        settings = environment(self.place, variables, settings="config.settings.dev")
        if self.demo:
            settings["WINNOW_DEMO"] = "1"
        self._prepare_tables_and_files(settings)
        port = free_port(self.host, self.port)
        shown = "127.0.0.1" if self.host in {"0.0.0.0", "::"} else self.host
        if self.demo and self.host not in LOOPBACK:
            say(f"Whoever reaches {self.host}:{port} enters this demo without a password.")
        settings["WINNOW_URL"] = f"http://{shown}:{port}"
        supervisor = Supervisor(self.place, settings, settings["WINNOW_URL"])
        try:
            supervisor.start("web", *self._web(port))
            self._wait_for_first_page(supervisor, shown, port)
            for name, command in self._workers().items():
                supervisor.start(name, *command)
            BackgroundExtras(self.place, omit=self.without_training).start()
        except BaseException:
            supervisor.stop()
            raise
        return supervisor

    def _stay(self, supervisor: Supervisor, demo_arguments: list[str] | None, *, once: bool) -> int:
        if demo_arguments is None:
            say("Ctrl-C stops everything that was started here.")
            supervisor.watch(until=lambda: False)
            return 0
        command = [str(self.place.python), "manage.py", "demo", *demo_arguments]
        # A session of its own: Ctrl-C is heard here, and ends it without a traceback in between.
        story = subprocess.Popen(
            command, cwd=self.place.root, env=supervisor.marked_environment, start_new_session=True
        )
        try:
            supervisor.watch(until=lambda: story.poll() is not None)
            if not once:
                say(f"Winnow stays at {supervisor.url} until Ctrl-C.")
                supervisor.watch(until=lambda: False)
        finally:
            if story.poll() is None:
                os.killpg(story.pid, signal.SIGTERM)
                story.wait()
        return story.returncode

    def _prepare_tables_and_files(self, settings: dict[str, str]) -> None:
        """Migrations and static files, side by side, and only when they changed."""
        root, ready = self.place.root, pins(self.place)
        migrations = fingerprint(root.glob("*/migrations/*.py"), ready, settings["DATABASE_URL"])
        own_cluster = "DATABASE_URL" not in os.environ
        stamps = (self.place.state / "postgres") if own_cluster else self.place.run
        tables = Step("migrate", ("migrate", "--noinput", "--skip-checks"), stamps / "migrated", migrations)
        if not own_cluster:
            tables.stamp.unlink(missing_ok=True)
        static = fingerprint((f for f in (root / "static").rglob("*") if f.is_file()), ready)
        files = Step(
            "collectstatic",
            ("collectstatic", "--noinput", "--skip-checks", "-v", "0"),
            self.place.run / "static",
            static,
        )
        run_steps(self.place, (tables, files), settings)

    def _web(self, port: int) -> list[str]:
        return [
            *(
                str(self.place.python),
                "-m",
                "granian",
                "--interface",
                "wsgi",
                "--host",
                self.host,
                "--port",
                str(port),
            ),
            *(
                "--workers",
                "1",
                "--blocking-threads",
                "8",
                "--no-ws",
                "--respawn-failed-workers",
                "config.wsgi:application",
            ),
        ]

    def _workers(self) -> dict[str, list[str]]:
        celery = [str(self.place.python), "-m", "celery", "-A", "config.celery"]
        quiet = ["--loglevel", "INFO", "--without-gossip", "--without-mingle"]
        schedule = str(self.place.run / "beat-schedule")
        return {
            "worker": [*celery, "worker", "-Q", "default,index", "-c", "2", "-n", "worker@%h", *quiet],
            "trainer": [*celery, "worker", "-Q", "train", "-c", "1", "-n", "trainer@%h", *quiet],
            "beat": [*celery, "beat", "--loglevel", "WARNING", "-s", schedule, "--pidfile="],
        }

    def _wait_for_first_page(self, supervisor: Supervisor, host: str, port: int) -> None:
        deadline = time.monotonic() + FIRST_PAGE_SECONDS
        web = supervisor.programs["web"]
        while time.monotonic() < deadline:
            if web.process is not None and web.process.poll() is not None:
                raise Refusal(
                    f"The web server did not start. The end of {supervisor.log('web')}:\n{supervisor.tail('web')}"
                )
            if answers(host, port):
                say(f"Winnow: {supervisor.url}   (first page after {time.monotonic() - self.began:.1f} s)")
                return
            time.sleep(0.05)
        raise Refusal(
            f"No answer from the web server. The end of {supervisor.log('web')}:\n{supervisor.tail('web')}"
        )

    @contextmanager
    def _alone(self) -> Iterator[None]:
        """One running product per checkout; what a killed one left behind is stopped first."""
        with (self.place.run / "product.lock").open("a+") as lock:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                kept = Record(self.place.run / "processes.json").read()
                where = f" at {kept[1]}" if kept else ""
                raise Refusal(
                    f"Winnow already runs from this checkout{where}. ./dev down stops it."
                ) from None
            lock.truncate(0)
            lock.write(str(os.getpid()))
            lock.flush()
            _stop_leftovers(self.place)
            try:
                yield
            finally:
                lock.truncate(0)


def down(place: Place) -> int:
    """Stop what `up`, `demo`, `test` or `bench` of this checkout left running; never anything else."""
    if not place.state.exists():
        say("Nothing was running.")
        return 0
    place.prepare()
    stopped = ["the product"] if _stop_product(place) else []
    for folder in (place.state, place.state / "test", place.state / "bench"):
        stopped += Services(place, folder).stop_all()
    say(f"Stopped {', '.join(stopped)}." if stopped else "Nothing was running.")
    return 0


def _stop_product(place: Place) -> bool:
    """End a running `./dev up` the way Ctrl-C does; then whatever a killed one left."""
    file = place.run / "product.lock"
    was_running = False
    with file.open("a+") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            was_running = True
            lock.seek(0)
            holder = lock.read()
            if holder:  # empty: it is on its way out already
                with suppress(ProcessLookupError):
                    os.kill(int(holder), signal.SIGTERM)
            fcntl.flock(lock, fcntl.LOCK_EX)
    return _stop_leftovers(place) or was_running


def _stop_leftovers(place: Place) -> bool:
    record = Record(place.run / "processes.json")
    kept = record.read()
    if kept is None:
        return False
    instance, _, processes = kept
    left = [identity for identity in processes.values() if identity.alive]
    stop(left, patience=10)
    strays = descendants(instance)
    stop(strays, patience=10)
    record.clear()
    return bool(left or strays)
