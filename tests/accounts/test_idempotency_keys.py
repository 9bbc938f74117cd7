"""A client that is not sure whether its write arrived repeats it with the same key, and nothing happens twice."""

import threading
import uuid
from typing import Any

import pytest
from django.db import connection
from django.test import Client

from accounts.models import ApiToken
from core.models import IdempotentAnswer
from snapshots.models import Selection
from tests.conftest import Team, make_team

pytestmark = pytest.mark.django_db
KEY = "0f2a6f0e-4a0f-4ab9-8b5e-demo"


def choose(team: Team, client: Client, name: str = "mine", key: str = KEY) -> Any:
    return client.post(
        f"/api/v1/projects/{team.project.slug}/selections",
        {"name": name, "spec": {"kind": "sft"}},
        content_type="application/json",
        headers={"Idempotency-Key": key},
    )


def test_the_same_key_gives_the_first_answer_and_writes_once(team: Team) -> None:
    client = team.client(team.engineer)
    first, second = choose(team, client), choose(team, client)
    assert (first.status_code, second.status_code) == (201, 201)
    assert first.json() == second.json()
    assert second["Idempotency-Replayed"] == "true"
    assert Selection.objects.count() == 1


def test_another_request_under_the_key_is_refused(team: Team) -> None:
    client = team.client(team.engineer)
    choose(team, client)
    answer = choose(team, client, name="another")
    assert answer.status_code == 422
    assert answer.json()["type"].endswith("idempotency_key_reused")
    assert Selection.objects.count() == 1


def test_a_key_belongs_to_its_actor_and_project(team: Team, other_team: Team) -> None:
    choose(team, team.client(team.engineer))
    assert choose(team, team.client(team.lead)).status_code == 201
    assert choose(other_team, other_team.client(other_team.engineer)).status_code == 201
    assert Selection.objects.count() == 3


def test_a_refused_write_leaves_no_key_and_may_be_tried_again(team: Team) -> None:
    client = team.client(team.engineer)
    assert choose(team, client, name="   ").status_code in {400, 409}
    assert not IdempotentAnswer.objects.exists()
    assert choose(team, client).status_code == 201


@pytest.mark.parametrize("key", ["x" * 201, "\x01bell"])
def test_an_unusable_key_is_refused_before_anything_is_written(team: Team, key: str) -> None:
    answer = choose(team, team.client(team.engineer), key=key)
    assert answer.status_code == 409
    assert not Selection.objects.exists()


def test_an_answer_that_holds_a_secret_is_never_kept(team: Team) -> None:
    client = team.client(team.engineer)
    answer = client.post(
        f"/api/v1/projects/{team.project.slug}/tokens",
        {"name": "ci", "scopes": ["read"]},
        content_type="application/json",
        headers={"Idempotency-Key": KEY},
    )
    assert answer.status_code == 201
    assert ApiToken.objects.get().name == "ci"
    assert not IdempotentAnswer.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_of_eight_senders_at_once_one_writes_and_all_get_its_answer() -> None:
    team = make_team("acme")
    client = team.client(team.engineer)
    answers: list[Any] = []
    start = threading.Barrier(8)

    def send() -> None:
        mine = Client()
        mine.cookies = client.cookies
        start.wait()
        answers.append(choose(team, mine, key=str(uuid.UUID(int=7))).json()["id"])
        connection.close()

    threads = [threading.Thread(target=send) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(answers) == 8
    assert len(set(answers)) == 1
    assert Selection.objects.count() == 1


def test_a_key_is_stored_as_a_keyed_hash_only(team: Team) -> None:
    choose(team, team.client(team.engineer))
    assert KEY not in IdempotentAnswer.objects.get().key
