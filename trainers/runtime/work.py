"""What every kind of training shares: its folder, its progress, when to stop, how it ends."""

import errno
import os
import shutil
import signal
import sys
import time
import traceback
from collections.abc import Callable
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NoReturn

from trainers.folder import AttemptFolder, RunFolder
from trainers.manifests import drop_old_checkpoints, newest_checkpoint, publish, seal

KEEP_CHECKPOINTS = 2


class StopAsked(Exception):
    """Somebody asked to stop, the supervisor is gone or a newer attempt took over; a checkpoint may lie there."""


class CannotTrain(Exception):
    """The run cannot succeed as specified; `code` names why, the message says what to do."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code


class Work:
    """The run as its training process sees it."""

    def __init__(self, attempt: AttemptFolder) -> None:
        self.attempt = attempt
        self.run = attempt.run
        self.spec = self.run.spec()
        self.recipe: dict[str, Any] = self.spec["recipe"]
        self.seed = int(self.spec["seed"])
        self.step = 0
        self.total = 0
        self.seconds_stepping = 0.0
        self._parent = os.getppid()
        self._asked = False
        self._told = 0.0
        self._last_tick: float | None = None
        self._first_step = 0

    def on_signal(self, *_: object) -> None:
        """SIGTERM: finish the step, save, end."""
        self._asked = True

    def say(self, message: str) -> None:
        """A line for the log on the run's page."""
        print(f"{time.strftime('%H:%M:%S', time.gmtime())} {message}", flush=True)

    def phase(self, doing: str) -> None:
        """What is happening now, shown at once."""
        self.say(doing)
        self._tell(doing, force=True)

    def begin(self, total: int, *, at: int = 0) -> None:
        """Steps to do in all, and the step a checkpoint brought us to."""
        self.step, self.total, self._first_step = at, total, at
        self._last_tick = None
        if at:
            self.say(f"going on after step {at} of {total}")
        self._tell("training", force=True)

    def tick(self, step: int, **metrics: float) -> None:
        """One optimiser step is done: record it and raise StopAsked where we must end."""
        now = time.monotonic()
        self.seconds_stepping += now - self._last_tick if self._last_tick is not None else 0.0
        self._last_tick, self.step = now, step
        for name, value in metrics.items():
            self.metric(step, name, value)
        if step % max(1, self.total // 10) == 0 and "loss" in metrics:
            self.say(f"step {step} of {self.total}, loss {metrics['loss']:.4f}")
        self._tell("training")

    def metric(self, step: int, name: str, value: float) -> None:
        """One number of one step; NaN and infinity are said as null."""
        finite = value == value and abs(value) != float("inf")
        line = {"step": step, "name": name, "value": value if finite else None, "at": time.time()}
        self.attempt.append("metrics", line)

    def sample(self, step: int, prompt: str, text: str, reference: str | None, *, place: int) -> None:
        """What the model says to a held-out prompt, beside what π0 says."""
        line = {"step": step, "place": place, "prompt": prompt, "text": text, "reference": reference}
        self.attempt.append("samples", line)

    @property
    def must_stop(self) -> bool:
        """Asked by signal or flag, orphaned, or superseded."""
        return (
            self._asked or self.run.cancel_requested or os.getppid() != self._parent or not self.attempt.owns
        )

    @contextmanager
    def checkpoint(self, step: int) -> Any:
        """A folder to save step `step` into; it counts only once sealed and renamed."""
        growing = self.run.checkpoints / f".growing-{self.attempt.number:04d}-{step:08d}"
        shutil.rmtree(growing, ignore_errors=True)
        growing.mkdir(parents=True)
        yield growing
        if not self.attempt.owns:
            raise StopAsked
        seal(growing, {"step": step, "attempt": self.attempt.number})
        place = self.run.checkpoints / f"step-{step:08d}"
        if place.exists():
            shutil.rmtree(place)
        publish(growing, place)
        drop_old_checkpoints(self.run.checkpoints, KEEP_CHECKPOINTS)

    def resume_from(self) -> tuple[int, Path] | None:
        """The newest checkpoint whose hashes hold."""
        return newest_checkpoint(self.run.checkpoints)

    @contextmanager
    def artifacts(self, facts: dict[str, Any]) -> Any:
        """The folder the artifacts grow in; sealed with what is known about them."""
        shutil.rmtree(self.attempt.unpublished, ignore_errors=True)
        self.attempt.unpublished.mkdir(parents=True)
        yield self.attempt.unpublished
        seal(self.attempt.unpublished, facts)

    def _tell(self, doing: str, *, force: bool = False) -> None:
        if not force and time.monotonic() - self._told < 0.5:
            return
        self._told = time.monotonic()
        done = self.step - self._first_step
        eta = self.seconds_stepping / max(1, done - 1) * (self.total - self.step) if done > 1 else None
        progress = {
            "step": self.step,
            "total": self.total,
            "eta_seconds": eta,
            "doing": doing,
            "resumed_from": self._first_step,
        }
        self.attempt.write("progress", progress)


def main(train: Callable[[Work], None]) -> NoReturn:
    """Entry of every kind: run it and leave outcome.json, whatever happens."""
    attempt = RunFolder(Path(sys.argv[1]).resolve()).attempt(int(sys.argv[2]))
    work = Work(attempt)
    signal.signal(signal.SIGTERM, work.on_signal)
    try:
        train(work)
        outcome = {"state": "done"}
    except StopAsked:
        work.say(f"stopped after step {work.step}")
        outcome = {"state": "stopped"}
    except BaseException as error:
        traceback.print_exc()
        outcome = {"state": "failed", **explained(error)}
    attempt.write("outcome", {**outcome, "step": work.step, "total": work.total})
    sys.exit(0 if outcome["state"] == "done" else 3)


def explained(error: BaseException) -> dict[str, str]:
    """A code and a sentence a person can act on."""
    if isinstance(error, CannotTrain):
        return {"code": error.code, "message": str(error)}
    if isinstance(error, ModuleNotFoundError):
        said = f"The package {error.name} is missing. Install the training extra: ./dev setup --extra train."
        return {"code": "missing_extra", "message": said}
    if isinstance(error, OSError) and error.errno == errno.ENOSPC:
        said = (
            "The disk is full. Free some space and start the run again: it goes on from its last checkpoint."
        )
        return {"code": "disk_full", "message": said}
    if isinstance(error, MemoryError) or "out of memory" in str(error).lower():
        said = "Memory ran out. Use a smaller batch or a shorter max_length in the recipe."
        return {"code": "out_of_memory", "message": said}
    return {"code": "fault", "message": f"{type(error).__name__}: {error}"[:500]}
