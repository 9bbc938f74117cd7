"""What a token may send a second and a day: asked of Valkey on every request, answered as each kind of sender understands."""

import json
from typing import Any

import pytest
from django.test import Client

from accounts import usage
from accounts.actions.api_tokens import create_token, limit_token
from accounts.models import ApiToken
from core import valkey
from core.errors import NotFound, PermissionRefused
from core.models import AuditEntry
from curation.ingest.limits import Limited, admit, admitted
from curation.models import Span
from tests.conftest import Team
from tests.curation.otlp_bodies import CHILD, chat, joined
from tests.curation.records import record
from tests.curation.test_otlp_route import make_token, post

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def with_valkey() -> None:
    if not valkey.ask(lambda client: client.ping()):
        pytest.skip("no Valkey is running")


def made(team: Team, **limits: Any) -> ApiToken:
    secret = make_token(team, "ingest", **limits)
    return ApiToken.objects.get(prefix=secret[:12], name=secret[-12:])


def rows_today(token: ApiToken) -> int:
    counted = usage.usage_of([token.pk])
    assert counted is not None
    return next(iter(counted[token.pk].values()))


def test_without_limits_rows_are_only_counted(team: Team) -> None:
    token = made(team)
    for _ in range(3):
        admit(token, 500)
    assert rows_today(token) == 1500


def test_a_large_batch_is_let_in_once_and_paid_for_afterwards(team: Team) -> None:
    token = made(team, rate_limit=10)
    admit(token, 100)
    with pytest.raises(Limited, match="10 rows a second") as limited:
        admit(token, 1)
    assert 7 <= limited.value.retry_after <= 10


def test_a_slow_sender_is_never_limited(team: Team) -> None:
    token = made(team, rate_limit=1000)
    for _ in range(20):
        admit(token, 10)


def test_the_quota_of_the_day_is_not_exceeded_by_one_row(team: Team) -> None:
    token = made(team, daily_quota=10)
    admit(token, 9)
    with pytest.raises(Limited, match="10 rows of today") as limited:
        admit(token, 2)
    assert 0 < limited.value.retry_after <= 86_400
    admit(token, 1)
    assert rows_today(token) == 10


def test_rows_that_were_not_stored_are_not_counted(team: Team) -> None:
    token = made(team, daily_quota=10)
    with pytest.raises(OSError, match="full"), admitted(token, 5):
        raise OSError("full")
    assert rows_today(token) == 0


def test_one_token_does_not_use_up_another(team: Team) -> None:
    first, second = made(team, daily_quota=1), made(team, daily_quota=1)
    admit(first, 1)
    admit(second, 1)


def test_beyond_its_limit_otlp_is_asked_to_come_back(team: Team) -> None:
    token = make_token(team, "ingest", daily_quota=2)
    assert post(token, chat().SerializeToString()).status_code == 200
    answer = post(token, joined(chat(), chat(span_id=CHILD)).SerializeToString())
    assert answer.status_code == 503
    assert int(answer["Retry-After"]) > 0
    assert Span.objects.count() == 1


def test_an_otlp_request_larger_than_a_day_may_bring_is_let_in_first_thing(team: Team) -> None:
    token = make_token(team, "ingest", daily_quota=1)
    assert post(token, joined(chat(), chat(span_id=CHILD)).SerializeToString()).status_code == 200
    assert Span.objects.count() == 2
    assert post(token, chat().SerializeToString()).status_code == 503


def test_a_batch_of_records_larger_than_a_day_may_bring_is_refused_for_good(
    team: Team, client: Client
) -> None:
    token = make_token(team, "ingest", daily_quota=1)
    rows = "\n".join(json.dumps(record(request_id=name)) for name in ("r1", "r2"))
    answer = client.post(
        f"/api/v1/projects/{team.project.slug}/traces:batch", rows, content_type="application/x-ndjson",
        headers={"authorization": f"Bearer {token}"},
    )  # fmt: skip
    assert answer.status_code == 413
    said = answer.json()
    assert said["type"].endswith("batch_over_quota")
    assert "2 rows" in said["detail"]
    assert said["hint"].startswith("Split it")
    assert "Retry-After" not in answer
    assert not Span.objects.exists()


def test_while_valkey_is_away_everything_is_let_in(team: Team, settings: Any, monkeypatch: Any) -> None:
    monkeypatch.setattr(valkey._Outage, "until", 0.0)
    settings.BROKER_URL = "redis+socket:///nowhere/at/all?virtual_host=0"
    token = made(team, daily_quota=1)
    for _ in range(3):
        admit(token, 5)
    assert usage.usage_of([token.pk]) is None
    monkeypatch.setattr(valkey._Outage, "until", 0.0)


def test_a_broker_that_is_no_valkey_enforces_nothing(settings: Any) -> None:
    settings.BROKER_URL = "amqp://localhost"
    assert valkey.ask(lambda client: client.ping()) is None


def test_limits_are_set_by_the_owner_and_audited(team: Team) -> None:
    token, _ = create_token(who=team.lead, project=team.project, name="web", scopes=["ingest"], rate_limit=5)
    limit_token(who=team.lead, project=team.project, token_id=token.pk, rate_limit=None, daily_quota=100)
    token.refresh_from_db()
    assert (token.rate_limit, token.daily_quota) == (None, 100)
    assert AuditEntry.objects.get(verb="token.limit").data == {"rate_limit": None, "daily_quota": 100}


def test_somebody_elses_token_is_not_limited(team: Team) -> None:
    token, _ = create_token(who=team.lead, project=team.project, name="web", scopes=["ingest"])
    with pytest.raises(NotFound):
        limit_token(
            who=team.engineer, project=team.project, token_id=token.pk, rate_limit=1, daily_quota=None
        )
    with pytest.raises(PermissionRefused):
        limit_token(
            who=team.annotator, project=team.project, token_id=token.pk, rate_limit=1, daily_quota=None
        )


def test_the_page_shows_usage_and_sets_limits(team: Team) -> None:
    token, _ = create_token(who=team.lead, project=team.project, name="web", scopes=["ingest"])
    admit(token, 1234)
    client = team.client(team.lead)
    page = f"/p/{team.project.slug}/accounts/tokens/"
    assert "1,234" in client.get(page).content.decode()
    sent = client.post(f"{page}{token.pk}/limits/", {"rate_limit": "20", "daily_quota": ""})
    assert sent.status_code == 302
    token.refresh_from_db()
    assert (token.rate_limit, token.daily_quota) == (20, None)
    assert client.post(f"{page}{token.pk}/limits/", {"rate_limit": "0"}).status_code == 200


def test_the_api_sets_limits(team: Team) -> None:
    token, _ = create_token(who=team.lead, project=team.project, name="web", scopes=["ingest"])
    client: Client = team.client(team.lead)
    address = f"/api/v1/projects/{team.project.slug}/tokens/{token.pk}/limits"
    answer = client.post(address, json.dumps({"rate_limit": 7, "daily_quota": None}), "application/json")
    assert (answer.status_code, answer.json()["rate_limit"]) == (200, 7)
