"""People come in by a link that works once, for one address, for a while."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from django.core.exceptions import ValidationError
from django.db import connection
from django.test import Client
from django.utils import timezone

from accounts.actions.invite import accept_as_member, accept_as_newcomer, invite_member, revoke_invitation
from accounts.models import Invitation, Membership, Project, Role, User
from accounts.permissions import roles_of
from core.errors import NotFound, PermissionRefused, Refused
from core.models import AuditEntry
from tests.conftest import Team, make_team

PASSWORD = "correct horse battery"


def invited(team: Team, email: str = "new@acme.example", role: Role = Role.ANNOTATOR) -> str:
    _, secret = invite_member(who=team.admin, project=team.project, email=email, role=role)
    return secret


def test_a_newcomer_gets_an_account_and_the_role(team: Team) -> None:
    membership = accept_as_newcomer(secret=invited(team), name="New", password=PASSWORD)
    assert roles_of(membership.user, team.project) == {Role.ANNOTATOR}
    assert AuditEntry.objects.filter(verb="member.join", project_id=team.project.pk).count() == 1


def test_a_link_works_once(team: Team) -> None:
    secret = invited(team)
    accept_as_newcomer(secret=secret, name="New", password=PASSWORD)
    with pytest.raises(NotFound, match="used"):
        accept_as_newcomer(secret=secret, name="Again", password=PASSWORD)


def test_only_a_hash_of_the_link_is_stored(team: Team) -> None:
    secret = invited(team)
    assert secret not in Invitation.objects.get().token_sha256
    assert len(Invitation.objects.get().token_sha256) == 64


@pytest.mark.parametrize("end", ["expire", "revoke"])
def test_an_expired_or_withdrawn_link_is_dead(team: Team, end: str) -> None:
    secret = invited(team)
    invitation = Invitation.objects.get()
    if end == "expire":
        Invitation.objects.update(expires_at=timezone.now() - timedelta(seconds=1))
    else:
        revoke_invitation(who=team.admin, project=team.project, invitation_id=invitation.pk)
    with pytest.raises(NotFound):
        accept_as_newcomer(secret=secret, name="New", password=PASSWORD)


def test_a_member_takes_another_role_but_only_with_the_address_the_link_is_for(team: Team) -> None:
    secret = invited(team, email=team.annotator.email, role=Role.DATA_LEAD)
    with pytest.raises(Refused, match="for annotator@"):
        accept_as_member(user=team.engineer, secret=secret)
    accept_as_member(user=team.annotator, secret=secret)
    assert roles_of(team.annotator, team.project) == {Role.ANNOTATOR, Role.DATA_LEAD}


def test_a_link_for_an_existing_account_cannot_be_used_to_set_its_password(team: Team) -> None:
    secret = invited(team, email=team.lead.email)
    with pytest.raises(Refused, match="account already"):
        accept_as_newcomer(secret=secret, name="Thief", password=PASSWORD)
    team.lead.refresh_from_db()
    assert team.lead.check_password("a long password")


def test_a_weak_password_is_refused_and_the_link_stays_good(team: Team) -> None:
    secret = invited(team)
    with pytest.raises(ValidationError):
        accept_as_newcomer(secret=secret, name="New", password="password")
    assert not User.objects.filter(email="new@acme.example").exists()
    accept_as_newcomer(secret=secret, name="New", password=PASSWORD)


def test_nobody_but_an_administrator_invites(team: Team) -> None:
    for person in (team.annotator, team.lead, team.engineer):
        with pytest.raises(PermissionRefused):
            invite_member(who=person, project=team.project, email="x@x.example", role=Role.ADMIN)


def test_a_link_lets_nobody_into_another_project(team: Team, other_team: Team) -> None:
    accept_as_member(user=team.lead, secret=invited(team, email=team.lead.email))
    assert not Membership.objects.filter(user=team.lead, project=other_team.project).exists()
    assert list(Project.objects.visible_to(team.lead)) == [team.project]


def test_the_page_makes_the_link_and_the_link_makes_the_account(team: Team) -> None:
    made = team.client(team.admin).post(
        f"/p/{team.project.slug}/accounts/members/invite/",
        {"email": "new@acme.example", "role": "annotator", "days": 3},
    )
    link = made.context["link"]
    visitor = Client()
    assert b"new@acme.example" in visitor.get(link).content
    joined = visitor.post(link, {"name": "New", "password": PASSWORD})
    assert joined.status_code == 302
    assert visitor.get("/account/profile/").status_code == 200
    assert Client().get(link).status_code == 404


@pytest.mark.django_db(transaction=True)
def test_a_link_pressed_four_times_at_once_lets_one_in_and_says_so_to_the_others() -> None:
    secret = invited(make_team("acme"))

    def press(number: int) -> str:
        try:
            accept_as_newcomer(secret=secret, name=f"New {number}", password=PASSWORD)
        except Refused as refused:
            return refused.code
        finally:
            connection.close()
        return "in"

    with ThreadPoolExecutor(4) as pool:
        assert sorted(pool.map(press, range(4))) == sorted(["in", *["invitation_gone"] * 3])
