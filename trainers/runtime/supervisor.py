"""`python -m trainers.runtime.supervisor RUN_DIR ATTEMPT`: keeps one training process honest, in a session of its own.

It starts the trainer, says every second that it lives, passes on a cancel, gives up when a newer attempt owns
the folder, judges success by evidence (steps done and a manifest that verifies, never an exit code), publishes
by rename and writes result.json last. It needs no database, so killing workers does not disturb it.
"""

import argparse
import fcntl
import os
import signal
import subprocess
import sys
import time
from contextlib import suppress
from pathlib import Path
from typing import IO, Any

from trainers.folder import AttemptFolder, RunFolder
from trainers.manifests import Unverified, publish, verify
from trainers.processes import ProcessName, end_group

BEAT_SECONDS = 1.0
LOOK_SECONDS = 0.1
PASSED_ON = (
    "PATH",
    "HOME",
    "LANG",
    "LC_ALL",
    "TMPDIR",
    "LD_LIBRARY_PATH",
    "CUDA_VISIBLE_DEVICES",
    "WINNOW_INSTANCE",
)


class Supervisor:
    """One attempt from start to result."""

    def __init__(self, attempt: AttemptFolder) -> None:
        self.attempt = attempt
        self.spec = attempt.run.spec()
        self.asked_to_end = False
        self.ending: str | None = None
        self.kill_at = float("inf")
        self.started = time.time()

    def run(self) -> str:
        """Supervise to the end; the state that stands in result.json, or `superseded` without one."""
        signal.signal(signal.SIGTERM, self._on_signal)
        signal.signal(signal.SIGINT, self._on_signal)
        child = self._start_trainer()
        name = ProcessName.of(child.pid)
        beaten = 0.0
        while child.poll() is None:
            self._look_around(name)
            if time.monotonic() - beaten >= BEAT_SECONDS:
                beaten = time.monotonic()
                self._beat(name)
            time.sleep(LOOK_SECONDS)
        end_group(name)
        if not self.attempt.owns:
            return "superseded"
        result = self._judge(child.returncode)
        self.attempt.write("result", result)
        return str(result["state"])

    def _on_signal(self, *_: object) -> None:
        self.asked_to_end = True

    def _start_trainer(self) -> subprocess.Popen[bytes]:
        command = [sys.executable, "-m", f"trainers.runtime.{self.spec['kind']}"]
        command += [str(self.attempt.run.path), str(self.attempt.number)]
        with self.attempt.log.open("ab") as log:
            return subprocess.Popen(
                command,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                env=trainer_environment(self.spec, self.attempt.path / "cache"),
                cwd=Path(__file__).resolve().parents[2],
                process_group=0,
            )

    def _look_around(self, child: ProcessName) -> None:
        """End the trainer where it must end; the first reason stands."""
        if not self.attempt.owns:
            end_group(child)
            return
        if self.ending is None:
            self.ending = self._reason_to_end()
            if self.ending is not None:
                os.kill(child.pid, signal.SIGTERM)
                self.kill_at = time.monotonic() + float(self.spec.get("grace_seconds", 20))
        if time.monotonic() >= self.kill_at:
            end_group(child)

    def _reason_to_end(self) -> str | None:
        if self.attempt.run.cancel_requested:
            return "cancelled"
        if self.asked_to_end:
            return "interrupted"
        if time.time() - self.started > float(self.spec.get("max_seconds", 86_400)):
            return "overdue"
        return None

    def _beat(self, child: ProcessName) -> None:
        """status.json; a full disk must not look like a dead process, so its time is touched at least."""
        status = {
            "attempt": self.attempt.number,
            "supervisor": ProcessName.own().as_json(),
            "trainer": child.as_json(),
            "state": self.ending or "running",
            "beat_at": time.time(),
            "started_at": self.started,
            **(self.attempt.read("progress") or {}),
        }
        try:
            self.attempt.write("status", status)
        except OSError:
            with suppress(OSError):
                os.utime(self.attempt.path / "status.json")

    def _judge(self, code: int | None) -> dict[str, Any]:
        """What really happened, from what lies in the folder."""
        outcome = self.attempt.read("outcome") or {}
        base = {
            "attempt": self.attempt.number,
            "exit_code": code,
            "step": outcome.get("step", 0),
            "total": outcome.get("total", 0),
            "seconds": round(time.time() - self.started, 3),
        }
        if outcome.get("state") == "done":
            return {**base, **self._publish(outcome)}
        if self.ending == "overdue":
            said = "The run took longer than its recipe allows (max_seconds) and was stopped."
            return {**base, "state": "failed", "code": "overdue", "message": said}
        if self.ending is not None or outcome.get("state") == "stopped":
            asked = "cancelled" if self.attempt.run.cancel_requested else "interrupted"
            return {**base, "state": self.ending or asked}
        if outcome.get("state") == "failed":
            return {**base, "state": "failed", "code": outcome["code"], "message": outcome["message"]}
        said = f"The training process ended (code {code}) without saying why; the end of its log says more."
        return {**base, "state": "failed", "code": "died", "message": said}

    def _publish(self, outcome: dict[str, Any]) -> dict[str, Any]:
        """Done counts only when every step ran and the files prove themselves."""
        if outcome["step"] != outcome["total"]:
            said = f"Only {outcome['step']} of {outcome['total']} steps ran, so nothing was published."
            return {"state": "failed", "code": "incomplete", "message": said}
        try:
            if not self.attempt.run.artifacts.exists():
                publish(self.attempt.unpublished, self.attempt.run.artifacts)
            manifest = verify(self.attempt.run.artifacts)
        except (Unverified, OSError) as error:
            return {
                "state": "failed",
                "code": "unverified",
                "message": f"The artifacts were not published: {error}",
            }
        return {"state": "succeeded", "facts": manifest["facts"]}


def trainer_environment(spec: dict[str, Any], cache: Path) -> dict[str, str]:
    """A clean environment: no database address, no key, no network for the model libraries."""
    kept = {name: os.environ[name] for name in PASSED_ON if name in os.environ}
    threads = str(spec.get("threads", 1))
    fixed = {
        "OMP_NUM_THREADS": threads,
        "MKL_NUM_THREADS": threads,
        "HF_HOME": str(cache),
        "HF_HUB_OFFLINE": "1",
        "HF_DATASETS_OFFLINE": "1",
        "TRANSFORMERS_VERBOSITY": "error",
        "TOKENIZERS_PARALLELISM": "false",
        "HF_HUB_DISABLE_TELEMETRY": "1",
        "HF_HUB_DISABLE_PROGRESS_BARS": "1",
        "HF_DATASETS_DISABLE_PROGRESS_BARS": "1",
        "TQDM_DISABLE": "1",
        "PYTHONWARNINGS": "ignore::FutureWarning",
        "CUBLAS_WORKSPACE_CONFIG": ":4096:8",
        "PYTHONHASHSEED": "0",
        "PYTHONUNBUFFERED": "1",
        "MALLOC_TRIM_THRESHOLD_": "-1",
        "MALLOC_MMAP_MAX_": "0",
    }
    return kept | fixed


def lock(attempt: AttemptFolder) -> IO[bytes] | None:
    """The attempt's lock, held until this process ends; None where another supervisor has it (a second submit)."""
    held = (attempt.path / "lock").open("wb")
    try:
        fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        held.close()
        return None
    return held


def detach() -> bool:
    """Leave the caller's session; True in the process that goes on. The caller gets no zombie to reap."""
    if os.fork():
        return False
    os.setsid()
    return True


def main(arguments: list[str] | None = None) -> int:
    """Command line; `--detach` returns at once and supervises in the background."""
    parser = argparse.ArgumentParser(prog="trainers.runtime.supervisor", description=__doc__)
    parser.add_argument("run_dir", type=Path)
    parser.add_argument("attempt", type=int)
    parser.add_argument("--detach", action="store_true")
    given = parser.parse_args(arguments)
    if given.detach and not detach():
        return 0
    attempt = RunFolder(given.run_dir.resolve()).attempt(given.attempt)
    held = lock(attempt)
    if held is None or attempt.read("result") is not None:
        return 0
    with held:
        print(f"attempt {attempt.number}: {Supervisor(attempt).run()}", flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
