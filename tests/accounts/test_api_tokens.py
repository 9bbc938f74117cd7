"""A token acts for its owner, within its scopes and its project, until it is revoked."""

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from accounts.actions.api_tokens import create_token, revoke_token
from accounts.models import ApiToken
from accounts.permissions import may
from accounts.queries import tokens_for
from accounts.tokens import find_token, use_token
from core.errors import NotFound, Refused
from tests.conftest import Team


def made(team: Team, *scopes: str, name: str = "ci") -> tuple[ApiToken, str]:
    return create_token(who=team.engineer, project=team.project, name=name, scopes=scopes or ("read",))


def bearer(secret: str) -> Client:
    return Client(headers={"Authorization": f"Bearer {secret}"})


def test_the_secret_is_stored_as_a_hash_only(team: Team) -> None:
    token, secret = made(team)
    stored = ApiToken.objects.values().get()
    assert secret not in map(str, stored.values())
    assert secret.startswith(token.prefix)


def test_scopes_and_the_owners_roles_both_limit_a_token(team: Team) -> None:
    token, _ = made(team, "read")
    assert may(token, "snapshot.read", team.project)
    assert not may(token, "run.launch", team.project)
    writer, _ = made(team, "write", name="writer")
    assert may(writer, "run.launch", team.project)
    assert not may(writer, "snapshot.approve", team.project)


def test_a_token_means_nothing_in_another_project(team: Team, other_team: Team) -> None:
    _, secret = made(team, "write")
    assert bearer(secret).get(f"/api/v1/projects/{team.project.slug}/members").status_code == 200
    assert bearer(secret).get(f"/api/v1/projects/{other_team.project.slug}/members").status_code == 404


def test_a_revoked_or_expired_token_is_dead(team: Team) -> None:
    token, secret = made(team)
    revoke_token(who=team.engineer, project=team.project, token_id=token.pk)
    assert find_token(secret) is None
    _, other = made(team, name="other")
    ApiToken.objects.filter(name="other").update(expires_at=timezone.now() - timedelta(seconds=1))
    assert bearer(other).get(f"/api/v1/projects/{team.project.slug}/members").status_code == 401


def test_an_administrator_may_revoke_anybodys_token_and_others_only_their_own(team: Team) -> None:
    token, _ = made(team)
    with pytest.raises(NotFound):
        revoke_token(who=team.lead, project=team.project, token_id=token.pk)
    revoke_token(who=team.admin, project=team.project, token_id=token.pk)


def test_a_token_cannot_make_a_token(team: Team) -> None:
    token, secret = made(team, "write")
    with pytest.raises(Refused, match="cannot make"):
        create_token(who=token, project=team.project, name="more", scopes=["write"])
    answer = bearer(secret).post(
        f"/api/v1/projects/{team.project.slug}/tokens",
        {"name": "more", "scopes": ["read"]},
        "application/json",
    )
    assert answer.status_code == 409
    assert answer.json()["type"].endswith("needs_a_person")


def test_two_live_tokens_never_share_a_name(team: Team) -> None:
    made(team)
    with pytest.raises(Refused, match="live token"):
        made(team)


def test_the_page_shows_the_secret_once(team: Team) -> None:
    browser = team.client(team.engineer)
    page = f"/p/{team.project.slug}/accounts/tokens/"
    answer = browser.post(page, {"name": "ci", "scopes": ["ingest"], "days": "", "training_use": ""})
    secret = answer.context["secret"]
    assert secret in answer.content.decode()
    assert secret not in browser.get(page).content.decode()


def test_live_tokens_are_listed_before_ended_ones(team: Team) -> None:
    ended, _ = made(team, name="ended")
    revoke_token(who=team.engineer, project=team.project, token_id=ended.pk)
    made(team, name="live")
    assert [token.name for token in tokens_for(team.engineer, team.project)] == ["live", "ended"]


def test_a_token_cannot_change_the_profile_of_its_owner(team: Team) -> None:
    _, secret = made(team, "write")
    assert bearer(secret).get("/api/v1/me").json()["email"] == team.engineer.email
    assert bearer(secret).patch("/api/v1/me", {"name": "X"}, "application/json").status_code == 403


def test_the_use_of_a_token_is_noted_once_a_minute(team: Team) -> None:
    token, secret = made(team)
    assert use_token(secret) is not None
    first = ApiToken.objects.get(pk=token.pk).last_used_at
    use_token(secret)
    assert ApiToken.objects.get(pk=token.pk).last_used_at == first is not None
    ApiToken.objects.update(last_used_at=timezone.now() - timedelta(minutes=2))
    use_token(secret)
    assert ApiToken.objects.get(pk=token.pk).last_used_at > first
