"""A disk that does not take the files: a plain message, nothing published, nothing lost."""

import resource
import signal
from collections.abc import Iterator

import pytest

from core.jobs import runner
from core.models import Job
from indexer.actions.search import search
from indexer.models import BuildState, DocumentVersion, IndexBuild, IndexPointer
from tests.conftest import Team
from tests.indexer.conftest import ROBOT, deliver_rows, run_build


@pytest.fixture
def tiny_disk() -> Iterator[None]:
    """No file of this process may grow beyond 64 bytes, as on a full disk."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    handler = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (64, before[1]))
    yield
    resource.setrlimit(resource.RLIMIT_FSIZE, before)
    signal.signal(signal.SIGXFSZ, handler)


def test_a_full_disk_leaves_the_present_build_in_place_and_the_next_try_succeeds(
    team: Team, bread: dict[str, object], request: pytest.FixtureRequest
) -> None:
    deliver_rows(team.project, bread)
    first = IndexPointer.objects.get().build
    build = deliver_rows(team.project, bread, {"doc_id": "new", "text": "Fresh rolls."}, index=False).build
    assert build is not None
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    request.getfixturevalue("tiny_disk")
    runner.run(str(build.job_id))
    resource.setrlimit(resource.RLIMIT_FSIZE, before)
    job = Job.objects.get(pk=build.job_id)
    assert job.state == "queued"
    assert "cannot be written" in job.error
    assert IndexPointer.objects.get().build == first
    assert search(who=ROBOT, project=team.project, query="linen").results
    assert DocumentVersion.objects.get(source__external_id="new").state == "pending"
    Job.objects.filter(pk=job.pk).update(run_after=job.created_at)
    assert run_build(IndexBuild.objects.get(pk=build.pk)).state == BuildState.PUBLISHED
    assert search(who=ROBOT, project=team.project, query="rolls").results
