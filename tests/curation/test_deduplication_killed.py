"""Eight worker processes at once, one of them killed -9 half-way: no duplicate is missed, no cluster is another than in memory."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from django.db import connection

from curation.clusters import Document, neighbours, stars
from curation.dedup.overlap import overlaps
from curation.models import ClusterWork, CurationState, DistinctText, Signature, StarPlace
from tests.conftest import make_team
from tests.curation.dedup_worker import BATCH, texts

pytestmark = pytest.mark.django_db(transaction=True)
WORKERS, PATIENCE = 8, 240
ROOT = Path(__file__).resolve().parent.parent.parent


def start(slug: str, *number: str) -> subprocess.Popen[str]:
    """A worker on the test's database."""
    database = connection.settings_dict
    url = (
        f"postgresql://{database['USER']}:{database['PASSWORD']}@/{database['NAME']}?host={database['HOST']}"
    )
    environment = os.environ | {"DATABASE_URL": url, "DATABASE_OWNER_URL": url, "WINNOW_DATABASE_ROLE": "owner",
                                "DJANGO_SETTINGS_MODULE": "config.settings.test"}  # fmt: skip
    command = [sys.executable, "-m", "tests.curation.dedup_worker", slug, *number]
    return subprocess.Popen(
        command, cwd=ROOT, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )


def stored_stars() -> dict[bytes, bytes]:
    """Content of every text → content of the one that stands for it."""
    exact = {key: bytes(one) for key, one in DistinctText.objects.values_list("pk", "exact")}
    centres = dict(StarPlace.objects.values_list("text_id", "centre_id"))
    return {one: exact[centres.get(key, key)] for key, one in exact.items()}


def stars_in_memory() -> dict[bytes, bytes]:
    """The same, by comparing everybody with everybody."""
    import numpy as np

    sets = {bytes(one.exact): np.frombuffer(bytes(one.shingles), "<u4") for one in DistinctText.objects.all()}
    names = sorted(sets)
    pairs = [(low, high) for low in range(len(names)) for high in range(low + 1, len(names))]
    shared, sizes = overlaps(pairs, {place: sets[name] for place, name in enumerate(names)})
    likeness = shared / (sizes - shared)
    near = neighbours(
        (names[low], names[high], float(one))
        for (low, high), one in zip(pairs, likeness, strict=True)
        if one >= 0.8
    )
    ordered = sorted(names, key=lambda name: Document(True, len(sets[name]), name).order())
    return {name: centre for name, (centre, _) in stars(ordered, near, 0.8).items()}


def test_a_worker_killed_among_eight_loses_nothing() -> None:
    make_team("acme")
    workers = [start("acme", str(number)) for number in range(WORKERS)]
    victim = workers[0]
    assert victim.stdout is not None
    assert victim.stdout.readline() == "published\n"
    victim.send_signal(signal.SIGKILL)
    for worker in workers:
        _, said = worker.communicate(timeout=PATIENCE)
        assert worker.returncode == (-signal.SIGKILL if worker is victim else 0), said
    again = start("acme", "0")
    assert again.wait(PATIENCE) == 0
    assert (
        Signature.objects.count() == WORKERS * BATCH == len({one for n in range(WORKERS) for one in texts(n)})
    )
    assert not ClusterWork.objects.exists()
    assert stored_stars() == stars_in_memory()
    kept = CurationState.objects.filter(drop_reason="").count()
    assert kept == len(set(stored_stars().values())) < WORKERS * BATCH / 4
    assert set(CurationState.objects.values_list("step", flat=True)) == {"clustered"}
