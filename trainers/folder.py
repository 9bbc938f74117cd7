"""The run folder: the whole contract between the product and a training process.

Both sides import this module and nothing of each other, so it is plain standard library. Layout:

    spec.json           what to train, canonical JSON, written once; its sha256 stands on the run
    attempt.json        the attempt that owns the folder now (the fencing token)
    cancel              flag: somebody asked to stop
    data/               rows.jsonl, parent/ and reference/ model files, all hash-verified before use
    checkpoints/        step-N/ with a manifest; an incomplete one is skipped
    attempts/NNNN/      status.json, progress.json, metrics.jsonl, samples.jsonl, log.txt, outcome.json, result.json
    artifacts/          published once, by rename, with manifest.json
"""

import json
import os
import secrets
import shutil
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Any

SPEC, ATTEMPT, CANCEL = "spec.json", "attempt.json", "cancel"


def canonical(value: Mapping[str, Any]) -> bytes:
    """Sorted-key JSON without spaces: one sequence of bytes for one meaning."""
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()


def digest(value: Mapping[str, Any]) -> str:
    """Hex sha256 of the canonical bytes."""
    return sha256(canonical(value)).hexdigest()


def write_atomically(path: Path, value: Mapping[str, Any]) -> None:
    """Replace a JSON file in one step: a reader sees the old or the new one, never half."""
    partial = path.with_name(f".{path.name}.{os.getpid()}.{secrets.token_hex(4)}")
    try:
        with partial.open("wb") as sink:
            sink.write(canonical(value))
            sink.flush()
            os.fsync(sink.fileno())
        partial.replace(path)
    finally:
        partial.unlink(missing_ok=True)


def read_json(path: Path) -> dict[str, Any] | None:
    """The object in the file, or None where it is absent or unreadable."""
    try:
        value = json.loads(path.read_bytes())
    except (OSError, ValueError):
        return None
    return value if isinstance(value, dict) else None


@dataclass(frozen=True)
class RunFolder:
    """The folder of one run; every attempt works in it, one at a time."""

    path: Path

    @property
    def data(self) -> Path:
        """Rows and parent models, put there by the launcher."""
        return self.path / "data"

    @property
    def rows(self) -> Path:
        """The training rows: one JSON object a line."""
        return self.data / "rows.jsonl"

    @property
    def checkpoints(self) -> Path:
        """Resumable states, shared by all attempts."""
        return self.path / "checkpoints"

    @property
    def artifacts(self) -> Path:
        """What the run published, once."""
        return self.path / "artifacts"

    def spec(self) -> dict[str, Any]:
        """The specification; raises ValueError where it is missing or broken."""
        spec = read_json(self.path / SPEC)
        if spec is None:
            raise ValueError(f"{self.path.name} holds no readable {SPEC}")
        return spec

    def write_spec(self, spec: Mapping[str, Any]) -> None:
        """Write the specification; a second, different one is refused."""
        present = read_json(self.path / SPEC)
        if present is not None and digest(present) != digest(spec):
            raise ValueError(f"{self.path.name} already holds another specification")
        write_atomically(self.path / SPEC, spec)

    def take(self, number: int) -> "AttemptFolder":
        """Make `number` the attempt that owns the folder; older ones may no longer publish."""
        if number < self.owner():
            raise ValueError(f"attempt {number} is older than the one that owns {self.path.name}")
        attempt = self.attempt(number)
        attempt.path.mkdir(parents=True, exist_ok=True)
        write_atomically(self.path / ATTEMPT, {"number": number})
        return attempt

    def owner(self) -> int:
        """Number of the attempt that owns the folder; 0 before the first."""
        return int((read_json(self.path / ATTEMPT) or {}).get("number", 0))

    def attempt(self, number: int) -> "AttemptFolder":
        """The folder of one attempt."""
        return AttemptFolder(self, number)

    def forget_rows(self) -> None:
        """Remove the texts, the parents' copies and the resumable states of a run that cannot go on any more."""
        for folder in (self.data, self.checkpoints):
            shutil.rmtree(folder, ignore_errors=True)

    def request_cancel(self) -> None:
        """Raise the flag; the supervisor sees it within a second."""
        (self.path / CANCEL).touch()

    def forget_cancel(self) -> None:
        """Take the flag down: it was meant for an attempt that has ended."""
        (self.path / CANCEL).unlink(missing_ok=True)

    @property
    def cancel_requested(self) -> bool:
        """Whether somebody asked to stop."""
        return (self.path / CANCEL).exists()


@dataclass(frozen=True)
class AttemptFolder:
    """What one attempt writes; the number in its name is its fencing token."""

    run: RunFolder
    number: int

    @property
    def path(self) -> Path:
        """attempts/NNNN."""
        return self.run.path / "attempts" / f"{self.number:04d}"

    @property
    def owns(self) -> bool:
        """Whether this attempt may still write to what all attempts share."""
        return self.run.owner() == self.number

    @property
    def log(self) -> Path:
        """Everything the supervisor and the trainer printed."""
        return self.path / "log.txt"

    @property
    def unpublished(self) -> Path:
        """Where artifacts grow before the rename."""
        return self.path / "unpublished"

    def write(self, name: str, value: Mapping[str, Any]) -> None:
        """Write `name`.json of this attempt."""
        write_atomically(self.path / f"{name}.json", value)

    def read(self, name: str) -> dict[str, Any] | None:
        """Read `name`.json of this attempt."""
        return read_json(self.path / f"{name}.json")

    def touched(self, name: str) -> float:
        """When `name`.json was last written or touched, in seconds since 1970; 0 before that."""
        try:
            return (self.path / f"{name}.json").stat().st_mtime
        except OSError:
            return 0.0

    def append(self, name: str, value: Mapping[str, Any]) -> None:
        """Add one line to `name`.jsonl."""
        with (self.path / f"{name}.jsonl").open("ab") as sink:
            sink.write(canonical(value) + b"\n")

    def lines(self, name: str, offset: int = 0) -> Iterator[tuple[int, dict[str, Any]]]:
        """Complete lines of `name`.jsonl from a byte offset, each with the offset after it. A torn tail waits."""
        try:
            with (self.path / f"{name}.jsonl").open("rb") as source:
                source.seek(offset)
                for line in source:
                    if not line.endswith(b"\n"):
                        return
                    offset += len(line)
                    yield offset, json.loads(line)
        except FileNotFoundError:
            return
