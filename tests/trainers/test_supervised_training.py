"""The detached program: killed, orphaned, cancelled, superseded; judged by what lies in the folder."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.trainers.folders import copied, make_run
from trainers.folder import AttemptFolder
from trainers.manifests import verify
from trainers.processes import ProcessName, end_group

pytestmark = pytest.mark.long

pytest.importorskip("torch", reason="the training extra is not installed")

ROOT = Path(__file__).resolve().parents[2]
LONG = {"steps": 4000, "checkpoint_every": 5}


def supervise(attempt: AttemptFolder) -> None:
    """Start the supervisor detached, as the launcher does."""
    command = [sys.executable, "-m", "trainers.runtime.supervisor", "--detach"]
    subprocess.run([*command, str(attempt.run.path), str(attempt.number)], cwd=ROOT, check=True, timeout=30)


def until(what: Callable[[], object], seconds: float = 40) -> None:
    end = time.monotonic() + seconds
    while not what():
        if time.monotonic() > end:
            raise AssertionError("it did not happen in time")
        time.sleep(0.05)


def step_of(attempt: AttemptFolder) -> int:
    return int((attempt.read("status") or {}).get("step", 0))


def names(attempt: AttemptFolder) -> list[ProcessName]:
    status = attempt.read("status") or {}
    return [ProcessName.read(status[name]) for name in ("supervisor", "trainer") if name in status]


@pytest.fixture
def started(tmp_path: Path) -> Iterator[list[AttemptFolder]]:
    """Attempts to be ended whatever the test does."""
    attempts: list[AttemptFolder] = []
    yield attempts
    for attempt in attempts:
        for name in names(attempt):
            end_group(name)


def test_killed_with_its_trainer_it_resumes_from_the_checkpoint_and_ends_with_the_same_bits(
    tmp_path: Path, started: list[AttemptFolder]
) -> None:
    straight = make_run(tmp_path / "straight", "base-tiny", steps=60, checkpoint_every=5)
    killed = copied(straight, tmp_path / "killed")
    started += [straight, killed]
    supervise(killed)
    until(lambda: list(killed.run.checkpoints.glob("step-*")))
    for name in names(killed):
        os.killpg(name.pid, signal.SIGKILL)
    assert killed.read("result") is None
    again = killed.run.take(2)
    started.append(again)
    supervise(again)
    supervise(straight)
    until(lambda: again.read("result") and straight.read("result"))
    assert [(a.read("result") or {})["state"] for a in (again, straight)] == ["succeeded", "succeeded"]
    first = next(line["step"] for _, line in again.lines("metrics"))
    assert first > 1
    manifests = [verify(attempt.run.artifacts)["files"] for attempt in (again, straight)]
    assert manifests[0] == manifests[1]


def test_a_superseded_attempt_is_ended_and_publishes_nothing(
    tmp_path: Path, started: list[AttemptFolder]
) -> None:
    attempt = make_run(tmp_path / "run", "base-tiny", **LONG)
    started.append(attempt)
    supervise(attempt)
    until(lambda: step_of(attempt) > 0)
    attempt.run.take(2)
    until(lambda: not any(name.alive for name in names(attempt)))
    assert attempt.read("result") is None
    assert not attempt.run.artifacts.exists()


def test_a_cancelled_run_saves_a_checkpoint_and_publishes_nothing(
    tmp_path: Path, started: list[AttemptFolder]
) -> None:
    attempt = make_run(tmp_path / "run", "base-tiny", **LONG)
    started.append(attempt)
    supervise(attempt)
    supervise(attempt)
    until(lambda: step_of(attempt) > 0)
    attempt.run.request_cancel()
    until(lambda: attempt.read("result"), seconds=10)
    result = attempt.read("result") or {}
    assert result["state"] == "cancelled"
    assert (attempt.run.checkpoints / f"step-{result['step']:08d}" / "manifest.json").is_file()
    assert not attempt.run.artifacts.exists()
    assert attempt.log.read_text().count("training the tokenizer") == 1


def test_a_trainer_whose_supervisor_died_saves_and_ends_by_itself(
    tmp_path: Path, started: list[AttemptFolder]
) -> None:
    attempt = make_run(tmp_path / "run", "base-tiny", **LONG)
    started.append(attempt)
    supervise(attempt)
    until(lambda: step_of(attempt) > 0)
    supervisor, trainer = names(attempt)
    os.kill(supervisor.pid, signal.SIGKILL)
    until(lambda: not trainer.alive, seconds=10)
    assert list(attempt.run.checkpoints.glob("step-*"))


def test_when_the_host_ends_every_process_the_attempt_says_interrupted(
    tmp_path: Path, started: list[AttemptFolder]
) -> None:
    attempt = make_run(tmp_path / "run", "base-tiny", **LONG)
    started.append(attempt)
    supervise(attempt)
    until(lambda: step_of(attempt) > 0)
    for name in reversed(names(attempt)):
        os.kill(name.pid, signal.SIGTERM)
    until(lambda: attempt.read("result"), seconds=15)
    assert (attempt.read("result") or {})["state"] == "interrupted"
    assert list(attempt.run.checkpoints.glob("step-*"))


def test_an_exit_without_evidence_is_a_failure_that_says_why(
    tmp_path: Path, started: list[AttemptFolder]
) -> None:
    attempt = make_run(tmp_path / "run", "base-tiny", rows=[])
    started.append(attempt)
    supervise(attempt)
    until(lambda: attempt.read("result"))
    result = attempt.read("result") or {}
    assert (result["state"], result["code"]) == ("failed", "no_rows")
    assert result["message"] == "The approved snapshot holds no rows to train on."


def test_the_trainer_gets_no_database_address_and_no_key(monkeypatch: pytest.MonkeyPatch) -> None:
    from trainers.runtime.supervisor import trainer_environment

    for name in ("DATABASE_URL", "WINNOW_KEYRING", "BROKER_URL", "WINNOW_SECRET_KEY"):
        monkeypatch.setenv(name, "secret")
    assert "secret" not in trainer_environment({}, Path("cache")).values()
