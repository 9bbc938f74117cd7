"""A list of 200 people: first what would happen, then links, once; the same list again invites nobody twice."""

import base64
import re

import pytest
from django.db import IntegrityError
from django.urls import reverse

from accounts.actions.invite import accept_as_newcomer
from accounts.actions.members import deactivate_member
from accounts.models import Invitation, Membership, Role
from annotation.actions import invite_people as acting
from annotation.actions.invite_people import invite_people, plan_invitations
from annotation.models import AnnotatorProfile
from annotation.roster import read_roster
from core.errors import PermissionRefused
from core.models import AuditEntry

PASSWORD = "correct horse battery"


def roster(*lines: str):
    return read_roster("\n".join(["email,name,role,team,languages,expertise", *lines]).encode())


def whats(plan):
    return [step.what for step in plan.steps]


def test_the_dry_run_changes_nothing_and_says_what_happens_to_each_line(team):
    deactivate_member(who=team.admin, project=team.project, user_id=team.engineer.pk)
    people = roster(
        "new@x.example,,,,,",
        f"{team.annotator.email},,,North,,",
        f"{team.second_lead.email},,data_lead,,,",
        f"{team.engineer.email},,,,,",
    )
    before = AuditEntry.objects.count()
    plan = plan_invitations(who=team.admin, project=team.project, roster=people)
    assert whats(plan) == ["invite", "describe", "same", "closed"]
    assert AuditEntry.objects.count() == before
    assert not Invitation.objects.exists()


def test_two_hundred_lines_make_two_hundred_links_and_the_same_list_again_none(team):
    people = roster(*(f"p{n}@x.example,P {n},,North,de,law" for n in range(200)))
    done = invite_people(who=team.lead, project=team.project, roster=people)
    assert len({one.secret for one in done if one.secret}) == 200
    again = invite_people(who=team.lead, project=team.project, roster=people)
    assert {one.step.what for one in again} == {"waits"}
    assert Invitation.objects.count() == 200


def test_fresh_links_replace_the_open_ones(team):
    people = roster("p@x.example,,,,,")
    (first,) = invite_people(who=team.lead, project=team.project, roster=people)
    (second,) = invite_people(who=team.lead, project=team.project, roster=people, renew=True)
    assert second.step.what == "renew"
    assert second.secret != first.secret
    assert Invitation.objects.filter(revoked_at=None).count() == 1


def test_who_joins_by_the_link_is_known_by_the_words_of_the_list(team):
    (done,) = invite_people(
        who=team.lead, project=team.project, roster=roster("p@x.example,Pia,,North,de;en,law")
    )
    joined = accept_as_newcomer(secret=done.secret, name="Pia", password=PASSWORD)
    profile = AnnotatorProfile.objects.get(user=joined.user)
    assert (profile.team, profile.languages, profile.expertise) == ("North", ["de", "en"], ["law"])


def test_a_member_in_the_list_gets_its_words_and_an_empty_cell_changes_nothing(team):
    invite_people(
        who=team.lead, project=team.project, roster=roster(f"{team.annotator.email},,,North,de,law")
    )
    invite_people(who=team.lead, project=team.project, roster=roster(f"{team.annotator.email},,,South,,"))
    profile = AnnotatorProfile.objects.get(user=team.annotator)
    assert (profile.team, profile.languages, profile.expertise) == ("South", ["de"], ["law"])


def test_a_lead_invites_annotators_and_nobody_above(team):
    people = roster("p@x.example,,admin,,,", "q@x.example,,,,,")
    plan = plan_invitations(who=team.lead, project=team.project, roster=people)
    assert whats(plan) == ["forbidden", "invite"]
    done = invite_people(who=team.lead, project=team.project, roster=people)
    assert [bool(one.secret) for one in done] == [False, True]
    assert not Invitation.objects.filter(role=Role.ADMIN).exists()
    with pytest.raises(PermissionRefused):
        plan_invitations(who=team.annotator, project=team.project, roster=people)


def test_a_list_is_done_whole_or_not_at_all(team, monkeypatch):
    real, calls = acting.invite_member, []

    def breaks_at_the_third(**given):
        calls.append(given)
        if len(calls) == 3:
            raise IntegrityError
        return real(**given)

    monkeypatch.setattr(acting, "invite_member", breaks_at_the_third)
    with pytest.raises(IntegrityError):
        invite_people(
            who=team.lead, project=team.project, roster=roster(*(f"p{n}@x.example,,,,," for n in range(5)))
        )
    assert not Invitation.objects.exists()


def test_the_pages_show_the_plan_then_the_links_and_a_csv_no_spreadsheet_runs(team):
    client, url = team.client(team.lead), reverse("annotation:invite-people", args=[team.project.slug])
    form = {"pasted": "email,name\np@x.example,=HYPERLINK(1)\nbad,\n", "days": 7}
    shown = client.post(url, form)
    assert "Line 3" in shown.content.decode()
    assert not Invitation.objects.exists()
    form["seen"] = re.search(r'name="seen" value="(\w+)"', shown.content.decode())[1]
    made = client.post(url, form).content.decode()
    table = base64.b64decode(re.search(r"base64,([^\"]+)", made)[1]).decode("utf-8-sig")
    assert "'=HYPERLINK" in table
    (link,) = re.findall(r"https?://testserver(/account/invitation/[^\s,]+)", table)
    assert client.get(link).status_code == 200


def test_when_the_world_has_moved_the_plan_is_shown_again_and_nothing_is_done(team):
    client, url = team.client(team.lead), reverse("annotation:invite-people", args=[team.project.slug])
    form = {"pasted": f"email\np@x.example\n{team.engineer.email}\n", "days": 7}
    seen = client.post(url, form).context["plan"].digest
    Membership.objects.create(project=team.project, user=team.engineer, role=Role.ANNOTATOR)
    moved = client.post(url, form | {"seen": seen})
    assert moved.context["moved"]
    assert not Invitation.objects.exists()
