"""A team link lets many in as annotators, up to its number and its date, and never as anything else."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from django.db import IntegrityError, connection, transaction
from django.db.models import F
from django.test import Client
from django.utils import timezone

from accounts.actions.join_links import join_as_member, join_as_newcomer, make_join_link, revoke_join_link
from accounts.models import JoinLink, Role, User
from accounts.permissions import roles_of
from core.errors import NotFound, PermissionRefused, Refused
from tests.conftest import Team, make_team

PASSWORD = "correct horse battery"


def linked(team: Team, *, most: int = 2) -> str:
    _, secret = make_join_link(who=team.lead, project=team.project, name="North", most=most, days=3)
    return secret


def test_a_lead_makes_it_and_two_people_join_as_annotators_and_the_third_does_not(team: Team) -> None:
    secret = linked(team)
    for n in range(2):
        joined = join_as_newcomer(secret=secret, email=f"new{n}@x.example", name="New", password=PASSWORD)
        assert roles_of(joined.user, team.project) == {Role.ANNOTATOR}
    with pytest.raises(NotFound, match="full"):
        join_as_newcomer(secret=secret, email="new3@x.example", name="New", password=PASSWORD)
    assert not User.objects.filter(email="new3@x.example").exists()


def test_who_is_an_annotator_already_uses_nothing_up(team: Team) -> None:
    join_as_member(user=team.annotator, secret=linked(team))
    assert JoinLink.objects.get().used == 0


@pytest.mark.parametrize("end", ["expire", "revoke"])
def test_an_expired_or_withdrawn_link_is_dead(team: Team, end: str) -> None:
    secret = linked(team)
    link = JoinLink.objects.get()
    if end == "expire":
        JoinLink.objects.update(expires_at=timezone.now() - timedelta(seconds=1))
    else:
        revoke_join_link(who=team.lead, project=team.project, link_id=link.pk)
    with pytest.raises(NotFound):
        join_as_newcomer(secret=secret, email="new@x.example", name="New", password=PASSWORD)


def test_the_link_never_takes_over_an_existing_account(team: Team, other_team: Team) -> None:
    with pytest.raises(Refused, match="account already"):
        join_as_newcomer(
            secret=linked(team), email=other_team.lead.email.upper(), name="T", password=PASSWORD
        )
    assert not roles_of(other_team.lead, team.project)


def test_neither_annotators_nor_engineers_make_one(team: Team) -> None:
    for person in (team.annotator, team.engineer):
        with pytest.raises(PermissionRefused):
            make_join_link(who=person, project=team.project, name="N", most=1, days=1)


def test_the_database_refuses_one_person_too_many(team: Team) -> None:
    linked(team, most=1)
    with pytest.raises(IntegrityError), transaction.atomic():
        JoinLink.objects.update(used=F("used") + 2)


def test_the_page_of_the_link_makes_the_account(team: Team) -> None:
    visitor, path = Client(), f"/account/join/{linked(team)}/"
    assert b"North" in visitor.get(path).content
    taken = visitor.post(path, {"email": team.lead.email, "name": "N", "password": PASSWORD})
    assert b"account already" in taken.content
    visitor.post(path, {"email": "new@x.example", "name": "New", "password": PASSWORD})
    assert visitor.get("/account/profile/").status_code == 200


@pytest.mark.django_db(transaction=True)
def test_of_six_people_at_once_two_get_in() -> None:
    secret = linked(make_team("acme"))

    def press(number: int) -> str:
        try:
            join_as_newcomer(secret=secret, email=f"n{number}@x.example", name="New", password=PASSWORD)
        except Refused as refused:
            return refused.code
        finally:
            connection.close()
        return "in"

    with ThreadPoolExecutor(6) as pool:
        assert sorted(pool.map(press, range(6))) == ["in"] * 2 + ["join_link_gone"] * 4
    assert User.objects.filter(email__endswith="@x.example").count() == 2
