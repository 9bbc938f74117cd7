"""Fixtures of training: signed snapshots, and recipes small enough for seconds."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from snapshots.models import Approval
from tests.conftest import Team
from tests.trainers.approved import approve, chat_rows
from trainers.models import Run
from trainers.places import folder_of
from trainers.processes import ProcessName, end_group

SHAPE = {"hidden_size": 32, "intermediate_size": 64, "num_hidden_layers": 2, "num_attention_heads": 2}
SMALL = {"measured_rows": 8, "samples": 1, "new_tokens": 4}
TINY: dict[str, dict[str, Any]] = {
    "base-tiny": {
        "vocabulary": 400,
        "shape": SHAPE,
        "block": 32,
        "batch_size": 4,
        "steps": 6,
        "checkpoint_every": 2,
        **SMALL,
    },
    "sft-tiny": {"batch_size": 4, "steps": 6, "max_length": 192, "checkpoint_every": 3, **SMALL},
    "dpo-tiny": {"batch_size": 4, "steps": 4, "max_length": 192, "checkpoint_every": 2, **SMALL},
    "ptq-int8": SMALL,
    "ptq-int4": SMALL,
}


@pytest.fixture
def signed(team: Team) -> Callable[..., Approval]:
    """Make an approved snapshot of `kind` in the team's project."""

    def make(kind: str = "sft", count: int = 30, *, seed: int = 1) -> Approval:
        return approve(
            project=team.project,
            requester=team.engineer,
            approver=team.lead,
            rows=chat_rows(kind, count, seed=seed),
            name=f"{kind} {seed}",
        )

    return make


@pytest.fixture
def stop_runs(db: None) -> Iterator[None]:
    """Nothing a test started outlives it."""
    yield
    for run in Run.objects.all():
        folder = folder_of(run)
        for status in folder.path.glob("attempts/*/status.json"):
            said = folder.attempt(int(status.parent.name)).read("status") or {}
            for name in ("supervisor", "trainer"):
                if name in said:
                    end_group(ProcessName.read(said[name]))
