"""Leads invite by a list and change settings over the API: errors line by line, nothing twice, nobody else's."""

import re
from threading import Thread

import pytest
from django.db import connection

from accounts.actions.api_tokens import create_token
from accounts.models import Invitation
from annotation.actions.change_campaign import patch_campaign
from annotation.actions.profile import define_axis
from annotation.actions.publish_text import publish_text
from annotation.models import AnnotatorProfile, Campaign
from annotation.rules import Adaptive, read
from core.models import AuditEntry


@pytest.fixture
def api(team):
    """Send JSON as this person: api("post", "annotators/invite/", {...})."""

    def send(method, path, body=None, *, who=None, secret=None):
        address = f"/api/v1/projects/{team.project.slug}/{path}"
        headers = {"HTTP_AUTHORIZATION": f"Bearer {secret}"} if secret else {}
        client = team.client(who or team.lead)
        if secret:
            client.logout()
        return getattr(client, method)(address, body, content_type="application/json", **headers)

    return send


INVITE = "annotators/invite/"


def whats(answer):
    return [person["what"] for person in answer.json()["people"]]


def test_a_list_makes_links_that_work_and_the_same_list_again_makes_none(team, api):
    people = [
        {"email": "ana@x.example", "name": "Ana", "team": "North", "languages": ["de", "EN"]},
        {"email": "bo@x.example", "expertise": "law, tax"},
    ]
    made = api("post", INVITE, {"people": people})
    assert (made.status_code, whats(made)) == (201, ["invite", "invite"])
    link = made.json()["people"][0]["link"]
    assert team.client(team.lead).get(re.sub(r"^https?://[^/]+", "", link)).status_code == 200
    again = api("post", INVITE, {"people": people})
    assert (again.status_code, whats(again)) == (200, ["waits", "waits"])
    assert [person["link"] for person in again.json()["people"]] == [None, None]
    renewed = api("post", INVITE, {"people": people[:1], "renew": True})
    assert (renewed.status_code, whats(renewed)) == (201, ["renew"])
    assert Invitation.objects.filter(revoked_at=None).count() == 2


def test_csv_and_rows_say_the_same(team, api):
    rows = {"people": [{"email": "ana@x.example", "role": "lead", "languages": "de;en"}], "dry_run": True}
    table = {"csv": "email,role,languages\nana@x.example,lead,de;en\n", "dry_run": True}
    by_rows, by_csv = (api("post", INVITE, body, who=team.admin).json() for body in (rows, table))
    assert (by_rows["people"][0].pop("line"), by_csv["people"][0].pop("line")) == (1, 2)
    assert by_rows == by_csv
    assert by_rows["people"][0]["role"] == "data_lead"


def test_a_dry_run_changes_nothing(team, api):
    answer = api("post", INVITE, {"people": [{"email": "ana@x.example"}], "dry_run": True})
    assert (answer.status_code, whats(answer)) == (200, ["invite"])
    assert not Invitation.objects.exists()


def test_wrong_lines_are_named_one_by_one_and_nobody_is_invited_unless_asked(team, api):
    people = [
        {"email": "ana@x.example"},
        {"email": "nobody"},
        {"email": "bo@x.example", "languages": "german"},
        {"email": "ANA@x.example"},
        {"email": "cy@x.example", "role": "king"},
    ]
    refused = api("post", INVITE, {"people": people})
    assert refused.status_code == 400
    problem = refused.json()
    assert [error["line"] for error in problem["errors"]] == [2, 3, 4, 5]
    said = [error["message"] for error in problem["errors"]]
    for words, message in zip(
        ("no e-mail", "no language tag", "line 1 already", "no role"), said, strict=True
    ):
        assert words in message
    assert "Nobody was invited" in problem["hint"]
    assert not Invitation.objects.exists()
    done = api("post", INVITE, {"people": people, "skip_wrong": True})
    assert (done.status_code, whats(done), len(done.json()["errors"])) == (201, ["invite"], 4)


@pytest.mark.parametrize(
    ("body", "named"),
    [
        ({}, "one of the two"),
        ({"people": [], "csv": "email"}, "one of the two"),
        ({"people": [{"email": "a@x.example", "mail": "b@x.example"}]}, "There is no such field"),
        ({"people": [{"email": "a@x.example", "languages": {"de": 1}}]}, "list of texts"),
        ({"people": [{"email": "a@x.example", "name": ["a"]}]}, "valid string"),
        ({"people": "a@x.example"}, "list of items"),
        ({"people": [{"email": "a@x.example"}], "days": 400}, "less than or equal to"),
        ({"csv": "email\n" + "x" * 1_000_001}, "no more than"),
        ([1], "dictionary"),
        ({"people": [{"email": "a@x.example", "expertise": ["\ud800"]}]}, "urrogate"),
        ({"people": [{"email": "a@x.example", "languages": "\ud800"}], "dry_run": True}, "urrogate"),
    ],
)
def test_what_is_no_list_of_people_is_refused_by_name(api, body, named):
    answer = api("post", INVITE, body)
    assert answer.status_code == 400
    assert named in answer.content.decode()
    assert not Invitation.objects.exists()


def test_a_lead_over_the_api_lets_in_nobody_above_annotators_and_an_annotator_nobody(team, api):
    rows = {"people": [{"email": "ana@x.example", "role": "admin"}, {"email": "bo@x.example"}]}
    assert whats(api("post", INVITE, rows)) == ["forbidden", "invite"]
    for person in (team.annotator, team.engineer):
        assert api("post", INVITE, rows, who=person).status_code == 403


def test_a_token_invites_and_describes_in_its_owners_name_and_one_that_only_reads_does_not(team, api):
    _, writes = create_token(who=team.lead, project=team.project, name="hr", scopes=["write"])
    _, reads = create_token(who=team.lead, project=team.project, name="look", scopes=["read"])
    rows = {"people": [{"email": "ana@x.example"}, {"email": team.annotator.email, "team": "North"}]}
    assert api("post", INVITE, rows, secret=reads).status_code == 403
    assert whats(api("post", INVITE, rows, secret=writes)) == ["invite", "describe"]
    assert AnnotatorProfile.objects.get(user=team.annotator).team == "North"
    assert {entry.actor_kind for entry in AuditEntry.objects.filter(verb="member.invite")} == {"token"}


def settings_of(campaign):
    return f"campaigns/{campaign.pk}/settings/"


def test_what_is_read_can_be_sent_back_and_changes_nothing(team, api, campaign):
    read_back = api("get", settings_of(campaign)).json()["settings"]
    answer = api("patch", settings_of(campaign), read_back)
    assert (answer.status_code, answer.json()["changes"]) == (200, {})
    assert not AuditEntry.objects.filter(verb="annotation.change_campaign").exists()


def test_a_patch_changes_what_it_names_and_says_old_and_new(team, api, campaign):
    define_axis(who=team.lead, project=team.project, name="locale", values=["de", "en"])
    asked = {
        "lease_seconds": 120,
        "rules": {"caps": {"locale": 1}, "adaptive": {"share": 0.5}, "eligibility": {"languages": ["pt-BR"]}},
    }
    answer = api("patch", settings_of(campaign), asked).json()
    assert answer["changes"]["lease_seconds"] == [600, 120]
    assert set(answer["changes"]) == {"lease_seconds", "rules.caps", "rules.adaptive", "rules.eligibility"}
    rules = read(Campaign.objects.get().rules)
    assert rules.adaptive == Adaptive(share=0.5, most=3)
    assert (rules.eligibility.languages, rules.eligibility.match_language) == (("pt-br",), True)
    assert api("patch", settings_of(campaign), asked).json()["changes"] == {}
    cleared = api("patch", settings_of(campaign), {"rules": {"adaptive": None, "caps": {}}}).json()
    assert cleared["settings"]["rules"]["adaptive"] is None
    assert read(Campaign.objects.get().rules).caps == {}


def test_another_list_of_reasons_over_the_api_is_a_new_version(api, campaign):
    answer = api("patch", settings_of(campaign), {"rules": {"tags": ["wrong"]}}).json()
    assert (answer["tags_version"], answer["settings"]["rules"]["tags"]) == (2, ["wrong"])


@pytest.mark.parametrize(
    ("body", "status", "named"),
    [
        ({"overlap": 0}, 400, "overlap"),
        ({"overlap": True}, 400, "overlap"),
        ({"overlapp": 2}, 400, "overlapp"),
        ({"name": " "}, 400, "name"),
        ({"guidelines": 999_999}, 409, "no such version"),
        ({"lease_seconds": 3}, 409, "30 seconds"),
        ({"rules": {"caps": {"age": 1}}}, 409, "no axis age"),
        ({"rules": {"caps": "age"}}, 400, "caps"),
        ({"rules": {"tags": ["sparkle"]}}, 409, "sparkle"),
        ({"rules": {"gold_share": 0.9}}, 409, "gold_share"),
        ({"rules": {"gold_share": "NaN"}}, 400, "gold_share"),
        ({"rules": {"adaptive": {"share": 2}}}, 409, "adaptive.share"),
        ({"rules": {"eligibility": {"languages": ["german"]}}}, 400, "no language tag"),
        ({"rules": {"currency": "euro"}}, 400, "currency"),
        ({"rules": {"tags_version": 9}}, 400, "tags_version"),
        ({"rules": {"overlap": {"\ud800": 99}}}, 409, "ud800 is 99"),
        (
            {"rules": {"overlap": {f"s{n}": 2 for n in range(51)}}},
            409,
            "names 51 strata; it names at most 50",
        ),
        ({"rules": {"overlap": {"x" * 81: 2}}}, 409, "cannot be a stratum"),
        ({"rules": {"overlap": {"\ud800": 2}}}, 409, "cannot be a stratum"),
        ({"rules": {"overlap": {"a\x00": 2}}}, 409, "cannot be a stratum"),
        ({"rules": []}, 400, "rules"),
        ([1], 400, "dictionary"),
    ],
)
def test_a_setting_that_cannot_be_kept_is_named_and_none_changes(team, api, campaign, body, status, named):
    before = Campaign.objects.values().get()
    answer = api("patch", settings_of(campaign), body)
    assert answer.status_code == status, answer.content
    assert named in answer.content.decode()
    assert Campaign.objects.values().get() == before


def test_guidelines_are_set_by_their_version_and_a_policy_or_a_foreign_text_is_none(
    team, other_team, api, campaign
):
    own, foreign = (
        publish_text(who=one.lead, project=one.project, kind="guidelines", name="G", text="Be fair.")
        for one in (team, other_team)
    )
    policy = publish_text(
        who=team.lead, project=team.project, kind="policy", name="P", text="1. Truth\nAlways."
    )
    for wrong in (foreign, policy):
        assert api("patch", settings_of(campaign), {"guidelines": wrong.pk}).status_code == 409
    assert (
        api("patch", settings_of(campaign), {"guidelines": own.pk}).json()["settings"]["guidelines"] == own.pk
    )
    assert api("patch", settings_of(campaign), {"guidelines": None}).json()["settings"]["guidelines"] is None


def test_settings_are_read_by_who_reads_campaigns_and_changed_by_who_manages_them(
    team, other_team, api, campaign
):
    allowed = {
        who: api("get", settings_of(campaign), who=who).status_code for who in (team.engineer, team.annotator)
    }
    assert list(allowed.values()) == [200, 403]
    assert api("patch", settings_of(campaign), {"overlap": 3}, who=team.engineer).status_code == 403
    client = other_team.client(other_team.lead)
    theirs = f"/api/v1/projects/{other_team.project.slug}/{settings_of(campaign)}"
    assert client.get(theirs).status_code == 404
    assert client.patch(theirs, {"overlap": 3}, content_type="application/json").status_code == 404


@pytest.mark.django_db(transaction=True)
def test_two_people_who_change_two_settings_at_once_lose_neither(team, campaign):
    patches = [
        {"lease_seconds": 60 + n, "rules": {"gold_per_day": n}}
        if n % 2
        else {"rules": {"overlap": {f"s{n}": 3}}}
        for n in range(6)
    ]
    done = [Thread(target=_patched, args=(team.lead, campaign, patch)) for patch in patches]
    for one in done:
        one.start()
    for one in done:
        one.join()
    rules = read(Campaign.objects.get().rules)
    assert rules.gold_per_day in (1, 3, 5)
    assert Campaign.objects.get().lease_seconds == 60 + rules.gold_per_day
    assert len(rules.overlap) == 1


def _patched(who, campaign, patch):
    try:
        patch_campaign(who=who, campaign=campaign, patch=patch)
    finally:
        connection.close()
