"""The same claims and answers for machines: blind, idempotent, and with problems one can act on."""

from uuid import uuid4

import pytest

from annotation.actions.make_pairs import make_pairs
from annotation.actions.make_repairs import make_repairs
from annotation.actions.simulate import simulate_judgments
from annotation.models import Assignment, Judgment

from .conftest import conversation, store


@pytest.fixture
def filled(team, campaign):
    for variant in ("secret-one", "secret-two"):
        value = conversation("What is a list?", f"Answer {variant[-3:]}", passages=["A passage."])
        value["messages"][1]["model"] = variant
        store(team.project, value, variant=variant)
    make_pairs(who=team.lead, campaign=campaign)
    return campaign


@pytest.fixture
def call(team):
    """POST as this person, with or without an idempotency key."""

    def post(path, body, *, who=None, key=None):
        headers = {"HTTP_IDEMPOTENCY_KEY": str(key)} if key else {}
        return team.client(who or team.annotator).post(
            f"/api/v1/projects/{team.project.slug}/{path}", body, content_type="application/json", **headers
        )

    return post


def test_a_claim_is_blind(team, filled, call):
    response = call(f"campaigns/{filled.pk}/claim/", {})
    assert response.status_code == 200
    body = response.json()
    assert {
        body["left"]["messages"][-1]["parts"][0]["text"],
        body["right"]["messages"][-1]["parts"][0]["text"],
    } == {
        "Answer one",
        "Answer two",
    }
    assert body["left"]["passages"][0]["text"] == "A passage."
    assert "secret" not in response.content.decode()


def test_nothing_left_is_an_empty_answer(team, campaign, call):
    assert call(f"campaigns/{campaign.pk}/claim/", {}).status_code == 204


def test_an_answer_delivered_twice_is_one_vote(team, filled, call):
    lease = call(f"campaigns/{filled.pk}/claim/", {}).json()
    body = {"assignment": lease["assignment"], "lease_token": lease["lease_token"], "choice": "right"}
    key = uuid4()
    first, again = call("judgments/", body, key=key), call("judgments/", body, key=key)
    assert (first.status_code, again.status_code) == (201, 201)
    assert first.json() == again.json()
    assert Judgment.objects.count() == 1


@pytest.mark.parametrize(
    ("change", "key", "status", "says"),
    [
        ({}, None, 400, "Idempotency-Key"),
        ({"choice": "perhaps"}, uuid4(), 400, "choice"),
        ({"lease_token": str(uuid4())}, uuid4(), 404, "no such assignment"),
        ({"tags": ["nonsense"]}, uuid4(), 409, "nonsense"),
    ],
)
def test_a_wrong_answer_is_refused_with_what_is_wrong(team, filled, call, change, key, status, says):
    lease = call(f"campaigns/{filled.pk}/claim/", {}).json()
    body = {"assignment": lease["assignment"], "lease_token": lease["lease_token"], "choice": "left"}
    response = call("judgments/", body | change, key=key)
    assert response.status_code == status
    assert says in response.content.decode()
    assert not Judgment.objects.exists()


def test_a_lease_ends_by_skip_release_and_report(team, filled, call):
    for how, reason in (("release", ""), ("skip", "unsure")):
        lease = call(f"campaigns/{filled.pk}/claim/", {}).json()
        body = {"assignment": lease["assignment"], "lease_token": lease["lease_token"], "reason": reason}
        assert call(f"assignments/{how}/", body).status_code == 204
        assert Assignment.objects.get(pk=lease["assignment"]).state in ("released", "skipped")


def test_a_repair_goes_through_the_api(team, repairs, call):
    store(team.project, conversation("What is a tuple?", "A list."))
    make_repairs(who=team.lead, campaign=repairs)
    lease = call(f"campaigns/{repairs.pk}/claim/", {}).json()
    assert lease["answer"]["messages"][0]["parts"][0]["text"] == "A list."
    body = {
        "assignment": lease["assignment"],
        "lease_token": lease["lease_token"],
        "choice": "fix",
        "text": "An immutable sequence.",
    }
    assert call("repairs/", body, key=uuid4()).status_code == 201


def test_the_numbers_of_a_campaign_are_null_where_undefined(team, filled):
    client = team.client(team.lead)
    path = f"/api/v1/projects/{team.project.slug}/campaigns/{filled.pk}/statistics/"
    empty = client.get(path).json()
    assert empty["agreement"] == dict.fromkeys(("alpha_nominal", "alpha_ordinal", "ac1", "pairwise"))
    assert empty["diversity"]["n_eff"] is None
    simulate_judgments(who=team.lead, campaign=filled, limit=2, seed=1)
    numbers = client.get(path).json()
    assert numbers["progress"]["counted"] == numbers["progress"]["simulated"] == 2
    assert numbers["diversity_people_only"]["annotators"] == 0


def test_the_api_is_closed_to_other_projects_and_other_roles(team, other_team, filled, call):
    path = f"campaigns/{filled.pk}/claim/"
    assert call(path, {}, who=other_team.annotator).status_code == 404
    assert call(path, {}, who=team.engineer).status_code == 403
    client = other_team.client(other_team.lead)
    theirs = f"/api/v1/projects/{other_team.project.slug}/campaigns/{filled.pk}/statistics/"
    assert client.get(theirs).status_code == 404
    assert client.get(f"/api/v1/projects/{team.project.slug}/campaigns/").status_code == 404
