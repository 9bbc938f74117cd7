"""Reset links are signed, work once, and end what was open; lockouts end with them."""

import pytest
from django.core.exceptions import ValidationError
from django.test import Client, override_settings

from accounts.actions.api_tokens import create_token
from accounts.actions.passwords import change_password, make_reset_link, reset_password
from accounts.models import Membership, Role
from core.errors import NotFound, PermissionRefused, Refused
from tests.conftest import Team

NEW = "a quite different one"


def test_a_link_sets_the_password_once(team: Team) -> None:
    uid, token = make_reset_link(who=team.admin, project=team.project, user_id=team.lead.pk)
    reset_password(uid=uid, token=token, password=NEW)
    team.lead.refresh_from_db()
    assert team.lead.check_password(NEW)
    with pytest.raises(NotFound, match="used"):
        reset_password(uid=uid, token=token, password="yet another one here")


def test_setting_a_password_ends_open_sessions(team: Team) -> None:
    browser = team.client(team.lead)
    uid, token = make_reset_link(who=team.admin, project=team.project, user_id=team.lead.pk)
    reset_password(uid=uid, token=token, password=NEW)
    assert browser.get("/account/profile/").status_code == 302


def test_an_administrator_of_one_project_cannot_take_over_an_account_of_another(
    team: Team, other_team: Team
) -> None:
    Membership.objects.create(project=team.project, user=other_team.admin, role=Role.ANNOTATOR)
    with pytest.raises(Refused, match="also belongs"):
        make_reset_link(who=team.admin, project=team.project, user_id=other_team.admin.pk)


def test_an_operator_of_the_installation_cannot_be_reset_by_a_project(team: Team) -> None:
    team.lead.is_staff = True
    team.lead.save()
    with pytest.raises(Refused):
        make_reset_link(who=team.admin, project=team.project, user_id=team.lead.pk)


def test_only_administrators_make_links(team: Team) -> None:
    with pytest.raises(PermissionRefused):
        make_reset_link(who=team.lead, project=team.project, user_id=team.engineer.pk)


@pytest.mark.parametrize(("uid", "token"), [("not-base64!", "x"), ("bm90LWEtdXVpZA", "x")])
def test_a_forged_link_is_refused(team: Team, uid: str, token: str) -> None:
    with pytest.raises(NotFound):
        reset_password(uid=uid, token=token, password=NEW)


def test_changing_needs_the_old_password_and_a_good_new_one(team: Team) -> None:
    with pytest.raises(Refused, match="current password"):
        change_password(user=team.lead, old="wrong", new=NEW)
    with pytest.raises(ValidationError):
        change_password(user=team.lead, old="a long password", new="short")
    browser = team.client(team.lead)
    browser.post("/account/password/", {"old": "a long password", "password": NEW})
    assert browser.get("/account/profile/").status_code == 200


@override_settings(AXES_ENABLED=True)
def test_five_wrong_passwords_lock_out_and_a_reset_lifts_it(team: Team) -> None:
    visitor = Client()
    attempts = [visitor.post("/login/", {"username": team.lead.email, "password": "wrong"}) for _ in range(6)]
    assert attempts[-1].status_code == 429
    locked = visitor.post("/login/", {"username": team.lead.email, "password": "a long password"})
    assert locked.status_code == 429
    uid, token = make_reset_link(who=team.admin, project=team.project, user_id=team.lead.pk)
    page = f"/account/reset/{uid}/{token}/"
    assert visitor.get(page).status_code == 200
    visitor.post(page, {"password": NEW})
    assert visitor.post("/login/", {"username": team.lead.email, "password": NEW}).status_code == 302


def test_a_token_makes_no_reset_link_for_that_would_be_its_owner_everywhere(
    team: Team, other_team: Team
) -> None:
    Membership.objects.create(project=other_team.project, user=team.admin, role=Role.ADMIN)
    token, _ = create_token(who=team.admin, project=team.project, name="ops", scopes=["write"])
    with pytest.raises(Refused, match="cannot make a reset link"):
        make_reset_link(who=token, project=team.project, user_id=team.admin.pk)
