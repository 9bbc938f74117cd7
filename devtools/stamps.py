"""What has to run once per change (migrations, static files) is remembered by a fingerprint of its inputs."""

import hashlib
import subprocess
import time
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from devtools.place import Place, Refusal, say


@dataclass(frozen=True)
class Step:
    """One management command, skipped while the fingerprint of its inputs stands in its stamp."""

    name: str
    command: tuple[str, ...]
    stamp: Path
    fingerprint: str

    @property
    def done(self) -> bool:
        """Nothing changed since it last ran."""
        return self.stamp.exists() and self.stamp.read_text() == self.fingerprint


def fingerprint(files: Iterable[Path], *extra: str) -> str:
    """Of names, sizes and times: cheap enough for every start."""
    digest = hashlib.sha256("\0".join(extra).encode())
    for file in sorted(files):
        facts = file.stat()
        digest.update(f"{file}\0{facts.st_size}\0{facts.st_mtime_ns}\n".encode())
    return digest.hexdigest()


def run_steps(place: Place, steps: Iterable[Step], environment: Mapping[str, str]) -> None:
    """Run those not done, at once; the first failure stops the start with the end of its output."""
    started = time.monotonic()
    running = []
    for step in steps:
        if step.done:
            continue
        log = (place.logs / f"{step.name}.log").open("wb")
        command = [str(place.python), "manage.py", *step.command]
        running.append(
            (
                step,
                log,
                subprocess.Popen(
                    command,
                    cwd=place.root,
                    env=environment,
                    stdout=log,
                    stderr=subprocess.STDOUT,
                    stdin=subprocess.DEVNULL,
                ),
            )
        )
    for step, log, process in running:
        failed = process.wait() != 0
        log.close()
        if failed:
            tail = "\n".join(Path(log.name).read_text(errors="replace").splitlines()[-15:])
            raise Refusal(f"manage.py {step.command[0]} failed. The end of {log.name}:\n{tail}")
        step.stamp.parent.mkdir(parents=True, exist_ok=True)
        step.stamp.write_text(step.fingerprint)
    if running:
        say(f"Ran {' and '.join(step.name for step, _, _ in running)} in {time.monotonic() - started:.1f} s.")
