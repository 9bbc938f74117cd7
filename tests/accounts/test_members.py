"""Roles are given and taken, accounts closed and reopened, and a project is never left without an administrator."""

import pytest
from django.test import Client

from accounts.actions.api_tokens import create_token
from accounts.actions.members import deactivate_member, reactivate_member, set_roles
from accounts.models import Membership, Role, User
from accounts.permissions import roles_of
from accounts.tokens import find_token
from core.errors import NotFound, Refused
from core.models import AuditEntry, Event
from tests.conftest import Team


def roles_now(team: Team, person: User) -> frozenset[Role]:
    return roles_of(User.objects.get(pk=person.pk), team.project)


def test_exactly_the_given_roles_are_held_and_the_change_is_on_record(team: Team) -> None:
    roles = [Role.ANNOTATOR, Role.DATA_LEAD]
    set_roles(who=team.admin, project=team.project, user_id=team.engineer.pk, roles=roles)
    assert roles_of(team.engineer, team.project) == set(roles)
    entry = AuditEntry.objects.get(verb="member.set_roles")
    assert entry.data == {"before": ["ml_engineer"], "after": ["annotator", "data_lead"]}
    assert entry.actor_id == str(team.admin.pk)
    assert Event.objects.filter(name="roles_changed").count() == 1


def test_without_any_role_a_person_leaves_and_their_tokens_stop(team: Team) -> None:
    _, secret = create_token(who=team.engineer, project=team.project, name="ci", scopes=["read"])
    set_roles(who=team.admin, project=team.project, user_id=team.engineer.pk, roles=[])
    assert not roles_of(team.engineer, team.project)
    assert find_token(secret) is None


def test_the_last_administrator_can_neither_step_down_nor_be_deactivated(team: Team) -> None:
    with pytest.raises(Refused, match="last administrator"):
        set_roles(who=team.admin, project=team.project, user_id=team.admin.pk, roles=[Role.DATA_LEAD])
    with pytest.raises(Refused, match="last administrator"):
        deactivate_member(who=team.admin, project=team.project, user_id=team.admin.pk)
    Membership.objects.create(project=team.project, user=team.lead, role=Role.ADMIN)
    deactivate_member(who=team.lead, project=team.project, user_id=team.admin.pk)
    assert not roles_now(team, team.admin)


def test_a_deactivated_person_loses_session_and_tokens_at_once_and_gets_them_back(team: Team) -> None:
    browser = team.client(team.engineer)
    _, secret = create_token(who=team.engineer, project=team.project, name="ci", scopes=["read"])
    deactivate_member(who=team.admin, project=team.project, user_id=team.engineer.pk)
    assert browser.get("/account/profile/").status_code == 302
    assert find_token(secret) is None
    reactivate_member(who=team.admin, project=team.project, user_id=team.engineer.pk)
    assert roles_of(team.engineer, team.project) == {Role.ML_ENGINEER}
    assert find_token(secret) is not None


def test_an_account_that_also_belongs_elsewhere_cannot_be_closed_from_here(
    team: Team, other_team: Team
) -> None:
    Membership.objects.create(project=other_team.project, user=team.engineer, role=Role.ANNOTATOR)
    with pytest.raises(Refused, match="also belongs"):
        deactivate_member(who=team.admin, project=team.project, user_id=team.engineer.pk)


def test_strangers_to_the_project_are_not_found(team: Team, other_team: Team) -> None:
    with pytest.raises(NotFound):
        set_roles(who=team.admin, project=team.project, user_id=other_team.lead.pk, roles=[Role.ANNOTATOR])


def test_the_pages_show_members_and_change_roles(team: Team) -> None:
    browser = team.client(team.admin)
    base = f"/p/{team.project.slug}/accounts/members/"
    assert "engineer@acme.example" in browser.get(base).content.decode()
    page = f"{base}{team.engineer.pk}/"
    assert browser.get(page).status_code == 200
    browser.post(f"{page}roles/", {"roles": ["annotator"]})
    assert roles_of(team.engineer, team.project) == {Role.ANNOTATOR}
    browser.post(f"{page}deactivate/")
    assert not roles_now(team, team.engineer)


def test_a_lead_sees_members_but_no_way_to_change_them(team: Team) -> None:
    page = team.client(team.lead).get(f"/p/{team.project.slug}/accounts/members/{team.engineer.pk}/")
    assert page.status_code == 200
    assert "deactivate" not in page.content.decode()


def test_a_visitor_is_asked_to_sign_in(team: Team) -> None:
    assert Client().get(f"/p/{team.project.slug}/accounts/members/").status_code == 302


def test_closing_an_account_leaves_no_other_project_without_an_administrator(
    team: Team, other_team: Team
) -> None:
    Membership.objects.create(project=team.project, user=team.lead, role=Role.ADMIN)
    Membership.objects.filter(project=other_team.project, role=Role.ADMIN).delete()
    Membership.objects.create(project=other_team.project, user=team.admin, role=Role.ADMIN)
    with pytest.raises(Refused, match=f"last administrator of {other_team.project.name}"):
        deactivate_member(who=team.admin, project=team.project, user_id=team.admin.pk)


def test_a_token_closes_no_account_that_reaches_beyond_its_project(team: Team, other_team: Team) -> None:
    Membership.objects.create(project=other_team.project, user=team.admin, role=Role.ADMIN)
    Membership.objects.create(project=other_team.project, user=team.engineer, role=Role.ANNOTATOR)
    token, _ = create_token(who=team.admin, project=team.project, name="ops", scopes=["write"])
    with pytest.raises(Refused, match="also belongs"):
        deactivate_member(who=token, project=team.project, user_id=team.engineer.pk)


def test_a_role_nobody_knows_is_refused_and_takes_none_away(team: Team) -> None:
    page = f"/p/{team.project.slug}/accounts/members/{team.engineer.pk}/roles/"
    assert team.client(team.admin).post(page, {"roles": ["annotator", "king"]}).status_code == 409
    assert roles_now(team, team.engineer) == {Role.ML_ENGINEER}
