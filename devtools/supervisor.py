"""Keeps the product's processes running: web, worker, trainer, beat; restarts what falls, stops all it started."""

import subprocess
import time
import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from devtools.place import Place, Refusal, say
from devtools.processes import MARK, Identity, Record, descendants, stop

LARGEST_LOG = 10_000_000
RESTARTS = 5
WITHIN_SECONDS = 60.0
PATIENCE_SECONDS = 12.0


@dataclass
class Program:
    """One program, its process, and when it was restarted."""

    name: str
    command: list[str]
    process: "subprocess.Popen[bytes] | None" = None
    identity: Identity | None = None
    restarts: list[float] = field(default_factory=list)


@dataclass
class Supervisor:
    """Starts programs in sessions of their own: Ctrl-C reaches only this process, which then ends them in order."""

    place: Place
    environment: Mapping[str, str]
    url: str
    instance: str = field(default_factory=lambda: uuid.uuid4().hex)
    programs: dict[str, Program] = field(default_factory=dict)

    @property
    def record(self) -> Record:
        """What was started, on disk."""
        return Record(self.place.run / "processes.json")

    @property
    def marked_environment(self) -> dict[str, str]:
        """The environment of everything started here; a detached child is found by the mark it inherits."""
        return {**self.environment, MARK: self.instance}

    def start(self, name: str, *command: str) -> None:
        """Start one program with its own log."""
        self._launch(self.programs.setdefault(name, Program(name, list(command))))

    def watch(self, until: Callable[[], bool]) -> None:
        """Restart what falls until `until()`; one that falls again and again stops the product, its log's end shown."""
        while not until():
            for program in self.programs.values():
                if program.process is not None and program.process.poll() is not None:
                    self._restart(program, program.process.returncode)
            time.sleep(0.3)

    def stop(self) -> None:
        """Stop all programs, then whatever they detached."""
        if not self.programs:
            return
        stop(self._identities().values(), patience=PATIENCE_SECONDS)
        for program in self.programs.values():
            if program.process is not None:
                program.process.wait()
        stop(descendants(self.instance), patience=PATIENCE_SECONDS)
        self.record.clear()

    def log(self, name: str) -> Path:
        """The log file of one program."""
        return self.place.logs / f"{name}.log"

    def tail(self, name: str, lines: int = 12) -> str:
        """The end of a program's log."""
        return "\n".join(self.log(name).read_text(errors="replace").splitlines()[-lines:])

    def _launch(self, program: Program) -> None:
        log = self.log(program.name)
        if log.exists() and log.stat().st_size > LARGEST_LOG:
            log.replace(log.with_suffix(".log.1"))
        with log.open("ab") as out:
            program.process = subprocess.Popen(
                program.command,
                cwd=self.place.root,
                env=self.marked_environment,
                stdin=subprocess.DEVNULL,
                stdout=out,
                stderr=subprocess.STDOUT,
                start_new_session=True,
                umask=0o077,
            )
        program.identity = Identity.of(program.process.pid)
        self.record.write(instance=self.instance, processes=self._identities(), url=self.url)

    def _restart(self, program: Program, code: int) -> None:
        now = time.monotonic()
        program.restarts = [moment for moment in program.restarts if now - moment < WITHIN_SECONDS] + [now]
        if len(program.restarts) > RESTARTS:
            raise Refusal(f"{program.name} fell {RESTARTS} times in a minute:\n{self.tail(program.name)}")
        say(f"{program.name} ended (exit {code}); starting it again. Log: {self.log(program.name)}")
        time.sleep(0.2 * len(program.restarts))
        self._launch(program)

    def _identities(self) -> dict[str, Identity]:
        return {p.name: p.identity for p in self.programs.values() if p.identity is not None}
