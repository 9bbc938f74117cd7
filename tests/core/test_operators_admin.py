"""Operators read the queue and the history in Django's admin and change neither there."""

import pytest
from django.test import Client

from accounts.models import User
from core.jobs import enqueue
from core.models import Job, JobState


@pytest.fixture
def operator(db: None) -> Client:
    client = Client()
    client.force_login(
        User.objects.create_superuser("op@example.com", "a long password"),
        backend="accounts.sessions.SessionBackend",
    )
    return client


@pytest.mark.parametrize(
    "page", ["core/job", "core/auditentry", "core/event", "accounts/project", "accounts/user"]
)
def test_the_lists_open(operator: Client, page: str) -> None:
    assert operator.get(f"/admin/{page}/").status_code == 200


@pytest.mark.parametrize("page", ["core/job", "core/auditentry", "core/event"])
def test_nothing_is_added_by_hand(operator: Client, page: str) -> None:
    assert operator.get(f"/admin/{page}/add/").status_code == 403


def test_a_job_can_be_asked_to_stop(operator: Client) -> None:
    job = enqueue(kind="test.admin", project_id=None)
    operator.post("/admin/core/job/", {"action": "stop", "_selected_action": str(job.pk)})
    assert Job.objects.get(pk=job.pk).state == JobState.CANCELLED
