"""kill -9 of a worker in the middle of a re-redaction: another goes on, and every conversation has its next version exactly once."""

import signal
from collections import Counter

import pytest

from core.jobs import reaper
from core.models import Job
from curation.actions.reredact import start_reredaction
from curation.models import ConversationVersion, Reredacted, Reredaction, Trace
from tests.conftest import make_team
from tests.curation.arrivals import arrive
from tests.curation.ruled import CODENAME, miss
from tests.stack.conftest import Stack, wait_until

pytestmark = [pytest.mark.stack, pytest.mark.django_db(transaction=True)]
CONVERSATIONS = 400


def seen(run: Reredaction) -> int:
    """As committed."""
    return Reredaction.objects.values_list("seen", flat=True).get(pk=run.pk)


def test_a_killed_worker_loses_and_doubles_no_version(stack: Stack, settle_at_once: None) -> None:
    team = make_team("acme")
    versions = arrive(
        team, *((f"Is {CODENAME} {number} on time?", "Yes.") for number in range(CONVERSATIONS))
    )
    miss(team, versions[0])
    run = start_reredaction(who=team.lead, project=team.project)
    Job.objects.filter(pk=str(run.job_id)).update(lease_seconds=3)
    worker = stack.worker()
    reaper.reap()
    wait_until(lambda: seen(run) > 0, seconds=60, why="the run begins")
    worker.signal(signal.SIGKILL)
    done = seen(run)
    assert 0 < done < CONVERSATIONS
    assert Reredacted.objects.filter(run=run).count() == done
    stack.worker()
    wait_until(
        lambda: Job.objects.claimable().filter(pk=str(run.job_id)).exists(),
        seconds=30,
        why="the lease runs out",
    )
    reaper.reap()
    wait_until(
        lambda: Job.objects.get(pk=str(run.job_id)).state == "succeeded", seconds=120, why="the run ends"
    )
    run.refresh_from_db()
    assert (run.state, run.seen, run.changed, run.failed) == ("done", CONVERSATIONS, CONVERSATIONS, 0)
    numbers = Counter(ConversationVersion.objects.values_list("number", flat=True))
    assert numbers == {1: CONVERSATIONS, 2: CONVERSATIONS}
    assert Trace.objects.filter(current__number=2).count() == CONVERSATIONS
    assert Reredacted.objects.filter(run=run).count() == CONVERSATIONS


@pytest.fixture
def settle_at_once(settings: object) -> None:
    """No grace time: a delivered trace is due."""
    settings.SETTLE_GRACE_SECONDS = 0  # type: ignore[attr-defined]
