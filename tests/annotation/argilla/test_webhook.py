"""A signed call rings for a pull, once; an unsigned one is a stranger's."""

import base64
import json
import time
from datetime import UTC, datetime
from uuid import uuid4

import pytest

from annotation.bridge import secrets
from annotation.jobs import ARGILLA_PULL
from annotation.models import ArgillaConnection, ArgillaDataset, ArgillaDelivery
from core.models import Job

from ..conftest import queue_pairs
from .conftest import done, record_of

SECRET = base64.b64encode(b"w" * 64).decode()
SERVER = "https://argilla.example"


@pytest.fixture
def listening(team, campaign, settings):
    """A campaign on a server that calls; no server is there."""
    settings.ARGILLA_SERVERS = [SERVER]
    sealed, key_id = secrets.seal("k", project=team.project, server=SERVER, name=secrets.API_KEY)
    hook, _key = secrets.seal(SECRET, project=team.project, server=SERVER, name=secrets.WEBHOOK)
    connection = ArgillaConnection.objects.create(
        project=team.project, server=SERVER, workspace="w", key_id=key_id, api_key=sealed,
        webhook_id=uuid4(), webhook_secret=hook, changed_by=team.lead,
    )  # fmt: skip
    return ArgillaDataset.objects.create(
        campaign=campaign, connection=connection, dataset_id=uuid4(), name="d"
    )


def call(client, team, dataset_id, *, message="msg_1", at=None, secret=SECRET, headers=None):
    """Post what Argilla would."""
    webhooks = pytest.importorskip("standardwebhooks.webhooks", reason="comes with the extra `argilla`")
    body = json.dumps(
        {"type": "response.created", "data": {"record": {"dataset": {"id": dataset_id}}}}, default=str
    )
    sent = int(at or time.time())
    signature = webhooks.Webhook(secret).sign(message, datetime.fromtimestamp(sent, UTC), body)
    signed = {"webhook-id": message, "webhook-timestamp": str(sent), "webhook-signature": signature}
    return client.post(
        f"/api/v1/webhooks/argilla/{team.project.slug}/", body, content_type="application/json",
        headers=signed if headers is None else headers,
    )  # fmt: skip


def pulls():
    return Job.objects.filter(kind=ARGILLA_PULL).count()


@pytest.mark.django_db
def test_a_signed_call_queues_a_pull(client, team, listening):
    assert call(client, team, listening.dataset_id).status_code == 204
    assert pulls() == 1


@pytest.mark.django_db
def test_the_same_call_again_does_nothing(client, team, listening):
    call(client, team, listening.dataset_id)
    Job.objects.update(state="succeeded")
    assert call(client, team, listening.dataset_id).status_code == 204
    assert (pulls(), ArgillaDelivery.objects.count()) == (1, 1)


@pytest.mark.django_db
def test_while_a_pull_runs_a_call_queues_one_more_and_not_two(client, team, listening):
    call(client, team, listening.dataset_id, message="msg_1")
    Job.objects.update(state="running", attempt=1, lease_until=datetime(2100, 1, 1, tzinfo=UTC))
    for number in range(2, 5):
        call(client, team, listening.dataset_id, message=f"msg_{number}")
    assert pulls() == 2


@pytest.mark.django_db
@pytest.mark.parametrize("headers", [{}, {"webhook-id": "msg_1"}, {"webhook-signature": "v1,AAAA"}])
def test_an_unsigned_call_is_refused(client, team, listening, headers):
    answer = call(client, team, listening.dataset_id, headers=headers)
    assert answer.status_code == 401
    assert (pulls(), ArgillaDelivery.objects.count()) == (0, 0)


@pytest.mark.django_db
def test_an_old_call_is_refused(client, team, listening):
    assert call(client, team, listening.dataset_id, at=time.time() - 600).status_code == 401


@pytest.mark.django_db
def test_a_call_signed_with_another_secret_is_refused(client, team, listening):
    other = base64.b64encode(b"x" * 64).decode()
    assert call(client, team, listening.dataset_id, secret=other).status_code == 401


@pytest.mark.django_db
def test_a_project_that_does_not_listen_or_is_not_there_looks_the_same(client, team, listening, other_team):
    answers = [call(client, other_team, listening.dataset_id)]
    ArgillaConnection.objects.update(webhook_id=None, webhook_secret=None)
    answers.append(call(client, team, listening.dataset_id))
    team.project.slug = "nowhere"
    answers.append(call(client, team, listening.dataset_id))
    assert {one.status_code for one in answers} == {401}
    assert len({one.json()["detail"] for one in answers}) == 1


@pytest.mark.django_db
def test_a_call_about_another_data_set_rings_for_nothing(client, team, listening):
    assert call(client, team, uuid4()).status_code == 204
    assert pulls() == 0


@pytest.mark.django_db
@pytest.mark.parametrize("name", [1, True, None, [], {}, "x"])
def test_a_call_that_names_no_data_set_rings_for_nothing(client, team, listening, name):
    assert call(client, team, name).status_code == 204
    assert pulls() == 0


@pytest.mark.stack
@pytest.mark.django_db(transaction=True)
def test_a_real_server_calls_and_the_answer_comes_in(there, campaign, team, live_server):
    from annotation.bridge.connect import start_check, webhook_address

    (item,) = queue_pairs(campaign, 1)
    there.push(campaign)
    address = live_server.url + webhook_address(team.project)
    assert done(start_check(who=team.lead, project=team.project, listen=address))["listening"]
    try:
        there.sign_in(team.annotator).answer(item, "tie")
        deadline = time.monotonic() + 30
        while not pulls() and time.monotonic() < deadline:
            time.sleep(0.2)
        job = Job.objects.get(kind=ARGILLA_PULL)
    finally:
        with there.owner() as api:
            api.delete(f"/webhooks/{ArgillaConnection.objects.get().webhook_id}")
    assert done(job)["counted"] == 1
    assert record_of(item).answers.count() == 1
