"""Several worker processes of a local Ray cluster find the clusters that one machine finds."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from django.core.management import call_command

from tests.curation.test_bulk_folder import stands_for, write_folder

ray = pytest.importorskip("ray", reason="Ray (extra ray) is not installed")
pytestmark = pytest.mark.stack


@pytest.fixture
def cluster_of_three() -> Iterator[None]:
    home = str(Path(__file__).resolve().parents[2])
    for left in (2, 1, 0):
        try:
            ray.init(
                num_cpus=3, include_dashboard=False, log_to_driver=False, object_store_memory=200_000_000,
                runtime_env={"env_vars": {"PYTHONPATH": home}},
            )  # fmt: skip
            break
        except Exception as error:  # its raylet gives its agent 15 seconds, too few on a busy machine
            ray.shutdown()
            if not left:
                pytest.skip(f"Ray did not start here in three attempts: {error}")
    yield
    ray.shutdown()


@pytest.mark.usefixtures("cluster_of_three")
def test_ray_finds_the_clusters_of_one_machine(tmp_path: Path) -> None:
    write_folder(tmp_path / "in")
    call_command("cluster_folder", str(tmp_path / "in"), "--out", str(tmp_path / "alone.parquet"))
    call_command("cluster_folder", str(tmp_path / "in"), "--out", str(tmp_path / "together.parquet"), "--ray")
    assert stands_for(tmp_path / "together.parquet") == stands_for(tmp_path / "alone.parquet")
