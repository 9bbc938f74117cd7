"""What people say about themselves, and the accounts API."""

import pytest
from django.core.management import call_command
from django.test import Client
from django.utils import timezone

from accounts.actions.create_project import create_project
from accounts.actions.profile import update_profile
from accounts.models import Project, Role, User
from accounts.permissions import roles_of
from core.actors import system
from core.errors import Refused
from tests.conftest import Team


def test_the_chosen_zone_is_used_and_an_unknown_one_refused(team: Team) -> None:
    browser = team.client(team.lead)
    browser.post("/account/profile/", {"name": "Lea", "time_zone": "Asia/Tokyo", "theme": "dark"})
    team.lead.refresh_from_db()
    assert (team.lead.name, team.lead.time_zone, team.lead.theme) == ("Lea", "Asia/Tokyo", "dark")
    with pytest.raises(Refused, match="IANA"):
        update_profile(user=team.lead, name="Lea", time_zone="Mars/Base", theme="dark")
    timezone.deactivate()


def test_me_can_be_read_and_changed_but_not_the_address(team: Team) -> None:
    browser = team.client(team.lead)
    changed = browser.patch("/api/v1/me", {"name": "Lea", "email": "x@y.example"}, "application/json")
    assert changed.json()["name"] == "Lea"
    assert changed.json()["email"] == team.lead.email


def test_the_api_invites_sets_roles_and_says_why_not(team: Team) -> None:
    browser = team.client(team.admin)
    base = f"/api/v1/projects/{team.project.slug}"
    made = browser.post(
        f"{base}/invitations", {"email": "n@x.example", "role": "annotator"}, "application/json"
    )
    assert made.status_code == 201
    assert "/account/invitation/" in made.json()["link"]
    assert "link" not in browser.get(f"{base}/invitations").json()[0]
    roles = browser.put(f"{base}/members/{team.lead.pk}/roles", {"roles": ["admin"]}, "application/json")
    assert roles.json()["roles"] == ["admin"]
    wrong = browser.put(f"{base}/members/{team.lead.pk}/roles", {"roles": ["king"]}, "application/json")
    assert wrong.status_code == 400
    assert wrong["Content-Type"] == "application/problem+json"


def test_a_new_project_has_its_first_administrator_and_a_free_slug(team: Team) -> None:
    project = create_project(actor=system("test"), slug="second", name="Second", admin=team.lead)
    assert roles_of(team.lead, project) == {Role.ADMIN}
    with pytest.raises(Refused, match="already"):
        create_project(actor=system("test"), slug="second", name="Again", admin=team.lead)
    with pytest.raises(Refused, match="part of an address"):
        create_project(actor=system("test"), slug="not a slug", name="Odd", admin=team.lead)


def test_the_command_lets_the_first_person_in(db: None, capsys: pytest.CaptureFixture[str]) -> None:
    call_command(
        "create_project", "first", "The first", "--admin", "Boss@first.example", "--training-use", "allowed"
    )
    link = next(word for word in capsys.readouterr().out.split() if word.startswith("/account/reset/"))
    visitor = Client()
    visitor.post(link, {"password": "correct horse battery"})
    signed_in = visitor.post(
        "/login/", {"username": "boss@first.example", "password": "correct horse battery"}
    )
    assert signed_in.status_code == 302
    assert roles_of(User.objects.get(), Project.objects.get(slug="first")) == {Role.ADMIN}


@pytest.mark.parametrize(
    "body", [b"[" * 100_000, b'{"reason": "x", "note": "\\ud800"}', b'{"reason": "\\ud800"}', b"{", b"NaN"]
)
@pytest.mark.parametrize("path", ["backlog", "selections", "tokens", "invitations", "index/citations"])
def test_a_body_that_is_no_json_of_ours_is_a_bad_request(team: Team, path: str, body: bytes) -> None:
    answer = team.client(team.admin).post(
        f"/api/v1/projects/{team.project.slug}/{path}", body, content_type="application/json"
    )
    assert 400 <= answer.status_code < 500
    assert answer["Content-Type"] == "application/problem+json"


@pytest.mark.parametrize(
    "cursor", ["cD1hYmM=", "cD0yMDI2LTAxLTAx", "cD05OTk5OTk5OTk5OTk5OTk5OTk5OTk5OTk5OQ==", "x"]
)
@pytest.mark.parametrize(
    "path", ["refusals", "clusters", "screenings", "index/documents", "snapshots", "audit", "traces"]
)
def test_a_cursor_that_names_no_place_is_not_found(team: Team, path: str, cursor: str) -> None:
    answer = team.client(team.lead).get(f"/api/v1/projects/{team.project.slug}/{path}", {"cursor": cursor})
    assert answer.status_code in (200, 400, 404)


def test_an_address_longer_than_its_column_is_refused(team: Team) -> None:
    long = f"{'a' * 60}@{'b' * 60}.{'c' * 60}.{'d' * 60}.{'e' * 60}.example"
    browser, slug = team.client(team.admin), team.project.slug
    api = browser.post(
        f"/api/v1/projects/{slug}/invitations", {"email": long, "role": "annotator"}, "application/json"
    )
    assert api.status_code == 400
    form = {"email": long, "role": "annotator", "days": 7}
    assert "254" in browser.post(f"/p/{slug}/accounts/members/invite/", form).content.decode()
