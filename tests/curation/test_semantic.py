"""The semantic tier suggests and people decide; nothing is left out by itself, and without the extra it says so."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import DatabaseError, connection, transaction

from core import embedding
from core.errors import NotFound, PermissionRefused, Refused, Unavailable
from core.jobs import runner
from curation.actions import semantic as actions
from curation.actions.semantic import decide_pair, set_threshold, start_search
from curation.alike import more_like
from curation.models import ConversationVersion, CurationState, SemanticPair, SemanticVector, Trace
from curation.pipeline import run_curation
from curation.semantic.decided import accepted_pairs, threshold_of
from tests.conftest import Team
from tests.curation.arrivals import arrive

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("settle_at_once", "structured_lane")]
SAME = (
    "How can I get my money back for the shoes?",
    "What do I have to do to be refunded for the shoes I bought?",
)
OTHER = "Write a haiku about the first snow on a mountain."
needs_model = pytest.mark.skipif(not actions.available(), reason="the embed extra is not installed")


@pytest.fixture
def kept(team: Team, settle_at_once: None, structured_lane: Any) -> list[ConversationVersion]:
    versions = arrive(team, (SAME[0], "Send them back within a month and we refund you."),
                      (SAME[1], "Return the shoes within a month and you will be refunded."),
                      (OTHER, "White falls the quiet."))  # fmt: skip
    run_curation(team.project)
    return versions


def pair(
    team: Team, one: ConversationVersion, other: ConversationVersion, cosine: float = 0.95
) -> SemanticPair:
    low, high = sorted((one, other), key=lambda version: version.pk)
    return SemanticPair.objects.create(project=team.project, low=low, high=high, cosine=cosine, model="test")


@needs_model
def test_paraphrases_are_found_and_other_questions_are_not(
    team: Team, kept: list[ConversationVersion]
) -> None:
    job = start_search(project=team.project, who=team.lead)
    assert start_search(project=team.project).pk == job.pk
    runner.run(str(job.pk))
    job.refresh_from_db()
    assert (job.state, job.result["embedded"]) == ("succeeded", 3), job.error
    (found,) = SemanticPair.objects.all()
    assert {found.low_id, found.high_id} == {kept[0].pk, kept[1].pk}
    assert found.cosine > 0.7
    assert [one.trace.pk for one in more_like(Trace.objects.get(pk=kept[0].trace_id))["meaning"]] == [
        kept[1].trace_id
    ]
    again = start_search(project=team.project)
    runner.run(str(again.pk))
    again.refresh_from_db()
    assert again.result == {"embedded": 0, "pairs": 0}
    assert set(CurationState.objects.values_list("drop_reason", flat=True)) == {""}


@needs_model
def test_a_vector_goes_when_its_version_is_superseded(team: Team, kept: list[ConversationVersion]) -> None:
    runner.run(str(start_search(project=team.project).pk))
    version = kept[0]
    following = ConversationVersion.objects.create(
        project=team.project,
        trace=version.trace,
        number=2,
        day=version.day,
        content_hash="0" * 64,
        key_id="k",
        rules_id=version.rules_id,
    )
    Trace.objects.filter(pk=version.trace_id).update(current=following)
    assert not SemanticVector.objects.filter(version=version).exists()
    assert more_like(Trace.objects.get(pk=kept[1].trace_id))["meaning"] == []


def test_without_the_extra_it_says_so_and_searches_nothing(
    team: Team, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(embedding, "find_spec", lambda name: None)
    with pytest.raises(Unavailable, match="not installed"):
        start_search(project=team.project, who=team.lead)
    text = team.client(team.lead).get(f"/p/{team.project.slug}/curation/semantic/").content.decode()
    assert "is not installed" in text
    assert "No two conversations are near in meaning yet" in text


@pytest.fixture
def plain(
    team: Team, monkeypatch: pytest.MonkeyPatch, settle_at_once: None, structured_lane: Any
) -> list[ConversationVersion]:
    """Kept conversations without a model being loaded."""
    monkeypatch.setattr(embedding, "find_spec", lambda name: None)
    versions = arrive(
        team,
        (SAME[0], "Send them back within a month and we refund you."),
        (SAME[1], "Return the shoes soon."),
        (OTHER, "White falls."),
    )
    run_curation(team.project)
    return versions


def test_a_lead_sets_the_line_and_who_and_when_stays(team: Team) -> None:
    assert threshold_of(team.project) is None
    first = set_threshold(who=team.lead, project=team.project, value=0.9, note="looked at twenty")
    assert set_threshold(who=team.second_lead, project=team.project, value=0.9).pk == first.pk
    second = set_threshold(who=team.second_lead, project=team.project, value=0.85)
    held = threshold_of(team.project)
    assert held is not None
    assert (held.pk, held.number, held.set_by) == (second.pk, 2, team.second_lead)
    for value in (0.4, 1.1):
        with pytest.raises(Refused):
            set_threshold(who=team.lead, project=team.project, value=value)
    with pytest.raises(PermissionRefused):
        set_threshold(who=team.engineer, project=team.project, value=0.9)


def test_a_decision_is_recorded_and_the_last_one_holds(
    team: Team, other_team: Team, plain: list[ConversationVersion]
) -> None:
    found = pair(team, plain[0], plain[1])
    first = decide_pair(who=team.lead, project=team.project, pair_id=found.pk, accepted=True)
    assert decide_pair(who=team.lead, project=team.project, pair_id=found.pk, accepted=True).pk == first.pk
    assert accepted_pairs(team.project) == [(found.low_id, found.high_id)]
    decide_pair(who=team.second_lead, project=team.project, pair_id=found.pk, accepted=False)
    assert accepted_pairs(team.project) == []
    assert list(found.decisions.order_by("number").values_list("accepted", flat=True)) == [True, False]
    with pytest.raises(NotFound):
        decide_pair(who=other_team.lead, project=other_team.project, pair_id=found.pk, accepted=True)
    for attack in (
        "UPDATE curation_semanticdecision SET accepted = true",
        "DELETE FROM curation_semanticdecision",
    ):
        with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(attack)


def test_the_page_shows_real_pairs_on_either_side_of_the_line(
    team: Team, plain: list[ConversationVersion]
) -> None:
    above, below = pair(team, plain[0], plain[1], 0.95), pair(team, plain[1], plain[2], 0.75)
    client, address = team.client(team.lead), f"/p/{team.project.slug}/curation/semantic/"
    text = client.get(f"{address}?at=0.9").content.decode()
    up, down = text.split("Just below the line")
    assert "They differ in" in up
    assert "Cosine 0.950" in up
    assert "Cosine 0.750" in down
    client.post(f"{address}threshold/", {"at": "0.900", "note": "why"})
    client.post(f"{address}{above.pk}/", {"accepted": "yes", "view": "open"})
    client.post(f"{address}{below.pk}/", {"accepted": "no"})
    assert "Cosine 0.950" in client.get(f"{address}?view=accepted").content.decode()
    assert "Cosine 0.750" in client.get(f"{address}?view=rejected").content.decode()
    assert "Nothing here" in client.get(f"{address}?view=open").content.decode()
    assert team.client(team.engineer).post(f"{address}threshold/", {"at": "0.9"}).status_code == 403
    assert set(CurationState.objects.values_list("drop_reason", flat=True)) == {""}


def test_more_like_this_says_of_each_which_kind_it_is(team: Team, plain: list[ConversationVersion]) -> None:
    arrive(team, ("Do you refund shoes that I wore once?", "Worn shoes are refunded in part."),
           ("And what of boots?", "White falls the night."),
           *((f"Question number {number} about something", f"Answer {number} says little") for number in range(4)))  # fmt: skip
    run_curation(team.project)
    pair(team, plain[0], plain[1])
    found = more_like(Trace.objects.select_related("current__curation__cluster").get(pk=plain[0].trace_id))
    assert [one.trace.pk for one in found["meaning"]] == [plain[1].trace_id]
    assert "shoe" in found["words"][0].words
    assert all(0 < one.likeness <= 1 for one in found["words"])
    client = team.client(team.lead)
    text = client.get(f"/p/{team.project.slug}/curation/traces/{plain[0].trace_id}/alike/").content.decode()
    assert "Alike in meaning" in text
    assert "Shares its telling words" in text
    told = client.get(f"/api/v1/projects/{team.project.slug}/traces/{plain[0].trace_id}/alike").json()
    assert {one["how"] for one in told} == {"words", "meaning"}
