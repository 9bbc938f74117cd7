"""Two generations of the OpenTelemetry SDK deliver everything through a restart of the database.

The current one also while a web worker is killed. The old one sends nothing again whose connection broke (its exporter
knows no such case), so no server could keep that promise for it.
"""

import json
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.stack.production import ROOT, Production, production

pytestmark = pytest.mark.stack
TRACES, PAUSE = 400, 0.015
OLD = "1.32.1"


@pytest.fixture(scope="module")
def product(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Production, str]]:
    """Started once; with a token."""
    with production(tmp_path_factory.mktemp("generations") / "product", fsync="off") as made:
        token = made.prepare()["token"]
        made.start_web()
        yield made, token


@pytest.fixture(scope="module")
def old_python() -> str:
    """The interpreter of an environment that holds the old SDK, made at first use."""
    place = ROOT / ".winnow" / f"sdk-{OLD}"
    program = place / "bin" / "python"
    if not (place / "complete").exists():
        packages = [f"opentelemetry-sdk=={OLD}", f"opentelemetry-exporter-otlp-proto-http=={OLD}"]
        subprocess.run([sys.executable, "-m", "venv", "--clear", str(place)], check=True)
        done = subprocess.run([program, "-m", "pip", "install", "-q", *packages], check=False)
        if done.returncode != 0:
            pytest.skip(f"the SDK {OLD} cannot be installed here: no package index answers")
        (place / "complete").touch()
    return str(program)


def test_the_current_sdk_delivers_everything_though_a_worker_dies(product: tuple[Production, str]) -> None:
    _deliver(sys.executable, *product, kill=True)


def test_the_sdk_of_two_years_ago_delivers_everything(
    product: tuple[Production, str], old_python: str
) -> None:
    _deliver(old_python, *product, kill=False)


def _deliver(python: str, product: Production, token: str, *, kill: bool) -> None:
    sender = subprocess.Popen(
        [python, str(Path(__file__).with_name("sdk_sender.py")), product.address, token, str(TRACES), str(PAUSE)],
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
    )  # fmt: skip
    assert sender.stdout is not None
    assert sender.stdout.readline() == "sending\n"
    time.sleep(1)
    if kill:
        product.kill_worker()
    time.sleep(2)
    product.break_database(seconds=1)
    out, err = sender.communicate(timeout=180)
    assert sender.returncode == 0, err[-3000:]
    sent = json.loads(out)
    rows = product.query(
        "SELECT t.external_id FROM curation_span s JOIN curation_trace t ON t.id = s.trace_id"
        " WHERE t.external_id = ANY(%s)",
        sent,
    )
    stored = Counter(name for (name,) in rows)
    wrong = {name: stored[name] for name in sent if stored[name] != 2}
    assert not wrong, f"{len(wrong)} of {TRACES} traces did not arrive whole\nthe sender said:\n{err[-3000:]}"
