"""Start annotators in a few processes, wait for them, and add up what they did."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from accounts.models import User
from annotation.models import Campaign
from benchmarks.traffic.server import ROOT, environment

PROCESSES = 2


@dataclass(frozen=True)
class Judged:
    """All claims and answers in milliseconds, and the seconds they took together."""

    claims: list[float]
    answers: list[float]
    wall: float

    @property
    def per_second(self) -> float:
        """Cycles of claim and answer."""
        return len(self.answers) / self.wall if self.wall else 0.0


def p95(values: Sequence[float]) -> float:
    """The 95th percentile; nan where nothing was measured."""
    return sorted(values)[int(len(values) * 0.95)] if values else float("nan")


def judge(how: str, campaign: Campaign, people: Sequence[User], *, seconds: float, **more: Any) -> Judged:
    """These people at once, over two processes."""
    with tempfile.TemporaryDirectory() as folder:
        workers = [
            _start(folder, how, campaign, people[number::PROCESSES], seconds, more)
            for number in range(min(PROCESSES, len(people)))
        ]
        for worker in workers:
            assert worker.stdout is not None
            worker.stdout.readline()
        found = [json.loads(worker.communicate()[0]) for worker in workers]
    faults = [fault for one in found for fault in one["faults"]]
    if faults:
        raise SystemExit(f"an annotator failed: {faults[0]}")
    made = [took for one in found for took in one["made"]]
    return Judged([took[0] for took in made], [took[1] for took in made], max(one["wall"] for one in found))


def _start(
    folder: str, how: str, campaign: Campaign, people: Sequence[User], seconds: float, more: dict[str, Any]
) -> subprocess.Popen[bytes]:
    worker = subprocess.Popen(
        [sys.executable, "-m", "benchmarks.annotation.worker"],
        cwd=ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        env=environment(folder) | {"OMP_NUM_THREADS": "1", "PYTHONPATH": os.pathsep.join(sys.path)},
    )
    wish = {
        "how": how,
        "campaign": str(campaign.pk),
        "people": [str(one.pk) for one in people],
        "seconds": seconds,
        "slug": campaign.project.slug,
        **more,
    }
    assert worker.stdin is not None
    worker.stdin.write(json.dumps(wish).encode())
    worker.stdin.close()
    worker.stdin = None
    return worker
