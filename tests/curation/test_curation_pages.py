"""The board, clusters, quarantine and backlog answer their question, to those whose role needs them, for their project only."""

from __future__ import annotations

import uuid
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from core import embedding
from core.registry import registry
from curation.actions.backlog import open_item
from curation.actions.quarantine import QuarantineEntry, publish_quarantine
from curation.models import BacklogItem, Cluster, ConversationVersion, Screening
from curation.pipeline import run_curation
from curation.station import open_items, read_curation
from tests.conftest import Team
from tests.curation.arrivals import arrive, long_answer
from tests.curation.test_containment import QUESTION

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("settle_at_once")]


@pytest.fixture(autouse=True)
def without_embedding(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(embedding, "find_spec", lambda name: None)


@pytest.fixture
def curated(team: Team, settle_at_once: None) -> list[ConversationVersion]:
    publish_quarantine(
        who=team.lead, project=team.project, items=[QuarantineEntry("held-out", "7", QUESTION)]
    )
    text = long_answer(1)
    versions = arrive(
        team,
        ("A question", text),
        ("A question!", text),
        (f"Well then. {QUESTION}", "18."),
        ("<b>Bold</b>", long_answer(2)),
    )
    run_curation(team.project)
    return versions


def page(team: Team, path: str, who: Any = None) -> str:
    response = team.client(who or team.lead).get(f"/p/{team.project.slug}/curation/{path}")
    assert response.status_code == 200, path
    return response.content.decode()


@pytest.mark.usefixtures("curated")
def test_the_board_shows_the_funnel_each_reason_with_examples_and_the_strata(team: Team) -> None:
    text = page(team, "")
    assert "2 of 4 conversations are kept" in text
    assert "Exact duplicate" in text
    assert "?reason=exact_duplicate" in text
    assert "From raw to kept" in text
    assert "Strata of what is kept" in text
    assert "<b>Bold</b>" not in text


def test_an_empty_board_says_what_belongs_there(team: Team) -> None:
    assert "Nothing to curate yet" in page(team, "")
    assert "No near-duplicates" in page(team, "clusters/")
    assert "The quarantine is empty" in page(team, "quarantine/")
    assert "Nothing here" in page(team, "backlog/")


def test_a_cluster_shows_its_members_side_by_side(team: Team, curated: list[ConversationVersion]) -> None:
    cluster = Cluster.objects.get(size=2, view="whole")
    assert f"clusters/{cluster.pk}/" in page(team, "clusters/")
    text = page(team, f"clusters/{cluster.pk}/?member={curated[1].pk}")
    assert "Side by side" in text
    assert "Exact duplicate" in text


@pytest.mark.usefixtures("curated")
def test_a_hit_marks_the_span_beside_the_item(team: Team) -> None:
    hit = Screening.objects.get(verdict="hit")
    assert f"quarantine/{hit.pk}/" in page(team, "quarantine/")
    text = page(team, f"quarantine/{hit.pk}/")
    assert "<mark>" in text
    assert "Well then." in text


def test_a_lead_adds_a_set_by_file_and_a_broken_line_is_named(team: Team) -> None:
    client, address = team.client(team.lead), f"/p/{team.project.slug}/curation/quarantine/"
    good = SimpleUploadedFile("s.jsonl", b'{"id": "a", "question": "How many eggs does a duck lay?"}\n')
    answer = client.post(address, {"set_name": "eggs", "items": good}, follow=True)
    assert "Version 2 is in force" in answer.content.decode()
    bad = SimpleUploadedFile("s.jsonl", b'{"id": "a", "question": "x"}\nnot json\n')
    answer = client.post(address, {"set_name": "eggs", "items": bad}, follow=True)
    assert "row 2 is not JSON" in answer.content.decode()
    assert team.client(team.engineer).post(address, {"set_name": "x"}).status_code == 403


def test_from_a_trace_to_the_backlog_and_off_it(team: Team, curated: list[ConversationVersion]) -> None:
    client, base = team.client(team.lead), f"/p/{team.project.slug}/curation"
    address = f"{base}/traces/{curated[0].trace_id}/needs-work/"
    assert "What is wrong" in client.get(address).content.decode()
    answer = client.post(address, {"reason": "unhelpful", "note": "too long"}, follow=True)
    assert "It is on the backlog." in answer.content.decode()
    item = BacklogItem.objects.get()
    assert "too long" in page(team, "backlog/")
    assert "too long" in page(team, f"backlog/{item.pk}/")
    (waiting,) = open_items(team.project, team.lead)
    assert waiting.count == 1
    client.post(f"{base}/backlog/{item.pk}/owner/", {"owner": str(team.second_lead.pk)})
    assert not list(open_items(team.project, team.lead))
    for stranger in ("nobody", str(uuid.uuid4())):
        assert client.post(f"{base}/backlog/{item.pk}/owner/", {"owner": stranger}).status_code == 302
        assert BacklogItem.objects.get().owner == team.second_lead
    client.post(f"{base}/backlog/{item.pk}/resolution/", {"resolution": "dismissed"})
    assert "1 came in; open: 0" in page(team, "backlog/")
    assert "too long" in page(team, "backlog/?state=resolved")


@pytest.mark.usefixtures("curated")
def test_pages_are_for_the_roles_that_carry_the_verb(team: Team, other_team: Team) -> None:
    for path in ("", "clusters/", "quarantine/"):
        assert team.client(team.annotator).get(f"/p/{team.project.slug}/curation/{path}").status_code == 403
        assert (
            other_team.client(other_team.lead).get(f"/p/{team.project.slug}/curation/{path}").status_code
            == 404
        )
    hit = Screening.objects.get(verdict="hit")
    assert (
        other_team.client(other_team.lead).get(f"/p/other/curation/quarantine/{hit.pk}/").status_code == 404
    )
    cluster = Cluster.objects.first()
    assert cluster is not None
    assert (
        other_team.client(other_team.lead).get(f"/p/other/curation/clusters/{cluster.pk}/").status_code == 404
    )


@pytest.mark.usefixtures("curated")
def test_the_api_tells_the_same(team: Team, other_team: Team) -> None:
    client, base = team.client(team.lead), f"/api/v1/projects/{team.project.slug}"
    assert client.get(f"{base}/curation").json()["counts"]["kept"] == 2
    (cluster,) = client.get(f"{base}/clusters").json()["results"]
    assert len(client.get(f"{base}/clusters/{cluster['id']}").json()["members"]) == 2
    (hit,) = client.get(f"{base}/screenings?verdict=hit").json()["results"]
    assert (hit["set_name"], hit["item"]) == ("held-out", "7")
    entry = {"set_name": "s", "external_id": "1", "text": "Never seen."}
    added = client.post(f"{base}/quarantine", {"items": [entry]}, content_type="application/json")
    assert (added.status_code, added.json()["sets"]) == (201, {"held-out": 1, "s": 1})
    stranger = other_team.client(other_team.lead)
    assert stranger.get(f"{base}/clusters").status_code == 404


def test_the_backlog_over_the_api(team: Team) -> None:
    client, base = team.client(team.lead), f"/api/v1/projects/{team.project.slug}/backlog"
    body = {"reason": "bad_citation", "citation": "c1"}
    item = client.post(base, body, content_type="application/json").json()
    assert [one["id"] for one in client.get(base).json()["results"]] == [item["id"]]
    address = f"{base}/{item['id']}"
    owned = client.patch(address, {"owner": str(team.annotator.pk)}, content_type="application/json").json()
    assert owned["owner"] == str(team.annotator.pk)
    done = client.patch(address, {"resolution": "reindexed"}, content_type="application/json").json()
    assert (done["state"], done["resolution"]) == ("resolved", "reindexed")
    again = client.patch(address, {"resolution": "dismissed"}, content_type="application/json")
    assert (again.status_code, again.json()["title"]) == (409, "already resolved")
    refused = team.client(team.annotator).patch(address, {"owner": None}, content_type="application/json")
    assert refused.status_code == 403


@pytest.mark.usefixtures("curated")
def test_the_station_counts_what_is_kept_and_left_out(team: Team) -> None:
    state = read_curation(team.project)
    assert state.main.value == 2
    assert {str(one.word): one.value for one in state.others} == {"duplicates": 1, "quarantined": 1}
    assert "curation" in registry.stations
    open_item(who=team.lead, project=team.project, reason="other", citation="c")
