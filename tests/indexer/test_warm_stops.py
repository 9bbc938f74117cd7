"""The encoder that a process started goes when it is told to, and when it does not hear."""

import subprocess
import sys

import pytest

from indexer.warm.client import EncoderClient

DEAF = "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); print('up', flush=True); time.sleep(60)"


def test_an_encoder_that_does_not_hear_is_killed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("indexer.warm.client.PATIENCE_SECONDS", 0.2)
    child = subprocess.Popen([sys.executable, "-c", DEAF], stdout=subprocess.PIPE)
    assert child.stdout
    assert child.stdout.readline() == b"up\n"
    asking = EncoderClient()
    asking._child = child
    asking.stop()
    assert child.poll() == -9
